/* import_move.c - the end of an import: its versions become revisions, all at once. */
#include "app/bank/import_part.h"

#include "app/bank/bank.h"

#include <sodium.h>
#include <string.h>

/* What was compared is as it was: codes are free, revisions are the same, versions are written. */
static bool is_as_compared(const struct act *act, int64_t id, bool *ret, struct err *e)
{
	bool other = true;
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM bank_import_row r LEFT JOIN bank_item b ON b.code = r.code"
		       " WHERE r.import_id = $1 AND r.what IN ('added', 'changed') AND ("
		       "  r.item_id IS NULL OR (r.what = 'added' AND b.id IS NOT NULL) OR"
		       "  (r.what = 'changed' AND (b.id IS NULL OR b.revision <> r.base OR"
		       "   b.state IN ('review', 'retired'))))",
		       db_int(id)))
		return false;
	*ret = !other;
	return true;
}

static bool move(const struct act *act, int64_t id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO bank_item (code, act, state, revision, newest_id, hold_kind,"
		       " reason, changed_ms) SELECT code, act, 'draft', 1, item_id, '', '', $2"
		       " FROM bank_import_row WHERE import_id = $1 AND what = 'added' ORDER BY id",
		       db_int(id), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_item SET act = r.act, state = 'draft',"
		       " revision = bank_item.revision + 1, newest_id = r.item_id, changed_ms = $2"
		       "  FROM bank_import_row r WHERE r.import_id = $1 AND r.what = 'changed'"
		       "  AND r.code = bank_item.code",
		       db_int(id), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_revision (bank_item_id, number, item_id, author_id, why,"
		       " at_ms) SELECT b.id, b.revision, b.newest_id, NULLIF($3, 0), '', $2"
		       "  FROM bank_import_row r JOIN bank_item b ON b.code = r.code"
		       "  WHERE r.import_id = $1 AND r.what IN ('added', 'changed')",
		       db_int(id), db_int(act->now_ms), db_int(act->person_id));
}

/* F30: pairs, now that all of their questions are there. */
static bool set_enemies(const struct act *act, const char *code, const char *list, struct err *e)
{
	char *rest = NULL;
	char *text = arena_print(act->arena, "%s", list);
	if (!db_exec(act->db, e, NULL, "DELETE FROM item_enemy WHERE code_a = $1 OR code_b = $1",
		     db_text(code)))
		return false;
	for (char *other = strtok_r(text, " ", &rest); other; other = strtok_r(NULL, " ", &rest)) {
		bool known = false;
		if (!db_exists(act->db, e, &known, "SELECT 1 FROM bank_item WHERE code = $1",
			       db_text(other)) ||
		    (known && !bank_enemy(act, code, other, e)))
			return false;
	}
	return true;
}

static bool move_enemies(const struct act *act, int64_t id, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT code, enemies FROM bank_import_row"
				     " WHERE import_id = $1 AND enemies IS NOT NULL"
				     " AND what IN ('added', 'changed') ORDER BY id",
				     db_int(id));
	json_array_foreach (rows, i, row) {
		if (!set_enemies(act, row_text(row, "code"), row_text(row, "enemies"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- the journal: which question has which words now, by their hashes ------------------------ */

/* [[{code, revision, hash}]], a list for each part. */
struct noting {
	json_t *parts;
	int64_t part; /* of the last list */
};

/* Columns: part, code, base, hash. */
static bool note_one(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct noting *n = user;
	char text[ITEM_HASH_SIZE * 2 + 1];
	(void)count;
	if (column[3].size != ITEM_HASH_SIZE)
		return err_set(e, ERR_DB, "error.storage", "a hash of an import is damaged");
	(void)sodium_bin2hex(text, sizeof(text), column[3].bytes, column[3].size);
	if (json_array_size(n->parts) == 0 || n->part != column[0].number)
		(void)json_array_append_new(n->parts, json_array());
	n->part = column[0].number;
	json_t *last = json_array_get(n->parts, json_array_size(n->parts) - 1);
	return json_array_append_new(last, json_pack("{s:s,s:I,s:s}", "code", column[1].bytes,
						     "revision", (json_int_t)column[2].number + 1,
						     "hash", text)) == 0;
}

static bool note_all(const struct act *act, int64_t id, struct err *e)
{
	struct noting n = { .parts = json_array() };
	size_t i = 0;
	json_t *part = NULL;
	json_in_arena(act->arena, n.parts);
	if (!db_each(act->db, e, note_one, &n,
		     "SELECT part, code, base, hash FROM bank_import_row WHERE import_id = $1"
		     " AND what IN ('added', 'changed') ORDER BY id",
		     db_int(id)))
		return false;
	json_array_foreach (n.parts, i, part) {
		if (!act_journal(act, "bank.taken.part", 0, act_subject(act, "bank_import", id),
				 json_pack("{s:O}", "questions", part), e))
			return false;
	}
	return true;
}

bool import_move(const struct act *act, const struct import *im, struct err *e)
{
	bool same = false;
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !is_as_compared(act, im->id, &same, e))
		return false;
	if (!same)
		return err_set(e, ERR_CONFLICT, "import.error.changed", "the bank has changed");
	return move(act, im->id, e) && move_enemies(act, im->id, e) && note_all(act, im->id, e);
}
