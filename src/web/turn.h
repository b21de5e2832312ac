/* turn.h - runs the requests of one turn of the loop, with one commit for all. */
#pragma once
#include "web/call.h"

/* Every call has gone through call_begin() (and call_slow(), if it is slow), and has its answer
 * afterwards.  Those that write run in savepoints of one transaction, in the order in
 * which they came; those that only read run before them, so that they see nothing
 * that the commit could still refuse. */
void turn_run(struct site *site, struct call *const *calls, size_t count);
