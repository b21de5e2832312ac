/* retention.h - how long the records of test and interview are kept, and how they end (F74).
 *
 * They are kept for the years of the rule set (PARAM_RECORD_YEARS) from the end of the competition,
 * and as long as a complaint is open; then an act of two officers (app/evidence/destruction.h)
 * destroys them: the rows (app/evidence/retention_rows.h) and the content of every entry of the
 * journal that speaks of the competition.  A person's own data - name, IIN, account - ends by an
 * act of its own, when no competition and no office needs it any more and as many years have passed
 * since the last entry about or by the person. The chain and the tree of the journal stay whole:
 * they commit to hashes.  The act's own entry lists which contents are gone, and journal_verify()
 * knows just these (journal/destroyed.h). */
#pragma once
#include "app/competition/competition.h"

struct retention {
	bool over;      /* closed, or without an office: `until` is known   */
	day until;      /* last day on which the records are kept          */
	bool held;      /* a complaint is open                             */
	bool destroyed; /* there is an act                                 */
	bool due;       /* may be destroyed today                          */
};

bool retention_of(const struct act *act, const struct competition *c, struct retention *ret,
		  struct err *e) MUST_USE;

/* The last day on which what ended then is kept: the same day so many years later. */
day retention_end(int64_t ended_ms, const struct rule_set *rules);

/* Of a person: `held` as long as a role is in force, or a competition that is not destroyed has the
 * person as candidate or in its commission. */
bool retention_of_person(const struct act *act, int64_t person_id, struct retention *ret,
			 struct err *e) MUST_USE;

/* The organ whose HR decides about a person: its own, or the first if that is a body of the second
 * route. */
bool retention_organ_of(const struct act *act, int64_t person_id, const char **ret,
			struct err *e) MUST_USE;
