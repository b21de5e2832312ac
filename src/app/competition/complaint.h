/* complaint.h - a complaint opens with what the system has on record, and its answer cites it
 * (F90).  While one is open nothing of its competition is destroyed (F74, retention.h). */
#pragma once
#include "app/act.h"

/* The candidate complains about an own application that was sent, or HR of the competition's organ
 * registers a paper complaint of that candidate (`number` of the paper, "" from the candidate).
 * Attached as they stand now: attempts, seats' logs, stops, acts, results, the check, the decision
 * with its votes, and the journal's lines.  HR is told.  ERR_INPUT at "text" if it is empty, at
 * "number" if HR gives none; ERR_CONFLICT "complaint.error.open" while an earlier one is open. */
bool complaint_open(const struct act *act, int64_t application_id, const char *number,
		    const char *text, int64_t *ret_id, struct err *e) MUST_USE;

struct complaint_answer {
	const char *outcome; /* "granted", "partly", "refused" */
	const char *text;
	const int64_t *cited; /* complaint_record.id           */
	size_t cited_count;
};

/* HR answers.  ERR_INPUT at "cites", "complaint.error.cites", unless it cites at least one of the
 * records; ERR_CONFLICT "complaint.error.answered".  The candidate is told. */
bool complaint_answer(const struct act *act, int64_t id, const struct complaint_answer *answer,
		      struct err *e) MUST_USE;

/* Whether a complaint about the competition is open: then it is held. */
bool complaint_holds(const struct act *act, int64_t competition_id, bool *ret,
		     struct err *e) MUST_USE;

/* The candidate's or HR's or an auditor's own right to read it; else ERR_MISSING. */
bool complaint_may_read(const struct act *act, int64_t id, struct err *e) MUST_USE;
