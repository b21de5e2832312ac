/* commission_order.h - an appointed commission changes by a new order alone
 * (PARAM_REPLACEMENT_BY_ORDER, section 4 of rules.md: replacing an absent member).
 *
 * HR drafts the order - number, day, a scan if there is one -, names who leaves and who comes, and
 * puts it into force; composition is checked anew then (R41-1 to R41-3).  Who changes the role
 * leaves and comes in one order.  We ask for an order also where a rule set would not: it is the
 * stricter rule.
 *
 * What has been done stays: declarations, marks, ballots of who leaves are on record, a decided
 * candidate's roll is as it was (decision_roll), and who was present signs the minutes.  From then
 * on the new members count for the quorum; the secretary notes them as present when they come.
 *
 * Nobody's vote is moved by an order: while a candidate is heard or voted on and the commission can
 * decide, no voting member leaves or comes (ERR_CONFLICT "commission.error.vote_running"): first
 * the decision.  Where the quorum for that candidate is broken the order is the way out, and then
 * who has voted on an undecided candidate does not leave (ERR_CONFLICT
 * "commission.error.has_voted").  A member who comes after a hearing has the record of its
 * questions and may vote: assumed, as the law is silent. */
#pragma once
#include "app/competition/commission.h"
#include "app/file.h"

struct order_form {
	const char *number;
	day day;
	const struct file_in *file; /* the scan; NULL: none */
};

/* Drafts the next order, or changes the draft there is; no file keeps the draft's.  ERR_INPUT at
 * "order_number", "order_day" ("commission.error.order_day" in the future,
 * "commission.error.order_before" before the order of the appointment); ERR_CONFLICT
 * "commission.error.not_appointed", "commission.error.not_announced". */
bool commission_order_draft(const struct act *act, int64_t competition_id,
			    const struct order_form *form, struct err *e) MUST_USE;

/* Says in the draft who leaves.  ERR_MISSING for who does not sit, ERR_CONFLICT
 * "commission.error.no_order" without a draft. */
bool commission_order_leave(const struct act *act, int64_t competition_id, int64_t member_id,
			    struct err *e) MUST_USE;

/* Says in the draft who comes, as commission_seat() does; who sits may come only if the draft has
 * him or her leave, in another role. */
bool commission_order_come(const struct act *act, int64_t competition_id,
			   const struct seat_form *form, struct err *e) MUST_USE;

/* Takes a line out of the draft. */
bool commission_order_undo(const struct act *act, int64_t competition_id, int64_t change_id,
			   struct err *e) MUST_USE;

/* The composition as the draft would leave it. */
bool commission_order_composition(const struct act *act, const struct competition *c,
				  struct composition *ret, struct err *e) MUST_USE;

/* Puts the draft into force and tells those whom it names and the secretary.  ERR_LAW, clause 41,
 * for an unlawful composition; ERR_CONFLICT "commission.error.order_empty" and as above. */
bool commission_order_enact(const struct act *act, int64_t competition_id, struct err *e) MUST_USE;
