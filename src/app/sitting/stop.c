#include "app/sitting/stop.h"

#include "app/sitting/seat_log.h"
#include "law/sitting.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000 };

/* ---- what the others share ----------------------------------------------------------------- */

static bool is_running(const struct sitting *s, struct err *e)
{
	return strcmp(s->state, "running") == 0 ||
	       err_set(e, ERR_CONFLICT, "sitting.error.not_running", "the sitting is not running");
}

/* An attempt of this sitting that is not over. */
static bool live_attempt(const struct act *act, const struct sitting *s, int64_t attempt,
			 struct err *e)
{
	bool live = false;
	if (!db_exists(
		    act->db, e, &live,
		    "SELECT 1 FROM attempt WHERE id = $1 AND sitting_id = $2"
		    " AND finished_ms IS NULL"
		    " AND (stopped_ms IS NOT NULL OR ends_ms IS NULL OR ends_ms + extra_ms > $3)",
		    db_int(attempt), db_int(s->id), db_int(act->now_ms)))
		return false;
	return live || err_set(e, ERR_CONFLICT, "sitting.error.over", "this attempt is over");
}

static bool log_held(const struct act *act, int64_t stop, const char *kind, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e, "SELECT id FROM attempt WHERE stop_id = $1",
			       db_int(stop));
	json_array_foreach (rows, i, row) {
		if (!seat_log_add(act, row_number(row, "id"), kind, 0, e))
			return false;
	}
	return rows != NULL;
}

static bool add_stop(const struct act *act, const struct sitting *s, int64_t attempt,
		     const char *kind, const char *reason, const struct agreed *second,
		     int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO stop (sitting_id, attempt_id, kind, reason, by_id, second_id,"
			 " from_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
			 db_int(s->id), attempt ? db_int(attempt) : db_null(), db_text(kind),
			 db_text(reason), db_int(act->person_id), db_int(second->person_id),
			 db_int(act->now_ms));
}

static bool note_stop(const struct act *act, const struct sitting *s, int64_t attempt, int64_t stop,
		      const char *kind, const char *reason, const struct agreed *second,
		      struct err *e)
{
	json_t *said = json_pack("{s:I,s:I,s:s,s:s}", "stop", (json_int_t)stop, "attempt",
				 (json_int_t)attempt, "kind", kind, "reason", reason);
	return sitting_note(act, s, "sitting.stopped", second_told(said, second), e);
}

/* ---- stopping and going on ----------------------------------------------------------------- */

/* Holds those who run: one attempt, or with 0 all of the sitting. */
static bool hold(const struct act *act, const struct sitting *s, int64_t attempt, int64_t stop,
		 struct err *e)
{
	int64_t held = 0;
	if (!db_exec(act->db, e, &held,
		     "UPDATE attempt SET stopped_ms = $1, stop_id = $2 WHERE sitting_id = $3"
		     " AND ($4 = 0 OR id = $4) AND finished_ms IS NULL AND stop_id IS NULL"
		     " AND ends_ms + extra_ms > $1",
		     db_int(act->now_ms), db_int(stop), db_int(s->id), db_int(attempt)))
		return false;
	return held > 0 || err_set(e, ERR_CONFLICT, "sitting.error.stopped", "nobody to stop");
}

bool stop_clock(const struct act *act, int64_t sitting, int64_t attempt, const char *kind,
		const char *reason, const struct second *second, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	int64_t stop = 0;
	return db_begin(act->db, &tx, e) && sitting_load_operator(act, sitting, &s, e) &&
	       is_running(&s, e) && sitting_agree(act, &s, second, &agreed, e) &&
	       (attempt == 0 || live_attempt(act, &s, attempt, e)) &&
	       add_stop(act, &s, attempt, kind, reason, &agreed, &stop, e) &&
	       hold(act, &s, attempt, stop, e) && log_held(act, stop, "stopped", e) &&
	       note_stop(act, &s, attempt, stop, kind, reason, &agreed, e) && db_commit(&tx, e);
}

/* Section 4: the same variant goes on only after a short failure. */
static bool may_go_on(const struct act *act, const struct sitting *s, const json_t *stop,
		      struct err *e)
{
	const char *kind = row_text(stop, "kind");
	const int64_t length = act->now_ms - row_number(stop, "from_ms");
	if (strcmp(kind, "failure") != 0 && strcmp(kind, "other") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.stop_kind", "ends by itself");
	return strcmp(kind, "other") == 0 ||
	       sitting_after_failure(s->competition.rules, length) == FAILURE_GO_ON ||
	       err_law(e, "28", "law.sitting.failure", "the failure lasted too long");
}

/* Lets those go whom the stop holds, each with the time it took. */
static bool release(const struct act *act, const struct sitting *s, int64_t stop, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id, stopped_ms FROM attempt WHERE stop_id = $1", db_int(stop));
	json_array_foreach (rows, i, row) {
		const int64_t id = row_number(row, "id");
		const int64_t length = act->now_ms - row_number(row, "stopped_ms");
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO stop_hold (stop_id, attempt_id, length_ms)"
			     " VALUES ($1, $2, $3)",
			     db_int(stop), db_int(id), db_int(length)) ||
		    !seat_log_add(act, id, "resumed", length, e))
			return false;
	}
	return rows &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET extra_ms = extra_ms + ($1 - stopped_ms),"
		       " stopped_ms = NULL, stop_id = NULL WHERE stop_id = $2",
		       db_int(act->now_ms), db_int(stop)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE stop SET until_ms = $1, ended_by = $2 WHERE id = $3",
		       db_int(act->now_ms), db_int(act->person_id), db_int(stop)) &&
	       sitting_note(act, s, "sitting.resumed", json_pack("{s:I}", "stop", (json_int_t)stop),
			    e);
}

