/* pg.h - what the files of the PostgreSQL engine share.
 *
 * One writer at a time, on all nodes: the outermost transaction takes an advisory lock for itself
 * before it reads, as SQLite's BEGIN IMMEDIATE does.  The journal is one chain, so that writers
 * would meet there anyway; so they meet where nothing has been read yet, and a use case sees what
 * was committed before it and nothing in between.  That the chain does not fork is a matter of
 * keys, not of the lock: journal_entry.seq is a primary key.
 *
 * The connection is in libpq's pipeline mode: statements are sent without waiting for those before,
 * and a "sync" ends what is to be waited for.  After a failure the server skips to the next sync.
 * Nothing here waits without a bound. */
#pragma once
#include "db/driver.h"

#include <libpq-fe.h>

enum {
	PG_SLOTS = 8192, /* the program has some 1,700 literals */
	PG_SENT_MOST = 1024,
	PG_PARAMS_MOST = 40,
	PG_COLUMNS_MOST = 64,
	PG_OWNER_SIZE = 33,
};

/* Numbers of types (pg_type.dat of PostgreSQL), which never change; those that are sent. */
enum { TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_TEXT = 25 };

/* Something that was sent and whose result has not been taken. */
struct pg_sent {
	enum { PG_PREPARE, PG_STATEMENT, PG_AHEAD, PG_SYNC } kind;
	size_t slot; /* of a PG_PREPARE; of a PG_AHEAD, which (pg_ahead.c) */
};

/* Rows that are being handed over.  A statement within the row function needs the connection: then
 * the rows that have not been handed over yet are taken into `rest`. */
struct pg_stream {
	PGresult *rest; /* NULL: none had to be taken */
	bool ended;     /* nothing is left on the connection */
	bool ok;        /* until the server says otherwise */
	int64_t changed;
	struct err why;
};

struct pg {
	struct db db; /* first */
	char *where;
	bool read_only;
	int wait_ms, answer_ms; /* db_wait_most(), db_answer_most() */

	/* pg_conn.c */
	PGconn *conn;      /* NULL: it is lost */
	size_t hosts;      /* in the address */
	unsigned attempts; /* to connect: each begins with another host */
	int64_t failed_ms; /* when the last one failed, or 0; clock_monotonic_ms() */
	bool warned;       /* the server has warned since this was set to false */

	/* pg.c */
	const char *prepared[PG_SLOTS]; /* the literals that the server knows as "s<slot>" */
	struct pg_sent sent[PG_SENT_MOST];
	size_t sent_count;
	struct pg_stream *stream; /* rows of it are still on the connection */

	/* pg_ahead.c */
	struct pg_ahead *ahead; /* NULL before the first */

	/* pg_rows.c */
	struct pg_rows *rows; /* NULL before the first */

	/* pg_turn.c */
	bool in_tx, flat, wrote;
	bool refused;              /* the server has refused something in this transaction */
	bool committing;           /* the newest thing sent is COMMIT */
	char owner[PG_OWNER_SIZE]; /* of the marks; "" before the first */
	int64_t mark;              /* of the newest transaction that wrote */
	bool doubt, has_marks;

	/* pg_notice.c */
	const char *const *channels;
	bool missed; /* connected anew, and nobody was told */
};

/* ---- pg_conn.c ---- */

/* Connects, with the settings of a session of ours.  `patient`: tries again and again for as long
 * as db_wait_most() says.  A failure lately is repeated without trying, unless patient. */
bool pg_connect(struct pg *p, bool patient, struct err *e) MUST_USE;

/* The connection is gone, with all that the server knew of it. */
void pg_lose(struct pg *p);

/* Waits until a result can be taken; false, and the connection is lost, if none comes in time. */
bool pg_wait(struct pg *p) MUST_USE;

/* "the database is away"; false. */
bool pg_away(struct err *e, const char *what);

/* How long to wait for a lock.  The one of the writers is given in the order of asking, and turns
 * of other nodes are short: who gives up early only loses the place. */
int pg_lock_ms(const struct pg *p);

/* Records the failure that `result` tells, or the connection if it is NULL; false.  Only the
 * primary message is kept, and not where it may quote a value.  Loses a connection that is of no
 * more use. */
bool pg_fail(struct pg *p, const PGresult *result, struct err *e, const char *what);

