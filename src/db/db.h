/* db.h - one interface to the database, whichever engine stands behind it.
 *
 * SQL is always a string literal: the macros paste "" around it, so text built
 * at run time does not compile and injection has no way in.  Parameters are
 * $1..$n, in any order.  The dialect is what SQLite and PostgreSQL share
 * (docs/dialect.md): no REAL, no BOOLEAN, days as integers (day.n), instants as
 * UTC milliseconds, NULLS LAST spelled out, sort by *_key columns made in C.
 *
 * A `struct db` belongs to one thread.  Transactions nest: the outermost
 * db_begin() begins, inner ones are savepoints, so a use case is whole by itself
 * and also inside a turn of the server's loop.
 *
 * Errors: a broken unique or foreign key is ERR_CONFLICT "error.conflict", a
 * query that must have a row and has none ERR_MISSING "error.missing", a lock that
 * is not got in time or a server that is away ERR_BUSY "error.busy", all else
 * ERR_DB "error.storage".  Rows never appear in an error text.
 *
 * A statement that fails within a transaction ends what it stands in: the innermost
 * db_begin() around it is to be rolled back.  (SQLite would let the caller go on,
 * PostgreSQL does not.)  Who expects a conflict and wants to live with it says
 * ON CONFLICT DO NOTHING, or begins a transaction for that statement alone. */
#pragma once
#include "base/arena.h"
#include "base/day.h"

#include <jansson.h>

struct db;

