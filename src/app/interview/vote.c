#include "app/interview/vote.h"

#include "app/candidate/candidate.h"
#include "app/evidence/checkpoint.h"
#include "app/interview/mark.h"
#include "app/notice/notice.h"
#include "app/notice/tell.h"

#include <string.h>

static bool is_set(const json_t *row, const char *name)
{
	return json_is_integer(json_object_get(row, name));
}

/* ---- where one member stands towards one candidate ------------------------------- */

struct stand {
	struct interview interview;
	struct seated seated;
	bool running, ended, decided;
	bool present, conflicted, voted;
};

static bool stand_load(const struct act *act, int64_t application_id, struct stand *ret,
		       struct err *e)
{
	struct stand s = { 0 };
	if (!interview_of(act, application_id, &s.interview, e) ||
	    !commission_seated(act, s.interview.competition.id, &s.seated, e))
		return false;
	json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT c.ended_ms,"
		" (SELECT d.id FROM decision d WHERE d.application_id = $1) AS decision_id,"
		" (SELECT f.id FROM conflict f WHERE f.application_id = $1 AND f.member_id = $2)"
		"   AS conflict_id,"
		" (SELECT b.id FROM ballot b WHERE b.application_id = $1 AND b.member_id = $2)"
		"   AS ballot_id,"
		" (SELECT t.at_ms FROM attendance t WHERE t.interview_id = c.interview_id"
		"   AND t.member_id = $2) AS present_ms"
		"  FROM interview_candidate c WHERE c.application_id = $1",
		db_int(application_id), db_int(s.seated.member_id));
	if (!row)
		return false;
	s.running = strcmp(s.interview.state, "running") == 0;
	s.ended = is_set(row, "ended_ms");
	s.decided = is_set(row, "decision_id");
	s.conflicted = is_set(row, "conflict_id");
	s.voted = is_set(row, "ballot_id");
	s.present = is_set(row, "present_ms");
	*ret = s;
	return true;
}

/* ---- conflict of interest ---------------------------------------------------------- */

static bool check_conflict(const struct stand *s, const char *reason, struct err *e)
{
	if (!seat_require_vote(s->seated.seat, e))
		return false;
	if (!*reason)
		return err_input(e, "reason", "error.required", "a conflict without a reason");
	if (s->decided || strcmp(s->interview.state, "closed") == 0)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	if (s->voted)
		return err_set(e, ERR_CONFLICT, "vote.error.voted", "a conflict after the vote");
	return !s->conflicted || err_set(e, ERR_CONFLICT, "vote.error.conflict_twice",
					 "the conflict is declared already");
}

/* The secretary learns of it at once, and whether the commission can still decide: if it cannot, a
 * member is replaced by a new order (Law 49(2)). */
static bool tell_secretary(const struct act *act, const struct interview *i, int64_t application_id,
			   struct err *e)
{
	struct vote v = { 0 };
	int64_t turn = 0;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT m.person_id FROM commission_member m"
			       "  JOIN commission k ON k.id = m.commission_id"
			       " WHERE k.competition_id = $1 AND k.state = 'appointed'"
			       " AND m.role = 'secretary' AND m.left_ms IS NULL",
			       db_int(i->competition.id));
	if (!rows || !vote_reach(act, i, application_id, &v, e) ||
	    !db_number(act->db, e, &turn,
		       "SELECT turn FROM interview_candidate WHERE application_id = $1",
		       db_int(application_id)))
		return false;
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const struct notice told = {
			.person_id = row_number(json_array_get(rows, n), "person_id"),
			.kind = v.state == VOTE_NO_QUORUM ? "conflict.broken" : "conflict.declared",
			.competition_id = i->competition.id,
			.href = arena_print(act->arena, "/interviews/%lld/candidates/%lld",
					    (long long)i->id, (long long)application_id),
			.values = json_pack("{s:I,s:i,s:i}", "turn", (json_int_t)turn, "present",
					    v.present, "quorum", v.quorum),
		};
		if (!notice_send(act, &told, e))
			return false;
	}
	return true;
}

bool vote_conflict(const struct act *act, int64_t application_id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct stand s = { 0 };
	return db_begin(act->db, &tx, e) && stand_load(act, application_id, &s, e) &&
	       check_conflict(&s, reason, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO conflict (member_id, application_id, reason, at_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(s.seated.member_id), db_int(application_id), db_text(reason),
		       db_int(act->now_ms)) &&
	       act_journal(act, "conflict.declared", s.interview.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s}", "member_id", (json_int_t)s.seated.member_id,
				     "reason", reason),
			   e) &&
	       tell_secretary(act, &s.interview, application_id, e) &&
	       mark_settle(act, &s.interview, e) && db_commit(&tx, e);
}

