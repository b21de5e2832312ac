/* told.h - whether a notice has been served, and until when one may appeal against it (F84).
 *
 * A notice is served when its person opens it, or on the day on which it was handed over as a
 * letter, whichever comes first.  From that day the appeal term of the competition's rule set
 * counts, if it tells something that can be appealed against. */
#pragma once
#include "app/competition/competition.h"

struct told {
	int64_t notice_id; /* 0: there is none                                             */
	const char *kind;
	bool served, on_paper;
	day served_day;     /* valid if served                                             */
	const char *number; /* of the letter, "" if none                                   */
	bool appealable;    /* of a kind that one may appeal against                       */
	bool has_last;      /* served, and the rule set and the calendar tell the term     */
	day last;           /* last day to appeal                                          */
	bool over;          /* has_last, and that day has passed                           */
	int left;           /* days after today up to `last`; 0 when over                  */
};

/* "check.refused", "test.failed", "test.annulled", "decision.positive", "decision.negative",
 * "challenge.decided", "result.corrected". */
bool told_appealable(const char *kind);

/* Of one notice about a competition.  ERR_MISSING if there is none. */
bool told_of_notice(const struct act *act, int64_t notice_id, struct told *ret,
		    struct err *e) MUST_USE;

/* The newest of an application that can be appealed against; notice_id 0 if there is none. */
bool told_of_application(const struct act *act, int64_t application_id, struct told *ret,
			 struct err *e) MUST_USE;

/* The candidate reads the decision itself: that serves the notice of it as opening it would.
 * Nothing happens when somebody else reads it. */
bool told_read(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* Records that a candidate's notice was handed over as a letter; HR of the competition's organ.
 * ERR_MISSING unless it is a notice to a candidate of this competition; ERR_CONFLICT
 * "told.error.served" once it is served; ERR_INPUT at "number" if it is empty, at "day" if it lies
 * ahead or before the notice ("told.error.early"). */
bool told_on_paper(const struct act *act, int64_t competition_id, int64_t notice_id,
		   const char *number, day served, struct err *e) MUST_USE;

/* The newest day of which a notice that is not served by today is late: the term for telling the
 * candidates (PARAM_NOTICE_DAYS, working days) has passed since.  False if none is. */
bool told_late_day(const struct competition *c, day today, day *ret) MUST_USE;
