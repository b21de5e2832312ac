/* route.h - the two routes, their order and what differs between them (L33, R14-1, R23-1).
 * Pure. */
#pragma once
#include "base/err.h"

enum route { ROUTE_OWN, ROUTE_OTHER };

/* Codes of the database: "own", "other"; false for others. */
bool route_of(const char *code, enum route *ret) MUST_USE;

/* R23-1: true if the candidate undergoes both studies in the body where he or she serves, so
 * that HR asks that body for the two conclusions by a numbered request.  The computer test
 * is held by the prosecution side on both routes. */
bool route_studies_elsewhere(enum route route);

/* R14-1: beside own security's check, information may be asked of the candidate's own body: on
 * the route of other bodies alone and with a reason why it is necessary.  ERR_LAW, clause 14,
 * "law.route.own_information"; ERR_LAW, clause 24, "law.route.reason". */
bool route_require_own_information(enum route route, const char *reason, struct err *e) MUST_USE;

/* L33: a second competition, open to other bodies, only after a closed first one that gave
 * nobody a positive conclusion.  ERR_LAW, clause "33(1-1)", "law.route.sequence". */
struct first_competition {
	bool exists, own_route, closed;
	int positive; /* conclusions */
};
bool route_require_second(const struct first_competition *first, struct err *e) MUST_USE;
