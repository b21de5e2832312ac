/* hall_only.h - what a hall node serves (app/hall_node/hall_node.h): signing in, the desk, the test
 * and its result, the hall's computers.  Everything else is at the centre, and is refused there in
 * words. */
#pragma once
#include "web/web.h"

bool hall_only_may(const struct route *route);

/* Whether it serves the page at `address`, a path with or without a query. */
bool hall_only_leads(struct arena *a, const char *address);
