#include "app/access/factor.h"

#include "app/access/access.h"
#include "app/access/reauth.h"
#include "app/notice/notice.h"
#include "base/base64.h"

#include <sodium.h>
#include <string.h>

bool factors_any(const struct factors *f)
{
	return f->totp || f->passkeys > 0;
}

bool factors_of(struct db *db, int64_t person_id, struct factors *ret, struct err *e)
{
	struct factors f = { 0 };
	if (!db_exists(db, e, &f.totp,
		       "SELECT 1 FROM totp WHERE person_id = $1 AND confirmed_ms IS NOT NULL",
		       db_int(person_id)) ||
	    !db_number(db, e, &f.passkeys,
		       "SELECT COUNT(*) FROM passkey WHERE person_id = $1 AND removed_ms IS NULL",
		       db_int(person_id)) ||
	    !db_number(
		    db, e, &f.recovery,
		    "SELECT COUNT(*) FROM recovery_code WHERE person_id = $1 AND used_ms IS NULL",
		    db_int(person_id)))
		return false;
	*ret = f;
	return true;
}

bool factor_note(const struct act *act, int64_t person_id, bool added, const char *what,
		 struct err *e)
{
	struct notice n = { .person_id = person_id,
			    .kind = "account.factor_added",
			    .href = "/account" };
	if (!added)
		n.kind = "account.factor_removed";
	return act_journal(act, added ? "account.factor_added" : "account.factor_removed", 0,
			   act_subject(act, "person", person_id),
			   json_pack("{s:s}", "factor", what), e) &&
	       notice_send(act, &n, e);
}

/* ---- what is demanded ------------------------------------------------------ */

static bool add_role(void *user, const struct db_value *column, size_t count, struct err *e)
{
	(void)count;
	(void)e;
	access_add_role(user, column[0].bytes, column[0].size);
	return true;
}

static bool is_demanded(const struct act *act, bool *ret, struct err *e)
{
	struct access_limits limits = access_of_everybody();
	bool on = false;
	if (!access_factors_on(act->db, &on, e) ||
	    !db_each(act->db, e, add_role, &limits,
		     "SELECT role FROM role_grant WHERE person_id = $1 AND revoked_ms IS NULL"
		     " UNION ALL SELECT m.role FROM commission_member m"
		     "   JOIN commission c ON c.id = m.commission_id"
		     "  WHERE m.person_id = $1 AND c.state = 'appointed' AND m.left_ms IS NULL",
		     db_int(act->person_id)))
		return false;
	*ret = on && limits.second_factor;
	return true;
}

bool factor_may_go(const struct act *act, bool totp, struct err *e)
{
	struct factors f = { 0 };
	bool demanded = false;
	if (!factors_of(act->db, act->person_id, &f, e) || !is_demanded(act, &demanded, e))
		return false;
	const int64_t left = (f.totp && !totp) + f.passkeys - !totp;
	return !demanded || left > 0 ||
	       err_set(e, ERR_CONFLICT, "factor.error.last", "an office demands a second factor");
}

/* ---- codes of a telephone -------------------------------------------------- */

enum { TOTP_BOX_SIZE = TOTP_SECRET_SIZE + BOX_MORE };

static const char *place_of(const struct act *act)
{
	return arena_print(act->arena, "totp of person %lld", (long long)act->person_id);
}

static bool need_key(const struct act *act, struct err *e)
{
	return act->key || err_set(e, ERR_SYSTEM, "error.system", "no service key here");
}

bool totp_begin(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	unsigned char secret[TOTP_SECRET_SIZE];
	unsigned char box[TOTP_BOX_SIZE];
	struct factors f = { 0 };
	if (!need_key(act, e) || !reauth_need(act, e) || !db_begin(act->db, &tx, e) ||
	    !factors_of(act->db, act->person_id, &f, e))
		return false;
	if (f.totp)
		return err_set(e, ERR_CONFLICT, "factor.error.has", "there is one already");
	randombytes_buf(secret, sizeof(secret));
	box_close(act->key->bytes, place_of(act), secret, sizeof(secret), box);
	sodium_memzero(secret, sizeof(secret));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO totp (person_id, secret, made_ms, last_step)"
		       " VALUES ($1, $2, $3, 0) ON CONFLICT (person_id) DO UPDATE"
		       " SET secret = excluded.secret, made_ms = excluded.made_ms, last_step = 0",
		       db_int(act->person_id), db_blob(box, sizeof(box)), db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

/* The secret, and whether it is confirmed; `ret_has` false if there is none. */
static bool open_secret(const struct act *act, unsigned char ret[TOTP_SECRET_SIZE],
			int64_t *ret_last, bool *ret_confirmed, bool *ret_has, struct err *e)
{
	const void *box = NULL;
	size_t size = 0;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT last_step, confirmed_ms FROM totp WHERE person_id = $1",
			       db_int(act->person_id));
	const json_t *row = json_array_get(rows, 0);
	*ret_has = row != NULL;
	if (!rows || !row)
		return rows != NULL;
	*ret_last = row_number(row, "last_step");
	*ret_confirmed = row_has(row, "confirmed_ms");
	if (!need_key(act, e) ||
	    !db_bytes(act->db, act->arena, e, &box, &size,
		      "SELECT secret FROM totp WHERE person_id = $1", db_int(act->person_id)))
		return false;
	return (size == TOTP_BOX_SIZE &&
		box_open(act->key->bytes, place_of(act), box, size, ret)) ||
	       err_set(e, ERR_SYSTEM, "error.system", "a box of a generator does not open");
}

