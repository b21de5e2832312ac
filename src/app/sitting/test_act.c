/* test_act.c - the acts of app/sitting/stop.h: breach, technical failure, time taken back. */
#include "app/candidate/candidate.h"
#include "app/notice/tell.h"
#include "app/sitting/seat_log.h"
#include "app/sitting/stop.h"
#include "law/sitting.h"

#include <string.h>

/* Who answers an act of a breach does it from his own account, later. */
static const struct agreed nobody_yet = { 0, "" };

static bool add_act(const struct act *act, const struct sitting *s, int64_t attempt,
		    const char *kind, const char *number, const char *text,
		    const struct agreed *second, int64_t *ret_id, struct err *e)
{
	const bool signed_ = second->person_id != 0;
	const char *log = "";
	if (attempt && !seat_log_text(act, attempt, &log, e))
		return false;
	return db_number(act->db, e, ret_id,
			 "INSERT INTO sitting_act (sitting_id, attempt_id, kind, number, text,"
			 " seat_log, state, by_id, at_ms, answered_by, answered_ms)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
			 db_int(s->id), attempt ? db_int(attempt) : db_null(), db_text(kind),
			 db_text(number), db_text(text), db_text(log),
			 db_text(signed_ ? "signed" : "proposed"), db_int(act->person_id),
			 db_int(act->now_ms), signed_ ? db_int(second->person_id) : db_null(),
			 signed_ ? db_int(act->now_ms) : db_null());
}

static bool note_act(const struct act *act, const struct sitting *s, const char *kind, int64_t id,
		     int64_t attempt, const char *number, const char *text,
		     const struct agreed *second, struct err *e)
{
	json_t *said = json_pack("{s:I,s:I,s:s,s:s}", "act", (json_int_t)id, "attempt",
				 (json_int_t)attempt, "number", number, "text", text);
	return sitting_note(act, s, kind, second_told(said, second), e);
}

/* An attempt of the sitting as acts meet it: whether it started, is over, void, annulled. */
static json_t *load_attempt(const struct act *act, const struct sitting *s, int64_t attempt,
			    struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT id, started_ms, finished_ms, ends_ms, extra_ms, stopped_ms, stop_id,"
		      " finish, void FROM attempt WHERE id = $1 AND sitting_id = $2",
		      db_int(attempt), db_int(s->id));
}

/* The stop that held an attempt ends when it holds nobody any more. */
static bool end_if_empty(const struct act *act, int64_t stop, struct err *e)
{
	return stop == 0 ||
	       db_exec(act->db, e, NULL,
		       "UPDATE stop SET until_ms = $1, ended_by = $2 WHERE id = $3"
		       " AND until_ms IS NULL"
		       " AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.stop_id = stop.id)",
		       db_int(act->now_ms), db_int(act->person_id), db_int(stop));
}

/* ---- breach of the test's rules ------------------------------------------------------------ */

/* Stops the test of who is said to have broken the rules, if it runs. */
static bool stop_for_breach(const struct act *act, const struct sitting *s, const json_t *attempt,
			    const char *number, struct err *e)
{
	const int64_t id = row_number(attempt, "id");
	int64_t stop = 0;
	if (row_has(attempt, "finished_ms") || row_has(attempt, "stop_id") ||
	    row_number(attempt, "ends_ms") + row_number(attempt, "extra_ms") <= act->now_ms)
		return true;
	return db_number(act->db, e, &stop,
			 "INSERT INTO stop (sitting_id, attempt_id, kind, reason, by_id, from_ms)"
			 " VALUES ($1, $2, 'breach', $3, $4, $5) RETURNING id",
			 db_int(s->id), db_int(id), db_text(number), db_int(act->person_id),
			 db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET stopped_ms = $1, stop_id = $2 WHERE id = $3",
		       db_int(act->now_ms), db_int(stop), db_int(id)) &&
	       seat_log_add(act, id, "stopped", 0, e);
}

