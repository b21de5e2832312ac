#include "app/interview/interview.h"

#include "app/candidate/candidate.h"
#include "app/evidence/row_seal.h"
#include "app/interview/mark.h"
#include "app/interview/vote.h"
#include "app/video/room.h"
#include "law/sitting.h"

#include <string.h>

static bool is_set(const json_t *row, const char *name)
{
	return json_is_integer(json_object_get(row, name));
}

/* ---- reading -------------------------------------------------------------------- */

bool interview_load(const struct act *act, int64_t id, struct interview *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT competition_id, state, day FROM interview WHERE id = $1",
			     db_int(id));
	struct interview i = { .id = id };
	if (!row || !competition_load(act, row_number(row, "competition_id"), &i.competition, e))
		return false;
	i.state = row_text(row, "state");
	i.planned_day = (day){ (int32_t)row_number(row, "day") };
	*ret = i;
	return true;
}

bool interview_of(const struct act *act, int64_t application_id, struct interview *ret,
		  struct err *e)
{
	int64_t id = 0;
	return db_number(act->db, e, &id,
			 "SELECT interview_id FROM interview_candidate WHERE application_id = $1",
			 db_int(application_id)) &&
	       interview_load(act, id, ret, e);
}

static bool require_state(const struct interview *i, const char *state, const char *key,
			  struct err *e)
{
	return strcmp(i->state, state) == 0 ||
	       err_set(e, ERR_CONFLICT, key, "the interview is %s", i->state);
}

/* The interview for its secretary. */
static bool for_secretary(const struct act *act, int64_t id, struct interview *ret, struct err *e)
{
	struct interview i = { 0 };
	if (!interview_load(act, id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e))
		return false;
	*ret = i;
	return true;
}

static bool changed_one(int64_t changed, const char *key, struct err *e)
{
	return changed == 1 || err_set(e, ERR_CONFLICT, key, "the state had changed");
}

/* ---- attendance ------------------------------------------------------------------ */

/* A vote that is still open keeps those who have voted on it. */
static bool nobody_lost(const struct act *act, const struct interview *i, struct err *e)
{
	bool lost = false;
	if (!db_exists(act->db, e, &lost,
		       "SELECT 1 FROM ballot b"
		       "  JOIN interview_candidate c ON c.application_id = b.application_id"
		       " WHERE c.interview_id = $1"
		       " AND NOT EXISTS (SELECT 1 FROM decision d"
		       "   WHERE d.application_id = b.application_id)"
		       " AND NOT EXISTS (SELECT 1 FROM attendance t"
		       "   WHERE t.interview_id = $1 AND t.member_id = b.member_id)",
		       db_int(i->id)))
		return false;
	return !lost || err_set(e, ERR_CONFLICT, "interview.error.has_voted",
				"somebody who has voted was noted as absent");
}

static bool note_present(const struct act *act, const struct interview *i, int64_t member_id,
			 struct err *e)
{
	bool sits = false;
	if (!db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       " ON k.id = m.commission_id WHERE k.competition_id = $1 AND m.id = $2"
		       " AND k.state = 'appointed' AND m.left_ms IS NULL",
		       db_int(i->competition.id), db_int(member_id)))
		return false;
	if (!sits)
		return err_input(e, "present", "interview.error.present", "not of the commission");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO attendance (interview_id, member_id, at_ms)"
		       " VALUES ($1, $2, $3) ON CONFLICT (interview_id, member_id) DO NOTHING",
		       db_int(i->id), db_int(member_id), db_int(act->now_ms));
}

bool interview_attend(const struct act *act, int64_t id, const int64_t *members, size_t count,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	if (!db_begin(act->db, &tx, e) || !for_secretary(act, id, &i, e))
		return false;
	if (strcmp(i.state, "closed") == 0)
		return err_set(e, ERR_CONFLICT, "interview.error.closed", "it is closed");
	/* who has left by order stays on record as having been there */
	if (!db_exec(act->db, e, NULL,
		     "DELETE FROM attendance WHERE interview_id = $1 AND EXISTS (SELECT 1"
		     " FROM commission_member m WHERE m.id = attendance.member_id"
		     " AND m.left_ms IS NULL)",
		     db_int(id)))
		return false;
	for (size_t n = 0; n < count; n++) {
		if (!note_present(act, &i, members[n], e))
			return false;
	}
	json_t *present = db_rows(act->db, act->arena, e,
				  "SELECT t.member_id FROM attendance t"
				  "  JOIN commission_member m ON m.id = t.member_id"
				  " WHERE t.interview_id = $1 AND m.left_ms IS NULL"
				  " ORDER BY t.member_id",
				  db_int(id));
	return present && nobody_lost(act, &i, e) && mark_settle(act, &i, e) &&
	       act_journal(act, "interview.attendance", i.competition.id,
			   act_subject(act, "interview", id),
			   json_pack("{s:O}", "present", present), e) &&
	       db_commit(&tx, e);
}

