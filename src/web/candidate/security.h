/* security.h - lists for own security, its inbox, its information. */
#pragma once
#include "web/web.h"

extern const struct list security_inbox_listing;
extern const struct param security_inbox_params[];
extern const struct param security_send_params[];
extern const struct param security_inform_params[];
extern const struct param security_file_params[];
extern const struct param security_list_params[];
extern const struct param application_params[]; /* :application alone */

bool security_competition(struct req *r, json_t *model, struct err *e);
bool security_send(struct req *r, json_t *model, struct err *e);
bool security_list(struct req *r, json_t *model, struct err *e);
bool security_inbox(struct req *r, json_t *model, struct err *e);
bool security_show(struct req *r, json_t *model, struct err *e);
bool security_form(struct req *r, json_t *model, struct err *e);
bool security_record(struct req *r, json_t *model, struct err *e);
/* The letter as a paper; print_answer() journals the view. */
bool security_letter(struct req *r, json_t *model, struct err *e);
bool security_file(struct req *r, json_t *model, struct err *e);
