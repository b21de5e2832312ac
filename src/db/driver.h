/* driver.h - what an engine has to offer; db.c is written against this table,
 * and a test puts a driver in between that fails its n-th call. */
#pragma once
#include "db/copy.h"
#include "db/state.h"

struct db_column {
	const char *name;
	struct db_value value;
};

/* Gets one row; false with `e` set stops the query. */
typedef bool db_row_fn(void *user, const struct db_column *column, size_t count, struct err *e);

/* Transactions of an engine. */
enum db_kind {
	DB_WRITES,   /* nobody else writes until it has ended               */
	DB_FLAT,     /* the same, without savepoints: db_begin_flat()       */
	DB_SNAPSHOT, /* reads as of one moment, which its first read is     */
};

struct db_driver {
	/* The outermost transaction; savepoints within it are statements. */
	bool (*begin)(struct db *db, enum db_kind kind, struct err *e);
	bool (*commit)(struct db *db, struct err *e);
	void (*rollback)(struct db *db);
	/* Runs one statement.  `sql` is a literal, so its address may key a cache. */
	bool (*run)(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		    void *user, int64_t *ret_changed, struct err *e);
	/* db_add() within a flat transaction; NULL: it is run(). */
	bool (*add)(struct db *db, const char *sql, const struct db_value *args, struct err *e);
	/* db_ahead(), db_ahead_over() within a flat transaction; NULL: nothing is gained by it. */
	bool (*ahead)(struct db *db, const char *sql, const struct db_value *args, struct err *e);
	void (*ahead_over)(struct db *db);
	/* db_numbers(): of table $1, $2 of them; NULL: the next after those that are there */
	const char *numbers;
	/* Runs several statements without parameters (migrations). */
	bool (*script)(struct db *db, const char *sql, struct err *e);
	bool (*wait_most)(struct db *db, int ms, struct err *e);
	/* The following are NULL for an engine that has no server. */
	bool (*answer_most)(struct db *db, int ms, struct err *e);
	bool (*is_lost)(const struct db *db);
	bool (*in_doubt)(const struct db *db);
	bool (*settle)(struct db *db, bool *ret_committed, struct err *e);
	bool (*notify)(struct db *db, const char *channel, const char *text, struct err *e);
	bool (*listen)(struct db *db, const char *const *channels, struct err *e);
	int (*listen_fd)(const struct db *db);
	bool (*hear)(struct db *db, db_notice_fn *hear, void *user, struct err *e);

	/* Writes the files anew, so that nothing deleted is left in them. */
	bool (*scrub)(struct db *db, struct err *e);
	/* db_alone(), db_size(), db_copy(), db_check(), db_row_counts(), db_disarm() of db/copy.h;
	 * the first is NULL on a server */
	bool (*alone)(struct db *db, struct err *e);
	bool (*size)(struct db *db, int64_t *ret, struct err *e);
	bool (*copy)(struct db *db, const char *to, struct err *e);
	bool (*check)(struct db *db, struct arena *a, const char **ret_why, struct err *e);
	json_t *(*row_counts)(struct db *db, struct arena *a, struct err *e);
	bool (*disarm)(struct db *db, struct err *e);
	/* db_state() of db/state.h; NULL: a file of this machine. */
	bool (*state)(struct db *db, struct db_state *ret, struct err *e);
	/* Names the transaction to whoever looks at the engine ($1); NULL: nobody can. */
	const char *mark;
	void (*close)(struct db *db);
	/* Whole tables: db/bulk.h */
	const struct db_bulk *bulk;
	/* The query of db_version() */
	const char *version;
	/* What @id, @big, @blob and @strict stand for in db/schema, and the type of a column that
	 * is TEXT there: one that compares and sorts by its bytes. */
	const char *word_id, *word_big, *word_blob, *word_strict, *word_text;
	/* Triggers that refuse to change rows of {table}, and to delete any but those for which
	 * {unless} holds: what "@append_only TABLE [UNLESS CONDITION];" stands for. */
	const char *append_only;
};

enum { DB_DEPTH_MOST = 5 };

/* An open transaction.  One that begins before anything was written in the one around it has no
 * savepoint of its own: to undo it is to undo that one to its beginning. */
struct db_level {
	bool real;      /* it has a transaction or savepoint of the engine */
	int64_t writes; /* of the connection when it began                 */
};

/* Engines put this first in their own struct. */
struct db {
	const struct db_driver *driver;
	int depth; /* transactions that are open */
	int64_t writes;
	bool flat;       /* the outermost transaction was begun by db_begin_flat()      */
	int64_t notices; /* that were sent */
	struct {
		const char *name; /* NULL: none */
		int64_t epoch;
	} fence;
	bool spoiled; /* something within it was undone that had written            */
	struct db_level level[DB_DEPTH_MOST];
	/* What journal/ alone remembers within one transaction, until something is rolled back, as
	 * nobody else writes meanwhile: the newest entry, and the right edge of the tree, which is
	 * the roots of the full subtrees that `size` leaves fall into. */
	struct {
		bool known;
		int64_t seq;
		unsigned char hash[32];
	} head;
	struct {
		uint64_t size; /* 0: not known */
		unsigned char hash[64][32];
	} edge;
};

/* db_migrate() to an older schema: for a copy of a database that has not got them all. */
bool db_migrate_as_far_as(struct db *db, int64_t number, struct err *e) MUST_USE;

bool db_sqlite_open(const char *where, bool read_only, struct db **ret, struct err *e) MUST_USE;
bool db_pg_open(const char *where, bool read_only, struct db **ret, struct err *e) MUST_USE;
