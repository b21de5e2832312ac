/* faulty.h - a driver around the real one that fails its n-th call.
 *
 * Loop n upward until the use case succeeds; after each failure the database must be
 * as it was: all or nothing (SQLite's "make the n-th operation fail"). */
#pragma once
#include "db/driver.h"

struct faulty {
	struct db db; /* first: hand &faulty.db to the use case */
	struct db *real;
	int countdown; /* calls that still succeed; negative: never fail */
	bool failed;   /* a call was made to fail                        */
};

/* Wraps `real`, which stays the caller's. */
void faulty_init(struct faulty *f, struct db *real, int countdown);
