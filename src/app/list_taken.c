#include "app/list_taken.h"

bool list_note_taken(const struct act *act, const char *list, const char *ending, int64_t rows,
		     int64_t competition_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       act_journal(act, "list.taken", competition_id, "list",
			   json_pack("{s:s,s:s,s:I}", "list", list, "file", ending, "rows",
				     (json_int_t)rows),
			   e) &&
	       db_commit(&tx, e);
}
