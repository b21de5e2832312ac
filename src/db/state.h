/* state.h - how the database itself is, for whoever watches it (docs/observe.md). */
#pragma once
#include "db/db.h"

enum { DB_UNKNOWN = -1 };

struct db_state {
	bool server;    /* PostgreSQL; else a file of this machine, and nothing more is known */
	bool writable;  /* it is the primary, no standby */
	int64_t now_ms; /* by its clock */
	/* The standbys of a primary; DB_UNKNOWN if this account may not see them (role
	 * pg_monitor). */
	int64_t standbys, synchronous; /* the latter: which a commit waits for */
	int64_t behind_bytes;          /* of the synchronous one that is furthest ahead; of all if
					* none is synchronous */
	int64_t behind_ms;
	int64_t connections; /* to this database */
};

bool db_state(struct db *db, struct db_state *ret, struct err *e) MUST_USE;

/* Within a transaction: whoever looks at the engine's list of activities sees `text` until the
 * transaction ends (PostgreSQL: application_name).  Waits for nothing.  No engine, no effect. */
bool db_mark(struct db *db, const char *text, struct err *e) MUST_USE;

/* Migrations that the database has, and that this program has. */
bool db_schema(struct db *db, int64_t *ret_there, int64_t *ret_ours, struct err *e) MUST_USE;