bool stop_end(const struct act *act, int64_t sitting, int64_t stop, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, sitting, &s, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT kind, from_ms, until_ms FROM stop WHERE id = $1"
			     " AND sitting_id = $2",
			     db_int(stop), db_int(sitting));
	if (!row)
		return false;
	if (row_has(row, "until_ms"))
		return true; /* ended already: pressed twice */
	return may_go_on(act, &s, row, e) && release(act, &s, stop, e) && db_commit(&tx, e);
}

/* ---- time given, another seat ---------------------------------------------------------------- */

bool extra_time_give(const struct act *act, int64_t sitting, int64_t attempt, int64_t minutes,
		     const char *reason, const char *document, const struct second *second,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	if (minutes < 1 || minutes > EXTRA_MINUTES_MOST)
		return err_input(e, "minutes", "sitting.error.minutes", "out of range");
	return db_begin(act->db, &tx, e) && sitting_load_operator(act, sitting, &s, e) &&
	       sitting_agree(act, &s, second, &agreed, e) && live_attempt(act, &s, attempt, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO extra_time (attempt_id, length_ms, reason, document, by_id,"
		       " second_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(attempt), db_int(minutes * MINUTE_MS), db_text(reason),
		       db_text(document), db_int(act->person_id), db_int(agreed.person_id),
		       db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE attempt SET extra_ms = extra_ms + $1 WHERE id = $2",
		       db_int(minutes * MINUTE_MS), db_int(attempt)) &&
	       seat_log_add(act, attempt, "extra", minutes * MINUTE_MS, e) &&
	       sitting_note(
		       act, &s, "sitting.extra",
		       second_told(json_pack("{s:I,s:I,s:s,s:s}", "attempt", (json_int_t)attempt,
					     "minutes", (json_int_t)minutes, "reason", reason,
					     "document", document),
				   &agreed),
		       e) &&
	       db_commit(&tx, e);
}

static bool seat_is_free(const struct act *act, const struct sitting *s, int64_t attempt,
			 const char *seat, struct err *e)
{
	bool taken = false;
	if (!db_exists(act->db, e, &taken,
		       "SELECT 1 FROM attempt WHERE sitting_id = $1 AND seat = $2 AND id <> $3",
		       db_int(s->id), db_text(seat), db_int(attempt)))
		return false;
	return !taken || err_input(e, "seat", "sitting.error.seat_taken", "the seat is taken");
}

/* While the hall runs the clock of the one who moves stands, unless it does already. */
static bool hold_for_move(const struct act *act, const struct sitting *s, int64_t attempt,
			  const char *reason, const struct agreed *second, struct err *e)
{
	bool runs = false;
	int64_t stop = 0;
	if (!db_exists(act->db, e, &runs,
		       "SELECT 1 FROM attempt WHERE id = $1 AND started_ms IS NOT NULL"
		       " AND stop_id IS NULL",
		       db_int(attempt)))
		return false;
	return !runs || (add_stop(act, s, attempt, "move", reason, second, &stop, e) &&
			 hold(act, s, attempt, stop, e));
}

bool seat_move(const struct act *act, int64_t sitting, int64_t attempt, int64_t seat,
	       const char *reason, const struct second *second, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	const char *place = arena_print(act->arena, "%d", (int)seat);
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, sitting, &s, e))
		return false;
	if (seat < 1 || seat > s.seats)
		return err_input(e, "seat", "sitting.error.seat", "the hall has no such seat");
	return sitting_agree(act, &s, second, &agreed, e) && live_attempt(act, &s, attempt, e) &&
	       seat_is_free(act, &s, attempt, place, e) &&
	       hold_for_move(act, &s, attempt, reason, &agreed, e) &&
	       seat_log_add(act, attempt, "moved", 0, e) &&
	       db_exec(act->db, e, NULL, "UPDATE attempt SET seat = $1, pen = '' WHERE id = $2",
		       db_text(place), db_int(attempt)) &&
	       sitting_note(act, &s, "sitting.moved",
			    second_told(json_pack("{s:I,s:I,s:s}", "attempt", (json_int_t)attempt,
						  "seat", (json_int_t)seat, "reason", reason),
					&agreed),
			    e) &&
	       db_commit(&tx, e);
}
