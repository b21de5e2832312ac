/* study.h - the inboxes and papers of the polygraph and the psycho-sociological study. */
#pragma once
#include "web/web.h"

extern const struct list study_listing;
extern const struct param study_inbox_params[];
extern const struct param study_record_params[];
extern const struct param study_file_params[];

bool study_inbox_polygraph(struct req *r, json_t *model, struct err *e);
bool study_inbox_psycho(struct req *r, json_t *model, struct err *e);
bool study_form_polygraph(struct req *r, json_t *model, struct err *e);
bool study_form_psycho(struct req *r, json_t *model, struct err *e);
bool study_record_polygraph(struct req *r, json_t *model, struct err *e);
bool study_record_psycho(struct req *r, json_t *model, struct err *e);
bool study_file(struct req *r, json_t *model, struct err *e);
