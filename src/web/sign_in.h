/* sign_in.h - the door: signing in and out, choosing a language. */
#pragma once
#include "web/web.h"

extern const struct param sign_in_form_params[], sign_in_params[], language_params[];

bool sign_in_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_in_slow(struct req *r, struct err *e) MUST_USE; /* Argon2id, on a worker */
bool sign_in(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_out(struct req *r, json_t *model, struct err *e) MUST_USE;
bool language_choose(struct req *r, json_t *model, struct err *e) MUST_USE;
