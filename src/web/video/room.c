/* The room of an interview: commission, the candidate who is heard, invited experts (R47-1, R47-2).
 */
#include "app/interview/interview.h"
#include "web/names.h"
#include "web/row.h"
#include "web/video/video.h"

#include <string.h>

const struct param video_interview_params[] = {
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* Whether the reader may watch: the commission always, a candidate while heard. */
static bool watches(struct req *r, const char *kind, int64_t owner, bool *ret, struct err *e)
{
	*ret = true;
	return strcmp(kind, "candidate") != 0 ||
	       db_exists(r->db, e, ret,
			 "SELECT 1 FROM interview_candidate WHERE application_id = $1"
			 " AND started_ms IS NOT NULL AND ended_ms IS NULL",
			 db_int(owner));
}

/* Everybody else who sends; no candidate sees another. */
static bool add_tiles(struct req *r, int64_t room, const char *kind, int64_t owner, json_t *model,
		      struct err *e)
{
	bool sees = false;
	size_t i = 0;
	const json_t *row = NULL;
	json_t *tiles = json_array();
	const char *record = "off";
	bool warned = false;
	(void)json_object_set_new(model, "tiles", tiles);
	if (!watches(r, kind, owner, &sees, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT" VIDEO_SOURCE_COLUMNS ", x.application_id, x.person_id"
			       "  FROM video_source x WHERE x.room_id = $1 ORDER BY x.id",
			       db_int(room));
	json_array_foreach (rows, i, row) {
		const char *of = row_text(row, "kind");
		const int64_t whose = row_number(row, "application_id") +
				      row_number(row, "person_id"); /* one of them, or neither */
		const bool own = strcmp(of, kind) == 0 && whose == owner;
		const char *state = video_state_of(r, row, false);
		if (strcmp(of, "commission") == 0)
			record = state;
		if (own)
			warned = row_has(row, "warned_ms");
		if (own || !sees || strcmp(state, "off") == 0 ||
		    (strcmp(of, "candidate") == 0 && strcmp(kind, of) == 0))
			continue;
		(void)json_array_append_new(
			tiles, json_pack("{s:I,s:s,s:I,s:s}", "source",
					 (json_int_t)row_number(row, "id"), "kind", of, "number",
					 (json_int_t)row_number(row, "number"), "state", state));
	}
	(void)json_object_set_new(model, "record_state", json_string(record));
	/* R47-2: the candidate confirms it before anything else; the others are told */
	(void)json_object_set_new(model, "must_warn",
				  json_boolean(strcmp(kind, "candidate") == 0 && !warned));
	return rows != NULL;
}

bool video_interview(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct interview i = { 0 };
	struct video_room room = { 0 };
	const char *kind = "";
	int64_t owner = 0;
	if (!interview_load(&act, in_int(r, "interview"), &i, e) ||
	    !video_place_in_interview(&act, i.id, &kind, &owner, e))
		return false;
	if (!*kind)
		return err_set(e, ERR_MISSING, "error.missing", "interview %lld", (long long)i.id);
	if (!video_room_of_interview(&act, i.id, &room, e) ||
	    !add_tiles(r, room.id, kind, owner, model, e))
		return false;
	const bool open = video_room_is_live(&room);
	(void)json_object_set_new(model, "interview",
				  json_pack("{s:I,s:s}", "id", (json_int_t)i.id, "post",
					    post_name(r, i.competition.post)));
	(void)json_object_set_new(model, "open", json_boolean(open));
	(void)json_object_set_new(model, "kind", json_string(kind));
	(void)json_object_set_new(model, "sends",
				  json_boolean(open && strcmp(kind, "member") != 0));
	(void)json_object_set_new(model, "commission",
				  json_boolean(strcmp(kind, "candidate") != 0));
	return true;
}

bool video_interview_source(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	if (!video_place_interview(&act, in_int(r, "interview"), &source, e))
		return false;
	video_source_model(&source, model);
	return true;
}

bool video_interview_link(struct req *r, int64_t application, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.interview_id FROM interview_candidate c"
			       " JOIN application a ON a.id = c.application_id"
			       " JOIN video_room v ON v.interview_id = c.interview_id"
			       " WHERE a.id = $1 AND a.person_id = $2 AND a.state = 'sent'"
			       " AND c.warned_ms IS NOT NULL AND c.ended_ms IS NULL"
			       " AND v.state IN ('wanted', 'open')",
			       db_int(application), db_int(r->actor.person_id));
	if (!rows)
		return false;
	json_t *row = json_array_get(rows, 0);
	if (!row)
		return json_object_set_new(model, "interview_room", json_null()) == 0;
	return json_object_set(model, "interview_room", json_object_get(row, "interview_id")) == 0;
}
