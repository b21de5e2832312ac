/* sqlite.h - what the files of the embedded engine share. */
#pragma once
#include "db/driver.h"

#include <sqlite3.h>

enum { CACHE_SLOTS = 2048, PARAMS_MOST = 32 };

struct slot {
	const char *sql;
	sqlite3_stmt *statement;
	bool in_use;
	unsigned char at[PARAMS_MOST]; /* where $1, $2, ... are; 0 where there is none */
};

struct sqlite {
	struct db db; /* first */
	sqlite3 *handle;
	struct slot cache[CACHE_SLOTS];
};

/* Records the failure of the last call; false. */
bool sqlite_fail(struct sqlite *s, struct err *e, const char *what);
bool sqlite_script(struct db *db, const char *sql, struct err *e) MUST_USE;

/* ---- of statements that are not kept: sqlite_bulk.c ---- */
bool sqlite_bind(struct sqlite *s, sqlite3_stmt *statement, const struct db_value *args,
		 struct err *e) MUST_USE;
int sqlite_bind_one(sqlite3_stmt *statement, int at, const struct db_value *v);
bool sqlite_step_all(struct sqlite *s, sqlite3_stmt *statement, db_row_fn *row, void *user,
		     struct err *e) MUST_USE;
extern const struct db_bulk sqlite_bulk; /* db/bulk.h */

/* ---- sqlite_copy.c: db/copy.h says what they do ---- */
bool sqlite_alone(struct db *db, struct err *e) MUST_USE;
bool sqlite_size(struct db *db, int64_t *ret, struct err *e) MUST_USE;
bool sqlite_copy(struct db *db, const char *to, struct err *e) MUST_USE;
bool sqlite_check(struct db *db, struct arena *a, const char **ret_why, struct err *e) MUST_USE;
json_t *sqlite_row_counts(struct db *db, struct arena *a, struct err *e);
bool sqlite_disarm(struct db *db, struct err *e) MUST_USE;

/* ---- sqlite_like.c: LIKE as PostgreSQL and the standard have it, which tells large letters from
 * small ones.  SQLite's own setting for that makes LIKE unfit for triggers. ---- */
bool sqlite_like(sqlite3 *handle) MUST_USE;
