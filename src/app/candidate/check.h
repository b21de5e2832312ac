/* check.h - HR's check of an application: papers, then the Qualification Requirements (R5-2,
 * R6-2, R13-1, F18 to F20). */
#pragma once
#include "app/candidate/candidate.h"
#include "law/qualification.h"

/* What the table says of a candidate, with the officers' findings. */
struct check {
	struct candidate candidate;
	struct qualification result;
	bool complete_noted, complete; /* HR's latest word on the papers */
	bool own_override; /* met by findings of who asks against the table, and not without them */
};

bool check_load(const struct act *act, int64_t application_id, struct check *ret,
		struct err *e) MUST_USE;

/* Notes whether the papers are complete.  Only of a sent application (ERR_CONFLICT
 * "check.error.not_sent"). */
bool check_papers(const struct act *act, int64_t application_id, bool complete, const char *note,
		  struct err *e) MUST_USE;

/* An officer's finding for one condition, "alternative.condition" from 0, on a source paper. */
struct check_finding {
	int64_t alternative, condition;
	bool met;
	const char *source, *note;
};
bool check_find(const struct act *act, int64_t application_id, const struct check_finding *finding,
		struct err *e) MUST_USE;

/* Decides.  "Met" counts at once, and is refused where the table does not say so (ERR_LAW,
 * clause 13, "check.error.not_met", "check.error.human") or the papers are not complete (clause 10,
 * "check.error.papers").  A refusal needs a reason and a second officer, and so does an override
 * (F20): who has found a condition met that the table says is not does not decide "met" on it
 * (ERR_CONFLICT "check.error.own_override"). */
bool check_decide(const struct act *act, int64_t application_id, bool met, const char *reason,
		  struct err *e) MUST_USE;

/* The second officer's answer to a proposed refusal: ERR_DENIED "check.error.same_officer" for the
 * one who proposed it, ERR_CONFLICT "check.error.no_refusal" if none waits. */
bool check_answer(const struct act *act, int64_t application_id, bool confirmed, const char *note,
		  struct err *e) MUST_USE;
