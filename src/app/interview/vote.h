/* vote.h - the vote of the commission on one candidate (section 4 of rules.md).
 *
 * The chair and the members vote, openly, each from his or her own account.  Nobody votes twice,
 * nor the secretary or the invited (R41-2, R41-3, clause 41), nor who is absent or has declared a
 * conflict of interest, nor before the candidate's interview has ended. */
#pragma once
#include "app/interview/interview.h"
#include "law/vote.h"

/* Declares a conflict of interest: no vote and no paper of this candidate
 * (app/competition/conflict.h), the quorum is counted anew and the secretary is told, also that it
 * is broken.  Cannot be taken back; ERR_CONFLICT "vote.error.voted" after the vote,
 * "vote.error.decided" after the decision. ERR_INPUT at "reason" if it is empty. */
bool vote_conflict(const struct act *act, int64_t application_id, const char *reason,
		   struct err *e) MUST_USE;

/* One vote.  ERR_LAW, clause 41, for the secretary and the invited; ERR_LAW
 * "vote.error.conflicted", "vote.error.absent", "vote.error.not_ended"; ERR_CONFLICT
 * "vote.error.twice", "vote.error.decided". */
bool vote_cast(const struct act *act, int64_t application_id, bool in_favour,
	       struct err *e) MUST_USE;

/* Whether the commission can decide on this candidate at all: as vote_read(), but before anybody is
 * noted as present everybody is taken to come.  VOTE_NO_QUORUM says that it cannot. */
bool vote_reach(const struct act *act, const struct interview *i, int64_t application_id,
		struct vote *ret, struct err *e) MUST_USE;

/* V-1, V-2: ERR_LAW "vote.error.quorum" with "present / needed" in `value` when it cannot: no
 * hearing, no vote and no decision then, until somebody comes or a new order replaces a member. */
bool vote_require_quorum(const struct act *act, const struct interview *i, int64_t application_id,
			 struct err *e) MUST_USE;

/* The vote as it stands, by the rule set of the competition. */
bool vote_read(const struct act *act, const struct interview *i, int64_t application_id,
	       struct vote *ret, struct err *e) MUST_USE;

/* The secretary closes the vote and the decision is recorded.  ERR_LAW "vote.error.quorum" or
 * "vote.error.waiting" while it cannot be; ERR_LAW, clause 6, "vote.error.parts" while one of the
 * six parts of the selection is not on record (R6-1); ERR_CONFLICT "mark.error.sealed" while some
 * members have entered their marks and others are waited for (F81). */
bool vote_close(const struct act *act, int64_t application_id, struct vote *ret,
		struct err *e) MUST_USE;

/* The roll of a candidate: name, role and how each stands, with the instant of the vote; rows in
 * act->arena.  Until the decision only that somebody has voted, afterwards as it was kept at the
 * decision, whatever orders came later. */
bool vote_roll(const struct act *act, const struct interview *i, int64_t application_id,
	       json_t **ret, struct err *e) MUST_USE;

/* The decision as it was recorded, with the rule that led to it; JSON null before. */
bool vote_decision(const struct act *act, const struct rule_set *rules, int64_t application_id,
		   json_t **ret, struct err *e) MUST_USE;
