/* account.h - the person's own account: password, second factors, sessions. */
#pragma once
#include "web/web.h"

extern const struct route account_routes[];

/* account_factor.c */
bool account_totp_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_totp_begin(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_totp_confirm(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_totp_remove(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_codes_work(struct req *r, struct err *e) MUST_USE;
bool account_codes(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_codes_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_passkey_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_passkey_add(struct req *r, json_t *model, struct err *e) MUST_USE;
bool account_passkey_remove(struct req *r, json_t *model, struct err *e) MUST_USE;
extern const struct param account_code_params[], account_passkey_params[],
	account_passkey_remove_params[];

/* reauth.c */
bool reauth_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool reauth_slow(struct req *r, struct err *e) MUST_USE;
bool reauth_prove(struct req *r, json_t *model, struct err *e) MUST_USE;
bool reauth_passkey(struct req *r, json_t *model, struct err *e) MUST_USE;
enum { REAUTH_FIELDS_MOST = 100000 };
/* The model of its page: `then` the address to go on to, `fields` what to send there, urlencoded,
 * "" nothing. */
bool reauth_model(struct req *r, const char *then, const char *fields, json_t *model,
		  struct err *e) MUST_USE;
extern const struct param reauth_form_params[], reauth_params[], reauth_passkey_params[];
