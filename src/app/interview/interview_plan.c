#include "app/interview/interview_plan.h"

#include "app/candidate/candidate.h"
#include "app/notice/tell.h"

#include <string.h>

/* Of whom there is own security's information and a released dossier, and the last day of each.
 * A candidate counts who meets the requirements, has not failed the test and has refused no study:
 * the others have no way to the interview (R44-1), and nothing is to wait for them. */
bool interview_plan_rows(const struct act *act, int64_t first, int64_t last, json_t **ret,
			 struct err *e)
{
	*ret = db_rows(
		act->db, act->arena, e,
		"WITH counted (competition_id, informed_ms, released_ms) AS"
		" (SELECT a.competition_id, (SELECT MAX(s.at_ms) FROM security_information s"
		"   WHERE s.application_id = a.id),"
		"  (SELECT d.at_ms FROM dossier_release d WHERE d.application_id = a.id)"
		"  FROM application a WHERE " COMPETITION_RUNS(
			"a.competition_id") "  AND a.state = 'sent'"
					    "  AND EXISTS (SELECT 1 FROM qualification_decision q"
					    "   WHERE q.application_id = a.id AND q.outcome = "
					    "'met')"
					    "  AND NOT EXISTS (SELECT 1 FROM attempt t JOIN result "
					    "r ON r.attempt_id = t.id"
					    "   WHERE t.application_id = a.id AND t.void = 0 AND "
					    "r.positive = 0)"
					    "  AND NOT EXISTS (SELECT 1 FROM attempt t WHERE "
					    "t.application_id = a.id"
					    "   AND t.finish = 'breach')"
					    "  AND NOT EXISTS (SELECT 1 FROM study s WHERE "
					    "s.application_id = a.id"
					    "   AND s.outcome = 'refused' AND NOT EXISTS (SELECT 1 "
					    "FROM study n"
					    "    WHERE n.application_id = a.id AND n.kind = s.kind "
					    "AND n.id > s.id)))"
					    " SELECT competition_id, COUNT(*) AS counted, "
					    "COUNT(informed_ms) AS informed,"
					    " MAX(informed_ms) AS informed_ms, COUNT(released_ms) "
					    "AS released,"
					    " MAX(released_ms) AS released_ms FROM counted GROUP "
					    "BY competition_id",
		db_int(first), db_int(last));
	return *ret != NULL;
}

struct interview_facts interview_plan_of_row(const struct act *act, const json_t *row)
{
	const int64_t counted = row_number(row, "counted");
	return (struct interview_facts){
		.today = act_today(act),
		.security_received = counted > 0 && row_number(row, "informed") == counted,
		.security_day = day_of_instant(row_number(row, "informed_ms")),
		.dossier_released = counted > 0 && row_number(row, "released") == counted,
		.dossier_day = day_of_instant(row_number(row, "released_ms")),
	};
}

bool interview_plan_facts(const struct act *act, const struct competition *c,
			  struct interview_facts *ret, struct err *e)
{
	json_t *rows = NULL;
	if (!interview_plan_rows(act, c->id, c->id, &rows, e))
		return false;
	*ret = interview_plan_of_row(act, json_array_get(rows, 0));
	return true;
}

static bool store(const struct act *act, const struct competition *c, int64_t start_ms,
		  const char *place, int64_t *ret_id, struct err *e)
{
	day d = day_of_instant(start_ms);
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "INSERT INTO interview (competition_id, day, start_ms, place, state,"
		     " planned_by, planned_ms) VALUES ($1, $2, $3, $4, 'planned', $5, $6)"
		     " ON CONFLICT (competition_id) DO UPDATE SET day = excluded.day,"
		     " start_ms = excluded.start_ms, place = excluded.place,"
		     " planned_by = excluded.planned_by, planned_ms = excluded.planned_ms,"
		     " ordering = NULL"
		     " WHERE interview.state = 'planned'",
		     db_int(c->id), db_int(d.n), db_int(start_ms), db_text(place),
		     db_int(act->person_id), db_int(act->now_ms)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_CONFLICT, "plan.error.running", "the interview has begun");
	return db_number(act->db, e, ret_id, "SELECT id FROM interview WHERE competition_id = $1",
			 db_int(c->id));
}

/* R44-1: only who is admitted is heard; by name, in the order of the Kazakh alphabet. */
static bool put_in_order(const struct act *act, int64_t competition_id, int64_t interview_id,
			 struct err *e)
{
	int64_t turn = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT a.id FROM application a JOIN person p ON p.id = a.person_id"
			       " WHERE a.competition_id = $1 AND a.state = 'sent'"
			       " ORDER BY p.sort_key, a.id",
			       db_int(competition_id));
	if (!rows ||
	    !db_exec(act->db, e, NULL, "DELETE FROM interview_candidate WHERE interview_id = $1",
		     db_int(interview_id)))
		return false;
	json_array_foreach (rows, i, row) {
		struct candidate c = { 0 };
		int64_t id = json_integer_value(json_object_get(row, "id"));
		if (!candidate_load(act, id, &c, e))
			return false;
		if (c.admission.to_interview &&
		    !db_exec(act->db, e, NULL,
			     "INSERT INTO interview_candidate (interview_id, application_id, turn)"
			     " VALUES ($1, $2, $3)",
			     db_int(interview_id), db_int(id), db_int(++turn)))
			return false;
	}
	return true;
}

bool interview_plan(const struct act *act, int64_t competition_id, int64_t start_ms,
		    const char *place, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	struct interview_facts facts = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, competition_id, e))
		return false;
	if (strcmp(c.state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "competition.error.not_announced",
			       "an interview of what is not announced");
	if (!interview_plan_facts(act, &c, &facts, e))
		return false;
	const struct interview_check check =
		terms_interview(c.calendar, c.rules, &facts, day_of_instant(start_ms));
	if (!terms_require_interview(&check, e))
		return err_field(e, "start");
	return store(act, &c, start_ms, place, &id, e) &&
	       put_in_order(act, competition_id, id, e) &&
	       act_journal(
		       act, "interview.planned", competition_id, act_subject(act, "interview", id),
		       json_pack("{s:I,s:s}", "start", (json_int_t)start_ms, "place", place), e) &&
	       tell_interview(act, &c, e) && db_commit(&tx, e);
}