/* ---- beginning -------------------------------------------------------------------- */

/* V-1: the members present, before anybody has declared a conflict. */
static bool require_quorum(const struct act *act, const struct interview *i, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT COUNT(*) AS members, COUNT(t.member_id) AS present"
			     "  FROM commission_member m JOIN commission k"
			     "    ON k.id = m.commission_id"
			     "  LEFT JOIN attendance t ON t.member_id = m.id"
			     "   AND t.interview_id = $1"
			     " WHERE k.competition_id = $2 AND k.state = 'appointed'"
			     " AND m.left_ms IS NULL AND m.role IN ('chair', 'member')",
			     db_int(i->id), db_int(i->competition.id));
	if (!row)
		return false;
	const struct rule_set *rules = i->competition.rules;
	int64_t members = row_number(row, "members");
	return (members > 0 && row_number(row, "present") >= vote_quorum(rules, (int)members)) ||
	       err_law(e, rules->params[PARAM_QUORUM_NUMERATOR].clause, "interview.error.quorum",
		       "too few members are present");
}

/* R44-1 and R16-2 for everybody who is to be heard and has not withdrawn. */
static bool require_candidates(const struct act *act, const struct interview *i, struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT c.application_id, r.at_ms AS released_ms"
			"  FROM interview_candidate c JOIN application a ON a.id = c.application_id"
			"  LEFT JOIN dossier_release r ON r.application_id = c.application_id"
			" WHERE c.interview_id = $1 AND a.state = 'sent' ORDER BY c.turn",
			db_int(i->id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_CONFLICT, "interview.error.nobody", "nobody is to be heard");
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const json_t *row = json_array_get(rows, n);
		struct candidate c = { 0 };
		if (!candidate_load(act, row_number(row, "application_id"), &c, e) ||
		    !admission_require_interview(&c.admission, e))
			return false;
		if (!is_set(row, "released_ms"))
			return err_law(e, "16", "interview.error.dossier",
				       "a dossier is not released");
	}
	return true;
}

/* R47-1: the room, and the commission's microphone.  A demonstration goes on without. */
static bool want_record(const struct act *act, const struct interview *i, struct err *e)
{
	struct video_service service = { 0 };
	struct video_source source = { 0 };
	int64_t room = 0;
	if (!video_service_of(act, &service, e))
		return false;
	if (!service.known || (!service.alive && i->competition.rules->recording_may_be_off))
		return true;
	return video_room_want(act, 0, i->id, "audio", &room, e) &&
	       video_source_want(act, room, "commission", 0, &source, e);
}

bool interview_begin(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !for_secretary(act, id, &i, e) ||
	    !require_state(&i, "planned", "interview.error.begun", e))
		return false;
	if (act_today(act).n < i.planned_day.n)
		return err_law(e, "47", "interview.error.day", "the day has not come");
	return require_quorum(act, &i, e) && require_candidates(act, &i, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE interview SET state = 'running', started_ms = $1"
		       " WHERE id = $2 AND state = 'planned'",
		       db_int(act->now_ms), db_int(id)) &&
	       changed_one(changed, "interview.error.begun", e) && want_record(act, &i, e) &&
	       act_journal(act, "interview.begun", i.competition.id,
			   act_subject(act, "interview", id), json_object(), e) &&
	       db_commit(&tx, e);
}

/* ---- one candidate ------------------------------------------------------------------ */

