/* told.h - who has been served what, and until when one may appeal (F84). */
#pragma once
#include "app/notice/told.h"
#include "web/web.h"

extern const struct route told_routes[];

/* Adds "told" for the part notice/appeal: when it was served, the last day to appeal, the text of
 * the rule set.  null if there is nothing to appeal against.  The rights were checked before. */
bool model_told(struct req *r, int64_t application_id, json_t *model, struct err *e) MUST_USE;

/* The same of one own notice. */
bool model_told_notice(struct req *r, int64_t notice_id, json_t *model, struct err *e) MUST_USE;
