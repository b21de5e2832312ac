#include "app/video/work.h"

#include <string.h>

/* ---- the service itself -------------------------------------------------------------------- */

bool video_tell(const struct act *act, const char *problem, int64_t free_bytes, int64_t source_rate,
		struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO video_service (id, seen_ms, problem, free_bytes, source_rate)"
		       " VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET"
		       " seen_ms = excluded.seen_ms, problem = excluded.problem,"
		       " free_bytes = excluded.free_bytes, source_rate = excluded.source_rate",
		       db_int(act->now_ms), db_text(problem), db_int(free_bytes),
		       db_int(source_rate));
}

bool video_waiting(const struct act *act, json_t **ret, struct err *e)
{
	json_t *rooms =
		db_rows(act->db, act->arena, e,
			"SELECT id, sitting_id, interview_id, needs, state, number, pin, secret,"
			" created_ms, opened_ms, closed_ms FROM video_room"
			" WHERE state IN ('wanted', 'open', 'closing') ORDER BY id");
	json_t *lines = rooms ? db_rows(act->db, act->arena, e,
					"SELECT l.id, l.room_id, l.source_id, l.way, l.person_id,"
					" l.state, l.offer, l.answer, l.problem, l.created_ms,"
					" l.heard_ms FROM video_line l WHERE l.state <> 'down'"
					" ORDER BY l.id")
			      : NULL;
	if (!lines)
		return false;
	*ret = json_pack("{s:O,s:O}", "rooms", rooms, "lines", lines);
	json_in_arena(act->arena, *ret);
	return true;
}

/* ---- rooms --------------------------------------------------------------------------------- */

bool video_room_opened(const struct act *act, int64_t room, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE video_room SET state = 'open', opened_ms = COALESCE(opened_ms, $1)"
		       " WHERE id = $2 AND state = 'wanted'",
		       db_int(act->now_ms), db_int(room));
}

bool video_room_closed(const struct act *act, int64_t room, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room r = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !video_room_load(act, room, &r, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE video_room SET state = 'closed', closed_ms = $1, pin = '',"
		     " secret = '' WHERE id = $2 AND state = 'closing'",
		     db_int(act->now_ms), db_int(room)))
		return false;
	if (changed == 0)
		return true; /* told twice */
	return db_exec(act->db, e, NULL,
		       "UPDATE video_incident SET until_ms = $1 WHERE room_id = $2"
		       " AND until_ms IS NULL",
		       db_int(act->now_ms), db_int(room)) &&
	       video_note(act, &r, "video.closed", json_object(), e) && db_commit(&tx, e);
}

/* ---- lines --------------------------------------------------------------------------------- */

bool video_line_told(const struct act *act, int64_t line, const char *sdp, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'told',"
		       " offer = CASE WHEN way = 'watch' THEN $1 ELSE '' END,"
		       " answer = CASE WHEN way = 'send' THEN $1 ELSE '' END"
		       " WHERE id = $2 AND state = 'asked'",
		       db_text(sdp), db_int(line));
}

bool video_line_up(const struct act *act, int64_t line, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'up', offer = '', answer = ''"
		       " WHERE id = $1 AND state IN ('told', 'answered')",
		       db_int(line));
}

bool video_line_down(const struct act *act, int64_t line, const char *problem, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'down', problem = $1, offer = '',"
		       " answer = '' WHERE id = $2 AND state <> 'down'",
		       db_text(problem), db_int(line));
}

bool video_source_grew(const struct act *act, int64_t source, int64_t audio_ms, int64_t video_ms,
		       struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE video_source SET"
		       " audio_ms = CASE WHEN $1 > audio_ms THEN $1 ELSE audio_ms END,"
		       " video_ms = CASE WHEN $2 > video_ms THEN $2 ELSE video_ms END"
		       " WHERE id = $3",
		       db_int(audio_ms), db_int(video_ms), db_int(source));
}

/* ---- what has to be recorded, and what fails ----------------------------------------------- */