bool totp_carry(const struct act *act, const char **ret_secret, int64_t *ret_step, struct err *e)
{
	unsigned char secret[TOTP_SECRET_SIZE];
	bool confirmed = false;
	bool has = false;
	if (!open_secret(act, secret, ret_step, &confirmed, &has, e))
		return false;
	if (!has || !confirmed)
		return err_set(e, ERR_MISSING, "error.missing", "no generator");
	const size_t room =
		sodium_base64_encoded_len(sizeof(secret), sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(act->arena, room);
	*ret_secret = sodium_bin2base64(text, room, secret, sizeof(secret),
					sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

bool totp_carried(const struct act *act, const char *text, int64_t step, struct err *e)
{
	unsigned char secret[TOTP_SECRET_SIZE];
	unsigned char box[TOTP_BOX_SIZE];
	size_t size = 0;
	if (!base64_read(text, strlen(text), BASE64_PLAIN, secret, sizeof(secret), &size) ||
	    size != sizeof(secret))
		return err_set(e, ERR_INPUT, "hall.error.package", "no secret of a generator");
	if (!need_key(act, e))
		return false;
	box_close(act->key->bytes, place_of(act), secret, sizeof(secret), box);
	sodium_memzero(secret, sizeof(secret));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO totp (person_id, secret, made_ms, confirmed_ms, last_step)"
		       " VALUES ($1, $2, $3, $3, $4)",
		       db_int(act->person_id), db_blob(box, sizeof(box)), db_int(act->now_ms),
		       db_int(step));
}

bool totp_waiting(const struct act *act, char ret_base32[TOTP_BASE32_SIZE], const char **ret_uri,
		  struct err *e)
{
	unsigned char secret[TOTP_SECRET_SIZE];
	int64_t last = 0;
	bool confirmed = false;
	bool has = false;
	if (!open_secret(act, secret, &last, &confirmed, &has, e))
		return false;
	if (!has || confirmed)
		return err_set(e, ERR_MISSING, "error.missing", "no generator waits");
	totp_base32(secret, ret_base32);
	sodium_memzero(secret, sizeof(secret));
	/* no name and no number of the person: the picture may be seen by others */
	*ret_uri = arena_print(act->arena,
			       "otpauth://totp/Konkurs:%lld?secret=%s&issuer=Konkurs&digits=%d"
			       "&period=%d",
			       (long long)act->person_id, ret_base32, TOTP_DIGITS, TOTP_STEP_S);
	return true;
}

/* Without blanks, which people type between groups. */
static const char *plain(struct arena *a, const char *code)
{
	char *text = arena_copy(a, code);
	char *to = text;
	for (const char *c = code; *c; c++) {
		if (*c != ' ' && *c != '-')
			*to++ = *c;
	}
	*to = '\0';
	return text;
}

/* Of two requests with one code the second changes no row. */
static bool use_step(const struct act *act, int64_t step, bool *ret, struct err *e)
{
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "UPDATE totp SET last_step = $1 WHERE person_id = $2 AND last_step < $1",
		     db_int(step), db_int(act->person_id)))
		return false;
	*ret = changed == 1;
	return true;
}

static bool take_code(const struct act *act, const char *code, bool want_confirmed, bool *ret,
		      struct err *e)
{
	unsigned char secret[TOTP_SECRET_SIZE] = { 0 };
	int64_t last = 0;
	bool confirmed = false;
	bool has = false;
	*ret = false;
	if (!open_secret(act, secret, &last, &confirmed, &has, e))
		return false;
	const int64_t step =
		has && confirmed == want_confirmed
			? totp_step_of(secret, plain(act->arena, code), act->now_ms, last)
			: 0;
	sodium_memzero(secret, sizeof(secret));
	return step == 0 || use_step(act, step, ret, e);
}

bool totp_take(const struct act *act, const char *code, bool *ret_right, struct err *e)
{
	return take_code(act, code, true, ret_right, e);
}

bool totp_confirm(const struct act *act, const char *code, bool *ret_right, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return reauth_need(act, e) && db_begin(act->db, &tx, e) &&
	       take_code(act, code, false, ret_right, e) &&
	       (!*ret_right ||
		(db_exec(act->db, e, NULL, "UPDATE totp SET confirmed_ms = $1 WHERE person_id = $2",
			 db_int(act->now_ms), db_int(act->person_id)) &&
		 factor_note(act, act->person_id, true, "totp", e))) &&
	       db_commit(&tx, e);
}

