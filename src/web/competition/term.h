/* term.h - the terms of competitions on one line, and a person's feed of them (F5, F6). */
#pragma once
#include "web/web.h"

extern const struct route term_routes[];

/* HR of its organ, auditors, and whoever sits in its commission; ERR_MISSING for anybody else. */
struct competition;
bool term_may_read(const struct req *r, const struct competition *c, struct err *e) MUST_USE;

bool term_show(struct req *r, json_t *model, struct err *e);
bool term_list(struct req *r, json_t *model, struct err *e);

bool feed_show(struct req *r, json_t *model, struct err *e);
bool feed_make(struct req *r, json_t *model, struct err *e);
bool feed_end(struct req *r, json_t *model, struct err *e);
bool feed_send(struct req *r, json_t *model, struct err *e);
