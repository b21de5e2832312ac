/* seat.h - halls and their computers: lists, enrolment, and the proof of a candidate's seat (F35).
 * HR reads here and changes halls in hall.h; computers are the operator's. */
#pragma once
#include "web/web.h"

struct attempt;

extern const struct list seat_listing;
extern const struct list seat_halls_listing;
extern const struct param seat_halls_params[];
extern const struct param seat_hall_params[], seat_list_params[];
extern const struct param seat_enrol_params[];
extern const struct param seat_certificate_params[];
extern const struct param seat_revoke_params[];
extern const struct param seat_proof_params[];

/* Whether the connection shows the certificate of the attempt's seat. */
bool seat_shown(struct req *r, const struct attempt *a, bool *ret, struct err *e) MUST_USE;

bool seat_halls(struct req *r, json_t *model, struct err *e);
bool seat_list(struct req *r, json_t *model, struct err *e);
bool seat_enrol_form(struct req *r, json_t *model, struct err *e);
bool seat_enrol_key(struct req *r, json_t *model, struct err *e);
bool seat_enrol_certificate(struct req *r, json_t *model, struct err *e);
bool seat_take_back(struct req *r, json_t *model, struct err *e);
bool seat_challenge(struct req *r, json_t *model, struct err *e);
bool seat_prove(struct req *r, json_t *model, struct err *e);
