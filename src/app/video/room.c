#include "app/video/room.h"

#include <sodium.h>
#include <string.h>

enum { PIN_BYTES = 8, SECRET_BYTES = 16 };

/* ---- the service --------------------------------------------------------------------------- */

bool video_service_of(const struct act *act, struct video_service *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT seen_ms, problem, free_bytes, source_rate"
			       " FROM video_service WHERE id = 1");
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	const char *problem = row_text(row, "problem");
	const bool seen = row && row_number(row, "seen_ms") >= act->now_ms - VIDEO_ALIVE_MS;
	*ret = (struct video_service){
		.known = row != NULL,
		.alive = seen && strcmp(problem, "away") != 0,
		.problem = problem,
		.free_bytes = row_number(row, "free_bytes"),
		.source_rate = row_number(row, "source_rate"),
		.seen_ms = row_number(row, "seen_ms"),
	};
	return true;
}

/* ---- reading ------------------------------------------------------------------------------- */

#define ROOM                                                                                       \
	"SELECT r.id, r.sitting_id, r.interview_id, r.needs, r.state,"                             \
	" COALESCE(s.competition_id, i.competition_id) AS competition_id FROM video_room r"        \
	" LEFT JOIN sitting s ON s.id = r.sitting_id"                                              \
	" LEFT JOIN interview i ON i.id = r.interview_id "

static struct video_room room_of(const json_t *row)
{
	return (struct video_room){
		.id = row_number(row, "id"),
		.sitting_id = row_number(row, "sitting_id"),
		.interview_id = row_number(row, "interview_id"),
		.needs = row_text(row, "needs"),
		.state = row_text(row, "state"),
		.competition_id = row_number(row, "competition_id"),
		.there = row != NULL,
	};
}

static bool first_of(const json_t *rows, struct video_room *ret)
{
	if (rows)
		*ret = room_of(json_array_get(rows, 0));
	return rows != NULL;
}

bool video_room_of_sitting(const struct act *act, int64_t sitting, struct video_room *ret,
			   struct err *e)
{
	return first_of(
		db_rows(act->db, act->arena, e, ROOM "WHERE r.sitting_id = $1", db_int(sitting)),
		ret);
}

bool video_room_of_interview(const struct act *act, int64_t interview, struct video_room *ret,
			     struct err *e)
{
	return first_of(db_rows(act->db, act->arena, e, ROOM "WHERE r.interview_id = $1",
				db_int(interview)),
			ret);
}

bool video_room_load(const struct act *act, int64_t id, struct video_room *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e, ROOM "WHERE r.id = $1", db_int(id));
	if (row)
		*ret = room_of(row);
	return row != NULL;
}

static bool room_of_either(const struct act *act, int64_t sitting, int64_t interview,
			   struct video_room *ret, struct err *e)
{
	return sitting ? video_room_of_sitting(act, sitting, ret, e)
		       : video_room_of_interview(act, interview, ret, e);
}

/* ---- wanting and leaving ------------------------------------------------------------------- */

bool video_note(const struct act *act, const struct video_room *room, const char *kind,
		json_t *content, struct err *e)
{
	const char *thing = room->sitting_id ? "sitting" : "interview";
	const int64_t id = room->sitting_id ? room->sitting_id : room->interview_id;
	(void)json_object_set_new(content, "room", json_integer(room->id));
	return act_journal(act, kind, room->competition_id, act_subject(act, thing, id), content,
			   e);
}

static const char *random_hex(struct arena *a, size_t size)
{
	unsigned char bytes[SECRET_BYTES];
	randombytes_buf(bytes, size);
	return act_hex(a, bytes, size);
}

/* A name that nobody guesses, and that every reader of JSON keeps whole: below 2^53. */
static int64_t random_number(void)
{
	uint64_t number = 0;
	randombytes_buf(&number, sizeof(number));
	return (int64_t)(number >> 11) | 1;
}

static bool add_room(const struct act *act, int64_t sitting, int64_t interview, const char *needs,
		     struct video_room *ret, struct err *e)
{
	int64_t id = 0;
	return db_number(act->db, e, &id,
			 "INSERT INTO video_room (sitting_id, interview_id, needs, state, number,"
			 " pin, secret, created_ms) VALUES (NULLIF($1, 0), NULLIF($2, 0), $3,"
			 " 'wanted', $4, $5, $6, $7) RETURNING id",
			 db_int(sitting), db_int(interview), db_text(needs),
			 db_int(random_number()), db_text(random_hex(act->arena, PIN_BYTES)),
			 db_text(random_hex(act->arena, SECRET_BYTES)), db_int(act->now_ms)) &&
	       video_room_load(act, id, ret, e);
}

