#include "law/route.h"

#include <string.h>

bool route_of(const char *code, enum route *ret)
{
	if (strcmp(code, "own") != 0 && strcmp(code, "other") != 0)
		return false;
	*ret = strcmp(code, "own") == 0 ? ROUTE_OWN : ROUTE_OTHER;
	return true;
}

/* R23-1 */
bool route_studies_elsewhere(enum route route)
{
	return route == ROUTE_OTHER;
}

/* R14-1 */
bool route_require_own_information(enum route route, const char *reason, struct err *e)
{
	if (route != ROUTE_OTHER)
		return err_law(e, "14", "law.route.own_information",
			       "information of another body on the route of own staff");
	return *reason != '\0' ||
	       err_law(e, "24", "law.route.reason", "a request for information without a reason");
}

/* L33 */
bool route_require_second(const struct first_competition *first, struct err *e)
{
	return (first->exists && first->own_route && first->closed && first->positive == 0) ||
	       err_law(e, "33(1-1)", "law.route.sequence",
		       "no closed own-route competition without a positive conclusion");
}
