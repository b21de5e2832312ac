#include "app/video/rehearsal.h"

#include "app/sitting/attempt.h"
#include "app/sitting/sitting.h"

#include <stdlib.h>

bool video_rehearsal_of(const struct act *act, int64_t attempt, struct rehearsal *ret,
			struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT camera, microphone, line, at_ms FROM video_rehearsal"
			       " WHERE attempt_id = $1 ORDER BY id DESC LIMIT 1",
			       db_int(attempt));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	*ret = (struct rehearsal){ .there = row != NULL,
				   .camera = row_number(row, "camera") != 0,
				   .microphone = row_number(row, "microphone") != 0,
				   .line = row_number(row, "line") != 0,
				   .at_ms = row_number(row, "at_ms") };
	return true;
}

static bool grows(const struct act *act, const struct video_source *s)
{
	const int64_t since = act->now_ms - VIDEO_GROWS_MS;
	return s->audio_ms > since && s->video_ms > since;
}

static bool note(const struct act *act, const struct attempt *a, const struct rehearsal *r,
		 struct err *e)
{
	struct sitting s = { 0 };
	return sitting_load(act, a->sitting_id, &s, e) &&
	       sitting_note(act, &s, "video.rehearsal",
			    json_pack("{s:I,s:s,s:b,s:b,s:b}", "attempt", (json_int_t)a->id, "seat",
				      a->seat, "camera", r->camera, "microphone", r->microphone,
				      "line", r->line),
			    e);
}

bool video_rehearse(const struct act *act, int64_t attempt, bool camera, bool microphone,
		    struct rehearsal *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct attempt a = { 0 };
	struct video_source source = { 0 };
	if (!db_begin(act->db, &tx, e) || !attempt_load_own(act, attempt, &a, e) ||
	    !video_place_seat(act, attempt, &source, e))
		return false;
	if (attempt_state(&a.times, act->now_ms) != ATTEMPT_WAITING)
		return err_set(e, ERR_CONFLICT, "video.error.started", "the test has begun");
	const struct rehearsal made = { true, camera, microphone, grows(act, &source),
					act->now_ms };
	if (!db_exec(act->db, e, NULL,
		     "INSERT INTO video_rehearsal (attempt_id, camera, microphone, line, seat,"
		     " at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
		     db_int(a.id), db_int(camera), db_int(microphone), db_int(made.line),
		     db_int(strtoll(a.seat, NULL, 10)), db_int(act->now_ms)) ||
	    !note(act, &a, &made, e) || !db_commit(&tx, e))
		return false;
	*ret = made;
	return true;
}
