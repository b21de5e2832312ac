#include "app/sitting/seal.h"

#include "app/bank/vault_opening.h"
#include "app/evidence/checkpoint.h"
#include "app/evidence/row_seal.h"
#include "app/sitting/record.h"
#include "app/sitting/snapshot.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* A question of a sealed form: item (8 bytes, little-endian), act, options, and the options as
 * shown, padded. */
enum {
	QUESTION_SIZE = 16,
	AT_ACT = 8,
	AT_OPTIONS = 9,
	AT_SHOWN = 10,
	SEALED_MORE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
	SEAL_MEMORY = 16 * 1024 * 1024, /* of Argon2id for one code */
};

static_assert(SEAL_KEY_SIZE == crypto_secretbox_KEYBYTES, "a key is a key");
static_assert(SEAL_SALT_SIZE == crypto_pwhash_SALTBYTES, "a salt is a salt");
static_assert(AT_SHOWN + ITEM_OPTIONS_MOST <= QUESTION_SIZE, "a question fits");

/* ---- keys and boxes ------------------------------------------------------------------------ */

bool seal_key(const char *code_1, const char *code_2, const unsigned char salt[SEAL_SALT_SIZE],
	      unsigned char ret[SEAL_KEY_SIZE], struct err *e)
{
	const char *const code[] = { code_1, code_2 };
	unsigned char part[COUNT(code)][SEAL_KEY_SIZE];
	bool ok = true;
	for (size_t i = 0; ok && i < COUNT(code); i++) {
		ok = crypto_pwhash(part[i], sizeof(part[i]), code[i], strlen(code[i]), salt,
				   crypto_pwhash_OPSLIMIT_MODERATE, SEAL_MEMORY,
				   crypto_pwhash_ALG_ARGON2ID13) == 0;
	}
	if (ok)
		(void)crypto_generichash(ret, SEAL_KEY_SIZE, &part[0][0], sizeof(part), NULL, 0);
	sodium_memzero(part, sizeof(part));
	return ok || err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
}

bool seal_salt(const struct act *act, int64_t id, unsigned char ret[SEAL_SALT_SIZE], struct err *e)
{
	const void *salt = NULL;
	size_t size = 0;
	struct err none = { 0 };
	if (!db_bytes(act->db, act->arena, &none, &salt, &size,
		      "SELECT seal_salt FROM sitting WHERE id = $1", db_int(id))) {
		if (none.kind == ERR_MISSING)
			return err_set(e, ERR_CONFLICT, "sitting.error.not_sealed", "not sealed");
		*e = none;
		return false;
	}
	memcpy(ret, salt, SEAL_SALT_SIZE);
	return true;
}

/* nonce || box */
static unsigned char *box(struct arena *a, const void *plain, size_t size, const unsigned char *key)
{
	unsigned char *out = arena_alloc(a, size + SEALED_MORE);
	randombytes_buf(out, crypto_secretbox_NONCEBYTES);
	(void)crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, plain, size, out, key);
	return out;
}

static bool unbox(const void *sealed, size_t size, const unsigned char *key, unsigned char *ret)
{
	const unsigned char *in = sealed;
	return size >= SEALED_MORE &&
	       crypto_secretbox_open_easy(ret, in + crypto_secretbox_NONCEBYTES,
					  size - crypto_secretbox_NONCEBYTES, in, key) == 0;
}

/* ---- coins ---------------------------------------------------------------------------------- */

static bool is_open(const struct sitting *s, struct err *e)
{
	return strcmp(s->state, "open") == 0 ||
	       err_set(e, ERR_CONFLICT, "sitting.error.started", "sealed or started");
}

static bool coin_is_new(const struct act *act, const struct sitting *s, int64_t place,
			const char *witness, struct err *e)
{
	bool given = false;
	bool same = false;
	if (!db_exists(act->db, e, &given,
		       "SELECT 1 FROM sitting_coin WHERE sitting_id = $1 AND round = $2"
		       " AND place = $3",
		       db_int(s->id), db_int(s->round), db_int(place)) ||
	    !db_exists(act->db, e, &same,
		       "SELECT 1 FROM sitting_coin WHERE sitting_id = $1 AND round = $2"
		       " AND witness = $3",
		       db_int(s->id), db_int(s->round), db_text(witness)))
		return false;
	if (given)
		return err_set(e, ERR_CONFLICT, "sitting.error.coin", "this coin is given");
	return !same || err_input(e, "witness", "sitting.error.witness", "the same witness");
}

