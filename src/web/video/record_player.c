/* record_player.c - the page on which a record is looked at (F72, F73). */
#include "web/row.h"
#include "web/video/record.h"

#include <string.h>

enum { AROUND_MS = 30 * 1000 };

/* ---- what there is of it --------------------------------------------------------------------- */

struct span {
	int64_t from_ms, until_ms; /* of the record; 0: nothing came */
};

static json_t *read_parts(struct req *r, int64_t source, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT id, number, state, from_ms, until_ms, film_ms,"
		       " CASE WHEN state = 'checked' AND film_file <> '' THEN 1 ELSE 0 END AS film,"
		       " CASE WHEN video_file <> '' THEN 1 ELSE 0 END AS picture"
		       "  FROM video_segment WHERE source_id = $1 AND state <> 'empty'"
		       " ORDER BY number",
		       db_int(source));
}

/* One that is still being recorded has no end yet, and maybe no beginning. */
static struct span span_of(const json_t *parts)
{
	struct span s = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (parts, i, row) {
		const int64_t from = row_number(row, "from_ms");
		const int64_t until = row_number(row, "until_ms");
		if (from > 0 && (s.from_ms == 0 || from < s.from_ms))
			s.from_ms = from;
		if (until > s.until_ms)
			s.until_ms = until;
	}
	return s;
}

/* What a part is for whoever looks: "film", "growing", "made" (its film is yet to come),
 * "unreadable", "destroyed". */
static const char *part_state(const json_t *row)
{
	const char *state = row_text(row, "state");
	if (row_number(row, "film"))
		return "film";
	if (strcmp(state, "closed") == 0)
		return "made";
	return strcmp(state, "checked") == 0 ? "unreadable" : state;
}

/* A pause before a part is shown with it. */
static void dress_parts(const struct req *r, json_t *parts, const struct span *s)
{
	int64_t before = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (parts, i, row) {
		const int64_t from = row_number(row, "from_ms");
		const int64_t until = row_number(row, "until_ms");
		const int64_t pause = before && from ? from - before : 0;
		const char *state = part_state(row);
		(void)json_object_set_new(row, "playable",
					  json_boolean(strcmp(state, "film") == 0));
		(void)json_object_set_new(row, "state", json_string(state));
		(void)json_object_set_new(row, "offset",
					  json_integer((json_int_t)(from ? from - s->from_ms : 0)));
		(void)json_object_set_new(row, "begins",
					  json_string(from ? record_clock(r, from) : ""));
		(void)json_object_set_new(row, "ends",
					  json_string(until ? record_clock(r, until) : ""));
		(void)json_object_set_new(row, "pause",
					  json_string(pause > 2000 ? record_length(r, pause) : ""));
		(void)json_object_set_new(row, "picture",
					  json_boolean(row_number(row, "picture") != 0));
		(void)json_object_del(row, "from_ms");
		(void)json_object_del(row, "until_ms");
		(void)json_object_del(row, "film");
		before = until ? until : before;
	}
}

/* Why there is nothing to see, in one word; "" if there is. */
static const char *nothing_because(const json_t *parts)
{
	const char *last = "none";
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (parts, i, row) {
		last = row_text(row, "state");
		if (strcmp(last, "film") == 0)
			return "";
	}
	return last;
}

/* ---- what happened ------------------------------------------------------------------------- */

/* For the filter beside the list. */
static const char *group_of(const char *kind)
{
	if (strncmp(kind, "answer", 6) == 0)
		return "answer";
	if (strcmp(kind, "incident") == 0 || strcmp(kind, "gap") == 0)
		return "incident";
	return "course";
}

