/* conflict.h - what a declared conflict of interest takes away, and how one is taken back (F8,
 * V-2).
 *
 * Who has declared one for a candidate neither votes nor marks and sees no paper of the candidate,
 * whatever office he or she holds besides: not in the reading room, not by the dossier, not as HR,
 * own security or a study's officer.  The quorum for that candidate is counted anew
 * (app/interview/vote.h).
 *
 * A member cannot withdraw a declaration.  One that was made in error - for the wrong candidate -
 * the secretary notes as such, with a reason, before anybody has voted on the candidate; what was
 * declared, by whom and why it was an error stays on record. */
#pragma once
#include "app/act.h"

/* Whether this person has declared a conflict for the candidate, in whatever seat. */
bool conflict_stands(const struct act *act, int64_t application_id, bool *ret,
		     struct err *e) MUST_USE;

/* The same as a refusal, for every view of a candidate's papers by an office: ERR_DENIED
 * "conflict.error.view"; and whoever is the candidate, or a rival, is refused, too
 * (candidate_require_other(): a conflict that nobody has to declare). */
bool conflict_refuse_view(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* The secretary notes that the declaration of `member_id` was an error.  ERR_INPUT at "reason" if
 * it is empty; ERR_MISSING if there is none; ERR_CONFLICT "conflict.error.voting" once somebody has
 * voted, "vote.error.decided" after the decision and the close. */
bool conflict_note_error(const struct act *act, int64_t application_id, int64_t member_id,
			 const char *reason, struct err *e) MUST_USE;
