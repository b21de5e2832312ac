/* turn.h - runs the requests of one turn of the loop, with one commit for all. */
#pragma once
#include "web/http/call.h"

/* Gets a call that may be answered: call_answer() is still to be called, and `c` is the caller's.
 */
typedef void turn_ready_fn(void *user, struct call *c);

/* Runs calls that have gone through call_begin() (and call_slow(), if they are slow).  Those that
 * only read run first, so that they see nothing that the commit could still refuse, and each is
 * handed to `ready` before the next one runs: their models and pages never lie in memory together.
 * Those that write run in one transaction, in the order in which they came; a refused one undoes
 * its rows alone; they are handed over when all is on disk.  `ready` may be NULL. */
void turn_commit(struct site *site, struct call *const *calls, size_t count, turn_ready_fn *ready,
		 void *user);

/* The same; every call has its answer afterwards. */
void turn_run(struct site *site, struct call *const *calls, size_t count);
