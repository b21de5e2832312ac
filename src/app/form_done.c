#include "app/form_done.h"

bool form_done_find(const struct act *act, const char *key, struct form_done *ret, bool *ret_found,
		    struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT location, notice FROM form_done WHERE key = $1", db_text(key));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	*ret_found = row != NULL;
	if (row)
		*ret = (struct form_done){ row_text(row, "location"),
					   row_has(row, "notice") ? row_text(row, "notice")
								  : NULL };
	return true;
}

bool form_done_note(const struct act *act, const char *key, const struct form_done *done,
		    struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO form_done (key, at_ms, location, notice)"
		       " VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE SET at_ms = $2,"
		       " location = $3, notice = $4",
		       db_text(key), db_int(act->now_ms), db_text(done->location),
		       db_text(done->notice));
}

bool form_done_forget_old(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool any = false;
	const struct db_value before = db_int(act->now_ms - FORM_DONE_MS);
	if (!db_exists(act->db, e, &any, "SELECT 1 FROM form_done WHERE at_ms < $1 LIMIT 1",
		       before))
		return false;
	return !any ||
	       (db_begin(act->db, &tx, e) &&
		db_exec(act->db, e, NULL, "DELETE FROM form_done WHERE at_ms < $1", before) &&
		db_commit(&tx, e));
}