static bool may_accuse(const struct act *act, const struct sitting *s, const json_t *attempt,
		       struct err *e)
{
	bool proposed = false;
	if (strcmp(s->state, "running") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_running", "not running");
	if (row_number(attempt, "void") != 0 || strcmp(row_text(attempt, "finish"), "breach") == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.over", "annulled or void already");
	if (!db_exists(act->db, e, &proposed,
		       "SELECT 1 FROM sitting_act WHERE attempt_id = $1 AND kind = 'breach'"
		       " AND state = 'proposed'",
		       db_int(row_number(attempt, "id"))))
		return false;
	return !proposed || err_set(e, ERR_CONFLICT, "sitting.error.acts", "an act waits already");
}

bool act_breach(const struct act *act, int64_t sitting, int64_t attempt, const char *number,
		const char *text, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, sitting, &s, e))
		return false;
	json_t *row = load_attempt(act, &s, attempt, e);
	if (!row || !may_accuse(act, &s, row, e) || !stop_for_breach(act, &s, row, number, e) ||
	    !add_act(act, &s, attempt, "breach", number, text, &nobody_yet, &id, e) ||
	    !note_act(act, &s, "sitting.breach", id, attempt, number, text, &nobody_yet, e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* The result of who broke the rules does not stand: law/ and candidate_load() see the finish. */
static bool annul(const struct act *act, int64_t attempt, struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"UPDATE attempt SET finish = 'breach', finished_ms = COALESCE(finished_ms, $1),"
		" stopped_ms = NULL, stop_id = NULL WHERE id = $2",
		db_int(act->now_ms), db_int(attempt));
}

/* Gives the time back that a refused act took. */
static bool let_go(const struct act *act, const json_t *attempt, int64_t stop, struct err *e)
{
	const int64_t id = row_number(attempt, "id");
	const int64_t length = act->now_ms - row_number(attempt, "stopped_ms");
	return db_exec(act->db, e, NULL,
		       "UPDATE attempt SET extra_ms = extra_ms + $1, stopped_ms = NULL,"
		       " stop_id = NULL WHERE id = $2",
		       db_int(length), db_int(id)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO stop_hold (stop_id, attempt_id, length_ms) VALUES ($1, $2, $3)",
		       db_int(stop), db_int(id), db_int(length)) &&
	       seat_log_add(act, id, "resumed", length, e);
}

/* The stop of this breach, or 0 when another one holds the attempt, or none. */
static bool breach_stop(const struct act *act, const json_t *attempt, int64_t *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM stop WHERE id = $1 AND kind = 'breach'",
			       db_int(row_number(attempt, "stop_id")));
	*ret = rows ? row_number(json_array_get(rows, 0), "id") : 0;
	return rows != NULL;
}

static bool carry_out(const struct act *act, const struct sitting *s, int64_t attempt, bool signs,
		      struct err *e)
{
	int64_t stop = 0;
	json_t *row = load_attempt(act, s, attempt, e);
	if (!row || !breach_stop(act, row, &stop, e))
		return false;
	const int64_t held_by = row_number(row, "stop_id");
	if (signs)
		return annul(act, attempt, e) && end_if_empty(act, held_by, e);
	return stop == 0 || (let_go(act, row, stop, e) && end_if_empty(act, stop, e));
}

static bool may_answer(const struct act *act, const struct sitting *s, const json_t *row,
		       struct err *e)
{
	if (!act_require(act, ROLE_NAME_HR, s->competition.organ, e) ||
	    !candidate_require_other(act, THING_SITTING, s->id, e) ||
	    !sitting_require_here(s->state, e))
		return false;
	if (strcmp(row_text(row, "state"), "proposed") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.answered", "answered already");
	return row_number(row, "by_id") != act->person_id ||
	       err_set(e, ERR_CONFLICT, "sitting.error.same_person", "one's own act");
}

bool act_breach_answer(const struct act *act, int64_t act_id, bool signs, const char *why,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT sitting_id, attempt_id, state, by_id, number FROM sitting_act"
			     " WHERE id = $1 AND kind = 'breach'",
			     db_int(act_id));
	if (!row || !sitting_load(act, row_number(row, "sitting_id"), &s, e) ||
	    !may_answer(act, &s, row, e))
		return false;
	if (signs && !rule_set_holds(s.competition.rules, PARAM_BREACH_ANNULS))
		return err_law(e, "28", "law.sitting.breach", "a breach does not annul here");
	const int64_t attempt = row_number(row, "attempt_id");
	return carry_out(act, &s, attempt, signs, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting_act SET state = $1, answered_by = $2, answered_ms = $3,"
		       " answer = $4 WHERE id = $5",
		       db_text(signs ? "signed" : "refused"), db_int(act->person_id),
		       db_int(act->now_ms), db_text(why), db_int(act_id)) &&
	       note_act(act, &s, signs ? "test.annulled" : "sitting.breach_refused", act_id,
			attempt, row_text(row, "number"), why, &nobody_yet, e) &&
	       (!signs || tell_attempt(act, &s.competition, attempt, "test.annulled", e)) &&
	       db_commit(&tx, e);
}

/* ---- technical failure --------------------------------------------------------------------- */

/* Section 4: only when the same variant may not go on. */
static bool is_too_long(const struct act *act, const struct sitting *s, const json_t *attempt,
			struct err *e)
{
	bool failure = false;
	if (!db_exists(act->db, e, &failure,
		       "SELECT 1 FROM stop WHERE id = $1 AND kind = 'failure'",
		       db_int(row_number(attempt, "stop_id"))))
		return false;
	if (!failure || row_has(attempt, "finished_ms"))
		return err_set(e, ERR_CONFLICT, "sitting.error.no_failure", "no failure holds it");
	const int64_t length = act->now_ms - row_number(attempt, "stopped_ms");
	return sitting_after_failure(s->competition.rules, length) == FAILURE_NEW_DATE ||
	       err_law(e, "28", "law.sitting.failure_short", "it may still go on");
}

static bool make_void(const struct act *act, const json_t *attempt, struct err *e)
{
	const int64_t id = row_number(attempt, "id");
	const int64_t stop = row_number(attempt, "stop_id");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO stop_hold (stop_id, attempt_id, length_ms) VALUES ($1, $2, $3)",
		       db_int(stop), db_int(id),
		       db_int(act->now_ms - row_number(attempt, "stopped_ms"))) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET void = 1, finish = 'technical', finished_ms = $1,"
		       " stopped_ms = NULL, stop_id = NULL WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       end_if_empty(act, stop, e);
}