/* The running interview of a candidate, for its secretary. */
static bool for_hearing(const struct act *act, int64_t application_id, struct interview *ret,
			json_t **ret_row, struct err *e)
{
	struct interview i = { 0 };
	if (!interview_of(act, application_id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e) ||
	    !require_state(&i, "running", "interview.error.not_running", e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT warned_ms, started_ms, ended_ms FROM interview_candidate"
			     " WHERE application_id = $1",
			     db_int(application_id));
	if (!row)
		return false;
	*ret = i;
	*ret_row = row;
	return true;
}

static bool record(const struct act *act, const struct interview *i, int64_t application_id,
		   const char *kind, struct err *e)
{
	return act_journal(act, kind, i->competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I}", "interview_id", (json_int_t)i->id), e);
}

bool interview_warn(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hearing(act, application_id, &i, &row, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE interview_candidate SET warned_ms = $1, warned_by = NULLIF($2, 0)"
		       " WHERE application_id = $3 AND warned_ms IS NULL",
		       db_int(act->now_ms), db_int(act->person_id), db_int(application_id)) &&
	       changed_one(changed, "interview.error.warned", e) &&
	       record(act, &i, application_id, "interview.warned", e) && db_commit(&tx, e);
}

static bool nobody_else(const struct act *act, const struct interview *i, struct err *e)
{
	bool other = false;
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM interview_candidate WHERE interview_id = $1"
		       " AND started_ms IS NOT NULL AND ended_ms IS NULL",
		       db_int(i->id)))
		return false;
	return !other || err_set(e, ERR_CONFLICT, "interview.error.other_running",
				 "another candidate is being heard");
}

static bool require_admitted(const struct act *act, int64_t application_id, struct err *e)
{
	struct candidate c = { 0 };
	return candidate_load(act, application_id, &c, e) &&
	       admission_require_interview(&c.admission, e);
}

/* R47-1 */
static bool require_record(const struct act *act, const struct interview *i, struct err *e)
{
	struct video_room room = { 0 };
	json_t *missing = NULL;
	if (!video_room_of_interview(act, i->id, &room, e))
		return false;
	return !video_room_is_live(&room) ||
	       (video_missing(act, &room, &missing, e) &&
		interview_require_recording(json_array_size(missing), e));
}

bool interview_record_outside(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	struct video_room room = { 0 };
	if (!db_begin(act->db, &tx, e) || !for_secretary(act, id, &i, e) ||
	    !require_state(&i, "running", "interview.error.not_running", e) ||
	    !interview_require_outside(i.competition.rules, e) ||
	    !video_room_of_interview(act, id, &room, e))
		return false;
	if (!video_room_is_live(&room))
		return err_set(e, ERR_CONFLICT, "interview.error.no_room", "no room is open");
	return video_room_leave(act, 0, id, e) &&
	       act_journal(act, "interview.outside", i.competition.id,
			   act_subject(act, "interview", id), json_object(), e) &&
	       db_commit(&tx, e);
}

bool interview_hear(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hearing(act, application_id, &i, &row, e) &&
	       interview_require_warning(is_set(row, "warned_ms"), e) &&
	       require_admitted(act, application_id, e) && nobody_else(act, &i, e) &&
	       vote_require_quorum(act, &i, application_id, e) && require_record(act, &i, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE interview_candidate SET started_ms = $1"
		       " WHERE application_id = $2 AND started_ms IS NULL",
		       db_int(act->now_ms), db_int(application_id)) &&
	       changed_one(changed, "interview.error.heard", e) &&
	       record(act, &i, application_id, "interview.heard", e) && db_commit(&tx, e);
}

bool interview_end(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	json_t *row = NULL;
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hearing(act, application_id, &i, &row, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE interview_candidate SET ended_ms = $1 WHERE application_id = $2"
		       " AND started_ms IS NOT NULL AND ended_ms IS NULL",
		       db_int(act->now_ms), db_int(application_id)) &&
	       changed_one(changed, "interview.error.not_heard", e) &&
	       record(act, &i, application_id, "interview.ended", e) && db_commit(&tx, e);
}

/* ---- opinions of the invited --------------------------------------------------------- */

