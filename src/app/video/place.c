#include "app/video/place.h"

#include "app/interview/interview.h"
#include "app/sitting/attempt.h"
#include "app/sitting/sitting.h"

#include <string.h>

static bool require_open(const struct video_room *room, struct err *e)
{
	return video_room_is_live(room) ||
	       err_set(e, ERR_CONFLICT, "video.error.closed", "nothing is recorded there");
}

/* The source in the open room of a sitting, or of an interview. */
static bool want(const struct act *act, const struct video_room *room, const char *kind,
		 int64_t owner, struct video_source *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_source source = { 0 };
	if (!require_open(room, e) || !db_begin(act->db, &tx, e) ||
	    !video_source_want(act, room->id, kind, owner, &source, e) || !db_commit(&tx, e))
		return false;
	*ret = source;
	return true;
}

/* ---- a sitting ------------------------------------------------------------------------------- */

bool video_place_seat(const struct act *act, int64_t attempt, struct video_source *ret,
		      struct err *e)
{
	struct attempt a = { 0 };
	struct video_room room = { 0 };
	if (!attempt_load_own(act, attempt, &a, e) ||
	    !video_room_of_sitting(act, a.sitting_id, &room, e))
		return false;
	if (room.there && strcmp(room.needs, "seats") != 0)
		return err_set(e, ERR_CONFLICT, "video.error.closed", "the hall is recorded");
	return want(act, &room, "seat", a.id, ret, e);
}

static bool of_hall(const struct act *act, int64_t sitting, const char *kind, int64_t owner,
		    struct video_source *ret, struct err *e)
{
	struct sitting s = { 0 };
	struct video_room room = { 0 };
	return sitting_load_operator(act, sitting, &s, e) &&
	       video_room_of_sitting(act, s.id, &room, e) && want(act, &room, kind, owner, ret, e);
}

bool video_place_camera(const struct act *act, int64_t sitting, int64_t number,
			struct video_source *ret, struct err *e)
{
	return of_hall(act, sitting, "hall", number, ret, e);
}

bool video_place_talk(const struct act *act, int64_t sitting, struct video_source *ret,
		      struct err *e)
{
	return of_hall(act, sitting, "talk", act->person_id, ret, e);
}

/* ---- an interview ---------------------------------------------------------------------------- */

static bool by_commission(const struct act *act, int64_t interview, const char **ret_kind,
			  struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT m.role FROM interview i JOIN commission k"
			       "  ON k.competition_id = i.competition_id AND k.state = 'appointed'"
			       " JOIN commission_member m ON m.commission_id = k.id"
			       " WHERE i.id = $1 AND m.person_id = $2 AND m.left_ms IS NULL",
			       db_int(interview), db_int(act->person_id));
	if (!rows)
		return false;
	const char *role = row_text(json_array_get(rows, 0), "role");
	if (strcmp(role, "secretary") == 0)
		*ret_kind = "commission";
	else if (strcmp(role, "invited") == 0)
		*ret_kind = "expert";
	else
		*ret_kind = *role ? "member" : "";
	return true;
}

/* Is the person's own application among those of the interview; `ret_heard`: now. */
static bool as_candidate(const struct act *act, int64_t interview, int64_t *ret_application,
			 bool *ret_heard, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT c.application_id, c.warned_ms, c.ended_ms"
			       "  FROM interview_candidate c"
			       " JOIN application a ON a.id = c.application_id"
			       " WHERE c.interview_id = $1 AND a.person_id = $2"
			       " AND a.state = 'sent'",
			       db_int(interview), db_int(act->person_id));
	const json_t *row = rows ? json_array_get(rows, 0) : NULL;
	if (!rows)
		return false;
	*ret_application = row_number(row, "application_id");
	*ret_heard = row_has(row, "warned_ms") && !row_has(row, "ended_ms");
	return true;
}

/* Whoever competes there is the candidate and nothing else, whatever seat the person had. */
bool video_place_in_interview(const struct act *act, int64_t interview, const char **ret_kind,
			      int64_t *ret_owner, struct err *e)
{
	const char *kind = "";
	int64_t application = 0;
	bool heard = false;
	if (!as_candidate(act, interview, &application, &heard, e) ||
	    (!application && !by_commission(act, interview, &kind, e)))
		return false;
	if (application && !heard)
		return err_set(e, ERR_DENIED, "video.error.not_heard",
			       "the candidate is not heard");
	*ret_kind = application ? "candidate" : kind;
	*ret_owner = application ? application : strcmp(kind, "expert") == 0 ? act->person_id : 0;
	return true;
}

bool video_place_interview(const struct act *act, int64_t interview, struct video_source *ret,
			   struct err *e)
{
	const char *kind = "";
	int64_t owner = 0;
	struct video_room room = { 0 };
	if (!video_place_in_interview(act, interview, &kind, &owner, e) ||
	    !video_room_of_interview(act, interview, &room, e))
		return false;
	if (!*kind)
		return err_set(e, ERR_MISSING, "error.missing", "interview %lld",
			       (long long)interview);
	if (!require_open(&room, e))
		return false;
	if (strcmp(kind, "member") == 0) {
		*ret = (struct video_source){ .kind = kind };
		return true;
	}
	return want(act, &room, kind, owner, ret, e);
}
