/* screening.h - pages of the signs in the answers of a sitting (F67): for HR of the competition's
 * organ, auditors read them; candidates stand under their codes (F9). */
#pragma once
#include "web/web.h"

struct sitting;

extern const struct route screening_routes[];

/* Adds "screening" {open, settled, at_ms} to the model, null while nobody has screened, and
 * "screens", whether this person may see the signals. */
bool screening_count(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;
