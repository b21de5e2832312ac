/* sitting.h - a sitting of the computer test in a hall (R28-1 to R28-3, R13-1, A5-1).
 *
 * open (checking in) -> sealed (app/sitting/seal.h) -> running -> closed; names are opened after
 * that. Every change is journalled; every one of them is the operator's of the hall, if nothing
 * else is said. */
#pragma once
#include "app/access/second.h"
#include "app/candidate/candidate.h"

enum { COMMITMENT_SIZE = 32, SITTING_SECRET_SIZE = 32 };

struct sitting {
	int64_t id, hall_id, seats, minutes, round, forms_most;
	int64_t started_ms, names_asked_by, names_ms; /* 0: not yet */
	const char *state;     /* "open", "sealed", "given", "running", "closed", "cancelled" */
	const char *recording; /* "", "confirmed", "switched_off"           */
	const char *record;    /* "seats", "hall", "outside" (record.h)      */
	const char *binding;   /* "none", "key", "certificate" (F35)         */
	const char *hall_organ, *hall_kind;
	struct competition competition;
};

/* Lives in act->arena.  ERR_MISSING if there is none. */
bool sitting_load(const struct act *act, int64_t id, struct sitting *ret, struct err *e) MUST_USE;

/* One place at a time holds a sitting: ERR_CONFLICT "sitting.error.given" while it is a hall
 * node's, and at a node that has given it back (app/hall_node/hall_node.h). */
bool sitting_require_here(const char *state, struct err *e) MUST_USE;

/* The same for those who run it: ERR_DENIED for others; sitting_require_here(). */
bool sitting_load_operator(const struct act *act, int64_t id, struct sitting *ret,
			   struct err *e) MUST_USE;

/* A second official for what one may not do alone (F43, F44): an operator or HR officer of the
 * hall's organ or of the competition's, and not the one who acts, nor one who
 * competes (app/candidate/candidate.h).  ERR_INPUT at "second". */
bool sitting_require_second(const struct act *act, const struct sitting *s, int64_t second,
			    struct err *e) MUST_USE;

/* The same, and he agrees here and now: second_agree(). */
bool sitting_agree(const struct act *act, const struct sitting *s, const struct second *second,
		   struct agreed *ret, struct err *e) MUST_USE;

/* An entry of the journal about the sitting. */
bool sitting_note(const struct act *act, const struct sitting *s, const char *kind, json_t *content,
		  struct err *e) MUST_USE;

struct sitting_plan {
	int64_t competition_id, hall_id, planned_ms;
	int64_t forms_most;  /* an item rests after so many forms (F31); 0: never */
	const char *binding; /* "none", "key", "certificate"                      */
	const char *record;  /* "seats", "hall", "outside"; NULL: see record.h    */
	int64_t cameras;     /* of the hall, for "hall"; 0 is 1                   */
};

/* Opens a sitting of an announced competition, and commits to a fresh random secret in the
 * journal (F33).  ERR_LAW, clause 28, at "hall" if the kind of hall is not allowed (R28-1);
 * ERR_INPUT there, "sitting.error.hall_closed", of a closed one (app/sitting/hall.h).  How it is
 * recorded, and what that refuses: sitting_record_settle(). */
bool sitting_open(const struct act *act, const struct sitting_plan *plan, int64_t *ret_id,
		  struct err *e) MUST_USE;

/* Moves the hour of a sitting for which nobody has checked in yet; everybody who was called is
 * told. ERR_INPUT at "planned" unless it lies ahead and is another; ERR_CONFLICT
 * "sitting.error.started", "sitting.error.checked_in". */
bool sitting_postpone(const struct act *act, int64_t id, int64_t planned_ms,
		      struct err *e) MUST_USE;

/* Calls such a sitting off; everybody who was called is told, and may be called to another.
 * ERR_INPUT at "reason" if it is empty; the conflicts are those of sitting_postpone(). */
bool sitting_cancel(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* A fresh secret and its commitment, for the opening and for a new round. */
void sitting_secret(unsigned char secret[SITTING_SECRET_SIZE],
		    unsigned char commitment[COMMITMENT_SIZE]);

/* Checks a candidate in: admitted to the test (R13-1), language chosen (R28-2, clause 28), a seat
 * of the hall that nobody has (at "seat"), no other attempt in the competition but one that a
 * technical failure made void, before the forms are sealed. */
bool sitting_admit(const struct act *act, int64_t id, int64_t application_id,
		   const char *document_seen, int64_t seat, struct err *e) MUST_USE;

/* R28-3: "confirmed", or "switched_off" where the rule set has that switch; before the start.  Of a
 * sitting that is recorded outside alone: ERR_CONFLICT "sitting.error.recorded" for others. */
bool sitting_record(const struct act *act, int64_t id, const char *recording,
		    struct err *e) MUST_USE;

/* Closes it once every attempt is over; fixes the results of those whose time is up, and
 * reveals the secret in the journal.  ERR_CONFLICT "sitting.error.running" before,
 * "sitting.error.acts" while an act waits for its second signature. */
bool sitting_close(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* F9: joins codes and names of a closed sitting.  The first call asks, a call by another official
 * (operator of the hall, or HR of the competition's organ) does it; ERR_CONFLICT
 * "sitting.error.same_person" for the same one, "sitting.error.not_closed" before the end. */
bool sitting_open_names(const struct act *act, int64_t id, struct err *e) MUST_USE;
