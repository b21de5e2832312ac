/* notice.h - the inbox, and the acquaintance of everybody with the Rules (F84, O-3). */
#pragma once
#include "web/web.h"

extern const struct route notice_routes[];

extern const struct param acquaintance_params[];
extern const struct list register_listing;
extern const struct param acquaintance_register_params[];
extern const struct param acquaintance_remind_params[];

bool acquaintance_list(struct req *r, json_t *model, struct err *e);
bool acquaintance_show(struct req *r, json_t *model, struct err *e);
bool acquaintance_done(struct req *r, json_t *model, struct err *e);
bool acquaintance_register(struct req *r, json_t *model, struct err *e);
bool acquaintance_send(struct req *r, json_t *model, struct err *e);

/* How many own notices the person has not opened; 0 for nobody. */
int64_t notice_unread(const struct req *r);
