/* leaving.h - a driver around the real one whose server goes away at its n-th call.
 *
 * As PostgreSQL by libpq behaves (db/db.h, "a server that goes away"): what was begun is undone,
 * calls inside of it fail, the next one outside connects again.  A server that goes away in a
 * commit has stored it or not, and nobody knows until db_settle(). */
#pragma once
#include "db/driver.h"

struct leaving {
	struct db db;         /* first: hand &leaving.db to what is tested     */
	struct db_driver own; /* the real one, but for what passes through here */
	struct db *real;
	int countdown;  /* calls that still succeed; negative: it never goes away        */
	bool stores;    /* a commit in which it goes away is stored                      */
	int away;       /* questions in vain before it is there again                    */
	bool lost;      /* the connection                                                */
	bool doubt;     /* of a commit                                                   */
	bool committed; /* what db_settle() will tell                                    */
	bool left;      /* it has gone away once                                         */
};

/* Wraps `real`, which stays the caller's and has no open transaction. */
void leaving_init(struct leaving *l, struct db *real, int countdown, bool stores, int away);
