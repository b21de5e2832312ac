#include "web/video/record.h"

#include "app/competition/competition.h"
#include "app/evidence/retention.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { MEBIBYTE = 1 << 20, HOUR_MS = 60 * 60 * 1000 };

static const char *const subjects[] = { "sitting", "interview", NULL };
static const char *const states[] = { "kept", "held", "due", "destroyed", NULL };

static const struct param list_params[] = {
	LIST_PARAMS,
	{ "of", P_CHOICE, 0, 0, false, subjects },
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};
static const struct list_column record_columns[] = {
	{ "subject", "record.subject", LIST_CODE, LIST_SORTS, "record.subject" },
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "place", "record.place", LIST_TEXT, LIST_SORTS, NULL },
	{ "from_ms", "record.from", LIST_TIME, LIST_SORTS, NULL },
	{ "hours", "record.hours", LIST_DECIMAL, LIST_SORTS, NULL },
	{ "megabytes", "record.megabytes", LIST_NUMBER, LIST_SORTS, NULL },
	{ "incidents", "record.incidents", LIST_NUMBER, LIST_SORTS, NULL },
	{ "until", "retention.until", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "retention.state", LIST_CODE, LIST_SORTS, "retention.state" },
	{ 0 },
};
static const struct list record_listing = { "records", "record.list.title", record_columns, 50 };

/* ---- words ------------------------------------------------------------------------------- */

const char *record_clock(const struct req *r, int64_t at_ms)
{
	const int64_t s = ((at_ms + ZONE_OFFSET_MS) % DAY_MS) / 1000;
	return arena_print(r->arena, "%02lld:%02lld:%02lld", (long long)(s / 3600),
			   (long long)(s / 60 % 60), (long long)(s % 60));
}

const char *record_length(const struct req *r, int64_t ms)
{
	const int64_t s = (ms + 500) / 1000;
	return s >= 3600 ? arena_print(r->arena, "%lld:%02lld:%02lld", (long long)(s / 3600),
				       (long long)(s / 60 % 60), (long long)(s % 60))
			 : arena_print(r->arena, "%lld:%02lld", (long long)(s / 60),
				       (long long)(s % 60));
}

/* ---- what a room is of --------------------------------------------------------------------- */

#define PLACE                                                                                      \
	" FROM video_room r LEFT JOIN sitting s ON s.id = r.sitting_id"                            \
	" LEFT JOIN hall h ON h.id = s.hall_id LEFT JOIN interview i ON i.id = r.interview_id"     \
	" JOIN competition c ON c.id = COALESCE(s.competition_id, i.competition_id)"

/* Names in the reader's language; instead of what the query has of them. */
static void name_place(const struct req *r, json_t *row)
{
	const char *hall = row_text(row, in_kazakh(r) ? "name_kk" : "name_ru");
	const char *place = *hall ? hall : row_text(row, "interview_place");
	(void)json_object_set_new(row, "place", json_string(place));
	(void)json_object_set_new(row, "post", json_string(post_name(r, row_text(row, "post"))));
	(void)json_object_set_new(
		row, "subject", json_string(row_has(row, "sitting_id") ? "sitting" : "interview"));
	(void)json_object_set(
		row, "id",
		json_object_get(row, row_has(row, "sitting_id") ? "sitting_id" : "interview_id"));
	(void)json_object_del(row, "name_kk");
	(void)json_object_del(row, "name_ru");
	(void)json_object_del(row, "interview_place");
	(void)json_object_del(row, "sitting_id");
	(void)json_object_del(row, "interview_id");
}

bool record_head(struct req *r, int64_t room, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT r.sitting_id, r.interview_id, c.post, h.name_kk, h.name_ru,"
			     " i.place AS interview_place, r.created_ms AS at_ms" PLACE
			     " WHERE r.id = $1",
			     db_int(room));
	if (row) {
		name_place(r, row);
		(void)json_object_set(model, "head", row);
	}
	return row != NULL;
}

