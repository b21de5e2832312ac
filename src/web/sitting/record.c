#include "web/sitting/record.h"

#include "app/sitting/record.h"
#include "app/video/incident.h"
#include "web/row.h"

#include <string.h>

#define GIB (1024.0 * 1024.0 * 1024.0)

static bool is_outside(const struct sitting *s)
{
	return strcmp(s->record, "outside") == 0;
}

static void set_flag(json_t *row, const char *name, bool value)
{
	(void)json_object_set_new(row, name, json_boolean(value));
}

/* Where the source stands: number of the seat, or of the camera of the hall. */
static void set_place(const struct req *r, json_t *row)
{
	const char *seat = row_text(row, "seat");
	const char *place =
		*seat ? seat : arena_print(r->arena, "%lld", (long long)row_number(row, "number"));
	(void)json_object_set_new(row, "place", json_string(place));
	(void)json_object_del(row, "seat");
	(void)json_object_del(row, "number");
}

/* ---- sources ------------------------------------------------------------------------------- */

/* The last device check of the day, "passed", "failed" or "none" (F38). */
static const char *rehearsal_of(const json_t *row)
{
	if (!row_has(row, "rehearsed_ms"))
		return "none";
	return row_number(row, "camera") && row_number(row, "microphone") &&
			       row_number(row, "rehearsal_line")
		       ? "passed"
		       : "failed";
}

static void make_source(const struct req *r, json_t *row)
{
	static const char *const gone[] = { "lines",        "audio_ms",   "video_ms",
					    "warned_ms",    "camera",     "microphone",
					    "rehearsed_ms", "absent_ms",  "rehearsal_line",
					    "kind",         "attempt_id", "absent_reason" };
	const bool seat = strcmp(row_text(row, "kind"), "seat") == 0;
	const bool sound = r->now_ms - row_number(row, "audio_ms") <= VIDEO_GROWS_MS;
	const bool picture = r->now_ms - row_number(row, "video_ms") <= VIDEO_GROWS_MS;
	const bool line = row_number(row, "lines") > 0;
	const bool warned = !seat || row_has(row, "warned_ms");
	set_flag(row, "is_seat", seat);
	set_flag(row, "line", line);
	set_flag(row, "sound", sound);
	set_flag(row, "picture", picture);
	set_flag(row, "warned", warned);
	set_flag(row, "absent", row_has(row, "absent_ms"));
	set_flag(row, "ready", line && sound && picture && warned);
	(void)json_object_set_new(row, "rehearsal", json_string(rehearsal_of(row)));
	set_place(r, row);
	for (size_t i = 0; i < COUNT(gone); i++)
		(void)json_object_del(row, gone[i]);
}

static json_t *source_rows(struct req *r, const struct sitting *s, int64_t room, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT s.kind, s.number, s.attempt_id, s.audio_ms, s.video_ms, s.warned_ms,"
		" s.absent_ms, s.absent_reason, t.seat, COALESCE(t.code, '') AS code,"
		" (SELECT COUNT(*) FROM video_line l WHERE l.source_id = s.id"
		"  AND l.way = 'send' AND l.state = 'up') AS lines, h.camera, h.microphone,"
		" h.line AS rehearsal_line, h.at_ms AS rehearsed_ms"
		"  FROM video_source s LEFT JOIN attempt t ON t.id = s.attempt_id"
		"  LEFT JOIN video_rehearsal h ON h.id = (SELECT MAX(x.id)"
		"   FROM video_rehearsal x WHERE x.attempt_id = s.attempt_id AND x.at_ms >= $2)"
		" WHERE s.room_id = $1 AND s.kind = $3"
		" ORDER BY CAST(COALESCE(t.seat, '0') AS INTEGER), s.number",
		db_int(room), db_int(day_begins_ms(day_of_instant(r->now_ms))),
		db_text(strcmp(s->record, "hall") == 0 ? "hall" : "seat"));
}

/* Who may be said to be absent, and who was. */
static void add_absent(const struct req *r, const json_t *rows, json_t *model)
{
	json_t *there = json_array();
	json_t *absent = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const json_int_t attempt = row_number(row, "attempt_id");
		const char *name = arena_print(r->arena, "%s · %s", row_text(row, "seat"),
					       row_text(row, "code"));
		if (attempt == 0)
			continue;
		if (row_has(row, "absent_ms"))
			(void)json_array_append_new(
				absent, json_pack("{s:I,s:s,s:s}", "id", attempt, "name", name,
						  "reason", row_text(row, "absent_reason")));
		else
			(void)json_array_append_new(
				there, json_pack("{s:I,s:s}", "id", attempt, "name", name));
	}
	(void)json_object_set_new(model, "absents", absent);
	(void)json_object_set_new(model, "absentable", there);
}

/* F74: in figures. */
static bool add_forecast(struct req *r, const struct sitting *s, json_t *recorded, struct err *e)
{
	const struct act act = req_act(r);
	struct record_forecast f = { 0 };
	if (!sitting_record_forecast(&act, s, &f, e))
		return false;
	return json_object_set_new(
		       recorded, "forecast",
		       json_pack("{s:I,s:o,s:o,s:o,s:b}", "sources", (json_int_t)f.sources, "hours",
				 decimal_json((double)f.minutes / 60, 1), "gib",
				 decimal_json((double)f.bytes / GIB, 1), "free",
				 decimal_json((double)f.free_bytes / GIB, 1), "fits", f.fits)) == 0;
}

