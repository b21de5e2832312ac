/* tour.h - a guided tour through the demonstration: what to try with this account, step by step.
 *
 * A table of steps: for whom, what (message "tour.STEP"), where, and by which entry of the journal
 * it shows that the person has done it since the demonstration was made.  Nothing is kept for it.
 */
#pragma once
#include "web/web.h"

struct tour_step {
	unsigned roles;   /* ROLE_PERSON: whoever has no office      */
	const char *name; /* "hr.draft"                              */
	const char *href;
	const char *kind; /* of the entry (app/entry_kind.h)         */
};

/* name NULL last. */
extern const struct tour_step tour_steps[];

/* "tour" of the first page: {steps: [{key, href, done}], done, count}, or null where there is none:
 * outside of demonstrations, at a hall node, for nobody. */
bool tour_add(const struct req *r, json_t *model, struct err *e) MUST_USE;