/* F33 */
bool seal_coin(const struct act *act, int64_t id, int64_t place, const char *witness,
	       const char *coin, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, id, &s, e))
		return false;
	if (place < 1 || place > DRAW_COINS)
		return err_input(e, "place", "sitting.error.coin_place", "no such coin");
	return is_open(&s, e) && coin_is_new(act, &s, place, witness, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO sitting_coin (sitting_id, round, place, witness, coin, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6)",
		       db_int(id), db_int(s.round), db_int(place), db_text(witness), db_text(coin),
		       db_int(act->now_ms)) &&
	       sitting_note(act, &s, "sitting.coin",
			    json_pack("{s:I,s:I,s:s,s:s}", "round", (json_int_t)s.round, "place",
				      (json_int_t)place, "witness", witness, "coin", coin),
			    e) &&
	       db_commit(&tx, e);
}

/* ---- sealing -------------------------------------------------------------------------------- */

/* What a sealing works with. */
struct sealing {
	struct sitting sitting;
	struct snapshot snapshot;
	const unsigned char *key;
	unsigned char secret[SITTING_SECRET_SIZE];
	unsigned char seed[DRAW_SEED_SIZE];
	unsigned char bank[ITEM_HASH_SIZE];
	struct form_question *form;
	json_t *forms; /* hashes by candidate, for the journal */
};

static bool read_coins(const struct act *act, const struct sitting *s,
		       const char *coins[DRAW_COINS], struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT coin FROM sitting_coin WHERE sitting_id = $1 AND round = $2"
			       " ORDER BY place",
			       db_int(s->id), db_int(s->round));
	if (!rows)
		return false;
	if (json_array_size(rows) != DRAW_COINS)
		return err_set(e, ERR_CONFLICT, "sitting.error.coins", "a coin is missing");
	for (size_t i = 0; i < DRAW_COINS; i++)
		coins[i] = row_text(json_array_get(rows, i), "coin");
	return true;
}

static bool make_seed(const struct act *act, struct sealing *s, struct err *e)
{
	const char *coins[DRAW_COINS] = { 0 };
	const void *secret = NULL;
	size_t size = 0;
	if (!read_coins(act, &s->sitting, coins, e) ||
	    !db_bytes(act->db, act->arena, e, &secret, &size,
		      "SELECT secret FROM sitting WHERE id = $1", db_int(s->sitting.id)))
		return false;
	memcpy(s->secret, secret, sizeof(s->secret));
	bank_hash(&s->snapshot.bank, s->bank);
	draw_seed(s->secret, coins, s->sitting.id, s->bank, s->seed);
	return true;
}

static unsigned char *pack_form(struct arena *a, const struct form_question *form, size_t count)
{
	unsigned char *out = arena_alloc(a, count * QUESTION_SIZE + 1);
	memset(out, 0, count * QUESTION_SIZE + 1);
	for (size_t i = 0; i < count; i++) {
		unsigned char *q = out + i * QUESTION_SIZE;
		for (size_t k = 0; k < 8; k++)
			q[k] = (unsigned char)((uint64_t)form[i].item_id >> (8 * k));
		q[AT_ACT] = (unsigned char)form[i].act;
		q[AT_OPTIONS] = (unsigned char)form[i].options;
		memcpy(q + AT_SHOWN, form[i].shown, (size_t)form[i].options);
	}
	return out;
}

