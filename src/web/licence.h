/* licence.h - under which licence the program is, and those of what is built into it: a page for
 * everybody, as their texts have to be given along with the copies. */
#pragma once
#include "web/route_table.h"

extern const struct route licence_routes[];
