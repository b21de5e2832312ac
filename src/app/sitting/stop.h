/* stop.h - the clock stands, time is given, a candidate changes seats, acts (F42 to F44;
 * rules.md section 4: technical failure, breach of the test's rules).
 *
 * `second` is the other official, who agrees here and now: sitting_agree(). */
#pragma once
#include "app/sitting/sitting.h"

enum { EXTRA_MINUTES_MOST = 60 };

/* Stops the clock of one attempt, or with attempt 0 of all that run.  `kind` is "failure" or
 * "other".  ERR_CONFLICT "sitting.error.not_running", "sitting.error.stopped",
 * "sitting.error.over" for an attempt that is over. */
bool stop_clock(const struct act *act, int64_t sitting, int64_t attempt, const char *kind,
		const char *reason, const struct second *second, struct err *e) MUST_USE;

/* Ends a stop: the time it lasted is added to the end of each attempt that it held.
 * ERR_LAW "law.sitting.failure" if a failure lasted longer than the rule set lets the same
 * variant go on (section 4): then act_technical(). */
bool stop_end(const struct act *act, int64_t sitting, int64_t stop, struct err *e) MUST_USE;

/* Gives an attempt that is not over `minutes` (1 to EXTRA_MINUTES_MOST) more, on a document (F43).
 */
bool extra_time_give(const struct act *act, int64_t sitting, int64_t attempt, int64_t minutes,
		     const char *reason, const char *document, const struct second *second,
		     struct err *e) MUST_USE;

/* Moves a candidate to a free seat, or to the same one again: the old page is cut at once, the
 * clock stands until the candidate enters at the new one (F42). */
bool seat_move(const struct act *act, int64_t sitting, int64_t attempt, int64_t seat,
	       const char *reason, const struct second *second, struct err *e) MUST_USE;

/* Draws up the act of a breach: the test is stopped until an HR officer of the competition's organ
 * signs or refuses.  An attempt that is finished is not stopped. */
bool act_breach(const struct act *act, int64_t sitting, int64_t attempt, const char *number,
		const char *text, int64_t *ret_id, struct err *e) MUST_USE;

/* The HR officer's answer, another person than the one who drew it up: signed, the result is
 * annulled (PARAM_BREACH_ANNULS); refused, the time it took is given back. */
bool act_breach_answer(const struct act *act, int64_t act_id, bool signs, const char *why,
		       struct err *e) MUST_USE;

/* Draws up the act of a technical failure that lasted too long: the attempt is void, a new date
 * with a new variant follows.  The log of the seat is attached.  ERR_LAW
 * "law.sitting.failure_short" while it may still go on. */
bool act_technical(const struct act *act, int64_t sitting, int64_t attempt, const char *number,
		   const char *text, const struct second *second, int64_t *ret_id,
		   struct err *e) MUST_USE;

/* Takes the time of an ended stop back from attempts that are not over, with an act (F44). */
bool act_reversal(const struct act *act, int64_t sitting, int64_t stop, const char *number,
		  const char *text, const struct second *second, int64_t *ret_id,
		  struct err *e) MUST_USE;
