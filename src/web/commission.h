/* commission.h - HR's page of a commission: its order, its seats, its appointment (clause 41). */
#pragma once
#include "web/web.h"

extern const struct route commission_routes[]; /* with the interview, the vote, the minutes */

extern const struct param commission_params[]; /* :competition and q, the search for a person */
extern const struct param commission_order_params[];
extern const struct param commission_seat_params[];
extern const struct param commission_unseat_params[];

bool commission_show(struct req *r, json_t *model, struct err *e);
bool commission_save_order(struct req *r, json_t *model, struct err *e);
bool commission_add(struct req *r, json_t *model, struct err *e);
bool commission_remove(struct req *r, json_t *model, struct err *e);
bool commission_confirm(struct req *r, json_t *model, struct err *e);
