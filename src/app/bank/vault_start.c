#include "app/bank/vault_start.h"

#include "app/bank/bank_text.h"
#include "app/bank/vault_opening.h"
#include "app/sitting/seal.h"

#include <sodium.h>
#include <string.h>

/* ---- the file -------------------------------------------------------------------------------- */

const char *vault_key_path(struct arena *a, const char *database)
{
	return arena_print(a, "%s.key", database);
}

/* "" if the database is bound to no key yet. */
static bool read_fingerprint(struct db *db, struct arena *a, const char **ret, struct err *e)
{
	const json_t *rows = db_rows(db, a, e, "SELECT fingerprint FROM service_key");
	*ret = rows ? row_text(json_array_get(rows, 0), "fingerprint") : "";
	return rows != NULL;
}

static bool read_or_make(const char *path, bool bound, struct service_key **ret, struct err *e)
{
	struct err why = { 0 };
	if (service_key_read(path, ret, &why))
		return true;
	if (why.kind != ERR_MISSING) {
		*e = why;
		return false;
	}
	if (bound)
		return err_set(e, ERR_CONFLICT, "vault.error.key_missing",
			       "the key of this database is not at %.150s: put it back, or name it"
			       " with --key",
			       path);
	return service_key_make(path, ret, e);
}

bool vault_key_open(struct db *db, const char *database, const char *path, struct service_key **ret,
		    struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	const char *bound = "";
	if (strcmp(database, ":memory:") == 0)
		return service_key_random(ret, e);
	if (db_is_server(database) && !path)
		return err_set(e, ERR_INPUT, "vault.error.key_where",
			       "a database on a server: name the file of its key with --key");
	if (!read_fingerprint(db, a, &bound, e) ||
	    !read_or_make(path ? path : vault_key_path(a, database), *bound != '\0', &key, e))
		return false;
	if (*bound && strcmp(bound, key->fingerprint) != 0)
		return err_set(e, ERR_CONFLICT, "vault.error.key_other",
			       "the key file is of another database (%s, wanted %s)",
			       key->fingerprint, bound);
	*ret = key;
	key = NULL;
	return true;
}

/* ---- what was in plain text ------------------------------------------------------------------ */

static const char *plain(const json_t *rows, size_t i, const char *language, int64_t part)
{
	for (; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (row_number(row, "part") == part &&
		    strcmp(row_text(row, "language"), language) == 0)
			return row_text(row, "text");
	}
	return NULL;
}

static struct item_text text_of(const json_t *rows, const char *language)
{
	struct item_text text = { .stem = plain(rows, 0, language, 0) };
	for (int i = 0; i < ITEM_OPTIONS_MOST; i++) {
		const char *option = plain(rows, 0, language, i + 1);
		text.option[i] = option ? option : "";
	}
	return text;
}

static bool encrypt_version(const struct act *act, int64_t version, int64_t options, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT language, part, text FROM item_text_plain"
				     " WHERE item_id = $1",
				     db_int(version));
	if (!rows)
		return false;
	const struct item item = { .options = (int)options,
				   .kk = text_of(rows, "kk"),
				   .ru = text_of(rows, "ru") };
	return bank_text_write(act, version, &item, e);
}

static bool encrypt_texts(const struct act *act, int64_t *ret_count, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e, "SELECT id, options FROM item");
	json_array_foreach (rows, i, row) {
		if (!encrypt_version(act, row_number(row, "id"), row_number(row, "options"), e))
			return false;
	}
	*ret_count = (int64_t)json_array_size(rows);
	return rows && db_exec(act->db, e, NULL, "DROP TABLE item_text_plain");
}

/* Reasons of verdicts, and of holds and retirements. */
static bool encrypt_reasons(const struct act *act, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const char *box = NULL;
	const json_t *signs = db_rows(act->db, act->arena, e,
				      "SELECT id, reason FROM bank_sign WHERE reason <> ''");
	const json_t *items = db_rows(act->db, act->arena, e,
				      "SELECT id, reason FROM bank_item WHERE reason <> ''");
	if (!signs || !items)
		return false;
	json_array_foreach (signs, i, row) {
		if (!bank_note_close(act, row_text(row, "reason"), &box, e) ||
		    !db_exec(act->db, e, NULL, "UPDATE bank_sign SET reason = $1 WHERE id = $2",
			     db_text(box), db_int(row_number(row, "id"))))
			return false;
	}
	json_array_foreach (items, i, row) {
		if (!bank_note_close(act, row_text(row, "reason"), &box, e) ||
		    !db_exec(act->db, e, NULL, "UPDATE bank_item SET reason = $1 WHERE id = $2",
			     db_text(box), db_int(row_number(row, "id"))))
			return false;
	}
	return true;
}

