#include "app/evidence/retention.h"

#include "app/competition/complaint.h"

/* 29 February ends on the 28th. */
day retention_end(int64_t ended_ms, const struct rule_set *rules)
{
	struct date date = day_to_date(day_of_instant(ended_ms));
	date.year += (int)rule_set_value(rules, PARAM_RECORD_YEARS);
	if (date.month == 2 && date.day == 29)
		date.day = 28;
	return day_from_date(date);
}

bool retention_of(const struct act *act, const struct competition *c, struct retention *ret,
		  struct err *e)
{
	struct retention r = { 0 };
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT closed_ms, (SELECT COUNT(*) FROM destruction_act d"
			     "  WHERE d.competition_id = $1) AS destroyed FROM competition"
			     " WHERE id = $1",
			     db_int(c->id));
	if (!row || !complaint_holds(act, c->id, &r.held, e))
		return false;
	r.over = row_has(row, "closed_ms");
	r.destroyed = row_number(row, "destroyed") > 0;
	if (r.over)
		r.until = retention_end(row_number(row, "closed_ms"), c->rules);
	r.due = r.over && !r.held && !r.destroyed && act_today(act).n > r.until.n;
	*ret = r;
	return true;
}

/* ---- a person -------------------------------------------------------------------------------- */

bool retention_organ_of(const struct act *act, int64_t person_id, const char **ret, struct err *e)
{
	const char *organ = "";
	if (!db_string(act->db, act->arena, e, &organ, "SELECT organ FROM person WHERE id = $1",
		       db_int(person_id)))
		return false;
	*ret = law_book_organ(act->book, organ) ? organ : act->book->organs[0].code;
	return true;
}

/* Instant of the last entry about the person or by it. */
static bool last_entry(const struct act *act, int64_t person_id, int64_t *ret, struct err *e)
{
	int64_t about = 0;
	int64_t by = 0;
	if (!db_number(act->db, e, &about,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE subject = $1"
		       " AND kind <> 'test.answer'",
		       db_text(act_subject(act, "person", person_id))) ||
	    !db_number(act->db, e, &by,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE actor_id = $1",
		       db_int(person_id)))
		return false;
	*ret = about > by ? about : by;
	return true;
}

bool retention_of_person(const struct act *act, int64_t person_id, struct retention *ret,
			 struct err *e)
{
	struct retention r = { .over = true };
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	int64_t last = 0;
	if (!rules)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	if (!db_exists(act->db, e, &r.destroyed,
		       "SELECT 1 FROM destruction_act WHERE person_id = $1", db_int(person_id)) ||
	    !db_exists(act->db, e, &r.held,
		       "SELECT 1 FROM role_grant WHERE person_id = $1 AND revoked_ms IS NULL"
		       " UNION ALL SELECT 1 FROM application WHERE person_id = $1"
		       " UNION ALL SELECT 1 FROM commission_member WHERE person_id = $1"
		       " UNION ALL SELECT 1 FROM commission_change WHERE person_id = $1",
		       db_int(person_id)) ||
	    !last_entry(act, person_id, &last, e))
		return false;
	r.until = retention_end(last, rules->rule_set);
	r.due = !r.held && !r.destroyed && act_today(act).n > r.until.n;
	*ret = r;
	return true;
}