bool video_room_is_live(const struct video_room *room)
{
	return room->there &&
	       (strcmp(room->state, "wanted") == 0 || strcmp(room->state, "open") == 0);
}

bool video_room_want(const struct act *act, int64_t sitting, int64_t interview, const char *needs,
		     int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room room = { 0 };
	struct video_service service = { 0 };
	if (!db_begin(act->db, &tx, e) || !room_of_either(act, sitting, interview, &room, e))
		return false;
	if (room.there && !video_room_is_live(&room))
		return err_set(e, ERR_CONFLICT, "video.error.closed", "the room is over");
	if (!room.there) {
		if (!video_service_of(act, &service, e))
			return false;
		if (!service.alive)
			return err_set(e, ERR_CONFLICT, "video.error.away", "no konkurs video");
		if (!add_room(act, sitting, interview, needs, &room, e) ||
		    !video_note(act, &room, "video.room", json_pack("{s:s}", "needs", needs), e))
			return false;
	}
	if (!db_commit(&tx, e))
		return false;
	*ret_id = room.id;
	return true;
}

bool video_room_leave(const struct act *act, int64_t sitting, int64_t interview, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room room = { 0 };
	if (!db_begin(act->db, &tx, e) || !room_of_either(act, sitting, interview, &room, e))
		return false;
	if (!room.there || !video_room_is_live(&room))
		return true;
	return db_exec(act->db, e, NULL, "UPDATE video_room SET state = 'closing' WHERE id = $1",
		       db_int(room.id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE video_line SET state = 'down', problem = 'ended', offer = '',"
		       " answer = '' WHERE room_id = $1 AND state <> 'down'",
		       db_int(room.id)) &&
	       db_commit(&tx, e);
}

/* ---- room on the disk ---------------------------------------------------------------------- */

enum { HOUR_MINUTES = 60, MINUTE_MS = 60 * 1000, INTERVIEW_MINUTES = 8 * 60 };

/* Minutes times sources that are still to come where a record runs. */
static bool still_to_come(const struct act *act, int64_t *ret, struct err *e)
{
	json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT CAST(COALESCE(SUM(CASE WHEN x.ends_ms > $1"
		" THEN (x.ends_ms - $1) / $3 + 1 ELSE 0 END), 0) AS BIGINT) AS minutes FROM ("
		" SELECT t.ends_ms + t.extra_ms AS ends_ms FROM video_room r"
		"  JOIN sitting s ON s.id = r.sitting_id JOIN attempt t ON t.sitting_id = s.id"
		"  WHERE r.state IN ('wanted', 'open') AND r.needs = 'seats'"
		"  AND s.state = 'running' AND t.finished_ms IS NULL"
		" UNION ALL SELECT s.started_ms + s.minutes * $3 FROM video_room r"
		"  JOIN sitting s ON s.id = r.sitting_id"
		"  JOIN video_source v ON v.room_id = r.id AND v.kind = 'hall'"
		"  WHERE r.state IN ('wanted', 'open') AND s.state = 'running'"
		" UNION ALL SELECT i.started_ms + $2 * $3 FROM video_room r"
		"  JOIN interview i ON i.id = r.interview_id"
		"  JOIN video_source v ON v.room_id = r.id"
		"  WHERE r.state IN ('wanted', 'open') AND i.state = 'running') x",
		db_int(act->now_ms), db_int(INTERVIEW_MINUTES), db_int(MINUTE_MS));
	if (row)
		*ret = row_number(row, "minutes");
	return row != NULL;
}

/* F74: half as much again, as a picture that moves takes more than one that sits. */
static int64_t bytes_of(int64_t rate, int64_t source_minutes)
{
	const int64_t minute = (rate > 0 ? rate : VIDEO_RATE_FIRST) / HOUR_MINUTES + 1;
	return minute * source_minutes + minute * source_minutes / 2;
}

bool video_forecast(const struct act *act, int64_t sources, int64_t minutes, int64_t *ret_bytes,
		    bool *ret_fits, struct err *e)
{
	struct video_service service = { 0 };
	int64_t others = 0;
	if (!video_service_of(act, &service, e) || !still_to_come(act, &others, e))
		return false;
	*ret_bytes = bytes_of(service.source_rate, sources * minutes);
	*ret_fits = *ret_bytes + bytes_of(service.source_rate, others) <= service.free_bytes;
	return true;
}
