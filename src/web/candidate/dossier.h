/* dossier.h - the dossier, the rating, the plan of the interview. */
#pragma once
#include "web/web.h"

extern const struct param dossier_service_list_params[];
extern const struct param dossier_rating_params[];
extern const struct param rating_file_params[];
extern const struct param plan_params[];

/* Whether this person reads the dossier: HR of the competition, or the commission to which it was
 * released (R16-2), without a conflict; as a refusal. */
struct candidate;
bool dossier_may_read(const struct req *r, const struct candidate *c, bool *ret_hr,
		      struct err *e) MUST_USE;

bool dossier_show(struct req *r, json_t *model, struct err *e);
bool dossier_service_list(struct req *r, json_t *model, struct err *e);
bool dossier_rating(struct req *r, json_t *model, struct err *e);
bool dossier_send(struct req *r, json_t *model, struct err *e);
bool rating_file(struct req *r, json_t *model, struct err *e);

bool plan_show(struct req *r, json_t *model, struct err *e);
bool plan_set(struct req *r, json_t *model, struct err *e);
