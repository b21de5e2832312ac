/* lease.h - what only one of several processes may do at a time.
 *
 * A lease is a row with a name, an epoch and a beat.  Its holder moves the beat; whoever has seen
 * the same beat for LEASE_DEAD_MS by its own monotonic clock takes the lease over, with the next
 * epoch.  No clocks of two machines are compared.
 *
 * Nobody can be sure to hold a lease: a process may be stopped at any instruction and go on an hour
 * later.  So each transaction of the work begins with the question whether the epoch is still the
 * own (fencing): lease_keep() has the connection ask, db_fence() of db/db.h.  As one transaction
 * writes at a time, nobody takes over between question and commit.
 *
 *   struct lease l = lease_of("mail");
 *   lease_keep(db, &l, &mine, e)     as often as there may be work; if mine:
 *       ...                          transactions of `db` are fenced
 *   lease_give(db, &l)               at the end: the next one need not wait */
#pragma once
#include "db/db.h"

enum {
	LEASE_DEAD_MS = 7000,
	LEASE_BEATS = 3, /* in that time */
	LEASE_HOLDER_SIZE = 33,
};

struct lease {
	const char *name;
	char holder[LEASE_HOLDER_SIZE]; /* random */
	int64_t dead_ms;                /* LEASE_DEAD_MS; a test has less time  */
	int64_t epoch;                  /* of ours; 0: it is not ours           */
	int64_t beaten_ms;              /* monotonic: our newest beat           */
	/* of another's, and since when it is the same, monotonic: */
	int64_t seen_epoch, seen_beat, seen_ms;
};

struct lease lease_of(const char *name);

/* The same for a process of which a machine has one for each `place`, which the caller makes sure
 * of: it need not wait for the lease of the one that it comes after. */
struct lease lease_of_place(const char *name, const char *place);

/* Keeps it, or takes it over if it is nobody's or its holder is silent; `ret_mine` tells.  Asks the
 * database at each call while it is another's, and writes once for each beat while it is ours.
 * Afterwards transactions of `db` are fenced by it if it is ours.  Outside transactions. */
bool lease_keep(struct db *db, struct lease *l, bool *ret_mine, struct err *e) MUST_USE;

/* Within a transaction of a connection that others use too: ERR_BUSY "error.lease" unless ours. */
bool lease_require(struct db *db, const struct lease *l, struct err *e) MUST_USE;

/* What failed because another has taken over: then it is not ours any more. */
bool lease_was_lost(struct lease *l, const struct err *e);

/* Gives it back, if it is ours. */
void lease_give(struct db *db, struct lease *l);
