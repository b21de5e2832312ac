#include "app/video/viewing.h"

#include "app/candidate/candidate.h"
#include "app/competition/commission.h"

#include "base/text.h"

#include <string.h>

/* A room, and whose it is. */
struct place {
	struct video_room room;
	const char *organ;
};

static bool find(const struct act *act, int64_t room, struct place *ret, struct err *e)
{
	return video_room_load(act, room, &ret->room, e) &&
	       db_string(act->db, act->arena, e, &ret->organ,
			 "SELECT organ FROM competition WHERE id = $1",
			 db_int(ret->room.competition_id));
}

/* ---- who ------------------------------------------------------------------------------- */

bool video_view_own(const struct act *act, int64_t source, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM video_source v LEFT JOIN attempt t ON t.id = v.attempt_id"
			 "  JOIN application a"
			 "    ON a.id = COALESCE(t.application_id, v.application_id)"
			 " WHERE v.id = $1 AND a.person_id = $2",
			 db_int(source), db_int(act->person_id));
}

/* F8: a declared conflict closes the record as it closes the papers; one that shows several
 * candidates is closed by a conflict with any of them. */
static bool refuse_conflict(const struct act *act, const struct place *p, int64_t source,
			    struct err *e)
{
	bool stands = false;
	if (!db_exists(act->db, e, &stands,
		       "SELECT 1 FROM conflict f JOIN commission_member m ON m.id = f.member_id"
		       " LEFT JOIN video_source v ON v.id = $2"
		       " LEFT JOIN attempt t ON t.id = v.attempt_id"
		       " WHERE m.person_id = $1"
		       "  AND (f.application_id = COALESCE(t.application_id, v.application_id)"
		       "   OR (COALESCE(t.application_id, v.application_id) IS NULL"
		       "    AND (f.application_id IN (SELECT application_id FROM attempt"
		       "      WHERE sitting_id = $3)"
		       "     OR f.application_id IN (SELECT application_id"
		       "      FROM interview_candidate WHERE interview_id = $4))))",
		       db_int(act->person_id), db_int(source), db_int(p->room.sitting_id),
		       db_int(p->room.interview_id)))
		return false;
	return !stands || err_set(e, ERR_DENIED, "conflict.error.view",
				  "person %lld has declared a conflict", (long long)act->person_id);
}

/* The commission's own interview: its secretary and its chair. */
static bool leads_interview(const struct act *act, const struct place *p, bool *ret, struct err *e)
{
	struct seated seated = { 0 };
	struct err why = { 0 };
	*ret = false;
	if (p->room.interview_id == 0)
		return true;
	if (commission_seated(act, p->room.competition_id, &seated, &why)) {
		*ret = seated.seat == SEAT_SECRETARY || seated.seat == SEAT_CHAIR;
		return true;
	}
	if (why.kind == ERR_DENIED)
		return true;
	*e = why;
	return false;
}

/* Officers; not who competes there, whatever the office. */
static bool require_officer(const struct act *act, const struct place *p, struct err *e)
{
	const int64_t sitting = p->room.sitting_id;
	bool may = false;
	if (!candidate_require_other(act, sitting ? THING_SITTING : THING_INTERVIEW,
				     sitting ? sitting : p->room.interview_id, e) ||
	    !act_holds(act, ROLE_NAME_HR, p->organ, &may, e) ||
	    (!may && !act_holds(act, ROLE_NAME_AUDITOR, p->organ, &may, e)) ||
	    (!may && !leads_interview(act, p, &may, e)))
		return false;
	return may || err_set(e, ERR_DENIED, "error.denied", "not a record of this person's");
}

static bool may(const struct act *act, const struct place *p, int64_t source, bool *ret_own,
		struct err *e)
{
	*ret_own = false;
	if (source != 0 && !video_view_own(act, source, ret_own, e))
		return false;
	/* what the whole room shows is looked at by source, so a conflict is asked for there */
	return *ret_own ||
	       (require_officer(act, p, e) && (source == 0 || refuse_conflict(act, p, source, e)));
}

static bool belongs(const struct act *act, int64_t room, int64_t source, struct err *e)
{
	bool there = source == 0;
	if (!there && !db_exists(act->db, e, &there,
				 "SELECT 1 FROM video_source WHERE id = $1 AND room_id = $2",
				 db_int(source), db_int(room)))
		return false;
	return there || err_set(e, ERR_MISSING, "error.missing", "a source of another room");
}

bool video_view_may(const struct act *act, int64_t room, int64_t source, struct err *e)
{
	struct place p = { 0 };
	bool own = false;
	return find(act, room, &p, e) && belongs(act, room, source, e) &&
	       may(act, &p, source, &own, e);
}

/* ---- opening ----------------------------------------------------------------------------- */

static bool check_reason(const char *reason, bool own, struct err *e)
{
	if (!*reason && !own)
		return err_input(e, "reason", "error.required", "a record without a reason");
	return text_length(reason) <= VIDEO_VIEW_REASON_MOST ||
	       err_input(e, "reason", "error.text.long", "the reason is too long");
}

/* F74.  The reason is in the row and in the entry's content, which an act destroys with the rest.
 */
static bool note(const struct act *act, const struct place *p, int64_t source, const char *reason,
		 bool own, struct err *e)
{
	return video_note(act, &p->room, "video.viewed",
			  json_pack("{s:o,s:s,s:b}", "source",
				    source ? json_integer((json_int_t)source) : json_null(),
				    "reason", reason, "own", own),
			  e);
}

bool video_view_open(const struct act *act, int64_t room, int64_t source, const char *reason,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct place p = { 0 };
	bool own = false;
	return db_begin(act->db, &tx, e) && find(act, room, &p, e) &&
	       belongs(act, room, source, e) && may(act, &p, source, &own, e) &&
	       check_reason(reason, own, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO video_view (room_id, source_id, person_id, reason, from_ms,"
		       " until_ms) VALUES ($1, $2, $3, $4, $5, $6)",
		       db_int(room), source ? db_int(source) : db_null(), db_int(act->person_id),
		       db_text(reason), db_int(act->now_ms), db_int(act->now_ms + VIDEO_VIEW_MS)) &&
	       note(act, &p, source, reason, own, e) && db_commit(&tx, e);
}

bool video_view_require(const struct act *act, const struct video_source *source, struct err *e)
{
	bool open = false;
	if (!video_view_may(act, source->room_id, source->id, e) ||
	    !db_exists(act->db, e, &open,
		       "SELECT 1 FROM video_view WHERE person_id = $1 AND room_id = $2"
		       " AND (source_id IS NULL OR source_id = $3) AND until_ms > $4",
		       db_int(act->person_id), db_int(source->room_id), db_int(source->id),
		       db_int(act->now_ms)))
		return false;
	return open || err_set(e, ERR_CONFLICT, "video.error.reason", "no reason was given");
}
