#include "app/sitting/attempt.h"

#include "app/access/session.h"
#include "app/sitting/result.h"
#include "app/sitting/seal.h"
#include "app/sitting/seat_log.h"
#include "app/sitting/sitting.h"

#include <string.h>

/* ---- loading ------------------------------------------------------------------------------ */

static struct attempt attempt_of(const json_t *row)
{
	const char *finish = row_text(row, "finish");
	return (struct attempt){
		.id = row_number(row, "id"),
		.sitting_id = row_number(row, "sitting_id"),
		.application_id = row_number(row, "application_id"),
		.hall_id = row_number(row, "hall_id"),
		.competition_id = row_number(row, "competition_id"),
		.language = row_text(row, "language"),
		.code = row_text(row, "code"),
		.seat = row_text(row, "seat"),
		.binding = row_text(row, "binding"),
		.state = row_text(row, "state"),
		.pen = row_text(row, "pen"),
		.finish = finish,
		.times = { .started = row_has(row, "started_ms"),
			   .finished = row_has(row, "finished_ms"),
			   .annulled = strcmp(finish, "breach") == 0,
			   .void_ = row_number(row, "void") != 0,
			   .ends_ms = row_number(row, "ends_ms"),
			   .extra_ms = row_number(row, "extra_ms"),
			   .stopped_ms = row_number(row, "stopped_ms") },
		.questions = row_number(row, "questions"),
	};
}

#define OWN_ATTEMPT                                                                                \
	"SELECT t.id, t.sitting_id, t.application_id, s.hall_id, s.competition_id,"                \
	" s.binding, s.state, t.language, t.code, t.seat, t.pen, t.finish, t.started_ms,"          \
	" t.finished_ms, t.ends_ms, t.extra_ms, t.stopped_ms, t.void,"                             \
	" (SELECT COUNT(*) FROM form_question q WHERE q.attempt_id = t.id)"                        \
	"  AS questions FROM attempt t JOIN application a ON a.id = t.application_id"              \
	" JOIN sitting s ON s.id = t.sitting_id WHERE t.id = $1 AND a.person_id = $2"

bool attempt_load_own(const struct act *act, int64_t id, struct attempt *ret, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e, OWN_ATTEMPT, db_int(id), db_int(act->person_id));
	if (!row)
		return false;
	*ret = attempt_of(row);
	return true;
}

/* ---- the pen -------------------------------------------------------------------------------- */

/* Whether the session that holds the pen is over: then another may take it. */
static bool pen_is_free(const struct act *act, const struct attempt *a, bool *ret, struct err *e)
{
	bool live = false;
	if (*a->pen &&
	    !db_exists(act->db, e, &live,
		       "SELECT 1 FROM session WHERE token_hash = $1 AND expires_ms > $2"
		       " AND seen_ms > $3",
		       db_text(a->pen), db_int(act->now_ms), db_int(act->now_ms - SESSION_IDLE_MS)))
		return false;
	*ret = !live;
	return true;
}

