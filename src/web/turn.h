/* turn.h - runs the requests of one turn of the loop, with one commit for all. */
#pragma once
#include "web/call.h"

/* Commits what turn_run() runs; the answers are still to be made, by call_answer(), one by one: so
 * the pages of a turn need not all lie in memory at once. */
void turn_commit(struct site *site, struct call *const *calls, size_t count);

/* Every call has gone through call_begin() (and call_slow(), if it is slow), and has its answer
 * afterwards.  Those that write run in one transaction, in the order in which they came; a
 * refused one undoes its rows alone; those that only read run before them, so that they see nothing
 * that the commit could still refuse. */
void turn_run(struct site *site, struct call *const *calls, size_t count);
