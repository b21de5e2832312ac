/* competition.h - announcements for everybody, competitions for HR. */
#pragma once
#include "web/web.h"

extern const struct param competition_params[]; /* :competition alone */
extern const struct param competition_list_params[];
extern const struct param competition_form_params[]; /* of a new one       */
extern const struct param competition_edit_params[];
extern const struct param competition_correct_params[];
extern const struct param announcement_list_params[];
extern const struct list competition_listing, announcement_listing;

bool announcement_list(struct req *r, json_t *model, struct err *e);
bool announcement_show(struct req *r, json_t *model, struct err *e);

bool competition_list(struct req *r, json_t *model, struct err *e);
bool competition_show(struct req *r, json_t *model, struct err *e);
bool competition_new(struct req *r, json_t *model, struct err *e);
bool competition_create(struct req *r, json_t *model, struct err *e);
bool competition_edit_form(struct req *r, json_t *model, struct err *e);
bool competition_change(struct req *r, json_t *model, struct err *e);
bool competition_publish(struct req *r, json_t *model, struct err *e);
bool competition_correct_form(struct req *r, json_t *model, struct err *e);
bool competition_correction(struct req *r, json_t *model, struct err *e);
bool competition_end(struct req *r, json_t *model, struct err *e);
