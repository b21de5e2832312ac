#include "app/bank/bank_take.h"

#include "app/bank/bank_text.h"
#include "app/bank/import.h"

#include <string.h>

static bool tell(const struct act *act, int64_t id, const struct bank_take_options *options,
		 struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT done, total FROM bank_import WHERE id = $1", db_int(id));
	if (!row)
		return false;
	options->progress(options->user, row_number(row, "done"), row_number(row, "total"));
	return true;
}

/* The steps that the server would do between its requests, until there are none; the import has to
 * be in the state `wanted` then. */
static bool run(const struct act *act, int64_t id, const struct bank_take_options *options,
		const char *wanted, struct err *e)
{
	const char *state = "";
	bool more = true;
	while (more) {
		if (!import_step_of(act, id, &more, e) ||
		    (options->progress && !tell(act, id, options, e)))
			return false;
	}
	if (!db_string(act->db, act->arena, e, &state,
		       "SELECT state FROM bank_import WHERE id = $1", db_int(id)))
		return false;
	return strcmp(state, wanted) == 0 ||
	       err_set(e, ERR_CONFLICT, "import.error.changed", "not as it was compared");
}

static bool read_report(const struct act *act, int64_t id, struct bank_take_report *ret,
			struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT added, changed, unchanged, bad FROM bank_import"
				   " WHERE id = $1",
				   db_int(id));
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT place, line, code, what, key, value FROM bank_import_row"
			       " WHERE import_id = $1 ORDER BY id",
			       db_int(id));
	if (!row || !rows || !bank_notes_open(act, rows, "value", e))
		return false;
	*ret = (struct bank_take_report){ row_number(row, "added"), row_number(row, "changed"),
					  row_number(row, "unchanged"), row_number(row, "bad"),
					  rows };
	return true;
}

bool bank_take(const struct act *act, const struct exchange_set *set,
	       const struct bank_take_options *options, struct bank_take_report *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct import_form form = { .name = "",
					  .language = "",
					  .act = "",
					  .article = options->article,
					  .text_date = options->text_date };
	json_t *packed = NULL;
	int64_t id = 0;
	*ret = (struct bank_take_report){ .rows = NULL };
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !import_pack(act, set, &packed, e) || !import_open(act, &form, packed, &id, e) ||
	    !run(act, id, options, "checked", e) || !read_report(act, id, ret, e))
		return false;
	if (options->dry_run)
		return true; /* and back */
	return import_take(act, id, options->leave_bad, e) && run(act, id, options, "taken", e) &&
	       db_commit(&tx, e);
}
