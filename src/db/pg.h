/* pg.h - what the files of the PostgreSQL engine share.
 *
 * One writer at a time, on all nodes: the outermost transaction takes an advisory lock for itself
 * before it reads, as SQLite's BEGIN IMMEDIATE does.  The journal is one chain, so that writers
 * would meet there anyway; so they meet where nothing has been read yet, and a use case sees what
 * was committed before it and nothing in between.  That the chain does not fork is a matter of
 * keys, not of the lock: journal_entry.seq is a primary key. */
#pragma once
#include "db/driver.h"

#include <libpq-fe.h>

enum { PG_SLOTS = 2048, PG_PARAMS_MOST = 40, PG_COLUMNS_MOST = 64 };

struct pg {
	struct db db; /* first */
	PGconn *conn;
	const char *prepared[PG_SLOTS]; /* the literals that the server knows as "s<slot>" */
};

/* Records the failure that `result` tells, or the connection if it is NULL; false.  Only the
 * primary message is kept, and not where it may quote a value. */
bool pg_fail(struct pg *p, const PGresult *result, struct err *e, const char *what);
bool pg_script(struct db *db, const char *sql, struct err *e) MUST_USE;

/* A column in binary format as a value, valid as long as the result. */
bool pg_value(const PGresult *result, int row, int column, struct db_value *ret,
	      struct err *e) MUST_USE;

/* ---- pg_copy.c: db/copy.h says what they do ---- */
bool pg_size(struct db *db, int64_t *ret, struct err *e) MUST_USE;
bool pg_copy(struct db *db, const char *to, struct err *e) MUST_USE;
bool pg_check(struct db *db, struct arena *a, const char **ret_why, struct err *e) MUST_USE;
json_t *pg_row_counts(struct db *db, struct arena *a, struct err *e);
bool pg_disarm(struct db *db, struct err *e) MUST_USE;

/* ---- pg_state.c: db/state.h ---- */
bool pg_state(struct db *db, struct db_state *ret, struct err *e) MUST_USE;
