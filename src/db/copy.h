/* copy.h - a database as of one moment, read or copied while others write to it; and what somebody
 * does who has its file. */
#pragma once
#include "db/db.h"

/* An outermost transaction that only reads: everything is as of one moment, and nobody waits for
 * it.  Nothing may be written within it. */
bool db_begin_snapshot(struct db *db, struct db_tx *tx, struct err *e) MUST_USE;

/* A number that is another one when somebody else has committed something meanwhile, and may be
 * another one when nobody has. */
bool db_version(struct db *db, int64_t *ret, struct err *e) MUST_USE;

/* Makes sure that nobody else has the file of the database open, and that nobody opens it before
 * this connection is closed.  ERR_BUSY "error.busy" if somebody has; ERR_INPUT on a server. */
bool db_alone(struct db *db, struct err *e) MUST_USE;

/* How many bytes a copy will have. */
bool db_size(struct db *db, int64_t *ret, struct err *e) MUST_USE;

/* Writes the database as of one moment into the new file `to`, which nobody else may read and which
 * is on disk on return; others go on writing meanwhile.  Inside db_begin_snapshot() it is that
 * moment.  ERR_CONFLICT "error.conflict" if the file is there already.  A copy that has failed is
 * left for the caller to remove. */
bool db_copy(struct db *db, const char *to, struct err *e) MUST_USE;

/* Reads every page: `ret_why` is "" if the database is whole in itself, else what is wrong, in the
 * arena.  What is so damaged that it cannot be read fails. */
bool db_check(struct db *db, struct arena *a, const char **ret_why, struct err *e) MUST_USE;

/* {table: rows}; lives in the arena.  NULL on failure. */
json_t *db_row_counts(struct db *db, struct arena *a, struct err *e);

/* Takes away what keeps rows from being changed, triggers and the check of references, and waits
 * for the disk no more.  That is what somebody can do who has the file, and for the drill that
 * plays such a person alone (cli/drill.c); never on a database in use. */
bool db_disarm(struct db *db, struct err *e) MUST_USE;