/* ---- ballots ----------------------------------------------------------------------- */

static bool check_vote(const struct stand *s, struct err *e)
{
	if (!seat_require_vote(s->seated.seat, e))
		return false;
	if (s->voted)
		return err_set(e, ERR_CONFLICT, "vote.error.twice", "a second vote");
	if (s->decided)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	if (!s->running || !s->ended)
		return err_law(e, "47", "vote.error.not_ended", "the interview has not ended");
	if (s->conflicted)
		return err_law(e, "", "vote.error.conflicted", "a vote in a conflict of interest");
	return s->present || err_law(e, "", "vote.error.absent", "a vote of an absent member");
}

bool vote_cast(const struct act *act, int64_t application_id, bool in_favour, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct stand s = { 0 };
	const char *choice = in_favour ? "for" : "against";
	return db_begin(act->db, &tx, e) && stand_load(act, application_id, &s, e) &&
	       check_vote(&s, e) && vote_require_quorum(act, &s.interview, application_id, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO ballot (member_id, application_id, choice, at_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(s.seated.member_id), db_int(application_id), db_text(choice),
		       db_int(act->now_ms)) &&
	       act_journal(act, "vote.cast", s.interview.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s}", "member_id", (json_int_t)s.seated.member_id,
				     "choice", choice),
			   e) &&
	       checkpoint_make(act, CHECKPOINT_VOTE,
			       act_subject(act, "application", application_id), e) &&
	       db_commit(&tx, e);
}

/* ---- counting ---------------------------------------------------------------------- */

/* Those who vote (R41-2, R41-3): the secretary and the invited are not even read. */
static json_t *read_voters(const struct act *act, const struct interview *i, int64_t application_id,
			   struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.role, b.choice, t.at_ms AS present_ms, f.at_ms AS conflict_ms"
		       "  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
		       "  LEFT JOIN attendance t ON t.member_id = m.id AND t.interview_id = $1"
		       "  LEFT JOIN conflict f ON f.member_id = m.id AND f.application_id = $2"
		       "  LEFT JOIN ballot b ON b.member_id = m.id AND b.application_id = $2"
		       " WHERE k.competition_id = $3 AND k.state = 'appointed'"
		       " AND m.left_ms IS NULL AND m.role IN ('chair', 'member') ORDER BY m.id",
		       db_int(i->id), db_int(application_id), db_int(i->competition.id));
}

/* `all` counts every member as present. */
static bool count_as(const struct act *act, const struct interview *i, int64_t application_id,
		     bool all, struct vote *ret, struct err *e)
{
	json_t *rows = read_voters(act, i, application_id, e);
	if (!rows)
		return false;
	size_t count = json_array_size(rows);
	struct voter *voters = arena_array(act->arena, count + 1, sizeof(*voters));
	for (size_t n = 0; n < count; n++) {
		const json_t *row = json_array_get(rows, n);
		voters[n] = (struct voter){
			.chair = strcmp(row_text(row, "role"), "chair") == 0,
			.present = all || is_set(row, "present_ms"),
			.conflicted = is_set(row, "conflict_ms"),
			.voted = *row_text(row, "choice") != '\0',
			.in_favour = strcmp(row_text(row, "choice"), "for") == 0,
		};
	}
	*ret = vote_count(i->competition.rules, voters, count);
	return true;
}

bool vote_read(const struct act *act, const struct interview *i, int64_t application_id,
	       struct vote *ret, struct err *e)
{
	return count_as(act, i, application_id, false, ret, e);
}

bool vote_reach(const struct act *act, const struct interview *i, int64_t application_id,
		struct vote *ret, struct err *e)
{
	bool noted = false;
	return db_exists(act->db, e, &noted, "SELECT 1 FROM attendance WHERE interview_id = $1",
			 db_int(i->id)) &&
	       count_as(act, i, application_id, !noted, ret, e);
}

