#include "app/access/session.h"

#include "app/access/account.h"
#include "app/access/reauth.h"
#include "app/notice/notice.h"

#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 32, CSRF_BYTES = 16, SECRET_MOST = 64 };

/* ---- tokens ---------------------------------------------------------------- */

static void random_text(char *ret, size_t bytes)
{
	unsigned char random[TOKEN_BYTES];
	randombytes_buf(random, bytes);
	(void)sodium_bin2hex(ret, bytes * 2 + 1, random, bytes);
}

static void token_hash(const char *token, char ret[SESSION_HASH_SIZE])
{
	unsigned char hash[32];
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token),
				 NULL, 0);
	(void)sodium_bin2hex(ret, SESSION_HASH_SIZE, hash, sizeof(hash));
}

/* ---- sessions -------------------------------------------------------------- */

/* The first letter and a dot; a name without one gives nothing. */
static const char *initial(struct arena *a, const char *name)
{
	size_t size = *name ? 1 : 0;
	while (size > 0 && ((unsigned char)name[size] & 0xc0U) == 0x80U)
		size++;
	return size ? arena_print(a, " %.*s.", (int)size, name) : "";
}

struct session_reading {
	struct arena *arena;
	struct session *session;
	session_role_fn *role;
	void *user;
};

/* Columns: person, seen, csrf, language, family, given, patronymic, temporary, created, factor,
 * role; a row of a role has nothing but that.  Read without JSON: every request of everybody goes
 * through here. */
static bool take_session(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct session_reading *f = user;
	struct arena *a = f->arena;
	struct session *s = f->session;
	(void)count;
	(void)e;
	if (column[10].size > 0) {
		f->role(f->user, column[10].bytes, column[10].size);
		return true;
	}
	s->person_id = column[0].number;
	s->seen_ms = column[1].number;
	s->csrf = arena_copy(a, column[2].bytes);
	s->language = arena_copy(a, column[3].bytes);
	s->temporary = column[7].number != 0;
	s->created_ms = column[8].number;
	s->factor = arena_copy(a, column[9].bytes);
	s->name = arena_print(a, "%s%s%s", (const char *)column[4].bytes,
			      initial(a, column[5].bytes), initial(a, column[6].bytes));
	return true;
}

/* Who it is, and their offices: role_grant and appointed commissions. */
#define FIND_SESSION                                                                               \
	"SELECT s.person_id, s.seen_ms, s.csrf, COALESCE(a.language, ''), p.family,"               \
	" p.given, p.patronymic, COALESCE(a.temporary, 0), s.created_ms, s.factor,"                \
	" CAST('' AS TEXT) AS role"                                                                \
	"  FROM session s JOIN person p ON p.id = s.person_id"                                     \
	"  LEFT JOIN account a ON a.person_id = s.person_id"                                       \
	" WHERE s.token_hash = $1 AND s.expires_ms > $2 AND s.seen_ms > $3"                        \
	"   AND a.disabled_ms IS NULL"                                                             \
	" UNION ALL SELECT 0, 0, '', '', '', '', '', 0, 0, '', g.role"                             \
	"  FROM session s JOIN role_grant g ON g.person_id = s.person_id"                          \
	"  WHERE s.token_hash = $1 AND g.revoked_ms IS NULL"                                       \
	" UNION ALL SELECT 0, 0, '', '', '', '', '', 0, 0, '', m.role"                             \
	"  FROM session s JOIN commission_member m ON m.person_id = s.person_id"                   \
	"  JOIN commission c ON c.id = m.commission_id"                                            \
	"  WHERE s.token_hash = $1 AND c.state = 'appointed' AND m.left_ms IS NULL"