bool totp_remove(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t gone = 0;
	return reauth_need(act, e) && db_begin(act->db, &tx, e) && factor_may_go(act, true, e) &&
	       db_exec(act->db, e, &gone, "DELETE FROM totp WHERE person_id = $1",
		       db_int(act->person_id)) &&
	       (gone == 1 || err_set(e, ERR_MISSING, "error.missing", "no generator")) &&
	       factor_note(act, act->person_id, false, "totp", e) && db_commit(&tx, e);
}

/* ---- codes on paper -------------------------------------------------------- */

static bool hash_code(const char *code, const unsigned char salt[RECOVERY_SALT_SIZE],
		      unsigned char ret[RECOVERY_HASH_SIZE], struct err *e)
{
	return crypto_pwhash(ret, RECOVERY_HASH_SIZE, code, strlen(code), salt,
			     crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
			     crypto_pwhash_ALG_ARGON2ID13) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
}

/* Fifty bits without letters that look alike (Crockford's base 32). */
static void random_code(char ret[RECOVERY_CODE_SIZE])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	for (int i = 0; i < RECOVERY_CODE_SIZE - 1; i++)
		ret[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	ret[5] = '-';
	ret[RECOVERY_CODE_SIZE - 1] = '\0';
}

/* A letter as it is hashed: what looks alike is the same. */
static char letter_of(char typed)
{
	static const char from[] = "abcdefghijklmnopqrstuvwxyzOIL";
	static const char to[] = "ABCDEFGH1JK1MN0PQRSTUVWXYZ011";
	const char *at = typed ? strchr(from, typed) : NULL;
	if (at)
		typed = to[at - from];
	return typed;
}

/* A code without dash and blanks. */
static const char *read_code(struct arena *a, const char *typed)
{
	char *text = arena_copy(a, plain(a, typed));
	for (char *c = text; *c; c++)
		*c = letter_of(*c);
	return text;
}

bool code_is_from_paper(const char *code)
{
	size_t letters = 0;
	for (; *code; code++)
		letters += *code != ' ' && *code != '-';
	return letters > TOTP_DIGITS;
}

bool recovery_make(struct recovery_set *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	randombytes_buf(ret->salt, sizeof(ret->salt));
	for (int i = 0; i < RECOVERY_CODES; i++) {
		random_code(ret->code[i]);
		if (!hash_code(read_code(a, ret->code[i]), ret->salt, ret->hash[i], e))
			return false;
	}
	return true;
}

bool recovery_keep(const struct act *act, const struct recovery_set *set, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct factors f = { 0 };
	if (!reauth_need(act, e) || !db_begin(act->db, &tx, e) ||
	    !factors_of(act->db, act->person_id, &f, e))
		return false;
	if (!factors_any(&f))
		return err_set(e, ERR_CONFLICT, "factor.error.none", "codes for no factor");
	if (!db_exec(act->db, e, NULL, "DELETE FROM recovery_code WHERE person_id = $1",
		     db_int(act->person_id)))
		return false;
	for (int i = 0; i < RECOVERY_CODES; i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO recovery_code (person_id, salt, hash, made_ms)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(act->person_id), db_blob(set->salt, sizeof(set->salt)),
			     db_blob(set->hash[i], sizeof(set->hash[i])), db_int(act->now_ms)))
			return false;
	}
	return factor_note(act, act->person_id, true, "recovery", e) && db_commit(&tx, e);
}

bool recovery_hash(struct db *db, struct arena *a, int64_t person_id, const char *code,
		   unsigned char ret[RECOVERY_HASH_SIZE], bool *ret_has, struct err *e)
{
	const void *salt = NULL;
	size_t size = 0;
	if (!db_exists(db, e, ret_has, "SELECT 1 FROM recovery_code WHERE person_id = $1",
		       db_int(person_id)))
		return false;
	if (!*ret_has)
		return true;
	return db_bytes(db, a, e, &salt, &size,
			"SELECT salt FROM recovery_code WHERE person_id = $1 LIMIT 1",
			db_int(person_id)) &&
	       (size == RECOVERY_SALT_SIZE ||
		err_set(e, ERR_DB, "error.storage", "a salt of a wrong size")) &&
	       hash_code(read_code(a, code), salt, ret, e);
}

bool recovery_take(const struct act *act, const unsigned char hash[RECOVERY_HASH_SIZE],
		   bool *ret_right, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t used = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exec(act->db, e, &used,
		     "UPDATE recovery_code SET used_ms = $1 WHERE person_id = $2 AND hash = $3"
		     " AND used_ms IS NULL",
		     db_int(act->now_ms), db_int(act->person_id),
		     db_blob(hash, RECOVERY_HASH_SIZE)) ||
	    (used > 0 && !factor_note(act, act->person_id, false, "recovery", e)) ||
	    !db_commit(&tx, e))
		return false;
	*ret_right = used == 1;
	return true;
}
