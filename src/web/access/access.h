/* access.h - who may come in and what they may see: restricted papers, and the administrators'
 * part. */
#pragma once
#include "web/web.h"

extern const struct route access_routes[];

/* access_admin.c */
bool access_accounts(struct req *r, json_t *model, struct err *e) MUST_USE;
bool access_account(struct req *r, json_t *model, struct err *e) MUST_USE;
bool access_end_sessions(struct req *r, json_t *model, struct err *e) MUST_USE;
bool access_ask(struct req *r, json_t *model, struct err *e) MUST_USE;
bool access_requests(struct req *r, json_t *model, struct err *e) MUST_USE;
bool access_answer(struct req *r, json_t *model, struct err *e) MUST_USE;
extern const struct param access_list_params[], access_accounts_params[], access_account_params[],
	access_ask_params[], access_answer_params[];
extern const struct list access_accounts_listing, access_requests_listing;
