/* sitting.h - a sitting of the computer test in a hall (R28-1 to R28-3, R13-1, A5-1). */
#pragma once
#include "app/candidate.h"

struct sitting {
	int64_t id, hall_id, seats, minutes;
	const char *state;     /* "open" (checking in), "running", "closed" */
	const char *recording; /* "", "confirmed", "switched_off"           */
	const char *hall_organ, *hall_kind;
	struct competition competition;
};

/* Lives in act->arena.  ERR_MISSING if there is none. */
bool sitting_load(const struct act *act, int64_t id, struct sitting *ret, struct err *e) MUST_USE;

/* Opens a sitting of an announced competition.  ERR_LAW, clause 28, at "hall" if the kind of hall
 * is not allowed (R28-1).  Operators of the hall's organ. */
bool sitting_open(const struct act *act, int64_t competition_id, int64_t hall_id,
		  int64_t planned_ms, int64_t *ret_id, struct err *e) MUST_USE;

/* Checks a candidate in: admitted to the test (R13-1), language chosen (R28-2, clause 28), a seat
 * of the hall that nobody has (at "seat"), no other attempt in the competition, before the start.
 */
bool sitting_admit(const struct act *act, int64_t id, int64_t application_id,
		   const char *document_seen, int64_t seat, struct err *e) MUST_USE;

/* R28-3: "confirmed", or "switched_off" where the rule set has that switch.  Journalled. */
bool sitting_record(const struct act *act, int64_t id, const char *recording,
		    struct err *e) MUST_USE;

/* Starts the hall: one instant for all.  Draws and stores every candidate's form, checked
 * against the programme.  ERR_LAW, clause 28, until the record is settled; ERR_CONFLICT
 * "exam.bank.shortage" with the act in `value`; "sitting.error.nobody", "sitting.error.started". */
bool sitting_start(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* Closes it once every attempt is over; fixes the results of those whose time is up.
 * ERR_CONFLICT "sitting.error.running" before. */
bool sitting_close(const struct act *act, int64_t id, struct err *e) MUST_USE;