static bool check_opinion(const struct act *act, int64_t application_id,
			  const struct seated *seated, const char *text, struct err *e)
{
	bool heard = false;
	bool decided = false;
	bool given = false;
	bool voted = false;
	if (seated->seat != SEAT_INVITED)
		return err_law(e, "41", "interview.error.opinion_invited",
			       "an opinion by somebody who is not invited");
	if (!*text)
		return err_input(e, "text", "error.required", "an empty opinion");
	if (!db_exists(act->db, e, &heard,
		       "SELECT 1 FROM interview_candidate WHERE application_id = $1"
		       " AND started_ms IS NOT NULL",
		       db_int(application_id)) ||
	    !db_exists(act->db, e, &decided, "SELECT 1 FROM decision WHERE application_id = $1",
		       db_int(application_id)) ||
	    !db_exists(act->db, e, &given,
		       "SELECT 1 FROM opinion WHERE application_id = $1 AND member_id = $2",
		       db_int(application_id), db_int(seated->member_id)) ||
	    !db_exists(act->db, e, &voted, "SELECT 1 FROM ballot WHERE application_id = $1",
		       db_int(application_id)))
		return false;
	if (!heard)
		return err_set(e, ERR_CONFLICT, "interview.error.not_heard", "not heard yet");
	if (decided)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	if (voted)
		return err_set(e, ERR_CONFLICT, "interview.error.opinion_vote",
			       "the vote has begun");
	return !given ||
	       err_set(e, ERR_CONFLICT, "interview.error.opinion_twice", "an opinion is on record");
}

bool interview_opinion(const struct act *act, int64_t application_id, const char *text,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	struct seated seated = { 0 };
	return db_begin(act->db, &tx, e) && interview_of(act, application_id, &i, e) &&
	       commission_seated(act, i.competition.id, &seated, e) &&
	       require_state(&i, "running", "interview.error.not_running", e) &&
	       check_opinion(act, application_id, &seated, text, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO opinion (member_id, application_id, text, at_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(seated.member_id), db_int(application_id), db_text(text),
		       db_int(act->now_ms)) &&
	       act_journal(act, "interview.opinion", i.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s}", "member_id", (json_int_t)seated.member_id, "text",
				     text),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- closing -------------------------------------------------------------------------- */

/* Who was heard must be decided; who was not heard at all is named to the caller. */
static bool read_open(const struct act *act, int64_t id, int64_t *ret_undecided,
		      json_t **ret_unheard, struct err *e)
{
	*ret_unheard =
		db_rows(act->db, act->arena, e,
			"SELECT c.application_id FROM interview_candidate c"
			"  JOIN application a ON a.id = c.application_id"
			" WHERE c.interview_id = $1 AND c.started_ms IS NULL AND a.state = 'sent'"
			" ORDER BY c.turn",
			db_int(id));
	return *ret_unheard &&
	       db_number(act->db, e, ret_undecided,
			 "SELECT COUNT(*) FROM interview_candidate c"
			 "  JOIN application a ON a.id = c.application_id"
			 " WHERE c.interview_id = $1 AND a.state = 'sent'"
			 " AND c.started_ms IS NOT NULL AND NOT EXISTS"
			 " (SELECT 1 FROM decision d WHERE d.application_id = c.application_id)",
			 db_int(id));
}

bool interview_close(const struct act *act, int64_t id, bool absent, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	int64_t undecided = 0;
	int64_t changed = 0;
	json_t *unheard = NULL;
	if (!db_begin(act->db, &tx, e) || !for_secretary(act, id, &i, e) ||
	    !require_state(&i, "running", "interview.error.not_running", e) ||
	    !read_open(act, id, &undecided, &unheard, e))
		return false;
	if (undecided > 0)
		return err_set(e, ERR_CONFLICT, "interview.error.undecided",
			       "somebody who was heard has no decision");
	if (json_array_size(unheard) > 0 && !absent)
		return err_set(e, ERR_CONFLICT, "interview.error.unheard",
			       "somebody was not heard");
	json_t *rows = NULL;
	if (!row_seal(act, ROW_SEAL_INTERVIEW, id, &rows, e))
		return false;
	json_in_arena(act->arena, rows);
	return db_exec(act->db, e, &changed,
		       "UPDATE interview SET state = 'closed', closed_ms = $1"
		       " WHERE id = $2 AND state = 'running'",
		       db_int(act->now_ms), db_int(id)) &&
	       changed_one(changed, "interview.error.not_running", e) &&
	       video_room_leave(act, 0, id, e) &&
	       act_journal(act, "interview.closed", i.competition.id,
			   act_subject(act, "interview", id),
			   json_pack("{s:O,s:O}", "absent", unheard, "rows", rows), e) &&
	       db_commit(&tx, e);
}