bool session_find(struct db *db, struct arena *a, const char *token, int64_t now_ms,
		  session_role_fn *role, void *user, struct session *ret, struct err *e)
{
	struct session s = { .name = "", .language = "", .csrf = "", .factor = "" };
	struct session_reading f = { a, &s, role, user };
	token_hash(token, s.hash);
	if (!db_each(db, e, take_session, &f, FIND_SESSION, db_text(s.hash), db_int(now_ms),
		     db_int(now_ms - SESSION_IDLE_MS)))
		return false;
	*ret = s;
	return true;
}

bool session_ahead(struct db *db, const char *token, int64_t now_ms, struct err *e)
{
	char hash[SESSION_HASH_SIZE];
	token_hash(token, hash);
	return db_ahead(db, e, FIND_SESSION, db_text(hash), db_int(now_ms),
			db_int(now_ms - SESSION_IDLE_MS));
}

bool session_touch(const struct act *act, const char *hash, struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE session SET seen_ms = $1 WHERE token_hash = $2",
		       db_int(act->now_ms), db_text(hash));
}

static bool forget_old(const struct act *act, struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"DELETE FROM session WHERE person_id = $1 AND (expires_ms <= $2 OR seen_ms <= "
		"$3)",
		db_int(act->person_id), db_int(act->now_ms), db_int(act->now_ms - SESSION_IDLE_MS));
}

bool session_open(const struct act *act, const struct session_start *start,
		  char ret_token[SESSION_TOKEN_SIZE], struct err *e)
{
	char token[SESSION_TOKEN_SIZE];
	char csrf[CSRF_BYTES * 2 + 1];
	char hash[SESSION_HASH_SIZE];
	bool disabled = false;
	random_text(token, TOKEN_BYTES);
	random_text(csrf, CSRF_BYTES);
	token_hash(token, hash);
	if (!account_is_disabled(act->db, act->person_id, &disabled, e))
		return false;
	if (disabled)
		return err_set(e, ERR_DENIED, "access.error.disabled", "the account is disabled");
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e) || !forget_old(act, e) || !reauth_forget_old(act, e) ||
	    !db_exec(act->db, e, NULL,
		     "INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms, "
		     "expires_ms, authenticated_ms, factor, device, place)"
		     " VALUES ($1, $2, $3, $4, $4, $5, $4, $6, $7, $8)",
		     db_text(hash), db_int(act->person_id), db_text(csrf), db_int(act->now_ms),
		     db_int(act->now_ms + SESSION_LONGEST_MS), db_text(start->factor),
		     db_text(start->device), db_text(start->place)) ||
	    !act_journal(act, "session.opened", 0, act_subject(act, "person", act->person_id),
			 json_pack("{s:s}", "factor", start->factor), e) ||
	    !db_commit(&tx, e))
		return false;
	memcpy(ret_token, token, sizeof(token));
	return true;
}

bool session_renew(const struct act *act, const char *hash, const char *factor,
		   char ret_token[SESSION_TOKEN_SIZE], const char **ret_csrf, struct err *e)
{
	char token[SESSION_TOKEN_SIZE];
	char csrf[CSRF_BYTES * 2 + 1];
	char fresh[SESSION_HASH_SIZE];
	int64_t changed = 0;
	random_text(token, TOKEN_BYTES);
	random_text(csrf, CSRF_BYTES);
	token_hash(token, fresh);
	if (!db_exec(act->db, e, &changed,
		     "UPDATE session SET token_hash = $1, csrf = $2, authenticated_ms = $3,"
		     " seen_ms = $3, factor = CASE WHEN $4 = '' THEN factor ELSE $4 END"
		     " WHERE token_hash = $5 AND person_id = $6",
		     db_text(fresh), db_text(csrf), db_int(act->now_ms), db_text(factor),
		     db_text(hash), db_int(act->person_id)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_MISSING, "error.missing", "not a session of this person");
	*ret_csrf = arena_copy(act->arena, csrf);
	memcpy(ret_token, token, sizeof(token));
	return true;
}

bool session_has_factor(const struct act *act, const char *hash, const char *factor, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t ended = 0;
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE session SET factor = $1 WHERE token_hash = $2 AND person_id = $3",
		       db_text(factor), db_text(hash), db_int(act->person_id)) &&
	       db_exec(act->db, e, &ended,
		       "DELETE FROM session WHERE person_id = $1 AND token_hash <> $2"
		       " AND factor = ''",
		       db_int(act->person_id), db_text(hash)) &&
	       (ended == 0 ||
		act_journal(act, "session.ended", 0, act_subject(act, "person", act->person_id),
			    json_pack("{s:I}", "sessions", (json_int_t)ended), e)) &&
	       db_commit(&tx, e);
}

