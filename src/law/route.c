#include "law/route.h"

/* L33 */
bool route_require_second(const struct first_competition *first, struct err *e)
{
	return (first->exists && first->own_route && first->closed && first->positive == 0) ||
	       err_law(e, "33(1-1)", "law.route.sequence",
		       "no closed own-route competition without a positive conclusion");
}
