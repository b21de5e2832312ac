#include "app/bank/bank_text.h"

#include "app/bank/vault_opening.h"
#include "base/base64.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { DATA_KEY = BOX_KEY_SIZE, HEX = ITEM_HASH_SIZE * 2 + 1, WHAT = 128 };

static bool is_damaged(struct err *e)
{
	return err_set(e, ERR_DB, "error.storage", "a text of the bank does not open");
}

static bool has_key(const struct act *act, struct err *e)
{
	return act->key ||
	       err_set(e, ERR_SYSTEM, "vault.error.no_key", "the service key is not at hand here");
}

/* What a box of this version and part is called; the hash ties it to the version's content. */
static void name_text(const char *hash, const char *language, int64_t part, char ret[WHAT])
{
	(void)snprintf(ret, WHAT, "text %s %s %lld", hash, language, (long long)part);
}

static const char *name_key(const struct act *act, int64_t version)
{
	return arena_print(act->arena, "item %lld key", (long long)version);
}

/* ---- data keys ------------------------------------------------------------------------------- */

struct boxes {
	struct arena *arena;
	const void *service, *bank;
	size_t service_size, bank_size;
};

/* Columns: holder, box. */
static bool take_box(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct boxes *b = user;
	const void *copy = arena_copy_n(b->arena, column[1].bytes, column[1].size);
	const bool service = strcmp(column[0].bytes, "service") == 0;
	(void)count;
	(void)e;
	*(service ? &b->service : &b->bank) = copy;
	*(service ? &b->service_size : &b->bank_size) = column[1].size;
	return true;
}

/* The secret key of the bank, if an opening gives it; looked for once. */
static bool open_door(const struct act *act, struct bank_door *door, struct err *e)
{
	if (!door->looked &&
	    !vault_secret(act, door->purpose, door->sitting, &door->secret, &door->open, e))
		return false;
	door->looked = true;
	return door->open || err_set(e, ERR_CONFLICT, "bank.error.sealed",
				     "the question is sealed and the bank is not open");
}

void bank_door_close(struct bank_door *door)
{
	sodium_memzero(&door->secret, sizeof(door->secret));
}

bool bank_text_key(const struct act *act, int64_t version, struct bank_door *door,
		   unsigned char ret[DATA_KEY], struct err *e)
{
	struct boxes b = { .arena = act->arena };
	if (!has_key(act, e) ||
	    !db_each(act->db, e, take_box, &b,
		     "SELECT holder, box FROM item_key WHERE item_id = $1", db_int(version)))
		return false;
	if (b.service)
		return (b.service_size == DATA_KEY + BOX_MORE &&
			box_open(act->key->bytes, name_key(act, version), b.service, b.service_size,
				 ret)) ||
		       is_damaged(e);
	if (!b.bank)
		return err_set(e, ERR_DB, "error.storage", "a version has no key");
	return open_door(act, door, e) &&
	       ((b.bank_size == DATA_KEY + crypto_box_SEALBYTES &&
		 crypto_box_seal_open(ret, b.bank, b.bank_size, door->secret.public_key,
				      door->secret.secret_key) == 0) ||
		is_damaged(e));
}

/* ---- texts ----------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	const unsigned char *key;
	struct item_text *kk, *ru;
};

/* Columns: language, part, text, hash of the version. */
static bool take_text(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct reading *r = user;
	struct item_text *text = strcmp(column[0].bytes, "kk") == 0 ? r->kk : r->ru;
	const int64_t part = column[1].number;
	char hash[HEX];
	char what[WHAT];
	(void)count;
	if (!text)
		return true;
	if (column[2].size < BOX_MORE || column[3].size != ITEM_HASH_SIZE || part < 0 ||
	    part > ITEM_OPTIONS_MOST)
		return is_damaged(e);
	name_text(sodium_bin2hex(hash, sizeof(hash), column[3].bytes, ITEM_HASH_SIZE),
		  column[0].bytes, part, what);
	char *plain = arena_alloc(r->arena, column[2].size - BOX_MORE + 1);
	if (!box_open(r->key, what, column[2].bytes, column[2].size, (unsigned char *)plain))
		return is_damaged(e);
	*(part == 0 ? &text->stem : &text->option[part - 1]) = plain;
	return true;
}

