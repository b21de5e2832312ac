/* The operator's wall of a hall, which observers see too (F75), its cameras, talking to the seats.
 */
#include "app/sitting/sitting.h"
#include "web/names.h"
#include "web/row.h"
#include "web/video/video.h"

#include <stdlib.h>
#include <string.h>

const struct param video_hall_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param video_camera_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_INT, 1, VIDEO_HALL_CAMERAS, true, NULL },
	PARAMS_END,
};

/* Operators of the hall; HR and auditors of the competition's organ look on. */
static bool load(struct req *r, struct sitting *ret, bool *ret_operates, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	bool may = false;
	if (!sitting_load(&act, in_int(r, "sitting"), &s, e) ||
	    !act_holds(&act, ROLE_NAME_OPERATOR, s.hall_organ, ret_operates, e) ||
	    (!*ret_operates && !act_holds(&act, ROLE_NAME_HR, s.competition.organ, &may, e)) ||
	    (!*ret_operates && !may &&
	     !act_require(&act, ROLE_NAME_AUDITOR, s.competition.organ, e)))
		return false;
	*ret = s;
	return true;
}

static bool add_sitting(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT s.id, h.name_kk, h.name_ru FROM sitting s"
			     " JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
			     db_int(s->id));
	if (!row)
		return false;
	const char *hall = row_text(row, in_kazakh(r) ? "name_kk" : "name_ru");
	(void)json_object_set_new(model, "sitting",
				  json_pack("{s:I,s:s,s:s}", "id", (json_int_t)s->id, "hall", hall,
					    "post", post_name(r, s->competition.post)));
	return true;
}

/* A seat has its code, never a name (F9). */
static bool add_seats(struct req *r, const struct video_room *room, json_t *tiles, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT" VIDEO_SOURCE_COLUMNS ", t.seat, t.code FROM attempt t"
			       " LEFT JOIN video_source x ON x.attempt_id = t.id"
			       " WHERE t.sitting_id = $1 AND t.void = 0"
			       " ORDER BY CAST(t.seat AS INTEGER), t.id",
			       db_int(room->sitting_id));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			tiles, json_pack("{s:I,s:s,s:s,s:s,s:s}", "source",
					 (json_int_t)row_number(row, "id"), "kind", "seat", "seat",
					 row_text(row, "seat"), "code", row_text(row, "code"),
					 "state", video_state_of(r, row, true)));
	return rows != NULL;
}

static bool add_cameras(struct req *r, const struct video_room *room, json_t *tiles, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT" VIDEO_SOURCE_COLUMNS "FROM video_source x WHERE x.room_id = $1"
			" AND x.kind = 'hall' ORDER BY x.number",
			db_int(room->id));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			tiles, json_pack("{s:I,s:s,s:s,s:s,s:s}", "source",
					 (json_int_t)row_number(row, "id"), "kind", "hall", "seat",
					 arena_print(r->arena, "%lld",
						     (long long)row_number(row, "number")),
					 "code", "", "state", video_state_of(r, row, true)));
	return rows != NULL;
}

bool video_wall(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	struct video_room room = { 0 };
	bool operates = false;
	json_t *tiles = json_array();
	(void)json_object_set_new(model, "tiles", tiles);
	if (!load(r, &s, &operates, e) || !add_sitting(r, &s, model, e) ||
	    !video_room_of_sitting(&act, s.id, &room, e))
		return false;
	const bool open = video_room_is_live(&room);
	const bool seats = room.there && strcmp(room.needs, "seats") == 0;
	(void)json_object_set_new(model, "open", json_boolean(open));
	(void)json_object_set_new(model, "operates", json_boolean(operates));
	(void)json_object_set_new(model, "sees_sitting",
				  json_boolean(req_is(r, ROLE_OPERATOR | ROLE_HR)));
	(void)json_object_set_new(model, "talks", json_boolean(operates && open && seats));
	return !room.there ||
	       ((!seats || add_seats(r, &room, tiles, e)) && add_cameras(r, &room, tiles, e));
}

/* ---- the operator's own camera and voice
 * ---------------------------------------------------------- */

bool video_camera_page(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	struct video_room room = { 0 };
	json_t *numbers = json_array();
	(void)json_object_set_new(model, "numbers", numbers);
	if (!sitting_load_operator(&act, in_int(r, "sitting"), &s, e) ||
	    !add_sitting(r, &s, model, e) || !video_room_of_sitting(&act, s.id, &room, e))
		return false;
	for (int n = 1; n <= VIDEO_HALL_CAMERAS; n++)
		(void)json_array_append_new(numbers, json_integer(n));
	(void)json_object_set_new(model, "open", json_boolean(video_room_is_live(&room)));
	return true;
}

bool video_camera(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	if (!video_place_camera(&act, in_int(r, "sitting"), in_int(r, "number"), &source, e))
		return false;
	video_source_model(&source, model);
	return true;
}

bool video_talk(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	if (!video_place_talk(&act, in_int(r, "sitting"), &source, e))
		return false;
	video_source_model(&source, model);
	return true;
}
