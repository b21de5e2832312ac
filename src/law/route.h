/* route.h - the two routes and their order (L33).  Pure. */
#pragma once
#include "base/err.h"

/* L33: a second competition, open to other bodies, only after a closed first one that gave
 * nobody a positive conclusion.  ERR_LAW, clause "33(1-1)", "law.route.sequence". */
struct first_competition {
	bool exists, own_route, closed;
	int positive; /* conclusions */
};
bool route_require_second(const struct first_competition *first, struct err *e) MUST_USE;