static bool add_sources(struct req *r, const struct sitting *s, int64_t room, bool operates,
			json_t *recorded, json_t *model, struct err *e)
{
	json_t *rows = source_rows(r, s, room, e);
	json_int_t missing = 0;
	json_int_t ready = 0;
	size_t i = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	if (operates && s->started_ms == 0)
		add_absent(r, rows, model);
	json_array_foreach (rows, i, row) {
		make_source(r, row);
		const bool grows = json_is_true(json_object_get(row, "ready"));
		ready += grows;
		missing += !grows && !json_is_true(json_object_get(row, "absent"));
	}
	if (strcmp(s->record, "hall") == 0 && ready > 0)
		missing = 0; /* one camera is enough: video_missing() */
	(void)json_object_set(recorded, "sources", rows);
	(void)json_object_set_new(recorded, "missing", json_integer(missing));
	return true;
}

bool record_model(struct req *r, const struct sitting *s, bool operates, json_t *model,
		  struct err *e)
{
	const struct act act = req_act(r);
	struct video_service service = { 0 };
	struct video_room room = { 0 };
	json_t *recorded = is_outside(s) ? json_null() : json_object();
	(void)json_object_set_new(model, "recorded", recorded);
	if (is_outside(s))
		return true;
	(void)json_object_set_new(recorded, "mode", json_string(s->record));
	if (!video_service_of(&act, &service, e) || !video_room_of_sitting(&act, s->id, &room, e))
		return false;
	set_flag(recorded, "alive", service.alive);
	return add_forecast(r, s, recorded, e) &&
	       add_sources(r, s, room.id, operates, recorded, model, e);
}

/* ---- incidents ----------------------------------------------------------------------------- */

static void make_incident(const struct req *r, json_t *row)
{
	static const char *const gone[] = { "room_id",   "source_id", "segment_id", "chosen_by",
					    "chosen_ms", "by_family", "by_given",   "attempt_id" };
	const char *by = *row_text(row, "by_family")
				 ? arena_print(r->arena, "%s %s", row_text(row, "by_family"),
					       row_text(row, "by_given"))
				 : "";
	(void)json_object_set_new(row, "by", json_string(by));
	set_flag(row, "checked", row_has(row, "segment_id"));
	set_flag(row, "whole", !row_has(row, "source_id"));
	set_place(r, row);
	(void)json_object_set_new(row, "code", json_string(row_text(row, "code")));
	(void)json_object_set_new(row, "source_kind", json_string(row_text(row, "source_kind")));
	for (size_t i = 0; i < COUNT(gone); i++)
		(void)json_object_del(row, gone[i]);
}

static bool incident_rows(struct req *r, const struct sitting *s, bool open, json_t **ret,
			  struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	size_t i = 0;
	json_t *row = NULL;
	if (!video_room_of_sitting(&act, s->id, &room, e) ||
	    !video_incidents(&act, room.id, open, ret, e))
		return false;
	json_array_foreach (*ret, i, row)
		make_incident(r, row);
	return true;
}

/* Counted are those of which nobody has said yet what is done. */
bool record_open_incidents(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	json_t *rows = NULL;
	json_int_t undecided = 0;
	size_t i = 0;
	const json_t *row = NULL;
	if (is_outside(s))
		return true;
	if (!incident_rows(r, s, true, &rows, e))
		return false;
	json_array_foreach (rows, i, row)
		undecided += !*row_text(row, "choice");
	(void)json_object_set(model, "incidents", rows);
	(void)json_object_set_new(model, "incident_count", json_integer(undecided));
	return true;
}

/* ---- the record of the sitting --------------------------------------------------------------- */

/* From the first packet of each source to its last. */
static bool add_times(struct req *r, int64_t room, json_t *records, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT s.kind, s.number, t.seat, COALESCE(t.code, '') AS code, s.warned_ms,"
		" s.absent_ms, s.absent_reason AS reason, MIN(g.from_ms) AS from_ms,"
		" MAX(g.until_ms) AS until_ms, COUNT(g.from_ms) AS segments FROM video_source s"
		"  LEFT JOIN attempt t ON t.id = s.attempt_id"
		"  LEFT JOIN video_segment g ON g.source_id = s.id"
		" WHERE s.room_id = $1 AND s.kind IN ('seat', 'hall')"
		" GROUP BY s.id, s.kind, s.number, t.seat, t.code, s.warned_ms, s.absent_ms,"
		" s.absent_reason ORDER BY s.kind, CAST(COALESCE(t.seat, '0') AS INTEGER),"
		" s.number",
		db_int(room));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		set_place(r, row);
		set_flag(row, "absent", row_has(row, "absent_ms"));
		(void)json_object_del(row, "absent_ms");
	}
	(void)json_object_set(records, "sources", rows);
	return rows != NULL;
}

/* F38 */
static bool add_rehearsals(struct req *r, const struct sitting *s, json_t *records, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT h.camera, h.microphone, h.line, h.seat AS place, h.at_ms,"
			       " t.code FROM video_rehearsal h"
			       "  JOIN attempt t ON t.id = h.attempt_id WHERE t.sitting_id = $1"
			       " ORDER BY h.id",
			       db_int(s->id));
	(void)json_object_set(records, "rehearsals", rows);
	return rows != NULL;
}

bool record_protocol(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	json_t *incidents = NULL;
	json_t *records = is_outside(s) ? json_null() : json_object();
	(void)json_object_set_new(model, "records", records);
	if (is_outside(s))
		return true;
	(void)json_object_set_new(records, "mode", json_string(s->record));
	if (!video_room_of_sitting(&act, s->id, &room, e) ||
	    !incident_rows(r, s, false, &incidents, e))
		return false;
	(void)json_object_set(records, "incidents", incidents);
	return add_times(r, room.id, records, e) && add_rehearsals(r, s, records, e);
}
