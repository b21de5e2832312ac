/* intake.h - referrals and paper applications, requests to other bodies, their accounts (F17, F21).
 */
#pragma once
#include "web/web.h"

extern const struct route intake_routes[];

extern const struct param request_send_params[];
extern const struct param request_params[];
extern const struct param request_conclude_params[];
extern const struct param request_inform_params[];

bool request_send(struct req *r, json_t *model, struct err *e);
bool request_show(struct req *r, json_t *model, struct err *e);
bool request_conclude(struct req *r, json_t *model, struct err *e);
bool request_inform(struct req *r, json_t *model, struct err *e);
bool request_remind(struct req *r, json_t *model, struct err *e);

/* Adds "intake": the paper an application was entered from, the two names, the rating of a
 * referral; null for a candidate's own (referral.c). */
bool intake_model(struct req *r, int64_t application_id, json_t *model, struct err *e);

bool referral_show(struct req *r, json_t *model, struct err *e);
