/* candidacy.h - whoever competes holds no office in that competition: asked before each page
 * (app/candidate/candidate.h).
 *
 * A part of the path, or a number that is sent, leads to a competition.  Has the person applied
 * there, then a page of an office is refused, and one that is for every person as well shows what
 * it shows the candidate: for that request the person holds no office at all. */
#pragma once
#include "app/candidate/candidate.h"
#include "web/http/form.h"
#include "web/web.h"

/* What the parameter of this route leads to; THING_NONE: to no candidate. */
enum candidate_thing candidacy_thing(const struct route *route, const char *param);

/* Sets r->as_candidate; ERR_DENIED "candidate.error.competes". */
bool candidacy_check(struct req *r, const struct fields *f, struct err *e) MUST_USE;
