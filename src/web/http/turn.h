/* turn.h - runs the requests of one turn of the loop, with one commit for all.
 *
 * A database on a server may go away in the middle, and another one take its place.  Then what was
 * undone is run again: a call has had no effect before the commit.  What cannot be run now waits,
 * as it was; nobody is told anything before it is known whether the commit is there. */
#pragma once
#include "web/http/call.h"

struct turn_hands {
	/* Gets a call that may be answered: call_answer() is still to be called, and `c` is the
	 * caller's.  May be NULL. */
	void (*ready)(void *user, struct call *c);
	/* Gets a call that is to be run again later, as it was before the turn, and the caller's
	 * too.  NULL: it is refused as ERR_BUSY, and ready. */
	void (*wait)(void *user, struct call *c);
	void *user;
};

/* Runs calls that have gone through call_begin() (and call_slow(), if they are slow).  Those that
 * only read run first, so that they see nothing that the commit could still refuse, and each is
 * handed to `ready` before the next one runs: their models and pages never lie in memory together.
 * Those that write run in one transaction, in the order in which they came; a refused one undoes
 * its rows alone; they are handed over when all is on disk.  `hands` may be NULL. */
void turn_commit(struct site *site, struct call *const *calls, size_t count,
		 const struct turn_hands *hands);

/* Whether the database is there.  While it is away it is asked again, at most each SITE_TRY_MS; a
 * commit whose answer did not come is asked for first, and the calls of that turn are handed over,
 * or wait.  turn_commit() does it too. */
bool turn_reach(struct site *site, const struct turn_hands *hands) MUST_USE;

/* The calls of a turn whose commit is not known are given up: whether they are stored is told to
 * nobody. */
void turn_give_up(struct site *site, const struct turn_hands *hands);

/* turn_commit() with nobody who waits; every call has its answer afterwards. */
void turn_run(struct site *site, struct call *const *calls, size_t count);