static void dress_events(const struct req *r, json_t *events, const struct span *s)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (events, i, row) {
		const int64_t at = row_number(row, "at_ms");
		const int64_t until = row_number(row, "until_ms");
		const int64_t offset = at - s->from_ms;
		(void)json_object_set_new(row, "group",
					  json_string(group_of(row_text(row, "kind"))));
		(void)json_object_set_new(row, "clock", json_string(record_clock(r, at)));
		(void)json_object_set_new(
			row, "lasted", json_string(until > at ? record_length(r, until - at) : ""));
		(void)json_object_set_new(row, "offset", json_integer((json_int_t)offset));
		/* before the record there is nothing to show */
		const bool inside = s->from_ms && offset >= 0 && at <= s->until_ms;
		(void)json_object_set_new(
			row, "moment", /* a text: 0 would be nothing for a page */
			json_string(inside ? arena_print(r->arena, "%lld", (long long)offset / 1000)
					   : ""));
		(void)json_object_del(row, "at_ms");
		(void)json_object_del(row, "until_ms");
	}
}

static bool add_events(struct req *r, const struct video_source *source, const struct span *s,
		       json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *events = NULL;
	if (!video_time_line(&act, source, &events, e))
		return false;
	dress_events(r, events, s);
	(void)json_object_set(model, "events", events);
	return true;
}

/* ---- the page ------------------------------------------------------------------------------ */

/* What a form of an excerpt begins with: around the moment that the page was asked for. */
static json_t *excerpt_of(const struct req *r, const struct span *s)
{
	const int64_t at = s->from_ms + (in_has(r, "at") ? in_int(r, "at") * 1000 : 0);
	const int64_t from = at - AROUND_MS < s->from_ms ? s->from_ms : at - AROUND_MS;
	const int64_t until = at + AROUND_MS > s->until_ms ? s->until_ms : at + AROUND_MS;
	return json_pack("{s:I,s:s,s:s}", "around", (json_int_t)AROUND_MS, "from",
			 record_clock(r, from), "until", record_clock(r, until));
}

static bool add_record(struct req *r, const struct video_source *source, json_t *model,
		       struct err *e)
{
	json_t *parts = read_parts(r, source->id, e);
	if (!parts)
		return false;
	const struct span s = span_of(parts);
	dress_parts(r, parts, &s);
	(void)json_object_update_new(
		model,
		json_pack("{s:O,s:s,s:I,s:I,s:s,s:s,s:o}", "parts", parts, "nothing",
			  nothing_because(parts), "length_ms", (json_int_t)(s.until_ms - s.from_ms),
			  "clock", (json_int_t)((s.from_ms + ZONE_OFFSET_MS) % DAY_MS / 1000),
			  "begins", s.from_ms ? record_clock(r, s.from_ms) : "", "ends",
			  s.until_ms ? record_clock(r, s.until_ms) : "", "excerpt",
			  excerpt_of(r, &s)));
	return add_events(r, source, &s, model, e);
}

/* Whether a reason was given that still holds; any other refusal stays one. */
static bool look(struct req *r, const struct video_source *source, bool *ret_open, struct err *e)
{
	const struct act act = req_act(r);
	struct err why = { 0 };
	*ret_open = video_view_require(&act, source, &why);
	if (*ret_open || (why.kind == ERR_CONFLICT && strcmp(why.key, "video.error.reason") == 0))
		return true;
	*e = why;
	return false;
}

/* Without a reason the page is its form: nothing of the record is in it. */
bool record_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	bool open = false;
	bool own = false;
	if (!video_source_load(&act, in_int(r, "source"), &source, e) ||
	    !look(r, &source, &open, e) || !video_view_own(&act, source.id, &own, e) ||
	    !record_head(r, source.room_id, model, e) || !record_source(r, &source, model, e))
		return false;
	(void)json_object_set_new(model, "open", json_boolean(open));
	(void)json_object_set_new(model, "own", json_boolean(own));
	(void)json_object_set_new(
		model, "at", json_integer((json_int_t)(in_has(r, "at") ? in_int(r, "at") : 0)));
	return !open || add_record(r, &source, model, e);
}

bool record_open(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	(void)model;
	if (!video_source_load(&act, in_int(r, "source"), &source, e) ||
	    !video_view_open(&act, source.room_id, source.id, in_text(r, "reason"), e))
		return false;
	req_go(r, "/video/sources/%lld/record%s", (long long)source.id,
	       in_has(r, "at") && in_int(r, "at") > 0
		       ? arena_print(r->arena, "?at=%lld", (long long)in_int(r, "at"))
		       : "");
	return true;
}
