#include "app/video/line_right.h"

#include "app/interview/interview.h"
#include "app/sitting/attempt.h"
#include "app/sitting/sitting.h"

#include <string.h>

static bool is(const struct video_source *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

static bool denied(const struct act *act, const struct video_source *s, struct err *e)
{
	return err_set(e, ERR_DENIED, "error.denied", "person %lld, source %lld",
		       (long long)act->person_id, (long long)s->id);
}

static bool over(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "video.error.closed", "nothing is to be recorded");
}

/* ---- sending ------------------------------------------------------------------------------- */

static bool is_over(const struct attempt *a, int64_t now_ms)
{
	const enum attempt_state state = attempt_state(&a->times, now_ms);
	return state != ATTEMPT_WAITING && state != ATTEMPT_RUNNING && state != ATTEMPT_STOPPED;
}

/* The candidate's own, on the computer that writes: a second device in the pocket sends nothing.
 * Until the start nobody has to have the pen. */
static bool seat_sends(const struct act *act, const struct video_source *s, struct err *e)
{
	struct attempt a = { 0 };
	if (!attempt_load_own(act, s->attempt_id, &a, e)) {
		if (e->kind != ERR_MISSING)
			return false;
		err_clear(e);
		return denied(act, s, e);
	}
	const char *session = act->session ? act->session : "";
	const bool waits = !a.times.started && !*a.pen;
	if (!*session || (!waits && strcmp(a.pen, session) != 0))
		return denied(act, s, e);
	return !is_over(&a, act->now_ms) || over(e);
}

static bool operator_sends(const struct act *act, const struct video_room *room,
			   const struct video_source *s, struct err *e)
{
	struct sitting sitting = { 0 };
	if (act->person_id == 0 || (is(s, "talk") && s->person_id != act->person_id))
		return denied(act, s, e);
	return sitting_load_operator(act, room->sitting_id, &sitting, e);
}

/* R47-2: who is told of the record, until heard out. */
static bool candidate_sends(const struct act *act, const struct video_source *s, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT c.warned_ms, c.ended_ms FROM interview_candidate c"
			       " JOIN application a ON a.id = c.application_id"
			       " WHERE a.id = $1 AND a.person_id = $2 AND a.state = 'sent'",
			       db_int(s->application_id), db_int(act->person_id));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	if (!row || !row_has(row, "warned_ms"))
		return denied(act, s, e);
	return !row_has(row, "ended_ms") || over(e);
}

static bool expert_sends(const struct act *act, const struct video_room *room,
			 const struct video_source *s, struct err *e)
{
	struct seated seated = { 0 };
	if (s->person_id != act->person_id)
		return denied(act, s, e);
	return commission_seated(act, room->competition_id, &seated, e) &&
	       (seated.seat == SEAT_INVITED || denied(act, s, e));
}

bool video_may_send(const struct act *act, const struct video_room *room,
		    const struct video_source *source, struct err *e)
{
	if (is(source, "seat"))
		return seat_sends(act, source, e);
	if (is(source, "hall") || is(source, "talk"))
		return operator_sends(act, room, source, e);
	if (is(source, "commission"))
		return act->person_id != 0
			       ? commission_require_secretary(act, room->competition_id, e)
			       : denied(act, source, e);
	if (is(source, "candidate"))
		return candidate_sends(act, source, e);
	return expert_sends(act, room, source, e);
}

/* ---- watching ------------------------------------------------------------------------------ */

/* A candidate in the hall hears who talks to it. */
static bool sits_there(const struct act *act, const struct video_room *room, bool *ret,
		       struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM attempt t JOIN application a ON a.id = t.application_id"
			 " WHERE t.sitting_id = $1 AND a.person_id = $2"
			 " AND t.finished_ms IS NULL AND t.void = 0",
			 db_int(room->sitting_id), db_int(act->person_id));
}

static bool oversees(const struct act *act, const struct video_room *room, bool *ret, struct err *e)
{
	struct sitting s = { 0 };
	bool holds = false;
	bool competes = false;
	if (!sitting_load(act, room->sitting_id, &s, e) ||
	    !act_holds(act, ROLE_NAME_OPERATOR, s.hall_organ, &holds, e) ||
	    (!holds && !act_holds(act, ROLE_NAME_HR, s.competition.organ, &holds, e)) ||
	    (!holds && !act_holds(act, ROLE_NAME_AUDITOR, s.competition.organ, &holds, e)) ||
	    !candidate_competes(act, THING_SITTING, s.id, &competes, e))
		return false;
	*ret = holds && !competes && act->person_id != 0;
	return true;
}

static bool sitting_watched(const struct act *act, const struct video_room *room,
			    const struct video_source *s, struct err *e)
{
	bool may = false;
	if (!oversees(act, room, &may, e) ||
	    (!may && is(s, "talk") && !sits_there(act, room, &may, e)))
		return false;
	return may || denied(act, s, e);
}

/* The one who is heard sees the commission and the invited, not a rival who waits. */
static bool heard_watches(const struct act *act, const struct video_room *room,
			  const struct video_source *s, struct err *e)
{
	bool heard = false;
	if (!db_exists(act->db, e, &heard,
		       "SELECT 1 FROM interview_candidate c JOIN application a"
		       " ON a.id = c.application_id WHERE c.interview_id = $1"
		       " AND a.person_id = $2 AND c.started_ms IS NOT NULL AND c.ended_ms IS NULL",
		       db_int(room->interview_id), db_int(act->person_id)))
		return false;
	return (heard && !is(s, "candidate")) || denied(act, s, e);
}

bool video_may_watch(const struct act *act, const struct video_room *room,
		     const struct video_source *source, struct err *e)
{
	struct seated seated = { 0 };
	if (room->sitting_id)
		return sitting_watched(act, room, source, e);
	if (commission_seated(act, room->competition_id, &seated, e))
		return true;
	if (e->kind != ERR_DENIED)
		return false;
	err_clear(e);
	return heard_watches(act, room, source, e);
}