bool session_close(const struct act *act, const char *token, struct err *e)
{
	char hash[SESSION_HASH_SIZE];
	token_hash(token, hash);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL, "DELETE FROM session WHERE token_hash = $1",
		       db_text(hash)) &&
	       act_journal(act, "session.closed", 0, act_subject(act, "person", act->person_id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}

/* ---- ending them ----------------------------------------------------------- */

bool session_end_one(const struct act *act, const char *id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t ended = 0;
	return reauth_need(act, e) && db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, &ended,
		       "DELETE FROM session WHERE person_id = $1 AND substr(token_hash, 1, 16) = "
		       "$2",
		       db_int(act->person_id), db_text(id)) &&
	       (ended == 1 || err_set(e, ERR_MISSING, "error.missing", "no such session")) &&
	       act_journal(act, "session.ended", 0, act_subject(act, "person", act->person_id),
			   json_pack("{s:I}", "sessions", (json_int_t)ended), e) &&
	       db_commit(&tx, e);
}

bool session_end_all(const struct act *act, int64_t person_id, const char *but, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t ended = 0;
	if (person_id != act->person_id &&
	    !act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e))
		return false;
	return reauth_need(act, e) && db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, &ended,
		       "DELETE FROM session WHERE person_id = $1 AND token_hash <> $2",
		       db_int(person_id), db_text(but)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM sign_in_step WHERE person_id = $1",
		       db_int(person_id)) &&
	       act_journal(act, "session.ended", 0, act_subject(act, "person", person_id),
			   json_pack("{s:I}", "sessions", (json_int_t)ended), e) &&
	       db_commit(&tx, e);
}

bool session_end_for_password(const struct act *act, int64_t person_id, struct err *e)
{
	int64_t ended = 0;
	return db_exec(act->db, e, &ended, "DELETE FROM session WHERE person_id = $1",
		       db_int(person_id)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM sign_in_step WHERE person_id = $1",
		       db_int(person_id)) &&
	       (ended == 0 ||
		act_journal(act, "session.ended", 0, act_subject(act, "person", person_id),
			    json_pack("{s:I}", "sessions", (json_int_t)ended), e));
}

/* A guess is a security event of the journal, without what was typed (ASVS 16.3.1). */
bool session_refuse(const struct act *act, int64_t person_id, struct err *e)
{
	return act_journal(act, "session.refused", 0,
			   person_id ? act_subject(act, "person", person_id) : "", json_object(),
			   e);
}

/* ---- between the factors ----------------------------------------------------- */

bool step_open(const struct act *act, char ret_token[SESSION_TOKEN_SIZE], struct err *e)
{
	char token[SESSION_TOKEN_SIZE];
	char hash[SESSION_HASH_SIZE];
	random_text(token, TOKEN_BYTES);
	token_hash(token, hash);
	if (!db_exec(act->db, e, NULL, "DELETE FROM sign_in_step WHERE made_ms < $1",
		     db_int(act->now_ms - STEP_MS)) ||
	    !db_exec(
		    act->db, e, NULL,
		    "INSERT INTO sign_in_step (token_hash, person_id, made_ms) VALUES ($1, $2, $3)",
		    db_text(hash), db_int(act->person_id), db_int(act->now_ms)))
		return false;
	memcpy(ret_token, token, sizeof(token));
	return true;
}