/* F40: drawn, checked against the programme, stored under the key. */
static bool seal_form(const struct act *act, struct sealing *s, int64_t attempt,
		      int64_t application, struct err *e)
{
	const struct blueprint *b = &s->snapshot.blueprint;
	const size_t count = (size_t)blueprint_total(b);
	unsigned char hash[FORM_HASH_SIZE];
	if (!snapshot_mark_seen(act, attempt, false, &s->snapshot, e) ||
	    !draw_form(b, &s->snapshot.bank, s->seed, application, s->snapshot.scratch, s->form, e))
		return false;
	if (!form_fits(b, &s->snapshot.bank, s->form, count))
		return err_set(e, ERR_SYSTEM, "error.system", "a form does not fit the programme");
	bank_shown(s->snapshot.items, s->snapshot.bank.count, s->form, count);
	form_hash(s->form, count, hash);
	(void)json_object_set_new(s->forms, arena_print(act->arena, "%lld", (long long)application),
				  json_string(act_hex(act->arena, hash, sizeof(hash))));
	const unsigned char *plain = pack_form(act->arena, s->form, count);
	const unsigned char *sealed = box(act->arena, plain, count * QUESTION_SIZE, s->key);
	return snapshot_store_seen(act, attempt, &s->snapshot, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET form = $1, form_hash = $2 WHERE id = $3",
		       db_blob(sealed, count * QUESTION_SIZE + SEALED_MORE),
		       db_blob(hash, sizeof(hash)), db_int(attempt));
}

