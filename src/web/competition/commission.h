/* commission.h - HR's page of a commission: its order, its seats, its appointment (clause 41). */
#pragma once
#include "app/competition/competition.h"
#include "web/web.h"

extern const struct route commission_routes[]; /* with the interview, the vote, the minutes */

extern const struct param commission_params[]; /* :competition and q, the search for a person */
extern const struct param commission_order_params[];
extern const struct param commission_seat_params[];
extern const struct param commission_unseat_params[];
extern const struct param commission_draft_params[];
extern const struct param commission_line_params[];
extern const struct param commission_scan_params[];

bool commission_show(struct req *r, json_t *model, struct err *e);
bool commission_save_order(struct req *r, json_t *model, struct err *e);
bool commission_add(struct req *r, json_t *model, struct err *e);
bool commission_remove(struct req *r, json_t *model, struct err *e);
bool commission_confirm(struct req *r, json_t *model, struct err *e);

/* A new order (commission_order.c). */
bool commission_do_draft(struct req *r, json_t *model, struct err *e);
bool commission_do_leave(struct req *r, json_t *model, struct err *e);
bool commission_do_come(struct req *r, json_t *model, struct err *e);
bool commission_do_undo(struct req *r, json_t *model, struct err *e);
bool commission_do_enact(struct req *r, json_t *model, struct err *e);
bool commission_scan(struct req *r, json_t *model, struct err *e);

/* The orders in force and the draft of the next; wants the model's "members" with person_id, which
 * it takes away.  `ret_draft`: one is being written. */
bool commission_add_orders(struct req *r, const struct competition *c, bool appointed,
			   json_t *model, bool *ret_draft, struct err *e) MUST_USE;
