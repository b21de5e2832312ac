#include "app/video/room.h"

#include "app/competition/commission.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE                                                                                     \
	"SELECT id, room_id, number, attempt_id, application_id, person_id, kind, audio_ms,"       \
	" video_ms, warned_ms FROM video_source "

static struct video_source source_of(const json_t *row)
{
	return (struct video_source){
		.id = row_number(row, "id"),
		.room_id = row_number(row, "room_id"),
		.number = row_number(row, "number"),
		.attempt_id = row_number(row, "attempt_id"),
		.application_id = row_number(row, "application_id"),
		.person_id = row_number(row, "person_id"),
		.kind = row_text(row, "kind"),
		.audio_ms = row_number(row, "audio_ms"),
		.video_ms = row_number(row, "video_ms"),
		.warned_ms = row_number(row, "warned_ms"),
	};
}

bool video_source_load(const struct act *act, int64_t id, struct video_source *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e, SOURCE "WHERE id = $1", db_int(id));
	if (row)
		*ret = source_of(row);
	return row != NULL;
}

/* ---- who has a place in a room ------------------------------------------------------------- */

static bool camera_stands(const struct act *act, const struct video_room *room, int64_t owner,
			  bool *ret, struct err *e)
{
	(void)act;
	(void)room;
	if (owner < 1 || owner > VIDEO_HALL_CAMERAS)
		return err_input(e, "camera", "video.error.camera", "no such camera");
	*ret = true;
	return true;
}

/* Whether he is the hall's operator is asked when he talks: video_line_send(). */
static bool person_talks(const struct act *act, const struct video_room *room, int64_t owner,
			 bool *ret, struct err *e)
{
	(void)room;
	return db_exists(act->db, e, ret, "SELECT 1 FROM person WHERE id = $1", db_int(owner));
}

static bool table_stands(const struct act *act, const struct video_room *room, int64_t owner,
			 bool *ret, struct err *e)
{
	(void)act;
	(void)room;
	(void)e;
	*ret = owner == 0;
	return true;
}

static bool attempt_sits(const struct act *act, const struct video_room *room, int64_t owner,
			 bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret, "SELECT 1 FROM attempt WHERE id = $1 AND sitting_id = $2",
			 db_int(owner), db_int(room->sitting_id));
}

static bool application_sits(const struct act *act, const struct video_room *room, int64_t owner,
			     bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM interview_candidate WHERE application_id = $1"
			 " AND interview_id = $2",
			 db_int(owner), db_int(room->interview_id));
}

/* R41-3: an invited person of the appointed commission. */
static bool expert_sits(const struct act *act, const struct video_room *room, int64_t owner,
			bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM commission_member m JOIN commission k"
			 " ON k.id = m.commission_id WHERE k.competition_id = $1"
			 " AND k.state = 'appointed' AND m.left_ms IS NULL AND m.role = 'invited'"
			 " AND m.person_id = $2",
			 db_int(room->competition_id), db_int(owner));
}

/* What is of a hall is of no interview, and the other way round. */
static const struct {
	const char *kind;
	bool hall;
	bool (*sits)(const struct act *act, const struct video_room *room, int64_t owner, bool *ret,
		     struct err *e);
} kinds[] = {
	{ "seat", true, attempt_sits },           { "hall", true, camera_stands },
	{ "talk", true, person_talks },           { "commission", false, table_stands },
	{ "candidate", false, application_sits }, { "expert", false, expert_sits },
};

static bool require_place(const struct act *act, const struct video_room *room, const char *kind,
			  int64_t owner, struct err *e)
{
	const bool hall = room->sitting_id != 0;
	bool sits = false;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].hall == hall && strcmp(kinds[i].kind, kind) == 0 &&
		    !kinds[i].sits(act, room, owner, &sits, e))
			return false;
	}
	return sits || err_set(e, ERR_MISSING, "error.missing", "no place for a source %s", kind);
}

/* The columns in which the owner of a kind stands; `number` of a camera is its owner. */
struct owned {
	int64_t attempt, application, person, number;
};