bool step_find(struct db *db, const char *token, int64_t now_ms, int64_t *ret_person, struct err *e)
{
	char hash[SESSION_HASH_SIZE];
	token_hash(token, hash);
	return db_number(db, e, ret_person,
			 "SELECT COALESCE(MAX(person_id), 0) FROM sign_in_step"
			 " WHERE token_hash = $1 AND made_ms > $2",
			 db_text(hash), db_int(now_ms - STEP_MS));
}

bool step_close(const struct act *act, const char *token, struct err *e)
{
	char hash[SESSION_HASH_SIZE];
	token_hash(token, hash);
	return db_exec(act->db, e, NULL, "DELETE FROM sign_in_step WHERE token_hash = $1",
		       db_text(hash));
}

/* ---- passwords ------------------------------------------------------------- */

/* As much work as a check with a password that person_set_password() has stored. */
static bool work_for_nothing(const char *password, struct err *e)
{
	char ignored[crypto_pwhash_STRBYTES];
	return crypto_pwhash_str(ignored, password, strlen(password),
				 crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
}

bool password_check(struct db *db, struct arena *a, const char *iin, const char *password,
		    int64_t *ret_person, bool *ret_right, struct err *e)
{
	const json_t *rows = db_rows(db, a, e,
				     "SELECT a.person_id, a.password FROM account a"
				     "  JOIN person p ON p.id = a.person_id WHERE p.iin = $1",
				     db_text(iin));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	if (!row) { /* the same work, so that the time tells nothing */
		*ret_person = 0;
		*ret_right = false;
		return work_for_nothing(password, e);
	}
	*ret_person = json_integer_value(json_object_get(row, "person_id"));
	*ret_right = crypto_pwhash_str_verify(row_text(row, "password"), password,
					      strlen(password)) == 0;
	return true;
}

/* ASVS 6.3.7: the person hears of it. */
bool account_choose_password(const struct act *act, const char *password, const char *session_hash,
			     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE account SET password = $1, temporary = 0, failures = 0,"
		       " blocked_until_ms = 0 WHERE person_id = $2",
		       db_text(password), db_int(act->person_id)) &&
	       (changed == 1 || err_set(e, ERR_MISSING, "error.missing", "no account")) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM session WHERE person_id = $1 AND token_hash <> $2",
		       db_int(act->person_id), db_text(session_hash)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM sign_in_step WHERE person_id = $1",
		       db_int(act->person_id)) &&
	       act_journal(act, "account.password", 0, act_subject(act, "person", act->person_id),
			   json_object(), e) &&
	       notice_send(act,
			   &(struct notice){ .person_id = act->person_id,
					     .kind = "account.password",
					     .href = "/account" },
			   e) &&
	       db_commit(&tx, e);
}

/* A preference, not a change to the record: it has no journal entry. */
bool account_language(const struct act *act, const char *language, struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE account SET language = $1 WHERE person_id = $2",
		       db_text(language), db_int(act->person_id));
}

/* ---- keys of the installation ---------------------------------------------- */

bool secret_key(struct db *db, const char *name, void *ret, size_t size, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	unsigned char fresh[SECRET_MOST];
	const void *bytes = NULL;
	size_t found = 0;
	randombytes_buf(fresh, size);
	if (!db_exec(db, e, NULL,
		     "INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO "
		     "NOTHING",
		     db_text(name), db_blob(fresh, size)) ||
	    !db_bytes(db, a, e, &bytes, &found, "SELECT value FROM secret WHERE name = $1",
		      db_text(name)))
		return false;
	if (found != size)
		return err_set(e, ERR_DB, "error.storage", "secret %s has a wrong size", name);
	memcpy(ret, bytes, size);
	return true;
}

bool database_is_demonstration(struct db *db, bool *ret, struct err *e)
{
	return db_exists(db, e, ret, "SELECT 1 FROM secret WHERE name = 'demonstration'");
}