enum db_type { DB_END, DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

/* A parameter or a column.  Text is terminated; `size` counts bytes without the
 * terminator.  Column values are valid only until the row function returns. */
struct db_value {
	enum db_type type;
	int64_t number;
	const void *bytes;
	size_t size;
};

struct db_value db_int(int64_t number);
struct db_value db_text(const char *text); /* NULL gives SQL NULL */
struct db_value db_blob(const void *bytes, size_t size);
struct db_value db_null(void);
struct db_value db_no_int(void); /* NULL where db_add() has a number otherwise */

/* Opens or makes the database at `where`: a file name, ":memory:", or "postgresql://..." as libpq
 * has it, where it must be there already.  Durable: what is committed is on disk (SQLite: WAL with
 * synchronous FULL; PostgreSQL: as the server is set up, docs/ha.md). */
bool db_open(const char *where, struct db **ret, struct err *e) MUST_USE;

/* Whether `where` is a PostgreSQL server, no file. */
bool db_is_server(const char *where);

/* `where` for people: a URL without its password. */
const char *db_shown(const char *where, struct arena *a);

/* Where connections to a server go: TCP ports, and files that libpq reads for them (certificates,
 * passwords), which may be in folders that others look after.  Nothing of a file or a socket. */
enum { DB_DOORS_MOST = 16 };
struct db_doors {
	uint16_t port[DB_DOORS_MOST];
	const char *file[DB_DOORS_MOST];
	size_t port_count, file_count;
};
bool db_doors(const char *where, struct arena *a, struct db_doors *ret, struct err *e) MUST_USE;

/* A connection that cannot write, for worker threads. */
bool db_open_read_only(const char *where, struct db **ret, struct err *e) MUST_USE;
/* How long a statement waits for a lock that another process holds before it is ERR_BUSY; 5 s at
 * first.  A server that serves many at once waits shortly and lets the client come again; on
 * PostgreSQL locks are waited for 2 s at least, as they are given in the order of asking. */
bool db_wait_most(struct db *db, int ms, struct err *e) MUST_USE;

/* How long a statement may take at all before it is ERR_BUSY and, if the server does not even say
 * so, the connection counts as lost; at first as long as it takes.  SQLite: nothing. */
bool db_answer_most(struct db *db, int ms, struct err *e) MUST_USE;

void db_close(struct db *db);
void db_cleanup(struct db **db); /* for CLEANUP() */

/* Applies the migrations of db/schema that are not there yet, each in one
 * transaction.  Running it again is harmless, and so is running it in two processes.  Refuses a
 * database that is newer than the program, ERR_DB "error.database.newer", unless each of the
 * migrations that it does not know says that it bears this program ("@bears", docs/nodes.md). */
bool db_migrate(struct db *db, struct err *e) MUST_USE;

/* The same without applying any: ERR_DB "error.database.older" if one is not there yet. */
bool db_is_migrated(struct db *db, struct err *e) MUST_USE;

/* Whether migrations are there that the program does not know, and do not bear it. */
bool db_is_too_new(struct db *db, bool *ret, struct err *e) MUST_USE;

/* Leaves nothing of what was deleted in the files of the database, by writing it anew; takes as
 * long as that.  Not inside a transaction. */
bool db_scrub(struct db *db, struct err *e) MUST_USE;

/* ---- transactions ---------------------------------------------------------- */

struct db_tx {
	struct db *db; /* NULL when it has ended */
	int depth;
};

/* A transaction that is not committed rolls back when its variable goes out of scope:
 *   CLEANUP(db_rollback) struct db_tx tx = { 0 };
 *   return db_begin(db, &tx, e) && ... && db_commit(&tx, e); */
bool db_begin(struct db *db, struct db_tx *tx, struct err *e) MUST_USE;
bool db_commit(struct db_tx *tx, struct err *e) MUST_USE;

/* An outermost transaction within which nothing can be undone alone: transactions inside have no
 * savepoints, which cost a copy of every page they touch, and a statement whose result nobody asks
 * for (db_exec() without a count) need not be waited for: what is wrong with it is told by a later
 * statement, or by db_commit().  When one of them that has written is rolled back, or a statement
 * fails on an engine that undoes the whole for that, the whole is spoiled: it does not commit any
 * more, and what was done is to be done again in a transaction of the other kind. */
bool db_begin_flat(struct db *db, struct db_tx *tx, struct err *e) MUST_USE;
bool db_is_spoiled(const struct db *db);
void db_rollback(struct db_tx *tx);

/* From here on each transaction of `db` that writes, and each statement that does so outside of
 * one, first asks whether lease `name`, which stays the caller's, still has this epoch
 * (app/lease.h); ERR_BUSY "error.lease" if not.  NULL: no more. */
void db_fence(struct db *db, const char *name, int64_t epoch);

/* ---- a server that goes away ------------------------------------------------
 * A lost connection is ERR_BUSY "error.busy" for the statement that notices, and its transaction is
 * undone.  The next outermost db_begin(), or statement outside of a transaction, connects again: it
 * waits no longer than db_wait_most() says (300 ms at least), and fails as ERR_BUSY if the server
 * is still away; right after such a failure it does so at once, so that a loop that asks for each
 * of its calls stays responsive.  SQLite is never lost and never in doubt. */

/* Whether the connection is known to be gone. */
bool db_is_lost(const struct db *db);

/* Whether nobody knows if the newest db_commit(), which failed as ERR_BUSY, took place all the
 * same: the server went away, or did not answer in time, between hearing COMMIT and telling. */
bool db_in_doubt(const struct db *db);

/* Finds that out, which ends the doubt: connects again if need be, waits until a commit that is
 * still under way has ended, and looks.  `ret_committed` is as durable as a commit is.  ERR_BUSY
 * while it cannot be found out yet: the doubt stays, ask again later.  Outside transactions.
 * db_commit() itself asks as long as db_wait_most() allows, so that a program that is no server may
 * take a failure for what it is.  Without a doubt: that the newest commit did not fail.
 * The next outermost db_begin() drops a doubt that nobody asked about. */
bool db_settle(struct db *db, bool *ret_committed, struct err *e) MUST_USE;

/* ---- notices between processes on several machines --------------------------
 * A notice wakes up, it carries nothing that must not be missed: who listens looks into the rows
 * at the beginning and whenever a connection has begun anew.  SQLite has none: nobody hears. */

enum { DB_NOTICE_MOST = 2000 }; /* bytes of text */

/* Tells, when the transaction around it commits, all who listen to `channel` (a-z and _). */
bool db_notify(struct db *db, const char *channel, const char *text, struct err *e) MUST_USE;

/* How many `db` has sent, those of transactions that were undone too: whoever has sent some in a
 * turn wakes up its own process itself, whatever the engine. */
int64_t db_notices(const struct db *db);

/* Makes `db`, which is for nothing else from here on, listen to the channels of the list that NULL
 * ends, which stays the caller's and lives as long as `db`. */
bool db_listen(struct db *db, const char *const *channels, struct err *e) MUST_USE;

/* What becomes readable when a notice has come, or the connection was lost; -1 if there is none.
 * It is another one after db_hear() has connected again. */
int db_listen_fd(const struct db *db);

/* Hands over, without waiting, what was heard.  A connection that was lost is made anew, bounded as
 * above, and then `hear` gets NULL for channel and text: something may have been missed.  ERR_BUSY
 * while the server is away: ask again in a while. */
typedef void db_notice_fn(void *user, const char *channel, const char *text);
bool db_hear(struct db *db, db_notice_fn *hear, void *user, struct err *e) MUST_USE;

/* ---- statements ------------------------------------------------------------ */

#define DB_ARGS(...) ((const struct db_value[]){ __VA_ARGS__ __VA_OPT__(, ){ DB_END, 0, NULL, 0 } })

/* Runs a statement that returns no row.  `ret_changed` (may be NULL) is the
 * count of changed rows: `UPDATE ... WHERE state = 'open'` that changes none
 * tells that somebody else was first. */
#define db_exec(db, e, ret_changed, sql, ...)                                                      \
	db_exec_(db, e, ret_changed, "" sql "", DB_ARGS(__VA_ARGS__))

/* Adds a row: `sql` is INSERT INTO table (columns) VALUES ($1, ..., $n), each value always of the
 * same type; one that is NULL is db_no_int().  Within db_begin_flat() an engine may let rows wait
 * for each other and write many in one statement: before the next one that has the table's name in
 * its text, and at the latest at the commit; tables in the order of their first row.  So nothing
 * may come in between that sees or refers to the row without naming its table. */
#define db_add(db, e, sql, ...) db_add_(db, e, "" sql "", DB_ARGS(__VA_ARGS__))

/* Numbers for `count` rows of `table` which will name them (@id), one after another from `ret` on:
 * the engine gives them to nobody else.  Within a transaction that writes. */
#define db_numbers(db, e, count, ret, table)                                                       \
	db_numbers_(db, e, count, ret, "" table "",                                                \
		    ""                                                                             \
		    "SELECT COALESCE(MAX(id), 0) + 1 FROM " table "")

/* Says that the rows of a query will be asked for, with the same text and parameters, later in this
 * transaction: where it is flat, the query may be sent at once, so that one wait for the server
 * serves all that were said before.  The rows are those of now: the caller knows that nothing they
 * are made of is written in between.  Nothing is lost by asking for none; db_ahead_over() lets go
 * of them, as the end of the transaction does. */
#define db_ahead(db, e, sql, ...) db_ahead_(db, e, "" sql "", DB_ARGS(__VA_ARGS__))
void db_ahead_over(struct db *db);

/* All rows as a JSON array of objects, freed with the arena; NULL on failure.
 * Integers are integers, text is text, NULL is null.  Blobs are refused: read
 * them with db_bytes(). */
#define db_rows(db, a, e, sql, ...) db_rows_(db, a, e, "" sql "", DB_ARGS(__VA_ARGS__))

/* The one row as an object, freed with the arena; NULL on failure, which
 * includes that there is none (ERR_MISSING). */
#define db_row(db, a, e, sql, ...) db_row_(db, a, e, "" sql "", DB_ARGS(__VA_ARGS__))

/* The first column of the first row.  No row, or a NULL, is ERR_MISSING.
 * db_number serves INSERT ... RETURNING id too. */
#define db_number(db, e, ret, sql, ...) db_number_(db, e, ret, "" sql "", DB_ARGS(__VA_ARGS__))
#define db_string(db, a, e, ret, sql, ...)                                                         \
	db_string_(db, a, e, ret, "" sql "", DB_ARGS(__VA_ARGS__))
#define db_bytes(db, a, e, ret, ret_size, sql, ...)                                                \
	db_bytes_(db, a, e, ret, ret_size, "" sql "", DB_ARGS(__VA_ARGS__))

/* Whether the query has a row. */
#define db_exists(db, e, ret, sql, ...) db_exists_(db, e, ret, "" sql "", DB_ARGS(__VA_ARGS__))

/* Calls `each` for every row as it arrives, for what is too large to hold.
 * `each` returns false with `e` set to stop. */
typedef bool db_each_fn(void *user, const struct db_value *column, size_t count, struct err *e);
#define db_each(db, e, each, user, sql, ...)                                                       \
	db_each_(db, e, each, user, "" sql "", DB_ARGS(__VA_ARGS__))

bool db_exec_(struct db *db, struct err *e, int64_t *ret_changed, const char *sql,
	      const struct db_value *args) MUST_USE;
bool db_ahead_(struct db *db, struct err *e, const char *sql, const struct db_value *args) MUST_USE;
bool db_add_(struct db *db, struct err *e, const char *sql, const struct db_value *args) MUST_USE;
bool db_numbers_(struct db *db, struct err *e, int64_t count, int64_t *ret, const char *table,
		 const char *sql) MUST_USE;
json_t *db_rows_(struct db *db, struct arena *a, struct err *e, const char *sql,
		 const struct db_value *args) MUST_USE;
json_t *db_row_(struct db *db, struct arena *a, struct err *e, const char *sql,
		const struct db_value *args) MUST_USE;
bool db_number_(struct db *db, struct err *e, int64_t *ret, const char *sql,
		const struct db_value *args) MUST_USE;
bool db_string_(struct db *db, struct arena *a, struct err *e, const char **ret, const char *sql,
		const struct db_value *args) MUST_USE;
bool db_bytes_(struct db *db, struct arena *a, struct err *e, const void **ret, size_t *ret_size,
	       const char *sql, const struct db_value *args) MUST_USE;
bool db_exists_(struct db *db, struct err *e, bool *ret, const char *sql,
		const struct db_value *args) MUST_USE;
bool db_each_(struct db *db, struct err *e, db_each_fn *each, void *user, const char *sql,
	      const struct db_value *args) MUST_USE;