static bool refuse_quorum(const struct act *act, const struct interview *i, const struct vote *v,
			  struct err *e)
{
	(void)err_law(e, i->competition.rules->params[PARAM_QUORUM_NUMERATOR].clause,
		      "vote.error.quorum", "too few members may vote on this candidate");
	return err_value(e, arena_print(act->arena, "%d / %d", v->present, v->quorum));
}

bool vote_require_quorum(const struct act *act, const struct interview *i, int64_t application_id,
			 struct err *e)
{
	struct vote v = { 0 };
	if (!vote_reach(act, i, application_id, &v, e))
		return false;
	return v.state != VOTE_NO_QUORUM || refuse_quorum(act, i, &v, e);
}

/* ---- decision ---------------------------------------------------------------------- */

static bool require_countable(const struct act *act, const struct interview *i,
			      const struct vote *v, struct err *e)
{
	const struct parameter *params = i->competition.rules->params;
	if (v->state == VOTE_NO_QUORUM)
		return refuse_quorum(act, i, v, e);
	return v->state != VOTE_OPEN ||
	       err_law(e, params[PARAM_MAJORITY_OF_PRESENT].clause, "vote.error.waiting",
		       "somebody present has not voted");
}

static bool require_closable(const struct act *act, const struct interview *i,
			     int64_t application_id, struct err *e)
{
	bool ended = false;
	bool decided = false;
	struct candidate c = { 0 };
	enum mark_state marks = MARK_NONE;
	bool opened = false;
	if (!db_exists(act->db, e, &ended,
		       "SELECT 1 FROM interview_candidate WHERE application_id = $1"
		       " AND ended_ms IS NOT NULL",
		       db_int(application_id)) ||
	    !db_exists(act->db, e, &decided, "SELECT 1 FROM decision WHERE application_id = $1",
		       db_int(application_id)) ||
	    !candidate_load(act, application_id, &c, e) ||
	    !mark_stand(act, i, application_id, &marks, &opened, e))
		return false;
	if (decided)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	if (strcmp(i->state, "running") != 0 || !ended)
		return err_law(e, "47", "vote.error.not_ended", "the interview has not ended");
	/* F81: no mark stays under its seal for good */
	if (marks == MARK_SEALED && !opened)
		return err_set(e, ERR_CONFLICT, "mark.error.sealed", "marks are waited for");
	/* R6-1 */
	return c.admission.decidable ||
	       err_law(e, "6", "vote.error.parts", "one of the six parts is not on record");
}

/* Who sat as what, and how each stood: an order of tomorrow changes nothing of it. */
static bool keep_roll(const struct act *act, const struct interview *i, int64_t application_id,
		      struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO decision_roll (application_id, member_id, role, choice)"
		       " SELECT $1, m.id, m.role, CASE WHEN f.id IS NOT NULL THEN 'conflict'"
		       "  WHEN b.id IS NOT NULL THEN b.choice ELSE 'absent' END"
		       "  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
		       "  LEFT JOIN conflict f ON f.member_id = m.id AND f.application_id = $1"
		       "  LEFT JOIN ballot b ON b.member_id = m.id AND b.application_id = $1"
		       " WHERE k.competition_id = $2 AND k.state = 'appointed'"
		       " AND m.left_ms IS NULL AND m.role IN ('chair', 'member')",
		       db_int(application_id), db_int(i->competition.id));
}

static bool decide(const struct act *act, const struct interview *i, int64_t application_id,
		   const struct vote *v, struct err *e)
{
	const char *outcome = v->state == VOTE_POSITIVE ? "positive" : "negative";
	return db_exec(act->db, e, NULL,
		       "INSERT INTO decision (application_id, outcome, votes_for, votes_against,"
		       " present, quorum, chair_decided, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       db_int(application_id), db_text(outcome), db_int(v->in_favour),
		       db_int(v->against), db_int(v->present), db_int(v->quorum),
		       db_int(v->chair_decided), db_int(act->person_id), db_int(act->now_ms)) &&
	       keep_roll(act, i, application_id, e) &&
	       act_journal(act, "decision.recorded", i->competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:s,s:i,s:i,s:i,s:i}", "outcome", outcome, "rule",
				     vote_rule_name(v->rule), "for", v->in_favour, "against",
				     v->against, "present", v->present, "quorum", v->quorum),
			   e) &&
	       tell_decision(act, &i->competition, application_id, outcome, e);
}