static bool encrypt_notes(const struct act *act, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const char *box = NULL;
	const json_t *comments =
		db_rows(act->db, act->arena, e, "SELECT id, text FROM bank_comment");
	const json_t *reasons = db_rows(act->db, act->arena, e,
					"SELECT bank_item_id, number, why FROM bank_revision"
					" WHERE why <> ''");
	if (!comments || !reasons)
		return false;
	json_array_foreach (comments, i, row) {
		if (!bank_note_close(act, row_text(row, "text"), &box, e) ||
		    !db_exec(act->db, e, NULL, "UPDATE bank_comment SET text = $1 WHERE id = $2",
			     db_text(box), db_int(row_number(row, "id"))))
			return false;
	}
	json_array_foreach (reasons, i, row) {
		if (!bank_note_close(act, row_text(row, "why"), &box, e) ||
		    !db_exec(act->db, e, NULL,
			     "UPDATE bank_revision SET why = $1 WHERE bank_item_id = $2"
			     " AND number = $3",
			     db_text(box), db_int(row_number(row, "bank_item_id")),
			     db_int(row_number(row, "number"))))
			return false;
	}
	return true;
}

/* A sitting that has started keeps the key of its seal: it goes under the service key, and the
 * words of its forms under it. */
static bool encrypt_sitting(const struct act *act, int64_t id, struct err *e)
{
	unsigned char box[SEAL_KEY_SIZE + BOX_MORE];
	const void *key = NULL;
	size_t size = 0;
	if (!db_bytes(act->db, act->arena, e, &key, &size,
		      "SELECT form_key FROM sitting WHERE id = $1", db_int(id)))
		return false;
	if (size != SEAL_KEY_SIZE)
		return err_set(e, ERR_DB, "error.storage", "the key of a seal is damaged");
	box_close(act->key->bytes, vault_seal_name(act->arena, id), key, SEAL_KEY_SIZE, box);
	return db_exec(act->db, e, NULL, "UPDATE sitting SET form_key = $1 WHERE id = $2",
		       db_blob(box, sizeof(box)), db_int(id)) &&
	       seal_texts(act, id, key, e);
}

static bool encrypt_sittings(const struct act *act, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM sitting WHERE form_key IS NOT NULL");
	json_array_foreach (rows, i, row) {
		if (!encrypt_sitting(act, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool bind(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t count = 0;
	if (!db_begin(act->db, &tx, e) || !encrypt_texts(act, &count, e) ||
	    !encrypt_notes(act, e) || !encrypt_reasons(act, e) || !encrypt_sittings(act, e) ||
	    !db_exec(act->db, e, NULL,
		     "INSERT INTO service_key (fingerprint, since_ms, scrubbed)"
		     " VALUES ($1, $2, $3)",
		     db_text(act->key->fingerprint), db_int(act->now_ms), db_int(count == 0)) ||
	    (count > 0 && !act_journal(act, "vault.encrypted", 0, "",
				       json_pack("{s:s,s:I}", "key", act->key->fingerprint,
						 "versions", (json_int_t)count),
				       e)))
		return false;
	return db_commit(&tx, e);
}

bool vault_scrub(const struct act *act, struct err *e)
{
	bool due = false;
	if (!db_exists(act->db, e, &due, "SELECT 1 FROM service_key WHERE scrubbed = 0"))
		return false;
	return !due || (db_scrub(act->db, e) &&
			db_exec(act->db, e, NULL, "UPDATE service_key SET scrubbed = 1"));
}

bool vault_begin(const struct act *act, struct err *e)
{
	const char *bound = "";
	/* also of a start that ended before it was scrubbed */
	return read_fingerprint(act->db, act->arena, &bound, e) && (*bound || bind(act, e)) &&
	       vault_scrub(act, e);
}