bool record_source(struct req *r, const struct video_source *source, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool own = false;
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT v.id, v.kind, v.number, COALESCE(t.seat, '') AS seat,"
		" COALESCE(t.code, '') AS code, p.family, p.given, p.patronymic,"
		" CASE WHEN t.id IS NULL OR s.names_ms IS NOT NULL THEN 1 ELSE 0 END AS named"
		"  FROM video_source v LEFT JOIN attempt t ON t.id = v.attempt_id"
		"  LEFT JOIN sitting s ON s.id = t.sitting_id"
		"  LEFT JOIN application a"
		"    ON a.id = COALESCE(t.application_id, v.application_id)"
		"  LEFT JOIN person p ON p.id = COALESCE(a.person_id, v.person_id)"
		" WHERE v.id = $1",
		db_int(source->id));
	if (!row || !video_view_own(&act, source->id, &own, e))
		return false;
	const bool named = row_number(row, "named") != 0 || own;
	row_name(r, row);
	if (!named)
		(void)json_object_set_new(row, "name", json_string(""));
	(void)json_object_del(row, "named");
	(void)json_object_set(model, "source", row);
	return true;
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* Hours are those of all sources together; a source's sound and picture count once. */
static json_t *read_rooms(struct req *r, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT r.id AS room, r.sitting_id, r.interview_id, c.id AS competition, c.post,"
		" h.name_kk, h.name_ru, i.place AS interview_place,"
		" (SELECT MIN(g.from_ms) FROM video_segment g WHERE g.room_id = r.id) AS from_ms,"
		" (SELECT CAST(COALESCE(SUM(g.until_ms - g.from_ms), 0) AS BIGINT) FROM "
		"video_segment g"
		"   WHERE g.room_id = r.id) AS length_ms,"
		" (SELECT CAST(COALESCE(SUM(g.audio_size + g.video_size + g.film_size), 0) AS "
		"BIGINT)"
		"   FROM video_segment g WHERE g.room_id = r.id AND g.state <> 'destroyed')"
		"   AS bytes,"
		" (SELECT COUNT(*) FROM video_incident n WHERE n.room_id = r.id) AS incidents" PLACE
		" WHERE EXISTS (SELECT 1 FROM video_segment g WHERE g.room_id = r.id)"
		"  AND ($1 = '' OR ($1 = 'sitting' AND r.sitting_id IS NOT NULL)"
		"   OR ($1 = 'interview' AND r.interview_id IS NOT NULL))"
		" ORDER BY r.id DESC",
		db_text(in_text(r, "of")));
}

/* Whose records these are; whoever may not look at them does not see them in the list either. */
static bool may_know(const struct act *act, int64_t room, bool *ret, struct err *e)
{
	struct err why = { 0 };
	*ret = video_view_may(act, room, 0, &why);
	if (*ret || why.kind == ERR_DENIED)
		return true;
	*e = why;
	return false;
}

static bool add_kept(const struct act *act, json_t *row, struct err *e)
{
	struct competition c = { 0 };
	struct retention kept = { 0 };
	if (!competition_load(act, row_number(row, "competition"), &c, e) ||
	    !retention_of(act, &c, &kept, e))
		return false;
	(void)json_object_set_new(row, "until", kept.over ? day_json(kept.until) : json_null());
	(void)json_object_set_new(row, "state",
				  json_string(kept.destroyed ? "destroyed"
					      : kept.held    ? "held"
					      : kept.due     ? "due"
							     : "kept"));
	(void)json_object_del(row, "competition");
	return true;
}

static void round_figures(json_t *row)
{
	const double hours = (double)row_number(row, "length_ms") / HOUR_MS;
	(void)json_object_set_new(row, "hours", decimal_json(hours, 1));
	(void)json_object_set_new(
		row, "megabytes",
		json_integer((json_int_t)((row_number(row, "bytes") + MEBIBYTE - 1) / MEBIBYTE)));
	(void)json_object_del(row, "length_ms");
	(void)json_object_del(row, "bytes");
	(void)json_object_del(row, "room");
}