/* ---- pg.c ---- */

bool pg_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row, void *user,
	    int64_t *ret_changed, struct err *e) MUST_USE;

/* Sends a statement and waits for nothing.  `sql` is a literal. */
bool pg_send(struct pg *p, const char *sql, const struct db_value *args, struct err *e) MUST_USE;

/* Waits for all that was sent; rows of the newest statement, which may be NULL, go to `row`. */
bool pg_finish(struct pg *p, db_row_fn *row, void *user, int64_t *ret_changed,
	       struct err *e) MUST_USE;

/* Ends what has failed before, so that the next statement is heard again. */
bool pg_recover(struct pg *p) MUST_USE;

/* Several statements without parameters.  The connection is out of pipeline mode, where libpq's
 * other functions work, until the next pg_send(). */
bool pg_script(struct db *db, const char *sql, struct err *e) MUST_USE;

/* Makes the connection ready for libpq's functions that know no pipeline (COPY). */
bool pg_plain(struct pg *p, struct err *e) MUST_USE;

/* ---- pg_ahead.c: queries that were sent ahead (db_ahead()) ---- */
bool pg_ahead(struct db *db, const char *sql, const struct db_value *args, struct err *e) MUST_USE;
void pg_ahead_over(struct db *db);
void pg_ahead_close(struct pg *p);

/* The result of a PG_AHEAD has come; it is kept. */
void pg_ahead_keep(struct pg *p, size_t at, PGresult *result);

/* Whether this was sent ahead and not asked for since. */
bool pg_ahead_find(struct pg *p, const char *sql, const struct db_value *args, size_t *ret);

/* Its result, which is the caller's; waits for it.  NULL: the transaction has failed. */
PGresult *pg_ahead_take(struct pg *p, size_t at, struct err *e);

/* ---- pg_rows.c: rows of db_add() that wait ---- */
bool pg_add(struct db *db, const char *sql, const struct db_value *args, struct err *e) MUST_USE;

/* Sends those that wait; waits for nothing itself. */
bool pg_rows_send(struct pg *p, struct err *e) MUST_USE;

/* The same before a statement that names their table. */
bool pg_rows_before(struct pg *p, const char *sql, struct err *e) MUST_USE;

/* Forgets them. */
void pg_rows_drop(struct pg *p);
void pg_rows_close(struct pg *p);

/* ---- pg_turn.c: transactions; what driver.h says ---- */
bool pg_begin(struct db *db, enum db_kind kind, struct err *e) MUST_USE;
bool pg_commit(struct db *db, struct err *e) MUST_USE;
void pg_rollback(struct db *db);
bool pg_is_lost(const struct db *db);
bool pg_in_doubt(const struct db *db);
bool pg_settle(struct db *db, bool *ret_committed, struct err *e) MUST_USE;

/* ---- pg_notice.c ---- */
bool pg_notify(struct db *db, const char *channel, const char *text, struct err *e) MUST_USE;
bool pg_listen(struct db *db, const char *const *channels, struct err *e) MUST_USE;
int pg_listen_fd(const struct db *db);
bool pg_hear(struct db *db, db_notice_fn *hear, void *user, struct err *e) MUST_USE;
/* LISTEN for all channels, after connecting. */
bool pg_listen_again(struct pg *p, struct err *e) MUST_USE;

/* ---- pg_value.c: a column in binary format as a value, valid as long as the result ---- */
bool pg_value(const PGresult *result, int row, int column, struct db_value *ret,
	      struct err *e) MUST_USE;

/* ---- pg_bulk.c ---- */
extern const struct db_bulk pg_bulk; /* db/bulk.h */

/* ---- pg_copy.c: db/copy.h says what they do ---- */
bool pg_size(struct db *db, int64_t *ret, struct err *e) MUST_USE;
bool pg_copy(struct db *db, const char *to, struct err *e) MUST_USE;
bool pg_check(struct db *db, struct arena *a, const char **ret_why, struct err *e) MUST_USE;
json_t *pg_row_counts(struct db *db, struct arena *a, struct err *e);
bool pg_disarm(struct db *db, struct err *e) MUST_USE;

/* ---- pg_state.c: db/state.h ---- */
bool pg_state(struct db *db, struct db_state *ret, struct err *e) MUST_USE;