static struct owned owned_by(const char *kind, int64_t owner)
{
	return (struct owned){
		.attempt = strcmp(kind, "seat") == 0 ? owner : 0,
		.application = strcmp(kind, "candidate") == 0 ? owner : 0,
		.person = strcmp(kind, "expert") == 0 || strcmp(kind, "talk") == 0 ? owner : 0,
		.number = strcmp(kind, "hall") == 0 ? owner : 0,
	};
}

static bool find(const struct act *act, int64_t room, const char *kind, const struct owned *o,
		 int64_t *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM video_source WHERE room_id = $1 AND kind = $2"
			       " AND COALESCE(attempt_id, 0) = $3"
			       " AND COALESCE(application_id, 0) = $4"
			       " AND COALESCE(person_id, 0) = $5 AND ($6 = 0 OR number = $6)",
			       db_int(room), db_text(kind), db_int(o->attempt),
			       db_int(o->application), db_int(o->person), db_int(o->number));
	if (rows)
		*ret = row_number(json_array_get(rows, 0), "id");
	return rows != NULL;
}

static bool add(const struct act *act, int64_t room, const char *kind, const struct owned *o,
		int64_t *ret, struct err *e)
{
	int64_t count = 0;
	return db_number(act->db, e, &count,
			 "SELECT COUNT(*) FROM video_source WHERE room_id = $1 AND kind = $2",
			 db_int(room), db_text(kind)) &&
	       db_number(act->db, e, ret,
			 "INSERT INTO video_source (room_id, kind, attempt_id, application_id,"
			 " person_id, number, audio_ms, video_ms) VALUES ($1, $2, NULLIF($3, 0),"
			 " NULLIF($4, 0), NULLIF($5, 0), $6, 0, 0) RETURNING id",
			 db_int(room), db_text(kind), db_int(o->attempt), db_int(o->application),
			 db_int(o->person), db_int(o->number ? o->number : count + 1));
}

bool video_source_want(const struct act *act, int64_t room, const char *kind, int64_t owner,
		       struct video_source *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room r = { 0 };
	const struct owned o = owned_by(kind, owner);
	int64_t id = 0;
	return db_begin(act->db, &tx, e) && video_room_load(act, room, &r, e) &&
	       require_place(act, &r, kind, owner, e) && find(act, room, kind, &o, &id, e) &&
	       (id || add(act, room, kind, &o, &id, e)) && video_source_load(act, id, ret, e) &&
	       db_commit(&tx, e);
}

/* ---- the warning --------------------------------------------------------------------------- */

/* Whoever sits there: the candidate of the seat, or who is heard from elsewhere. */
static bool require_own(const struct act *act, const struct video_source *s, struct err *e)
{
	bool own = false;
	if (!db_exists(act->db, e, &own,
		       "SELECT 1 FROM application a WHERE a.person_id = $1 AND (a.id = $2"
		       " OR a.id = (SELECT application_id FROM attempt WHERE id = $3))",
		       db_int(act->person_id), db_int(s->application_id), db_int(s->attempt_id)))
		return false;
	return own || err_set(e, ERR_DENIED, "error.denied", "the warning is another's");
}

