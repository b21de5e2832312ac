/* interview_sound.c - the record of an interview on its page: whether sound is recorded, what
 * failed, and what the secretary decided (R47-1, F68). */
#include "app/video/incident.h"
#include "web/interview/interview.h"
#include "web/row.h"

#include <string.h>

static const char *const choices[] = { "go_on", "stop", NULL };

const struct param interview_incident_params[] = {
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },
	{ "incident", P_INT, 1, INT64_MAX, true, NULL },
	{ "choice", P_CHOICE, 0, 0, true, choices },
	{ "reason", P_TEXT, 3, VIDEO_REASON_MOST, true, NULL },
	PARAMS_END,
};

static void make_incident(const struct req *r, json_t *row)
{
	static const char *const shown[] = {
		"id", "kind", "from_ms", "until_ms", "choice", "reason"
	};
	json_t *out = json_object();
	for (size_t i = 0; i < COUNT(shown); i++)
		(void)json_object_set(out, shown[i], json_object_get(row, shown[i]));
	(void)json_object_set_new(
		out, "by",
		json_string(*row_text(row, "by_family")
				    ? arena_print(r->arena, "%s %s", row_text(row, "by_family"),
						  row_text(row, "by_given"))
				    : ""));
	(void)json_object_clear(row);
	(void)json_object_update(row, out);
	json_decref(out);
}

bool interview_add_sound(struct req *r, const struct onlooker *o, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_room room = { 0 };
	json_t *missing = NULL;
	json_t *incidents = NULL;
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "recorded", json_null());
	if (!video_room_of_interview(&act, o->interview.id, &room, e))
		return false;
	if (!room.there)
		return true;
	if ((video_room_is_live(&room) && !video_missing(&act, &room, &missing, e)) ||
	    !video_incidents(&act, room.id, false, &incidents, e))
		return false;
	json_array_foreach (incidents, i, row)
		make_incident(r, row);
	const bool running = strcmp(o->interview.state, "running") == 0;
	const bool chooses = running && onlooker_is(o, SEAT_SECRETARY);
	const bool live = video_room_is_live(&room);
	(void)json_object_set_new(
		model, "recorded",
		json_pack("{s:b,s:b,s:b,s:b,s:b,s:O}", "running", running && live, "outside",
			  running && !live, "sound", json_array_size(missing) == 0, "chooses",
			  chooses, "may_leave",
			  chooses && live && o->interview.competition.rules->recording_may_be_off,
			  "incidents", incidents));
	return true;
}

bool interview_do_outside(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "interview");
	(void)model;
	if (!interview_record_outside(&act, id, e))
		return false;
	r->notice = "interview.notice.outside";
	req_go(r, "/interviews/%lld", (long long)id);
	return true;
}

bool interview_do_incident(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool here = false;
	(void)model;
	if (!db_exists(r->db, e, &here,
		       "SELECT 1 FROM video_incident i JOIN video_room v ON v.id = i.room_id"
		       " WHERE i.id = $1 AND v.interview_id = $2",
		       db_int(in_int(r, "incident")), db_int(in_int(r, "interview"))))
		return false;
	if (!here)
		return err_set(e, ERR_MISSING, "error.missing", "not of this interview");
	if (!video_incident_choose(&act, in_int(r, "incident"), in_text(r, "choice"),
				   in_text(r, "reason"), e))
		return false;
	r->notice = "interview.notice.record_chosen";
	req_go(r, "/interviews/%lld", (long long)in_int(r, "interview"));
	return true;
}