/* Who was said to be absent and has come after all has to be recorded. */
bool video_due(const struct act *act, json_t **ret, struct err *e)
{
	json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT v.id, v.room_id, v.kind, v.attempt_id, v.application_id, v.person_id,"
		" v.number, v.audio_ms, v.video_ms, v.warned_ms, r.needs,"
		" CASE WHEN r.needs = 'audio' THEN 0 ELSE 1 END AS picture"
		" FROM video_source v JOIN video_room r ON r.id = v.room_id"
		" LEFT JOIN sitting s ON s.id = r.sitting_id"
		" LEFT JOIN attempt t ON t.id = v.attempt_id"
		" LEFT JOIN interview i ON i.id = r.interview_id"
		" LEFT JOIN interview_candidate c ON c.application_id = v.application_id"
		" WHERE r.state IN ('wanted', 'open')"
		" AND (v.absent_ms IS NULL OR t.entered_ms IS NOT NULL) AND ("
		" (r.needs = 'seats' AND v.kind = 'seat' AND s.state = 'running'"
		"  AND t.started_ms IS NOT NULL AND t.finished_ms IS NULL AND t.void = 0"
		"  AND (t.stopped_ms IS NOT NULL OR t.ends_ms + t.extra_ms > $1))"
		" OR (r.needs = 'hall' AND v.kind = 'hall' AND s.state = 'running')"
		" OR (r.needs = 'audio' AND i.state = 'running' AND (v.kind = 'commission'"
		"  AND EXISTS (SELECT 1 FROM interview_candidate h WHERE h.interview_id = i.id"
		"   AND h.started_ms IS NOT NULL AND h.ended_ms IS NULL)"
		"  OR (v.kind = 'candidate' AND c.started_ms IS NOT NULL AND c.ended_ms IS NULL))))"
		" ORDER BY v.id",
		db_int(act->now_ms));
	if (rows)
		*ret = rows;
	return rows != NULL;
}

/* The entry of a kind of incident, by its end. */
static const char *entry_of(const char *kind)
{
	return strcmp(kind, "away") == 0   ? "video.away"
	       : strcmp(kind, "disk") == 0 ? "video.disk"
					   : "video.lost";
}

static json_t *told_of(const char *kind, int64_t source)
{
	return json_pack("{s:s,s:I}", "kind", kind, "source", (json_int_t)source);
}

bool video_incident_begin(const struct act *act, int64_t room, int64_t source, const char *kind,
			  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room r = { 0 };
	bool lasts = false;
	if (!db_begin(act->db, &tx, e) || !video_room_load(act, room, &r, e) ||
	    !db_exists(act->db, e, &lasts,
		       "SELECT 1 FROM video_incident WHERE room_id = $1 AND kind = $2"
		       " AND COALESCE(source_id, 0) = $3 AND segment_id IS NULL"
		       " AND until_ms IS NULL",
		       db_int(room), db_text(kind), db_int(source)))
		return false;
	return lasts ||
	       (db_exec(act->db, e, NULL,
			"INSERT INTO video_incident (room_id, source_id, kind, from_ms, choice,"
			" reason) VALUES ($1, NULLIF($2, 0), $3, $4, '', '')",
			db_int(room), db_int(source), db_text(kind), db_int(act->now_ms)) &&
		video_note(act, &r, entry_of(kind), told_of(kind, source), e) && db_commit(&tx, e));
}

bool video_incident_over(const struct act *act, int64_t room, int64_t source, const char *kind,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room r = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !video_room_load(act, room, &r, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE video_incident SET until_ms = $1 WHERE room_id = $2 AND kind = $3"
		     " AND COALESCE(source_id, 0) = $4 AND segment_id IS NULL"
		     " AND until_ms IS NULL",
		     db_int(act->now_ms), db_int(room), db_text(kind), db_int(source)))
		return false;
	return changed == 0 ||
	       (video_note(act, &r, "video.back", told_of(kind, source), e) && db_commit(&tx, e));
}

bool video_incident_due(const struct act *act, const char *kind, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!video_due(act, &rows, e))
		return false;
	if (json_array_size(rows) == 0)
		return true;
	if (!db_begin(act->db, &tx, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!video_incident_begin(act, row_number(row, "room_id"), 0, kind, e))
			return false;
	}
	return db_commit(&tx, e);
}

bool video_missed(const struct act *act, struct err *e)
{
	struct video_service service = { 0 };
	return video_service_of(act, &service, e) &&
	       (!service.known || service.seen_ms >= act->now_ms - VIDEO_QUIET_MS ||
		video_incident_due(act, "away", e));
}

bool video_incidents_lasting(const struct act *act, const char *kind, json_t **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT DISTINCT room_id FROM video_incident WHERE kind = $1"
			       " AND until_ms IS NULL AND segment_id IS NULL ORDER BY room_id",
			       db_text(kind));
	if (rows)
		*ret = rows;
	return rows != NULL;
}

bool video_room_destroyed(const struct act *act, int64_t room, int64_t *ret_ms, struct err *e)
{
	return db_number(act->db, e, ret_ms,
			 "SELECT COALESCE(MAX(at_ms), 0) FROM destruction_act"
			 " WHERE NOT EXISTS (SELECT 1 FROM video_room WHERE id = $1)",
			 db_int(room));
}

bool video_installation(const struct act *act, const char **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT origin FROM log_identity ORDER BY id LIMIT 1");
	if (rows)
		*ret = row_text(json_array_get(rows, 0), "origin");
	return rows != NULL;
}