/* Parts up to `last`: 0 is the question, the others are its options. */
static bool read_parts(const struct act *act, int64_t version, int last, const unsigned char *key,
		       struct item_text *kk, struct item_text *ru, struct err *e)
{
	struct item_text left = { .stem = NULL };
	struct item_text right = { .stem = NULL };
	struct reading r = { act->arena, key, kk ? &left : NULL, ru ? &right : NULL };
	if (!db_each(act->db, e, take_text, &r,
		     "SELECT t.language, t.part, t.text, i.hash FROM item_text t"
		     "  JOIN item i ON i.id = t.item_id WHERE t.item_id = $1"
		     "  AND t.language >= $2 AND t.language <= $3 AND t.part <= $4",
		     db_int(version), db_text(kk ? "kk" : "ru"), db_text(ru ? "ru" : "kk"),
		     db_int(last)))
		return false;
	if (kk)
		*kk = left;
	if (ru)
		*ru = right;
	return true;
}

static bool read_texts(const struct act *act, int64_t version, const unsigned char *key,
		       struct item_text *kk, struct item_text *ru, struct err *e)
{
	return read_parts(act, version, ITEM_OPTIONS_MOST, key, kk, ru, e);
}

static bool read_by(const struct act *act, int64_t version, int last, struct bank_door *door,
		    struct item_text *kk, struct item_text *ru, struct err *e)
{
	unsigned char key[DATA_KEY];
	const bool ok = bank_text_key(act, version, door, key, e) &&
			read_parts(act, version, last, key, kk, ru, e);
	sodium_memzero(key, sizeof(key));
	return ok;
}

bool bank_text_read_by(const struct act *act, int64_t version, struct bank_door *door,
		       struct item_text *kk, struct item_text *ru, struct err *e)
{
	return read_by(act, version, ITEM_OPTIONS_MOST, door, kk, ru, e);
}

bool bank_text_stems_by(const struct act *act, int64_t version, struct bank_door *door,
			struct item_text *kk, struct item_text *ru, struct err *e)
{
	return read_by(act, version, 0, door, kk, ru, e);
}

bool bank_text_read(const struct act *act, int64_t version, struct item_text *kk,
		    struct item_text *ru, struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	return bank_text_read_by(act, version, &door, kk, ru, e);
}

static bool write_language(const struct act *act, int64_t version, const char *hash,
			   const char *language, const struct item_text *text, int options,
			   const unsigned char *key, struct err *e)
{
	for (int part = 0; text->stem && part <= options; part++) {
		const char *plain = part == 0 ? text->stem : text->option[part - 1];
		const size_t size = strlen(plain);
		unsigned char *box = arena_alloc(act->arena, size + BOX_MORE);
		char what[WHAT];
		name_text(hash, language, part, what);
		box_close(key, what, plain, size, box);
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO item_text (item_id, language, part, text)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(version), db_text(language), db_int(part),
			     db_blob(box, size + BOX_MORE)))
			return false;
	}
	return true;
}

/* The data key for the service: authors and reviewers work with it daily. */
static bool give_to_service(const struct act *act, int64_t version, const unsigned char *key,
			    struct err *e)
{
	unsigned char box[DATA_KEY + BOX_MORE];
	box_close(act->key->bytes, name_key(act, version), key, DATA_KEY, box);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO item_key (item_id, holder, box) VALUES ($1, 'service', $2)"
		       " ON CONFLICT (item_id, holder) DO NOTHING",
		       db_int(version), db_blob(box, sizeof(box)));
}

bool bank_text_write(const struct act *act, int64_t version, const struct item *item, struct err *e)
{
	unsigned char key[DATA_KEY];
	char hash[HEX];
	const void *bytes = NULL;
	size_t size = 0;
	if (!has_key(act, e) || !db_bytes(act->db, act->arena, e, &bytes, &size,
					  "SELECT hash FROM item WHERE id = $1", db_int(version)))
		return false;
	(void)sodium_bin2hex(hash, sizeof(hash), bytes, ITEM_HASH_SIZE);
	randombytes_buf(key, sizeof(key));
	const bool ok =
		write_language(act, version, hash, "kk", &item->kk, item->options, key, e) &&
		write_language(act, version, hash, "ru", &item->ru, item->options, key, e) &&
		give_to_service(act, version, key, e);
	sodium_memzero(key, sizeof(key));
	return ok;
}

