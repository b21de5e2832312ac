#include "app/bank/bank_export.h"

#include "app/bank/bank_give.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_second.h"

#include <string.h>

const struct export_format export_formats[] = {
	{ "qti3", EXCHANGE_QTI, 3, "application/zip", "zip" },
	{ "qti2", EXCHANGE_QTI, 2, "application/zip", "zip" },
	{ "moodle", EXCHANGE_MOODLE, 0, "application/xml", "xml" },
	{ "csv", EXCHANGE_CSV, 0, "text/csv; charset=utf-8", "csv" },
	{ "xlsx", EXCHANGE_XLSX, 0,
	  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx" },
	{ 0 },
};

const struct export_format *export_format_named(const char *name)
{
	for (const struct export_format *f = export_formats; f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

bool export_ask(const struct act *act, const struct export_form *form, int64_t *ret_id,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t id = 0;
	if (!bank_require(act, ROLE_NAME_APPROVER, e))
		return false;
	if (!*form->reason)
		return err_input(e, "reason", "bank.error.reason", "no reason");
	if (!export_format_named(form->format))
		return err_input(e, "format", "error.choice", "no format");
	if (!db_begin(act->db, &tx, e) ||
	    !db_number(
		    act->db, e, &id,
		    "INSERT INTO bank_export (by_id, format, act, state, reason, asked_ms, times)"
		    " VALUES ($1, $2, $3, $4, $5, $6, 0) RETURNING id",
		    db_int(act->person_id), db_text(form->format), db_text(form->act),
		    db_text(form->state), db_text(form->reason), db_int(act->now_ms)) ||
	    !bank_second_tell(act, "bank.export", "/bank/export", form->reason, e) ||
	    !act_journal(act, "bank.export.asked", 0, act_subject(act, "bank_export", id),
			 json_pack("{s:s,s:s,s:s,s:s}", "format", form->format, "act", form->act,
				   "state", form->state, "reason", form->reason),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- agreeing -------------------------------------------------------------------------------- */

bool export_agree(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t by = 0;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !db_number(act->db, e, &by, "SELECT by_id FROM bank_export WHERE id = $1",
		       db_int(id)) ||
	    !bank_second_require(act, by, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE bank_export SET agreed_id = $2, agreed_ms = $3"
		     " WHERE id = $1 AND agreed_ms IS NULL",
		     db_int(id), db_int(act->person_id), db_int(act->now_ms)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "export.error.agreed", "somebody has agreed");
	return act_journal(act, "bank.export.agreed", 0, act_subject(act, "bank_export", id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool may_fetch(const struct act *act, const json_t *row, struct err *e)
{
	const int64_t until =
		row_number(row, "agreed_ms") + INT64_C(3600000) * (int64_t)EXPORT_HOURS;
	if (row_number(row, "by_id") != act->person_id)
		return err_set(e, ERR_DENIED, "error.denied", "another one's export");
	if (!row_has(row, "agreed_ms"))
		return err_set(e, ERR_CONFLICT, "export.error.waits", "nobody has agreed");
	return act->now_ms < until || err_set(e, ERR_CONFLICT, "export.error.over", "too late");
}

bool export_file(const struct act *act, int64_t id, const struct export_format **ret_format,
		 int64_t *ret_questions, const void **ret, size_t *ret_size, struct err *e)
{
	struct exchange_set set = { .items = NULL };
	if (!bank_require(act, ROLE_NAME_APPROVER, e))
		return false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT by_id, format, act, state, agreed_ms FROM bank_export"
				   " WHERE id = $1",
				   db_int(id));
	if (!row || !may_fetch(act, row, e))
		return false;
	const struct export_format *f = export_format_named(row_text(row, "format"));
	if (!f)
		return err_set(e, ERR_DB, "error.storage", "an export of no format");
	if (!bank_give_read(act, row_text(row, "act"), row_text(row, "state"), &set, e) ||
	    !exchange_write(act->arena, &set, f->format, f->version, ret, ret_size, e))
		return false;
	*ret_format = f;
	*ret_questions = (int64_t)set.item_count;
	return true;
}

bool export_taken(const struct act *act, int64_t id, int64_t questions, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return bank_require(act, ROLE_NAME_APPROVER, e) && db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL, "UPDATE bank_export SET times = times + 1 WHERE id = $1",
		       db_int(id)) &&
	       act_journal(act, "bank.given", 0, act_subject(act, "bank_export", id),
			   json_pack("{s:I}", "questions", (json_int_t)questions), e) &&
	       db_commit(&tx, e);
}