/* In the order of check-in: a form depends on those drawn before it (F31). */
static bool seal_all(const struct act *act, struct sealing *s, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, application_id FROM attempt WHERE sitting_id = $1"
			       " ORDER BY id",
			       db_int(s->sitting.id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.nobody", "nobody is checked in");
	s->form = arena_array(act->arena, (size_t)blueprint_total(&s->snapshot.blueprint),
			      sizeof(*s->form));
	json_array_foreach (rows, i, row) {
		if (!seal_form(act, s, row_number(row, "id"), row_number(row, "application_id"), e))
			return false;
	}
	return true;
}

static bool mark_sealed(const struct act *act, const struct sealing *s, const struct agreed *second,
			const unsigned char *salt, struct err *e)
{
	const unsigned char *secret = box(act->arena, s->secret, sizeof(s->secret), s->key);
	const char *keys = "";
	return row_seal_keys(act, s->sitting.id, &keys, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'sealed', secret = NULL, sealed_secret = $1,"
		       " seal_salt = $2, bank_hash = $3, sealed_by = $4, sealed_second = $5,"
		       " sealed_ms = $6 WHERE id = $7",
		       db_blob(secret, sizeof(s->secret) + SEALED_MORE),
		       db_blob(salt, SEAL_SALT_SIZE), db_blob(s->bank, sizeof(s->bank)),
		       db_int(act->person_id), db_int(second->person_id), db_int(act->now_ms),
		       db_int(s->sitting.id)) &&
	       sitting_note(act, &s->sitting, "sitting.sealed",
			    second_told(json_pack("{s:I,s:s,s:s,s:O}", "round",
						  (json_int_t)s->sitting.round, "bank",
						  act_hex(act->arena, s->bank, sizeof(s->bank)),
						  "keys", keys, "forms", s->forms),
					second),
			    e);
}

/* F28: said in words of this page, with the step that is missing. */
static bool seal_words(const struct act *act, int64_t id, const unsigned char *key, struct err *e)
{
	struct err why = { 0 };
	if (seal_texts(act, id, key, &why))
		return true;
	if (strcmp(why.key, "bank.error.sealed") == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.bank", "two keepers must open it");
	*e = why;
	return false;
}

bool seal_forms(const struct act *act, int64_t id, const struct second *second,
		const unsigned char salt[SEAL_SALT_SIZE], const unsigned char key[SEAL_KEY_SIZE],
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sealing s = { .key = key, .forms = json_object() };
	struct agreed agreed = { 0, "" };
	json_in_arena(act->arena, s.forms);
	bool ok = db_begin(act->db, &tx, e) && sitting_load_operator(act, id, &s.sitting, e) &&
		  is_open(&s.sitting, e) && sitting_agree(act, &s.sitting, second, &agreed, e) &&
		  snapshot_take(act, s.sitting.competition.rules, s.sitting.forms_most, &s.snapshot,
				e) &&
		  make_seed(act, &s, e) && seal_all(act, &s, e) &&
		  snapshot_store(act, id, &s.snapshot, e) && seal_words(act, id, key, e) &&
		  mark_sealed(act, &s, &agreed, salt, e) &&
		  checkpoint_make(act, CHECKPOINT_SITTING, act_subject(act, "sitting", id), e) &&
		  db_commit(&tx, e);
	sodium_memzero(s.secret, sizeof(s.secret));
	sodium_memzero(s.seed, sizeof(s.seed));
	return ok;
}

bool seal_remove(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	unsigned char secret[SITTING_SECRET_SIZE];
	unsigned char commitment[COMMITMENT_SIZE];
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, id, &s, e))
		return false;
	if (strcmp(s.state, "sealed") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_sealed", "not sealed");
	sitting_secret(secret, commitment);
	return snapshot_drop(act, id, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET form = NULL, form_hash = NULL WHERE sitting_id = $1",
		       db_int(id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'open', round = round + 1, commitment = $1,"
		       " secret = $2, sealed_secret = NULL, seal_salt = NULL, bank_hash = NULL,"
		       " sealed_by = NULL, sealed_second = NULL, sealed_ms = NULL WHERE id = $3",
		       db_blob(commitment, sizeof(commitment)), db_blob(secret, sizeof(secret)),
		       db_int(id)) &&
	       sitting_note(act, &s, "sitting.unsealed",
			    json_pack("{s:s,s:I,s:s}", "reason", reason, "round",
				      (json_int_t)s.round + 1, "commitment",
				      act_hex(act->arena, commitment, sizeof(commitment))),
			    e) &&
	       db_commit(&tx, e);
}

/* ---- the start ------------------------------------------------------------------------------ */

static bool open_secret(const struct act *act, int64_t id, const unsigned char *key,
			unsigned char ret[SITTING_SECRET_SIZE], struct err *e)
{
	const void *sealed = NULL;
	size_t size = 0;
	if (!db_bytes(act->db, act->arena, e, &sealed, &size,
		      "SELECT sealed_secret FROM sitting WHERE id = $1", db_int(id)))
		return false;
	return (size == SITTING_SECRET_SIZE + SEALED_MORE && unbox(sealed, size, key, ret)) ||
	       err_input(e, "code_1", "sitting.error.codes", "the codes do not open the seal");
}

/* F39, F40: everything is there already; one instant for all. */
static bool start(const struct act *act, const struct sitting *s, const unsigned char *key,
		  const struct agreed *second, const unsigned char *secret, json_t *sources,
		  struct err *e)
{
	unsigned char box[SEAL_KEY_SIZE + BOX_MORE];
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	box_close(act->key->bytes, vault_seal_name(act->arena, s->id), key, SEAL_KEY_SIZE, box);
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'running', secret = $1, form_key = $2,"
		       " started_by = $3, started_ms = $4 WHERE id = $5",
		       db_blob(secret, SITTING_SECRET_SIZE), db_blob(box, sizeof(box)),
		       db_int(act->person_id), db_int(act->now_ms), db_int(s->id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET started_ms = $1, ends_ms = $2 WHERE sitting_id = $3",
		       db_int(act->now_ms), db_int(act->now_ms + s->minutes * 60 * 1000),
		       db_int(s->id)) &&
	       vault_done(act, s->id, "started", e) &&
	       sitting_note(
		       act, s, "sitting.started",
		       second_told(json_pack("{s:s,s:s,s:O,s:I,s:I}", "recording", s->recording,
					     "record", s->record, "sources", sources, "minutes",
					     (json_int_t)s->minutes, "round", (json_int_t)s->round),
				   second),
		       e);
}

/* F28: forms that were sealed before the bank was encrypted have no keys of their own yet; without
 * them their words would be lost with the ceremony. */
static bool keep_words(const struct act *act, int64_t id, const unsigned char *key, struct err *e)
{
	bool old = false;
	return db_exists(act->db, e, &old,
			 "SELECT 1 FROM sitting_item WHERE sitting_id = $1 AND text_key IS NULL",
			 db_int(id)) &&
	       (!old || seal_words(act, id, key, e));
}

bool seal_other(const struct act *act, int64_t id, int64_t person_id, int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "SELECT CASE WHEN sealed_by = $1 THEN sealed_second"
			 " WHEN sealed_second = $1 THEN sealed_by ELSE 0 END"
			 "  FROM sitting WHERE id = $2 AND sealed_by IS NOT NULL",
			 db_int(person_id), db_int(id));
}

/* The code of each counts only with the person who has it. */
static bool require_sealers(const struct act *act, const struct sitting *s,
			    const struct second *second, struct agreed *ret, struct err *e)
{
	int64_t other = 0;
	if (!seal_other(act, s->id, act->person_id, &other, e))
		return false;
	if (other == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.sealers", "others have sealed it");
	if (other != second->person_id)
		return err_input(e, "second", "sitting.error.sealer", "he has not sealed it");
	return sitting_agree(act, s, second, ret, e);
}

bool sitting_start(const struct act *act, int64_t id, const struct second *second,
		   const unsigned char key[SEAL_KEY_SIZE], struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	unsigned char secret[SITTING_SECRET_SIZE];
	json_t *sources = NULL;
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, id, &s, e))
		return false;
	if (s.started_ms != 0)
		return true; /* F41: pressed twice, or on two devices */
	if (strcmp(s.state, "sealed") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_sealed", "not sealed");
	return sitting_record_gate(act, &s, &sources, e) &&
	       require_sealers(act, &s, second, &agreed, e) &&
	       open_secret(act, id, key, secret, e) && keep_words(act, id, key, e) &&
	       sitting_record_confirm(act, &s, sources, e) &&
	       start(act, &s, key, &agreed, secret, sources, e) && db_commit(&tx, e);
}

/* ---- opening a form -------------------------------------------------------------------------- */

struct sealed_form {
	const struct act *act;
	const unsigned char *form;
	size_t size;
	unsigned char key[SEAL_KEY_SIZE];
	bool opened, started;
	int64_t competition_id;
};

/* Columns: form, form_key, form_opened_ms, competition, sitting. */
static bool read_form(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct sealed_form *f = user;
	struct arena *a = f->act->arena;
	(void)count;
	f->opened = column[2].type == DB_INT;
	f->started = column[1].type == DB_BLOB;
	f->competition_id = column[3].number;
	if (!f->started || f->opened)
		return true;
	if (!f->act->key || column[1].size != sizeof(f->key) + BOX_MORE ||
	    !box_open(f->act->key->bytes, vault_seal_name(a, column[4].number), column[1].bytes,
		      column[1].size, f->key))
		return err_set(e, ERR_DB, "error.storage", "the key of a seal is damaged");
	f->form = (const unsigned char *)arena_copy_n(a, column[0].bytes, column[0].size);
	f->size = column[0].size;
	return true;
}

static bool add_question(const struct act *act, const struct rule_set *rules, int64_t attempt,
			 int64_t number, const unsigned char *q, struct err *e)
{
	char shown[ITEM_OPTIONS_MOST + 1] = "";
	uint64_t item = 0;
	for (size_t k = 8; k > 0; k--)
		item = item << 8 | q[k - 1];
	if (q[AT_ACT] >= rules->act_count || q[AT_OPTIONS] > ITEM_OPTIONS_MOST)
		return err_set(e, ERR_DB, "error.storage", "a sealed form is damaged");
	for (int i = 0; i < q[AT_OPTIONS] && i < ITEM_OPTIONS_MOST; i++)
		shown[i] = (char)('0' + q[AT_SHOWN + i]);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(attempt), db_int(number), db_int((int64_t)item),
		       db_text(rules->acts[q[AT_ACT]].code), db_text(shown));
}