static json_t *chosen(const struct req *r, const char *const *words, const char *key,
		      const char *parameter)
{
	json_t *list = word_options(r, words, key);
	size_t i = 0;
	json_t *o = NULL;
	json_array_foreach (list, i, o)
		(void)json_object_set_new(
			o, "chosen",
			json_boolean(strcmp(row_text(o, "id"), in_text(r, parameter)) == 0));
	return list;
}

bool record_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *rows = read_rooms(r, e);
	json_t *shown = json_array();
	size_t i = 0;
	json_t *row = NULL;
	json_in_arena(r->arena, shown);
	json_array_foreach (rows, i, row) {
		bool may = false;
		if (!may_know(&act, row_number(row, "room"), &may, e))
			return false;
		if (!may)
			continue;
		if (!add_kept(&act, row, e))
			return false;
		if (*in_text(r, "state") &&
		    strcmp(in_text(r, "state"), row_text(row, "state")) != 0)
			continue;
		name_place(r, row);
		round_figures(row);
		(void)json_array_append(shown, row);
	}
	if (!rows)
		return false;
	list_rows(r, model, shown);
	(void)json_object_set_new(model, "subjects", chosen(r, subjects, "record.subject", "of"));
	(void)json_object_set_new(model, "states", chosen(r, states, "retention.state", "state"));
	return true;
}

/* ---- one of them ----------------------------------------------------------------------------- */

/* By the segments: pauses of more than two seconds between them are gaps, as the incidents have it
 * that were found inside (F71). */
static json_t *read_sources(struct req *r, int64_t room, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT v.id, v.kind, v.number, COALESCE(t.seat, '') AS seat,"
		" COALESCE(t.code, '') AS code, p.family, p.given, p.patronymic,"
		" CASE WHEN t.id IS NULL OR s.names_ms IS NOT NULL THEN 1 ELSE 0 END AS named,"
		" (SELECT COUNT(*) FROM video_segment g WHERE g.source_id = v.id"
		"   AND g.state <> 'empty') AS segments,"
		" (SELECT CAST(COALESCE(SUM(g.until_ms - g.from_ms), 0) AS BIGINT) FROM "
		"video_segment g"
		"   WHERE g.source_id = v.id) AS length_ms,"
		" (SELECT MIN(g.from_ms) FROM video_segment g WHERE g.source_id = v.id) AS from_ms,"
		" (SELECT COUNT(*) FROM (SELECT from_ms, LAG(until_ms) OVER (ORDER BY number)"
		"   AS before_ms FROM video_segment WHERE source_id = v.id"
		"   AND from_ms IS NOT NULL) g WHERE g.from_ms - g.before_ms > 2000) AS gaps,"
		" (SELECT COUNT(*) FROM video_incident n WHERE n.source_id = v.id) AS incidents,"
		" (SELECT COUNT(*) FROM video_segment g WHERE g.source_id = v.id"
		"   AND g.state IN ('growing', 'closed')) AS waiting"
		"  FROM video_source v LEFT JOIN attempt t ON t.id = v.attempt_id"
		"  LEFT JOIN sitting s ON s.id = t.sitting_id"
		"  LEFT JOIN application a"
		"    ON a.id = COALESCE(t.application_id, v.application_id)"
		"  LEFT JOIN person p ON p.id = COALESCE(a.person_id, v.person_id)"
		" WHERE v.room_id = $1 AND v.kind <> 'talk'"
		" ORDER BY v.kind, CAST(COALESCE(t.seat, '0') AS INTEGER), v.number",
		db_int(room));
}

static bool add_sources(struct req *r, int64_t room, json_t *model, struct err *e)
{
	json_t *rows = read_sources(r, room, e);
	size_t i = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		const bool named = row_number(row, "named") != 0;
		row_name(r, row);
		if (!named)
			(void)json_object_set_new(row, "name", json_string(""));
		(void)json_object_set_new(
			row, "length", json_string(record_length(r, row_number(row, "length_ms"))));
		(void)json_object_del(row, "length_ms");
		(void)json_object_del(row, "named");
	}
	(void)json_object_set(model, "sources", rows);
	return true;
}

