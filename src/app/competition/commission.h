/* commission.h - the commission of a competition, from its order to its appointment (R41-1 to
 * R41-3).
 *
 * HR of the competition's organ, or of one above it, makes it up as a draft; composition is
 * checked by law/commission.h when it is appointed.  From then on it stays as it is: a member
 * is replaced by a new order alone (app/competition/commission_order.h). */
#pragma once
#include "app/competition/competition.h"
#include "law/commission.h"

/* Makes the commission of an announced competition, or changes its order while it is a draft.
 * ERR_INPUT at "order_number" if empty, at "order_day" if it lies in the future; ERR_CONFLICT
 * "commission.error.not_announced", "commission.error.appointed". */
bool commission_order(const struct act *act, int64_t competition_id, const char *order_number,
		      day order_day, struct err *e) MUST_USE;

struct seat_form {
	int64_t person_id;
	const char *role; /* "chair", "member", "secretary", "invited"                     */
	const char *kind; /* of the service: subdivision_head, own_security, hr, other;
			   * of the invited: psychologist, expert, personnel               */
	bool employee;    /* serves in the prosecution service                             */
};

/* A seat for a person in the draft.  Nobody sits twice and no candidate of the competition
 * sits: ERR_INPUT at "person"; a kind that does not go with the role is ERR_INPUT at "kind". */
bool commission_seat(const struct act *act, int64_t competition_id, const struct seat_form *form,
		     int64_t *ret_member_id, struct err *e) MUST_USE;

/* Takes a seat away from the draft.  ERR_MISSING if there is none of that number in it. */
bool commission_unseat(const struct act *act, int64_t competition_id, int64_t member_id,
		       struct err *e) MUST_USE;

/* What is wrong with the composition as it stands now, of a draft as of an appointed one. */
bool commission_composition(const struct act *act, const struct competition *c,
			    struct composition *ret, struct err *e) MUST_USE;

/* R41-1 to R41-3: ERR_LAW, clause 41, if the composition is unlawful; ERR_CONFLICT
 * "commission.error.candidate" if a member has applied meanwhile. */
bool commission_appoint(const struct act *act, int64_t competition_id, struct err *e) MUST_USE;

/* Parts of these checks, for orders too (app/competition/commission_order.h): role and kind of a
 * form; whether a person may sit at all; the composition of rows {role, kind, employee};
 * ERR_CONFLICT "commission.error.candidate" if a candidate sits. */
bool commission_check_seat(const struct seat_form *form, struct err *e) MUST_USE;
bool commission_check_person(const struct act *act, int64_t competition_id, int64_t person_id,
			     struct err *e) MUST_USE;
bool commission_check_rows(const struct act *act, const struct competition *c, const json_t *rows,
			   struct composition *ret, struct err *e) MUST_USE;
bool commission_no_candidate(const struct act *act, int64_t competition_id, struct err *e) MUST_USE;

/* The same from the other side: ERR_LAW, clause 41, "commission.error.applies" if the person sits
 * on the appointed commission of the competition, in whatever seat.  The seat of a draft does not
 * bar: whoever makes it up could keep a candidate away with it. */
bool commission_require_unseated(const struct act *act, int64_t competition_id, int64_t person_id,
				 struct err *e) MUST_USE;

/* The seat of this act's person in the appointed commission of a competition.  ERR_DENIED
 * "commission.error.no_seat" if there is none. */
struct seated {
	int64_t member_id;
	enum seat seat;
};
bool commission_seated(const struct act *act, int64_t competition_id, struct seated *ret,
		       struct err *e) MUST_USE;

/* Orders in force after the first, oldest first: [{id, number, day, in_force_ms, file_name, changes
 * [{what ("leaves", "comes"), name, role, kind}]}]. */
bool commission_orders(const struct act *act, int64_t competition_id, json_t **ret,
		       struct err *e) MUST_USE;

/* The same as a right: the secretary of the competition, ERR_DENIED
 * "commission.error.secretary_only" for all others. */
bool commission_require_secretary(const struct act *act, int64_t competition_id,
				  struct err *e) MUST_USE;
