/* second.h - the fields of the second official who agrees at the desk (app/access/second.h), for a
 * form.
 *
 * A page shows them by {{>field/second name=extra_second}}, with "officials" in its model; the
 * route declares them as SECOND_PARAMS("extra_second") and has second_slow() as its `slow`.  The
 * handler:
 *
 *   struct second second;
 *   return second_read(r, &second, e) &&
 *          (extra_time_give(&act, ..., &second, e) ? go_seat(r, "...") : second_refused(r, &second,
 * e));
 *
 * Both secrets are P_SECRET: never shown again, never kept for /reauth (kept.h). */
#pragma once
#include "app/access/password.h"
#include "app/access/second.h"
#include "web/web.h"

#define SECOND_PARAMS(name)                                                                        \
	{ name, P_INT, 1, INT64_MAX, true, NULL },                                                 \
		{ name "_password", P_SECRET, 1, PASSWORD_MOST, true, NULL },                      \
	{                                                                                          \
		name "_code", P_SECRET, 0, SECOND_CODE_MOST, false, NULL                           \
	}

/* Argon2id, on a worker; adds to r->found. */
bool second_slow(struct req *r, struct err *e) MUST_USE;

/* What it has found out, with the browser and how many wrong tries are free there. */
bool second_read(struct req *r, struct second *ret, struct err *e) MUST_USE;

/* The use case has refused with `e`: puts that to the fields of this form.  A wrong password or
 * code is counted, which stays: then it is r->refused and true.  False with `e` for anything else.
 */
bool second_refused(struct req *r, const struct second *second, struct err *e) MUST_USE;