bool bank_text_give_back(const struct act *act, int64_t version, struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	unsigned char key[DATA_KEY];
	struct err why = { 0 };
	bool used = true;
	if (!db_exists(act->db, e, &used, "SELECT 1 FROM bank_item WHERE used_id = $1",
		       db_int(version)))
		return false;
	if (used) /* forms are drawn from it: no key of it lies where the service reads */
		return true;
	if (!bank_text_key(act, version, &door, key, &why)) {
		if (why.kind == ERR_CONFLICT)
			return true;
		*e = why;
		return false;
	}
	const bool ok = give_to_service(act, version, key, e);
	sodium_memzero(key, sizeof(key));
	return ok;
}

/* ---- a question of a test -------------------------------------------------------------------- */

struct asked {
	const struct act *act;
	int64_t version;
	unsigned char key[DATA_KEY];
	bool found, keyed;
};

/* Columns: version, its data key under the seal, the seal's key under the service key, sitting. */
static bool take_asked(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct asked *a = user;
	unsigned char seal[BOX_KEY_SIZE];
	const int64_t sitting = column[3].number;
	(void)count;
	a->found = true;
	a->version = column[0].number;
	if (column[1].type != DB_BLOB || column[2].type != DB_BLOB)
		return true; /* a sitting of before the bank was encrypted */
	a->keyed = column[2].size == sizeof(seal) + BOX_MORE &&
		   column[1].size == sizeof(a->key) + BOX_MORE &&
		   box_open(a->act->key->bytes, vault_seal_name(a->act->arena, sitting),
			    column[2].bytes, column[2].size, seal) &&
		   box_open(seal, vault_form_name(a->act->arena, sitting, a->version),
			    column[1].bytes, column[1].size, a->key);
	sodium_memzero(seal, sizeof(seal));
	return a->keyed || is_damaged(e);
}

bool bank_text_of_attempt(const struct act *act, int64_t attempt, int64_t number,
			  struct item_text *kk, struct item_text *ru, struct err *e)
{
	struct asked a = { .act = act };
	if (!has_key(act, e) ||
	    !db_each(act->db, e, take_asked, &a,
		     "SELECT q.item_id, x.text_key, s.form_key, s.id FROM form_question q"
		     "  JOIN attempt t ON t.id = q.attempt_id JOIN sitting s ON s.id = t.sitting_id"
		     "  LEFT JOIN sitting_item x ON x.sitting_id = s.id AND x.item_id = q.item_id"
		     " WHERE q.attempt_id = $1 AND q.number = $2",
		     db_int(attempt), db_int(number)))
		return false;
	if (!a.found)
		return err_set(e, ERR_MISSING, "error.missing", "no such question of an attempt");
	const bool ok = a.keyed ? read_texts(act, a.version, a.key, kk, ru, e)
				: bank_text_read(act, a.version, kk, ru, e);
	sodium_memzero(a.key, sizeof(a.key));
	return ok;
}

/* ---- what is said about questions ------------------------------------------------------------ */

static const char note_name[] = "note of the bank";
enum { BASE64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING };

bool bank_note_close(const struct act *act, const char *text, const char **ret, struct err *e)
{
	const size_t size = strlen(text);
	if (!has_key(act, e))
		return false;
	if (size == 0) {
		*ret = "";
		return true;
	}
	unsigned char *box = arena_alloc(act->arena, size + BOX_MORE);
	const size_t room = sodium_base64_ENCODED_LEN(size + BOX_MORE, BASE64);
	char *out = arena_alloc(act->arena, room);
	box_close(act->key->bytes, note_name, text, size, box);
	*ret = sodium_bin2base64(out, room, box, size + BOX_MORE, BASE64);
	return true;
}

bool bank_note_open(const struct act *act, const char *note, const char **ret, struct err *e)
{
	const size_t room = strlen(note) + 1;
	unsigned char *box = arena_alloc(act->arena, room);
	char *plain = arena_alloc(act->arena, room);
	size_t size = 0;
	if (*note && (!base64_read(note, room - 1, BASE64_BARE, box, room, &size) ||
		      !box_open(act->key->bytes, note_name, box, size, (unsigned char *)plain)))
		return is_damaged(e);
	*ret = plain; /* an arena's memory is zero: it is terminated */
	return true;
}

bool bank_notes_open(const struct act *act, json_t *rows, const char *name, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	if (!has_key(act, e))
		return false;
	json_array_foreach (rows, i, row) {
		const char *plain = NULL;
		if (!bank_note_open(act, row_text(row, name), &plain, e))
			return false;
		(void)json_object_set_new(row, name, json_string(plain));
	}
	return true;
}
