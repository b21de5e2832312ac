/* sitting.h - the operator's pages: sittings, one sitting with its hall. */
#pragma once
#include "web/web.h"

extern const struct param sitting_list_params[];
extern const struct list sitting_listing;
extern const struct param sitting_new_params[];
extern const struct param sitting_create_params[];
extern const struct param sitting_params[];
extern const struct param sitting_show_params[];
extern const struct param sitting_admit_params[];
extern const struct param sitting_postpone_params[], sitting_cancel_params[];
extern const struct param sitting_recording_params[];

bool sitting_list(struct req *r, json_t *model, struct err *e);
bool sitting_new(struct req *r, json_t *model, struct err *e);
bool sitting_create(struct req *r, json_t *model, struct err *e);
bool sitting_show(struct req *r, json_t *model, struct err *e);
bool sitting_check_in(struct req *r, json_t *model, struct err *e);
bool sitting_call_off(struct req *r, json_t *model, struct err *e);
bool sitting_put_off(struct req *r, json_t *model, struct err *e);
bool sitting_set_recording(struct req *r, json_t *model, struct err *e);
bool sitting_end(struct req *r, json_t *model, struct err *e);
bool sitting_name(struct req *r, json_t *model, struct err *e);
