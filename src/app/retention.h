/* retention.h - how long the records of test and interview are kept, and how they end (F74).
 *
 * They are kept for the years of the rule set (PARAM_RECORD_YEARS) from the end of the competition,
 * and as long as a complaint is open; then they are destroyed by an act of two officers.  The chain
 * of the journal stays whole: it commits to hashes, and journal_verify() counts what is gone. */
#pragma once
#include "app/competition.h"

struct retention {
	bool over;      /* the competition is closed: `until` is known     */
	day until;      /* last day on which the records are kept          */
	bool held;      /* a complaint is open                             */
	bool destroyed; /* there is an act                                 */
	bool due;       /* may be destroyed today                          */
};

bool retention_of(const struct act *act, const struct competition *c, struct retention *ret,
		  struct err *e) MUST_USE;

/* Destroys the technical logs of the seats and what the journal holds about single clicks and seats
 * beside its hashes; results, answers, papers and decisions stay in the case.  HR of the
 * competition's organ, `second` another of them.  ERR_CONFLICT "retention.error.early" before the
 * day, "retention.error.held" while a complaint is open, "retention.error.destroyed";
 * ERR_INPUT at "number" or "second". */
bool retention_destroy(const struct act *act, int64_t competition_id, const char *number,
		       int64_t second, int64_t *ret_act, struct err *e) MUST_USE;
