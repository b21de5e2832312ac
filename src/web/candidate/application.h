/* application.h - the candidate's pages: applications, one application, receipt, papers. */
#pragma once
#include "web/web.h"

extern const struct list application_listing;
extern const struct param application_list_params[];
extern const struct param application_profile_params[];
extern const struct param application_period_params[];
extern const struct param application_period_remove_params[];
extern const struct param application_document_params[];
extern const struct param application_withdraw_params[];
extern const struct param document_params[];

bool application_apply(struct req *r, json_t *model, struct err *e);
bool application_list(struct req *r, json_t *model, struct err *e);
bool application_show(struct req *r, json_t *model, struct err *e);
bool application_set_profile(struct req *r, json_t *model, struct err *e);
bool application_period_add(struct req *r, json_t *model, struct err *e);
bool application_period_drop(struct req *r, json_t *model, struct err *e);
bool application_document(struct req *r, json_t *model, struct err *e);
bool application_submit(struct req *r, json_t *model, struct err *e);
bool application_back_out(struct req *r, json_t *model, struct err *e);
bool application_receipt(struct req *r, json_t *model, struct err *e);
bool document_file(struct req *r, json_t *model, struct err *e);
