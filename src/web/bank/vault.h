/* vault.h - the sealed bank: its key, its keepers, its openings (F28). */
#pragma once
#include "web/web.h"

extern const struct route vault_routes[];
extern const struct list vault_listing;
extern const struct param vault_params[], vault_key_params[], vault_phrase_params[],
	vault_ask_params[], vault_opening_params[], vault_share_params[], vault_paper_params[],
	vault_sitting_params[];

/* Puts into the model what the pages of a sitting say about the bank: `bank` {state, id, given,
 * until_ms}, state "unsealed", "sealed", "waiting" (for shares) or "open". */
bool vault_sitting_model(const struct req *r, int64_t sitting, json_t *model,
			 struct err *e) MUST_USE;

/* The same for work, with the same names. */
bool vault_work_model(const struct req *r, json_t *model, struct err *e) MUST_USE;

/* How many openings wait for a share of this keeper, and the first of them. */
bool vault_waiting(const struct req *r, int64_t *ret, int64_t *ret_first, struct err *e) MUST_USE;

bool vault_show(struct req *r, json_t *model, struct err *e);
bool vault_opening(struct req *r, json_t *model, struct err *e);

/* What is done (vault_do.c); `slow` is Argon2id. */
bool vault_key_slow(struct req *r, struct err *e);
bool vault_do_key(struct req *r, json_t *model, struct err *e);
bool vault_phrase_slow(struct req *r, struct err *e);
bool vault_do_phrase(struct req *r, json_t *model, struct err *e);
bool vault_do_make(struct req *r, json_t *model, struct err *e);
bool vault_do_renew(struct req *r, json_t *model, struct err *e);
bool vault_do_ask(struct req *r, json_t *model, struct err *e);
bool vault_do_ask_sitting(struct req *r, json_t *model, struct err *e);
bool vault_share_slow(struct req *r, struct err *e);
bool vault_do_share(struct req *r, json_t *model, struct err *e);
bool vault_do_paper(struct req *r, json_t *model, struct err *e);
bool vault_do_close(struct req *r, json_t *model, struct err *e);
