/* incident.h - one seat, and what is done when something happens: stops, time, moves, acts
 * (F42 to F45; rules.md section 4). */
#pragma once
#include "app/sitting/sitting.h"
#include "web/web.h"

extern const struct param incident_seat_params[];
extern const struct param incident_stop_params[];
extern const struct param incident_stop_one_params[];
extern const struct param incident_stop_end_params[];
extern const struct param incident_extra_params[];
extern const struct param incident_move_params[];
extern const struct param incident_breach_params[];
extern const struct param incident_technical_params[];
extern const struct param incident_reversal_params[];
extern const struct param incident_act_params[];
extern const struct param incident_answer_params[];

/* "stops", "acts" of a sitting, or of one attempt of it. */
bool incident_model(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		    struct err *e) MUST_USE;

bool incident_seat(struct req *r, json_t *model, struct err *e);
bool incident_stop(struct req *r, json_t *model, struct err *e);
bool incident_stop_one(struct req *r, json_t *model, struct err *e);
bool incident_stop_end(struct req *r, json_t *model, struct err *e);
bool incident_extra(struct req *r, json_t *model, struct err *e);
bool incident_move(struct req *r, json_t *model, struct err *e);
bool incident_breach(struct req *r, json_t *model, struct err *e);
bool incident_technical(struct req *r, json_t *model, struct err *e);
bool incident_reversal(struct req *r, json_t *model, struct err *e);
bool incident_act(struct req *r, json_t *model, struct err *e);
bool incident_answer(struct req *r, json_t *model, struct err *e);