/* Until when the person may look at all of the room; null: a reason comes first. */
static bool add_view(struct req *r, int64_t room, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT MAX(until_ms) AS until_ms FROM video_view WHERE room_id = $1"
			     " AND source_id IS NULL AND person_id = $2 AND until_ms > $3",
			     db_int(room), db_int(r->actor.person_id), db_int(r->now_ms));
	if (row)
		(void)json_object_set(model, "until_ms", json_object_get(row, "until_ms"));
	return row != NULL;
}

/* Whoever sees the sitting without records is told why there are none. */
static bool show_room(struct req *r, const struct video_room *room, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	if (!room->there)
		return err_set(e, ERR_MISSING, "record.error.none", "it has no room");
	return video_view_may(&act, room->id, 0, e) && record_head(r, room->id, model, e) &&
	       add_sources(r, room->id, model, e) && add_view(r, room->id, model, e);
}

bool record_of_sitting(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	return video_room_of_sitting(&act, in_int(r, "sitting"), &room, e) &&
	       show_room(r, &room, model, e);
}

bool record_of_interview(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	return video_room_of_interview(&act, in_int(r, "interview"), &room, e) &&
	       show_room(r, &room, model, e);
}

static bool open_room(struct req *r, const struct video_room *room, struct err *e)
{
	const struct act act = req_act(r);
	if (!room->there)
		return err_set(e, ERR_MISSING, "record.error.none", "it has no room");
	r->notice = "record.notice.open";
	return video_view_open(&act, room->id, 0, in_text(r, "reason"), e);
}

bool record_open_sitting(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	(void)model;
	req_go(r, "/sittings/%lld/records", (long long)in_int(r, "sitting"));
	return video_room_of_sitting(&act, in_int(r, "sitting"), &room, e) &&
	       open_room(r, &room, e);
}

bool record_open_interview(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	(void)model;
	req_go(r, "/interviews/%lld/records", (long long)in_int(r, "interview"));
	return video_room_of_interview(&act, in_int(r, "interview"), &room, e) &&
	       open_room(r, &room, e);
}

bool record_own(struct req *r, int64_t application, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT v.id AS source, v.kind, MIN(g.from_ms) AS at_ms FROM video_source v"
			" JOIN video_segment g ON g.source_id = v.id AND g.from_ms IS NOT NULL"
			" LEFT JOIN attempt t ON t.id = v.attempt_id"
			" WHERE COALESCE(t.application_id, v.application_id) = $1"
			" GROUP BY v.id, v.kind ORDER BY 3",
			db_int(application));
	if (rows)
		(void)json_object_set(model, "records", rows);
	return rows != NULL;
}

/* ---- the table ----------------------------------------------------------------------------- */

#define REASON                                                                                     \
	{                                                                                          \
		"reason", P_TEXT, 0, VIDEO_VIEW_REASON_MOST, false, NULL                           \
	}
#define ID(name)                                                                                   \
	{                                                                                          \
		name, P_INT, 1, INT64_MAX, true, NULL                                              \
	}
static const struct param sitting_params[] = { ID("sitting"), PARAMS_END };
static const struct param interview_params[] = { ID("interview"), PARAMS_END };
static const struct param open_sitting_params[] = { ID("sitting"), REASON, PARAMS_END };
static const struct param open_interview_params[] = { ID("interview"), REASON, PARAMS_END };
static const struct param segments_params[] = { ID("source"), LIST_PARAMS, PARAMS_END };
/* `at`: seconds since the beginning of the record */
static const struct param show_params[] = {
	ID("source"),
	{ "at", P_INT, 0, DAY_MS / 1000, false, NULL },
	PARAMS_END,
};
static const struct param open_params[] = {
	ID("source"),
	{ "at", P_INT, 0, DAY_MS / 1000, false, NULL },
	REASON,
	PARAMS_END,
};
/* times as people write them, of the day on which the record begins: HH:MM:SS */
static const struct param excerpt_params[] = {
	ID("source"),
	{ "at", P_INT, 0, DAY_MS / 1000, false, NULL },
	{ "from", P_TEXT, 0, RECORD_CLOCK_SIZE, false, NULL },
	{ "until", P_TEXT, 0, RECORD_CLOCK_SIZE, false, NULL },
	{ "excerpt_reason", P_TEXT, 0, VIDEO_VIEW_REASON_MOST, false, NULL },
	PARAMS_END,
};
static const struct param excerpt_file_params[] = {
	ID("source"),
	{ "from_ms", P_INT, 0, INT64_MAX / 2, true, NULL },
	{ "until_ms", P_INT, 0, INT64_MAX / 2, true, NULL },
	PARAMS_END,
};
static const struct param film_params[] = { ID("segment"), PARAMS_END };

