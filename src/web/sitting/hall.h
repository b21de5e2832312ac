/* hall.h - the register of test halls: what HR does with it (R28-1, F35).  The list and the page of
 * a hall are of seat.h. */
#pragma once
#include "web/web.h"

extern const struct param hall_create_params[], hall_change_params[], hall_close_params[];

bool halls_new(struct req *r, json_t *model, struct err *e);
bool halls_create(struct req *r, json_t *model, struct err *e);
bool halls_edit(struct req *r, json_t *model, struct err *e);
bool halls_change(struct req *r, json_t *model, struct err *e);
bool halls_close(struct req *r, json_t *model, struct err *e);