/* R28-3, R47-2 */
bool video_warned(const struct act *act, int64_t source, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_source s = { 0 };
	struct video_room room = { 0 };
	if (!db_begin(act->db, &tx, e) || !video_source_load(act, source, &s, e) ||
	    !require_own(act, &s, e) || !video_room_load(act, s.room_id, &room, e))
		return false;
	if (s.warned_ms)
		return true;
	return db_exec(act->db, e, NULL, "UPDATE video_source SET warned_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(source)) &&
	       video_note(act, &room, "video.warned",
			  json_pack("{s:I,s:s}", "source", (json_int_t)source, "kind", s.kind),
			  e) &&
	       db_commit(&tx, e);
}

/* ---- what is missing ----------------------------------------------------------------------- */

/* Each row: seat, source, audio_ms, video_ms, warned_ms, line. */
static json_t *wanted_rows(const struct act *act, const struct video_room *room, struct err *e)
{
#define LINE_OF(source)                                                                            \
	" EXISTS (SELECT 1 FROM video_line l WHERE l.source_id = " source                          \
	" AND l.way = 'send' AND l.state = 'up') AS line"
	if (strcmp(room->needs, "seats") == 0)
		return db_rows(
			act->db, act->arena, e,
			"SELECT t.seat, v.id AS source, v.audio_ms, v.video_ms, "
			"v.warned_ms," LINE_OF(
				"v.id") " FROM attempt t LEFT JOIN video_source v ON v.attempt_id "
					"= t.id"
					" WHERE t.sitting_id = $1 AND t.finished_ms IS NULL AND "
					"t.void = 0"
					" AND (t.started_ms IS NULL OR t.stopped_ms IS NOT NULL"
					"  OR t.ends_ms + t.extra_ms > $2) ORDER BY t.id",
			db_int(room->sitting_id), db_int(act->now_ms));
	if (strcmp(room->needs, "hall") == 0)
		return db_rows(
			act->db, act->arena, e,
			"SELECT v.number, v.id AS source, v.audio_ms, v.video_ms,"
			" 1 AS warned_ms," LINE_OF("v.id") " FROM video_source v WHERE v.room_id = "
							   "$1 AND v.kind = 'hall'"
							   " ORDER BY v.number",
			db_int(room->id));
	return db_rows(
		act->db, act->arena, e,
		"SELECT v.number, v.kind, v.id AS source, v.audio_ms, 1 AS warned_ms," LINE_OF(
			"v.id") " FROM video_source v LEFT JOIN interview_candidate c"
				" ON c.application_id = v.application_id WHERE v.room_id = $1"
				" AND (v.kind = 'commission' OR (v.kind = 'candidate'"
				"  AND c.started_ms IS NOT NULL AND c.ended_ms IS NULL)) ORDER BY "
				"v.id",
		db_int(room->id));
#undef LINE_OF
}

static bool grows(const struct act *act, const json_t *row, const char *name)
{
	return row_number(row, name) > act->now_ms - VIDEO_GROWS_MS;
}

/* The row as it is told, or NULL if nothing is missing. */
static json_t *missing_of(const struct act *act, const json_t *row, bool picture)
{
	const char *text = row_text(row, "seat");
	const int64_t seat = *text ? strtoll(text, NULL, 10) : row_number(row, "number");
	const bool line = row_number(row, "line") != 0;
	const bool sound = grows(act, row, "audio_ms");
	const bool seen = !picture || grows(act, row, "video_ms");
	const bool warned = row_number(row, "warned_ms") != 0;
	if (line && sound && seen && warned)
		return NULL;
	return json_pack("{s:I,s:I,s:i,s:i,s:i,s:i}", "seat", (json_int_t)(seat ? seat : 1),
			 "source", (json_int_t)row_number(row, "source"), "line", line, "sound",
			 sound, "picture", seen, "warned", warned);
}

/* The camera or microphone that has to be there whoever else is. */
static bool is_first(const struct video_room *room, const json_t *row)
{
	return strcmp(room->needs, "audio") != 0 ||
	       strcmp(row_text(row, "kind"), "commission") == 0;
}

/* It has not come yet: that there is nothing is what is missing. */
static json_t *nothing_there(const struct video_room *room)
{
	const bool hall = strcmp(room->needs, "hall") == 0;
	return json_pack("{s:i,s:i,s:i,s:i,s:i,s:i}", "seat", 1, "source", 0, "line", 0, "sound", 0,
			 "picture", !hall, "warned", 1);
}

bool video_missing(const struct act *act, const struct video_room *room, json_t **ret,
		   struct err *e)
{
	const bool hall = strcmp(room->needs, "hall") == 0;
	const bool seats = strcmp(room->needs, "seats") == 0;
	bool there = seats;
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = wanted_rows(act, room, e);
	json_t *list = json_array();
	json_in_arena(act->arena, list);
	json_array_foreach (rows, i, row) {
		json_t *missing = missing_of(act, row, hall || seats);
		there = there || is_first(room, row);
		if (missing)
			(void)json_array_append_new(list, missing);
	}
	if (!rows)
		return false;
	if (!there)
		(void)json_array_append_new(list, nothing_there(room));
	if (hall && json_array_size(list) < json_array_size(rows))
		(void)json_array_clear(list); /* one camera is enough (R28-3) */
	*ret = list;
	return true;
}