/* F42: the move is over when the candidate sits at the new place. */
static bool end_move(const struct act *act, const struct attempt *a, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT s.id FROM stop s JOIN attempt t ON t.stop_id = s.id"
			       " WHERE t.id = $1 AND s.kind = 'move'",
			       db_int(a->id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return true;
	const int64_t stop = row_number(json_array_get(rows, 0), "id");
	const int64_t length = act->now_ms - a->times.stopped_ms;
	return db_exec(act->db, e, NULL,
		       "UPDATE attempt SET extra_ms = extra_ms + $1, stopped_ms = NULL,"
		       " stop_id = NULL WHERE id = $2",
		       db_int(length), db_int(a->id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE stop SET until_ms = $1, ended_by = $2 WHERE id = $3",
		       db_int(act->now_ms), db_int(act->person_id), db_int(stop)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO stop_hold (stop_id, attempt_id, length_ms) VALUES ($1, $2, $3)",
		       db_int(stop), db_int(a->id), db_int(length)) &&
	       seat_log_add(act, a->id, "resumed", length, e) &&
	       act_journal(act, "test.resumed", a->competition_id,
			   act_subject(act, "attempt", a->id),
			   json_pack("{s:I,s:I}", "stop", (json_int_t)stop, "length_ms",
				     (json_int_t)length),
			   e);
}

static bool take_pen(const struct act *act, const struct attempt *a, const char *session,
		     struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE attempt SET pen = $1 WHERE id = $2",
		       db_text(session), db_int(a->id)) &&
	       seat_log_add(act, a->id, "entered", 0, e) &&
	       act_journal(act, "test.entered", a->competition_id,
			   act_subject(act, "attempt", a->id), json_pack("{s:s}", "seat", a->seat),
			   e) &&
	       end_move(act, a, e);
}

/* F40, F41 */
bool attempt_enter(const struct act *act, int64_t id, const char *session, bool seat_proved,
		   bool *ret_pen, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct attempt a = { 0 };
	bool is_free = false;
	if (!db_begin(act->db, &tx, e) || !attempt_load_own(act, id, &a, e) ||
	    !sitting_require_here(a.state, e))
		return false;
	bool on = a.times.started && !a.times.finished;
	if (on && (!form_open(act, id, e) || !db_exec(act->db, e, NULL,
						      "UPDATE attempt SET entered_ms = $1"
						      " WHERE id = $2 AND entered_ms IS NULL",
						      db_int(act->now_ms), db_int(id))))
		return false;
	bool pen = strcmp(a.pen, session) == 0;
	if (!pen && !a.times.finished) {
		if (!pen_is_free(act, &a, &is_free, e))
			return false;
		/* The computer of the seat writes, whichever session it has now (F35). */
		const bool bound = strcmp(a.binding, "none") != 0;
		pen = bound ? seat_proved : is_free;
		if (pen && !take_pen(act, &a, session, e))
			return false;
	}
	if (!db_commit(&tx, e))
		return false;
	*ret_pen = pen;
	return true;
}

bool attempt_pulse_ahead(const struct act *act, int64_t id, struct err *e)
{
	return db_ahead(act->db, e, OWN_ATTEMPT, db_int(id), db_int(act->person_id));
}

bool attempt_pulse(const struct act *act, int64_t id, const char *session, int64_t unsaved,
		   int64_t waiting_ms, int64_t gap_ms, struct attempt *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e) || !attempt_load_own(act, id, ret, e) ||
	    !sitting_require_here(ret->state, e))
		return false;
	if (strcmp(ret->pen, session) != 0)
		return true;
	if (!db_exec(act->db, e, NULL,
		     "INSERT INTO seat_pulse (attempt_id, at_ms, unsaved, waiting_ms)"
		     " VALUES ($1, $2, $3, $4) ON CONFLICT (attempt_id) DO UPDATE SET"
		     " at_ms = excluded.at_ms, unsaved = excluded.unsaved,"
		     " waiting_ms = excluded.waiting_ms",
		     db_int(id), db_int(act->now_ms), db_int(unsaved), db_int(waiting_ms)))
		return false;
	return (gap_ms <= PULSE_GAP_MS || seat_log_add(act, id, "gap", gap_ms, e)) &&
	       db_commit(&tx, e);
}

/* ---- the end -------------------------------------------------------------------------------- */

bool attempt_finish(const struct act *act, int64_t id, const char *session, struct err *e)
{
	struct attempt a = { 0 };
	if (!attempt_load_own(act, id, &a, e))
		return false;
	const enum attempt_state state = attempt_state(&a.times, act->now_ms);
	bool on = state == ATTEMPT_RUNNING || state == ATTEMPT_STOPPED;
	if (on && strcmp(a.pen, session) != 0)
		return err_set(e, ERR_CONFLICT, "test.error.moved", "another session writes");
	switch (state) {
	case ATTEMPT_WAITING: return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	case ATTEMPT_STOPPED:
		return err_set(e, ERR_CONFLICT, "test.error.stopped", "the clock stands");
	case ATTEMPT_RUNNING: return result_fix(act, &a, "candidate", e);
	case ATTEMPT_TIME_UP: return result_fix(act, &a, "time", e);
	default: return true;
	}
}

/* F52: the end is a matter of definition; this only writes the fact. */
bool attempt_settle(const struct act *act, int64_t id, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT t.id, t.sitting_id, t.application_id, s.competition_id,"
		       " t.started_ms, t.finished_ms, t.finish, t.void, t.ends_ms, t.extra_ms,"
		       " t.stopped_ms FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
		       " WHERE t.id = $1",
		       db_int(id));
	if (!row)
		return false;
	const struct attempt a = attempt_of(row);
	return attempt_state(&a.times, act->now_ms) != ATTEMPT_TIME_UP ||
	       result_fix(act, &a, "time", e);
}
