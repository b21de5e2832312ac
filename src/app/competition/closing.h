/* closing.h - what keeps a competition from being closed.
 *
 * Everything at once, so that nobody is sent from one refusal to the next:
 *   interview_open   the interview is planned or runs
 *   undecided        who was admitted to the interview, and did not stay away, has no decision
 *                    (R44-1)
 *   unnumbered       the interview is over and its minutes have no number
 *   broken           the text of the minutes is not the one that was frozen
 *   unsigned         the minutes lack signatures (Law 50(7)) */
#pragma once
#include "app/competition/competition.h"

/* [{what, count, names}]: empty if nothing is missing.  Lives in act->arena. */
bool closing_missing(const struct act *act, const struct competition *c, json_t **ret,
		     struct err *e) MUST_USE;

/* ERR_CONFLICT "competition.error.<what>" of the first thing, its count in `value`. */
bool closing_require(const struct act *act, const struct competition *c, struct err *e) MUST_USE;
