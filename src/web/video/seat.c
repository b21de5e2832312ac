/* The seat of a test: warning, device check, record (R28-3, F38). */
#include "app/sitting/attempt.h"
#include "app/video/rehearsal.h"
#include "web/row.h"
#include "web/video/video.h"

#include <string.h>

const struct param video_seat_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param video_rehearsal_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "camera", P_FLAG, 0, 0, false, NULL },
	{ "microphone", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};

bool video_seat(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	if (!video_place_seat(&act, in_int(r, "attempt"), &source, e))
		return false;
	video_source_model(&source, model);
	return true;
}

static bool is_good(const struct rehearsal *made)
{
	return made->camera && made->microphone && made->line;
}

bool video_rehearsal(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct rehearsal made = { 0 };
	if (!video_rehearse(&act, in_int(r, "attempt"), in_flag(r, "camera"),
			    in_flag(r, "microphone"), &made, e))
		return false;
	(void)json_object_set_new(model, "rehearsal",
				  json_pack("{s:b,s:b,s:b,s:b}", "camera", made.camera,
					    "microphone", made.microphone, "line", made.line,
					    "good", is_good(&made)));
	return true;
}

/* Whether who sits there has confirmed the warning already. */
static bool has_confirmed(struct req *r, int64_t attempt, bool *ret, struct err *e)
{
	return db_exists(r->db, e, ret,
			 "SELECT 1 FROM video_source WHERE attempt_id = $1"
			 " AND warned_ms IS NOT NULL",
			 db_int(attempt));
}

bool video_seat_model(struct req *r, int64_t attempt, int64_t sitting, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	struct rehearsal made = { 0 };
	bool warned = false;
	(void)json_object_set_new(model, "record", json_null());
	if (!video_room_of_sitting(&act, sitting, &room, e))
		return false;
	if (!room.there || strcmp(room.needs, "seats") != 0 || strcmp(room.state, "closed") == 0)
		return true;
	if (!has_confirmed(r, attempt, &warned, e) || !video_rehearsal_of(&act, attempt, &made, e))
		return false;
	json_t *newest = made.there ? json_pack("{s:b,s:I}", "good", is_good(&made), "at_ms",
						(json_int_t)made.at_ms)
				    : json_null();
	(void)json_object_set_new(model, "record",
				  json_pack("{s:I,s:b,s:o}", "attempt", (json_int_t)attempt,
					    "warned", warned, "rehearsal", newest));
	return true;
}
