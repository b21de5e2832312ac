#include "app/retention.h"

#include "app/candidate.h"
#include "app/complaint.h"
#include "app/reauth.h"

#include <string.h>

/* The same day of a later year; 29 February ends on the 28th. */
static day years_after(day from, int64_t years)
{
	struct date date = day_to_date(from);
	date.year += (int)years;
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
		r.until = years_after(day_of_instant(row_number(row, "closed_ms")),
				      rule_set_value(c->rules, PARAM_RECORD_YEARS));
	r.due = r.over && !r.held && !r.destroyed && act_today(act).n > r.until.n;
	*ret = r;
	return true;
}

static bool require_due(const struct retention *r, struct err *e)
{
	char text[DAY_TEXT_SIZE] = "";
	if (r->destroyed)
		return err_set(e, ERR_CONFLICT, "retention.error.destroyed", "destroyed already");
	if (r->held)
		return err_set(e, ERR_CONFLICT, "retention.error.held", "a complaint is open");
	if (r->due)
		return true;
	if (r->over)
		day_print(r->until, text);
	(void)err_set(e, ERR_CONFLICT,
		      r->over ? "retention.error.early" : "retention.error.running", "kept still");
	return err_value(e, text);
}

/* Another officer with the same right stands by. */
static bool require_second(const struct act *act, const struct competition *c, int64_t second,
			   struct err *e)
{
	struct act other = *act;
	bool may = false;
	other.person_id = second;
	if (second != act->person_id && second > 0 &&
	    !act_holds(&other, ROLE_NAME_HR, c->organ, &may, e))
		return false;
	return may || err_input(e, "second", "retention.error.second", "no second officer");
}

/* How much the act will say to have destroyed. */
static bool count(const struct act *act, int64_t competition_id, int64_t *ret_events,
		  int64_t *ret_entries, struct err *e)
{
	return db_number(act->db, e, ret_events,
			 "SELECT COUNT(*) FROM seat_event WHERE attempt_id IN (SELECT t.id"
			 " FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
			 " WHERE s.competition_id = $1)",
			 db_int(competition_id)) &&
	       db_number(act->db, e, ret_entries,
			 "SELECT COUNT(*) FROM journal_content WHERE seq IN (SELECT seq"
			 " FROM journal_entry WHERE competition_id = $1"
			 "  AND kind IN ('test.answer', 'test.entered', 'test.resumed'))",
			 db_int(competition_id));
}

/* What the journal keeps of single clicks and seats; their lines stay, with their hashes.  The
 * database lets contents go only where the act is there already (F85). */
static bool forget(const struct act *act, int64_t competition_id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "DELETE FROM seat_event WHERE attempt_id IN (SELECT t.id FROM attempt t"
		       " JOIN sitting s ON s.id = t.sitting_id WHERE s.competition_id = $1)",
		       db_int(competition_id)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM seat_pulse WHERE attempt_id IN (SELECT t.id FROM attempt t"
		       " JOIN sitting s ON s.id = t.sitting_id WHERE s.competition_id = $1)",
		       db_int(competition_id)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM journal_content WHERE seq IN (SELECT seq FROM journal_entry"
		       " WHERE competition_id = $1 AND kind IN ('test.answer', 'test.entered',"
		       "  'test.resumed'))",
		       db_int(competition_id));
}

bool retention_destroy(const struct act *act, int64_t competition_id, const char *number,
		       int64_t second, int64_t *ret_act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	struct retention r = { 0 };
	int64_t events = 0;
	int64_t entries = 0;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e) ||
	    !reauth_need(act, e) || !retention_of(act, &c, &r, e) || !require_due(&r, e) ||
	    !require_second(act, &c, second, e))
		return false;
	if (!*number)
		return err_input(e, "number", "error.required", "an act without a number");
	if (!count(act, competition_id, &events, &entries, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO destruction_act (competition_id, number, kept_until, by_id,"
		       " second_id, at_ms, seat_events, entries)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
		       db_int(competition_id), db_text(number), db_int(r.until.n),
		       db_int(act->person_id), db_int(second), db_int(act->now_ms), db_int(events),
		       db_int(entries)) ||
	    !forget(act, competition_id, e) ||
	    !act_journal(act, "records.destroyed", competition_id,
			 act_subject(act, "destruction_act", id),
			 json_pack("{s:s,s:i,s:I,s:I,s:I}", "number", number, "kept_until",
				   r.until.n, "second", (json_int_t)second, "seat_events",
				   (json_int_t)events, "entries", (json_int_t)entries),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_act = id;
	return true;
}