bool act_technical(const struct act *act, int64_t sitting, int64_t attempt, const char *number,
		   const char *text, const struct second *second, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, sitting, &s, e) ||
	    !sitting_agree(act, &s, second, &agreed, e))
		return false;
	json_t *row = load_attempt(act, &s, attempt, e);
	if (!row || !is_too_long(act, &s, row, e) ||
	    !add_act(act, &s, attempt, "technical", number, text, &agreed, &id, e) ||
	    !make_void(act, row, e) ||
	    !note_act(act, &s, "test.void", id, attempt, number, text, &agreed, e) ||
	    !tell_attempt(act, &s.competition, attempt, "test.void", e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- time taken back ------------------------------------------------------------------------- */

static bool may_reverse(const json_t *stop, struct err *e)
{
	if (!row_has(stop, "until_ms"))
		return err_set(e, ERR_CONFLICT, "sitting.error.stop_lasts", "the stop lasts");
	return !row_has(stop, "reversal_id") ||
	       err_set(e, ERR_CONFLICT, "sitting.error.reversed", "taken back already");
}

static bool note_reversal(const struct act *act, const struct sitting *s, int64_t id, int64_t stop,
			  const char *number, const char *text, const struct agreed *second,
			  struct err *e)
{
	json_t *said =
		json_pack("{s:I,s:I,s:I,s:s,s:s}", "act", (json_int_t)id, "attempt", (json_int_t)0,
			  "stop", (json_int_t)stop, "number", number, "text", text);
	return sitting_note(act, s, "sitting.reversed", second_told(said, second), e);
}

/* F44 */
bool act_reversal(const struct act *act, int64_t sitting, int64_t stop, const char *number,
		  const char *text, const struct second *second, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, sitting, &s, e) ||
	    !sitting_agree(act, &s, second, &agreed, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT until_ms, reversal_id FROM stop WHERE id = $1"
			     " AND sitting_id = $2",
			     db_int(stop), db_int(sitting));
	if (!row || !may_reverse(row, e) ||
	    !add_act(act, &s, 0, "reversal", number, text, &agreed, &id, e) ||
	    !db_exec(act->db, e, NULL,
		     "UPDATE attempt SET extra_ms = extra_ms - (SELECT h.length_ms FROM stop_hold h"
		     "  WHERE h.stop_id = $1 AND h.attempt_id = attempt.id)"
		     " WHERE finished_ms IS NULL AND id IN (SELECT h.attempt_id FROM stop_hold h"
		     "  WHERE h.stop_id = $1)",
		     db_int(stop)) ||
	    !db_exec(act->db, e, NULL, "UPDATE stop SET reversal_id = $1 WHERE id = $2", db_int(id),
		     db_int(stop)) ||
	    !note_reversal(act, &s, id, stop, number, text, &agreed, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}