bool vote_close(const struct act *act, int64_t application_id, struct vote *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	struct vote v = { 0 };
	bool ok = db_begin(act->db, &tx, e) && interview_of(act, application_id, &i, e) &&
		  commission_require_secretary(act, i.competition.id, e) &&
		  require_closable(act, &i, application_id, e) &&
		  vote_read(act, &i, application_id, &v, e) && require_countable(act, &i, &v, e) &&
		  decide(act, &i, application_id, &v, e) &&
		  checkpoint_make(act, CHECKPOINT_VOTE,
				  act_subject(act, "application", application_id), e) &&
		  db_commit(&tx, e);
	if (ok && ret)
		*ret = v;
	return ok;
}

/* ---- showing ------------------------------------------------------------------------ */

/* Open by name, but nobody is led by who voted before: the choices show when all is decided. */
static json_t *running_roll(const struct act *act, const struct interview *i,
			    int64_t application_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.role, p.family || ' ' || p.given || ' ' || p.patronymic AS name,"
		       " CASE WHEN f.id IS NOT NULL THEN 'conflict'"
		       "  WHEN b.id IS NOT NULL THEN 'voted'"
		       "  WHEN t.at_ms IS NULL THEN 'absent'"
		       "  ELSE 'waiting' END AS choice, NULL AS at_ms"
		       "  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
		       "  JOIN person p ON p.id = m.person_id"
		       "  LEFT JOIN attendance t ON t.member_id = m.id AND t.interview_id = $1"
		       "  LEFT JOIN conflict f ON f.member_id = m.id AND f.application_id = $2"
		       "  LEFT JOIN ballot b ON b.member_id = m.id AND b.application_id = $2"
		       " WHERE k.competition_id = $3 AND k.state = 'appointed'"
		       " AND m.left_ms IS NULL AND m.role IN ('chair', 'member')"
		       " ORDER BY CASE m.role WHEN 'chair' THEN 1 ELSE 2 END, p.sort_key, m.id",
		       db_int(i->id), db_int(application_id), db_int(i->competition.id));
}

static json_t *kept_roll(const struct act *act, int64_t application_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT r.role, p.family || ' ' || p.given || ' ' || p.patronymic AS name,"
		       " r.choice, b.at_ms"
		       "  FROM decision_roll r JOIN commission_member m ON m.id = r.member_id"
		       "  JOIN person p ON p.id = m.person_id"
		       "  LEFT JOIN ballot b ON b.member_id = r.member_id"
		       "   AND b.application_id = r.application_id AND r.choice = b.choice"
		       " WHERE r.application_id = $1"
		       " ORDER BY CASE r.role WHEN 'chair' THEN 1 ELSE 2 END, p.sort_key, m.id",
		       db_int(application_id));
}

bool vote_roll(const struct act *act, const struct interview *i, int64_t application_id,
	       json_t **ret, struct err *e)
{
	bool decided = false;
	if (!db_exists(act->db, e, &decided, "SELECT 1 FROM decision WHERE application_id = $1",
		       db_int(application_id)))
		return false;
	*ret = decided ? kept_roll(act, application_id, e)
		       : running_roll(act, i, application_id, e);
	return *ret != NULL;
}

/* Which rule decided, told from what was recorded: attendance may have changed since. */
static enum vote_rule rule_of(const struct rule_set *rules, const json_t *row)
{
	int64_t in_favour = row_number(row, "votes_for");
	int64_t against = row_number(row, "votes_against");
	bool positive = strcmp(row_text(row, "outcome"), "positive") == 0;
	if (row_number(row, "chair_decided") != 0)
		return VOTE_RULE_CHAIR;
	if (in_favour == against)
		return rule_set_value(rules, PARAM_TIE_WITH_CHAIR) ? VOTE_RULE_CHAIR_ABSENT
								   : VOTE_RULE_TIE_NEGATIVE;
	return positive == (in_favour > against) ? VOTE_RULE_MAJORITY : VOTE_RULE_NO_MAJORITY;
}

bool vote_decision(const struct act *act, const struct rule_set *rules, int64_t application_id,
		   json_t **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT outcome, votes_for, votes_against, present, quorum,"
			       " chair_decided, at_ms FROM decision WHERE application_id = $1",
			       db_int(application_id));
	json_t *row = json_array_get(rows, 0);
	if (row) {
		(void)json_object_set_new(row, "rule",
					  json_string(vote_rule_name(rule_of(rules, row))));
		(void)json_object_del(row, "chair_decided");
	}
	*ret = row ? row : json_null();
	return rows != NULL;
}
