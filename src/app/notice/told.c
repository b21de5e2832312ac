#include "app/notice/told.h"

#include "app/candidate/candidate.h"
#include "app/file.h"
#include "app/notice/notice.h"
#include "law/terms.h"

#include <string.h>

bool told_appealable(const char *kind)
{
	static const char *const kinds[] = { "check.refused",     "test.failed",
					     "test.annulled",     "decision.positive",
					     "decision.negative", "challenge.decided",
					     "result.corrected" };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i], kind) == 0)
			return true;
	}
	return false;
}

/* ---- reading ---------------------------------------------------------------------------- */

/* From a row with id, kind, served_ms, and day and number of the letter. */
static struct told told_of_row(const struct act *act, const struct competition *c,
			       const json_t *row)
{
	struct told t = {
		.notice_id = row_number(row, "id"),
		.kind = row_text(row, "kind"),
		.on_paper = row_has(row, "day"),
		.number = row_text(row, "number"),
		.appealable = told_appealable(row_text(row, "kind")),
	};
	const day letter = { (int32_t)row_number(row, "day") };
	const bool opened = row_has(row, "served_ms");
	t.served = opened || t.on_paper;
	t.served_day = opened ? day_of_instant(row_number(row, "served_ms")) : letter;
	if (opened && t.on_paper && letter.n < t.served_day.n)
		t.served_day = letter;
	t.has_last = t.served && t.appealable &&
		     terms_appeal_last(c->calendar, c->rules, t.served_day, &t.last);
	t.over = t.has_last && t.last.n < act_today(act).n;
	t.left = t.has_last && !t.over ? t.last.n - act_today(act).n : 0;
	return t;
}

bool told_of_notice(const struct act *act, int64_t notice_id, struct told *ret, struct err *e)
{
	struct competition c = { 0 };
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT n.id, n.kind, n.served_ms, n.competition_id, p.day, p.number"
			     "  FROM notice n LEFT JOIN notice_paper p ON p.notice_id = n.id"
			     " WHERE n.id = $1 AND n.competition_id IS NOT NULL",
			     db_int(notice_id));
	if (!row || !competition_load(act, row_number(row, "competition_id"), &c, e))
		return false;
	*ret = told_of_row(act, &c, row);
	return true;
}

bool told_of_application(const struct act *act, int64_t application_id, struct told *ret,
			 struct err *e)
{
	struct competition c = { 0 };
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT n.id, n.kind, n.served_ms, n.competition_id, p.day, p.number"
			       "  FROM application a JOIN notice n ON n.person_id = a.person_id"
			       "   AND n.competition_id = a.competition_id"
			       "  LEFT JOIN notice_paper p ON p.notice_id = n.id"
			       " WHERE a.id = $1 AND n.kind IN ('check.refused', 'test.failed',"
			       "  'test.annulled', 'decision.positive', 'decision.negative')"
			       " ORDER BY n.id DESC LIMIT 1",
			       db_int(application_id));
	const json_t *row = json_array_get(rows, 0);
	*ret = (struct told){ .kind = "", .number = "" };
	if (!row)
		return rows != NULL;
	if (!competition_load(act, row_number(row, "competition_id"), &c, e))
		return false;
	*ret = told_of_row(act, &c, row);
	return true;
}

/* The first day back of which the term has passed: not many, as holidays are short. */
bool told_late_day(const struct competition *c, day today, day *ret)
{
	enum { DAYS_BACK = 200 };
	for (int back = 1; back < DAYS_BACK; back++) {
		const day sent = { today.n - back };
		day last = { 0 };
		if (!terms_notice_last(c->calendar, c->rules, sent, &last))
			return false;
		if (last.n < today.n) {
			*ret = sent;
			return true;
		}
	}
	return false;
}

/* ---- serving ---------------------------------------------------------------------------- */

/* F84 */
bool told_read(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT n.id FROM application a JOIN notice n"
			       "   ON n.person_id = a.person_id"
			       "   AND n.competition_id = a.competition_id"
			       " WHERE a.id = $1 AND a.person_id = $2 AND n.served_ms IS NULL"
			       " AND n.kind IN ('decision.positive', 'decision.negative')"
			       " ORDER BY n.id",
			       db_int(application_id), db_int(act->person_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		if (!notice_open(act, row_number(json_array_get(rows, i), "id"), e))
			return false;
	}
	return rows && db_commit(&tx, e);
}

static bool may_record(const struct act *act, const json_t *row, day served, struct err *e)
{
	if (row_has(row, "served_ms") || row_has(row, "day"))
		return err_set(e, ERR_CONFLICT, "told.error.served", "served already");
	if (served.n < day_of_instant(row_number(row, "created_ms")).n)
		return err_input(e, "day", "told.error.early", "before there was a notice");
	return file_day_past(act, served, "day", e);
}

/* F84: for whoever has no account, or does not open what is sent here. */
bool told_on_paper(const struct act *act, int64_t competition_id, int64_t notice_id,
		   const char *number, day served, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e))
		return false;
	if (!*number)
		return err_input(e, "number", "error.required", "a letter without a number");
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT n.kind, n.created_ms, n.served_ms, p.day FROM notice n"
			     "  JOIN application a ON a.person_id = n.person_id"
			     "   AND a.competition_id = n.competition_id"
			     "  LEFT JOIN notice_paper p ON p.notice_id = n.id"
			     " WHERE n.id = $1 AND n.competition_id = $2",
			     db_int(notice_id), db_int(competition_id));
	return row && may_record(act, row, served, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO notice_paper (notice_id, number, day, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(notice_id), db_text(number), db_int(served.n), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, "notice.on_paper", competition_id,
			   act_subject(act, "notice", notice_id),
			   json_pack("{s:s,s:s,s:i}", "kind", row_text(row, "kind"), "number",
				     number, "day", served.n),
			   e) &&
	       db_commit(&tx, e);
}
