/* draw.h - the operator's part of the draw: coins, sealing, start (F33, F34, F39). */
#pragma once
#include "app/sitting/sitting.h"
#include "web/web.h"

extern const struct param draw_coin_params[];
extern const struct param draw_seal_params[];
extern const struct param draw_unseal_params[];
extern const struct param draw_start_params[];

/* "commitment" and "coins" of the sitting's page. */
bool draw_model(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

bool draw_coin(struct req *r, json_t *model, struct err *e);
bool draw_seal_slow(struct req *r, struct err *e);
bool draw_seal_now(struct req *r, json_t *model, struct err *e);
bool draw_unseal(struct req *r, json_t *model, struct err *e);
bool draw_start_slow(struct req *r, struct err *e);
bool draw_start(struct req *r, json_t *model, struct err *e);
