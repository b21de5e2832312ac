/* hall.h - the register of test halls (R28-1, F35).
 *
 * A hall belongs to an organ of the law book and is of its kind; HR of that organ, or of one above
 * it, enters it.  Those who run sittings there (operators) do not: who decides where a test may be
 * held and who holds it are two.  Every change is one entry of the journal, which commits to the
 * rows (app/evidence/row_state.h).
 *
 * A hall is never deleted, as sittings rest on it; a closed one is not offered for new sittings. */
#pragma once
#include "app/act.h"

enum { HALL_SEATS_MOST = 1000, HALL_NAME_MOST = 200, HALL_REASON_MOST = 500 };

struct hall_form {
	const char *organ, *name_kk, *name_ru;
	int64_t seats;
};

struct hall_row {
	int64_t id, seats;
	const char *organ, *kind, *name_kk, *name_ru;
	bool closed;
	bool used; /* a sitting was held or planned there: its organ stays */
};

/* Lives in act->arena.  ERR_MISSING if there is none. */
bool hall_load(const struct act *act, int64_t id, struct hall_row *ret, struct err *e) MUST_USE;

/* R28-1: whether a rule set in force today lets a test be held in halls of this organ. */
bool hall_may_be_of(const struct act *act, const struct organ *organ);

/* Enters a hall.  ERR_INPUT at "organ" "hall.error.organ" for one that the law book has not;
 * ERR_LAW, clause 28, at "organ" if no test may be held in halls of its kind (the system itself may
 * enter one all the same: the demonstration shows how a sitting there is refused); ERR_INPUT at
 * "name_kk", "name_ru" "error.required", "hall.error.name" when another hall of the organ has it;
 * at "seats" "hall.error.seats". */
bool hall_add(const struct act *act, const struct hall_form *form, int64_t *ret_id,
	      struct err *e) MUST_USE;

/* Changes it, with the refusals of hall_add().  ERR_INPUT at "organ" "hall.error.organ_used" once a
 * sitting has used it, as its kind goes with the organ; at "seats" "hall.error.seats_used" if a
 * seat beyond has an enrolled computer, or a candidate in a sitting that is not over.  `reopen`: a
 * closed one is offered again. */
bool hall_change(const struct act *act, int64_t id, const struct hall_form *form, bool reopen,
		 struct err *e) MUST_USE;

/* Closes it.  ERR_INPUT at "reason" if it is empty; ERR_CONFLICT "hall.error.closed" a second time,
 * "hall.error.sitting" while a sitting there is not over. */
bool hall_close(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;
