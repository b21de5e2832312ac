/* help.h - what the site says about itself. */
#pragma once
#include "web/web.h"

/* The table as its own API description. */
bool help_routes(struct req *r, json_t *model, struct err *e) MUST_USE;

/* Whether the server serves: for whoever watches over it. */
/* The loop answers: it asks nothing else, and the database least of all. */
bool health(struct req *r, json_t *model, struct err *e) MUST_USE;

/* "hr", "secretary"... of one bit of enum role; NULL if it is none. */
const char *role_name(unsigned role);
/* "hr, member" of a set of them. */
const char *help_roles(struct arena *a, unsigned roles);
const char *param_type_name(enum param_type type);
