/* calendar.h - the calendar of working days, and its changes by order (rules.md 5, F5). */
#pragma once
#include "web/web.h"

extern const struct route calendar_routes[];

bool calendar_show(struct req *r, json_t *model, struct err *e);
bool calendar_new(struct req *r, json_t *model, struct err *e);
bool calendar_do_change(struct req *r, json_t *model, struct err *e);
bool calendar_do_withdraw(struct req *r, json_t *model, struct err *e);