static const struct list_column segment_columns[] = {
	{ "number", "record.part", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "record.part.state", LIST_CODE, LIST_SORTS, "record.part.state" },
	{ "from_ms", "record.from", LIST_TIME, LIST_SORTS, NULL },
	{ "until_ms", "record.until", LIST_TIME, LIST_HIDDEN, NULL },
	{ "length", "record.length", LIST_TEXT, 0, NULL },
	{ "ended", "record.ended", LIST_CODE, LIST_SORTS, "record.ended" },
	{ "findings", "record.findings", LIST_TEXT, 0, NULL },
	{ "audio_size", "record.audio_size", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "audio_hash", "record.audio_hash", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "video_size", "record.video_size", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "video_hash", "record.video_hash", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "film_size", "record.film_size", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "film_hash", "record.film_hash", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "entry", "record.entry", LIST_NUMBER, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list segment_listing = { "segments", "record.segments.title", segment_columns,
					     60 };

#include "web/route_table.h"

enum { INTERVIEWERS = ROLE_HR | ROLE_AUDITOR | ROLE_MEMBER | ROLE_SECRETARY };

const struct route record_routes[] = {
	{ GET, "/records", INTERVIEWERS, record_list, "record/list", list_params,
	  "Records of tests and interviews, newest first.", .list = &record_listing },
	{ GET, "/sittings/:sitting/records", ROLE_HR | ROLE_AUDITOR, record_of_sitting,
	  "record/room", sitting_params, "The records of a sitting by source." },
	{ POST, "/sittings/:sitting/records/view", ROLE_HR | ROLE_AUDITOR, record_open_sitting,
	  "record/room", open_sitting_params,
	  "Says for what the records of a sitting are looked at; journalled.",
	  .again = record_of_sitting },
	{ GET, "/interviews/:interview/records", INTERVIEWERS, record_of_interview, "record/room",
	  interview_params, "The records of an interview by source." },
	{ POST, "/interviews/:interview/records/view", INTERVIEWERS, record_open_interview,
	  "record/room", open_interview_params,
	  "Says for what the records of an interview are looked at; journalled.",
	  .again = record_of_interview },
	{ GET, "/video/sources/:source/segments", ROLE_PERSON, record_segments, "record/segments",
	  segments_params, "The files of a record with their hashes and entries.",
	  .list = &segment_listing },
	{ GET, "/video/sources/:source/record", ROLE_PERSON, record_show, "record/show",
	  show_params, "A record with its time line, or the form for the reason." },
	{ POST, "/video/sources/:source/record/view", ROLE_PERSON, record_open, "record/show",
	  open_params, "Says for what a record is looked at; journalled.", .again = record_show },
	{ POST, "/video/sources/:source/excerpt", ROLE_PERSON, record_excerpt_ask, "record/show",
	  excerpt_params, "Says for what a part of a record is taken away; journalled.",
	  .again = record_show },
	{ GET, "/video/sources/:source/excerpt.zip", ROLE_PERSON, record_excerpt_send, NULL,
	  excerpt_file_params,
	  "A part of a record with its receipts; taking it away is journalled.",
	  .slow = record_excerpt_slow, .journalled = true, .gives = "application/zip" },
	{ GET, "/video/segments/:segment/film", ROLE_PERSON, record_film, NULL, film_params,
	  "One film of a record, whole or by ranges.", .gives = "video/webm" },
	{ 0 },
};