bool form_open(const struct act *act, int64_t attempt, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sealed_form f = { .act = act };
	struct competition c = { 0 };
	if (!db_begin(act->db, &tx, e) ||
	    !db_each(act->db, e, read_form, &f,
		     "SELECT t.form, s.form_key, t.form_opened_ms, s.competition_id, s.id FROM "
		     "attempt t"
		     " JOIN sitting s ON s.id = t.sitting_id WHERE t.id = $1",
		     db_int(attempt)))
		return false;
	if (f.opened) /* nothing to undo, which would have the journal's tree read anew */
		return db_commit(&tx, e);
	if (!f.started)
		return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	unsigned char *plain = arena_alloc(act->arena, f.size + 1);
	if (!unbox(f.form, f.size, f.key, plain))
		return err_set(e, ERR_DB, "error.storage", "a sealed form is damaged");
	if (!competition_load(act, f.competition_id, &c, e))
		return false;
	size_t count = (f.size - SEALED_MORE) / QUESTION_SIZE;
	for (size_t i = 0; i < count; i++) {
		if (!add_question(act, c.rules, attempt, (int64_t)i + 1, plain + i * QUESTION_SIZE,
				  e))
			return false;
	}
	return db_exec(act->db, e, NULL, "UPDATE attempt SET form_opened_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(attempt)) &&
	       db_commit(&tx, e);
}
