#include "db/db.h"

#include "db/driver.h"
#include "db/row.h"

#include <assert.h>
#include <string.h>

struct db_value db_int(int64_t number)
{
	return (struct db_value){ DB_INT, number, NULL, 0 };
}

struct db_value db_text(const char *text)
{
	return text ? (struct db_value){ DB_TEXT, 0, text, strlen(text) } : db_null();
}

struct db_value db_blob(const void *bytes, size_t size)
{
	return (struct db_value){ DB_BLOB, 0, bytes, size };
}

struct db_value db_null(void)
{
	return (struct db_value){ DB_NULL, 0, NULL, 0 };
}

struct db_value db_no_int(void)
{
	return (struct db_value){ DB_NULL, DB_INT, NULL, 0 };
}

bool db_is_server(const char *where)
{
	return strncmp(where, "postgresql://", strlen("postgresql://")) == 0;
}

static bool open_any(const char *where, bool read_only, struct db **ret, struct err *e)
{
	return db_is_server(where) ? db_pg_open(where, read_only, ret, e)
				   : db_sqlite_open(where, read_only, ret, e);
}

bool db_open(const char *where, struct db **ret, struct err *e)
{
	return open_any(where, false, ret, e);
}

bool db_open_read_only(const char *where, struct db **ret, struct err *e)
{
	return open_any(where, true, ret, e);
}

bool db_wait_most(struct db *db, int ms, struct err *e)
{
	return db->driver->wait_most(db, ms, e);
}

bool db_answer_most(struct db *db, int ms, struct err *e)
{
	return !db->driver->answer_most || db->driver->answer_most(db, ms, e);
}

bool db_scrub(struct db *db, struct err *e)
{
	return db->driver->scrub(db, e);
}

bool db_version(struct db *db, int64_t *ret, struct err *e)
{
	return db_number_(db, e, ret, db->driver->version, DB_ARGS());
}

bool db_alone(struct db *db, struct err *e)
{
	return db->driver->alone ? db->driver->alone(db, e)
				 : err_set(e, ERR_INPUT, "error.storage", "it is no file");
}

bool db_size(struct db *db, int64_t *ret, struct err *e)
{
	return db->driver->size(db, ret, e);
}

bool db_copy(struct db *db, const char *to, struct err *e)
{
	return db->driver->copy(db, to, e);
}

bool db_check(struct db *db, struct arena *a, const char **ret_why, struct err *e)
{
	return db->driver->check(db, a, ret_why, e);
}

json_t *db_row_counts(struct db *db, struct arena *a, struct err *e)
{
	return db->driver->row_counts(db, a, e);
}

bool db_disarm(struct db *db, struct err *e)
{
	return db->driver->disarm(db, e);
}

void db_close(struct db *db)
{
	if (db)
		db->driver->close(db);
}

void db_cleanup(struct db **db)
{
	db_close(*db);
}

/* ---- transactions ---------------------------------------------------------- */

/* Savepoints need a name of their own only as deep as use cases nest. */
static const char *const savepoint[][3] = {
	{ NULL, NULL, NULL }, /* the engine's transaction */
	{ "SAVEPOINT s1", "RELEASE SAVEPOINT s1", "ROLLBACK TO SAVEPOINT s1" },
	{ "SAVEPOINT s2", "RELEASE SAVEPOINT s2", "ROLLBACK TO SAVEPOINT s2" },
	{ "SAVEPOINT s3", "RELEASE SAVEPOINT s3", "ROLLBACK TO SAVEPOINT s3" },
	{ "SAVEPOINT s4", "RELEASE SAVEPOINT s4", "ROLLBACK TO SAVEPOINT s4" },
};

/* The journal may be another one from here on. */
static void forget_journal(struct db *db)
{
	db->head.known = false;
	db->edge.size = 0;
}

static bool run(struct db *db, const char *sql, struct err *e)
{
	return db->driver->run(db, sql, DB_ARGS(), NULL, NULL, NULL, e);
}

static bool begin_outermost(struct db *db, struct db_tx *tx, enum db_kind kind, struct err *e)
{
	if (db->depth > 0)
		return err_set(e, ERR_DB, "error.storage", "not the outermost transaction");
	db->flat = kind == DB_FLAT;
	db->spoiled = false;
	if (!db->driver->begin(db, kind, e)) {
		db->flat = false;
		return false;
	}
	forget_journal(db);
	db->level[0] = (struct db_level){ true, db->writes };
	*tx = (struct db_tx){ db, ++db->depth };
	return true;
}

void db_fence(struct db *db, const char *name, int64_t epoch)
{
	db->fence.name = name;
	db->fence.epoch = epoch;
}

/* Nobody else writes from here on: what the lease is now it is until the commit. */
static bool holds_fence(struct db *db, struct err *e)
{
	bool held = false;
	if (!db->fence.name)
		return true;
	return db_exists(db, e, &held, "SELECT 1 FROM lease WHERE name = $1 AND epoch = $2",
			 db_text(db->fence.name), db_int(db->fence.epoch)) &&
	       (held || err_set(e, ERR_BUSY, "error.lease", "another process has taken over"));
}

static bool begin_to_write(struct db *db, struct db_tx *tx, enum db_kind kind, struct err *e)
{
	if (!begin_outermost(db, tx, kind, e))
		return false;
	if (holds_fence(db, e))
		return true;
	db_rollback(tx);
	return false;
}

bool db_begin(struct db *db, struct db_tx *tx, struct err *e)
{
	const int depth = db->depth;
	if (depth == 0)
		return begin_to_write(db, tx, DB_WRITES, e);
	if (depth >= DB_DEPTH_MOST)
		return err_set(e, ERR_DB, "error.storage", "transactions nest too deep");
	/* The first within the outermost one is always of the engine, unless that one is flat. */
	const bool real = !db->flat && (depth == 1 || db->level[depth - 1].writes != db->writes);
	if (real && !run(db, savepoint[depth][0], e))
		return false;
	db->level[depth] = (struct db_level){ real, db->writes };
	*tx = (struct db_tx){ db, ++db->depth };
	return true;
}

bool db_begin_flat(struct db *db, struct db_tx *tx, struct err *e)
{
	return begin_to_write(db, tx, DB_FLAT, e);
}

/* The moment is that of the first read, so one is made at once. */
bool db_begin_snapshot(struct db *db, struct db_tx *tx, struct err *e)
{
	if (!begin_outermost(db, tx, DB_SNAPSHOT, e))
		return false;
	if (run(db, "SELECT COUNT(*) FROM schema_done", e))
		return true;
	db_rollback(tx);
	return false;
}

bool db_is_spoiled(const struct db *db)
{
	return db->spoiled;
}

/* The outermost transaction has ended. */
static void forget_flat(struct db *db)
{
	if (db->depth == 0)
		db->flat = db->spoiled = false;
}

bool db_commit(struct db_tx *tx, struct err *e)
{
	struct db *db = tx->db;
	if (!db || db->depth != tx->depth)
		return err_set(e, ERR_DB, "error.storage", "commit out of order");
	if (tx->depth == 1 && db->spoiled)
		return err_set(e, ERR_DB, "error.storage", "a part of it was undone");
	const bool real = db->level[tx->depth - 1].real;
	const bool ok = tx->depth == 1 ? db->driver->commit(db, e)
				       : !real || run(db, savepoint[tx->depth - 1][1], e);
	if (!ok)
		return false; /* the clean-up rolls back */
	db->depth = tx->depth - 1;
	tx->db = NULL;
	forget_flat(db);
	return true;
}

/* Undoes what was done since the innermost level from here outwards that the engine knows. */
static void undo_from(struct db *db, int depth)
{
	assert(depth > 0 && depth <= DB_DEPTH_MOST);
	int at = depth - 1;
	while (at > 0 && !db->level[at].real)
		at--;
	/* An engine may have rolled back by itself: then there is nothing to undo. */
	if (at == 0)
		db->driver->rollback(db);
	else
		(void)run(db, savepoint[at][2], NULL);
	if (at > 0 && at == depth - 1)
		(void)run(db, savepoint[at][1], NULL);
}

void db_rollback(struct db_tx *tx)
{
	struct db *db = tx->db;
	if (!db)
		return;
	forget_journal(db);
	const struct db_level *level = &db->level[tx->depth - 1];
	if (db->flat && tx->depth > 1) {
		db->spoiled = db->spoiled || db->writes != level->writes;
	} else {
		undo_from(db, tx->depth);
		db->writes = level->writes;
	}
	db->depth = tx->depth - 1;
	tx->db = NULL;
	forget_flat(db);
}

/* Whether a statement may write: whatever does not begin as a query. */
static void count_write(struct db *db, const char *sql)
{
	db->writes += strncmp(sql, "SELECT", strlen("SELECT")) != 0;
}

/* ---- a server that goes away, and notices ----------------------------------- */

bool db_is_lost(const struct db *db)
{
	return db->driver->is_lost && db->driver->is_lost(db);
}

bool db_in_doubt(const struct db *db)
{
	return db->driver->in_doubt && db->driver->in_doubt(db);
}

bool db_settle(struct db *db, bool *ret_committed, struct err *e)
{
	if (db->driver->settle)
		return db->driver->settle(db, ret_committed, e);
	*ret_committed = true;
	return true;
}

bool db_notify(struct db *db, const char *channel, const char *text, struct err *e)
{
	if (strlen(text) > DB_NOTICE_MOST)
		return err_set(e, ERR_DB, "error.storage", "a notice is too long");
	db->notices++;
	return !db->driver->notify || db->driver->notify(db, channel, text, e);
}

int64_t db_notices(const struct db *db)
{
	return db->notices;
}

bool db_listen(struct db *db, const char *const *channels, struct err *e)
{
	return !db->driver->listen || db->driver->listen(db, channels, e);
}

int db_listen_fd(const struct db *db)
{
	return db->driver->listen_fd ? db->driver->listen_fd(db) : -1;
}

bool db_hear(struct db *db, db_notice_fn *hear, void *user, struct err *e)
{
	return !db->driver->hear || db->driver->hear(db, hear, user, e);
}

/* ---- statements ------------------------------------------------------------ */

bool db_exec_(struct db *db, struct err *e, int64_t *ret_changed, const char *sql,
	      const struct db_value *args)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const int64_t writes = db->writes;
	count_write(db, sql);
	const bool fenced = db->fence.name && db->depth == 0 && db->writes != writes;
	return (!fenced || db_begin(db, &tx, e)) &&
	       db->driver->run(db, sql, args, NULL, NULL, ret_changed, e) &&
	       (!fenced || db_commit(&tx, e));
}

bool db_add_(struct db *db, struct err *e, const char *sql, const struct db_value *args)
{
	if (!db->flat || !db->driver->add)
		return db_exec_(db, e, NULL, sql, args);
	count_write(db, sql);
	return db->driver->add(db, sql, args, e);
}

bool db_numbers_(struct db *db, struct err *e, int64_t count, int64_t *ret, const char *table,
		 const char *sql)
{
	const char *numbers = db->driver->numbers;
	return numbers ? db_number_(db, e, ret, numbers, DB_ARGS(db_text(table), db_int(count)))
		       : db_number_(db, e, ret, sql, DB_ARGS());
}

bool db_ahead_(struct db *db, struct err *e, const char *sql, const struct db_value *args)
{
	return !db->flat || !db->driver->ahead || db->driver->ahead(db, sql, args, e);
}

void db_ahead_over(struct db *db)
{
	if (db->driver->ahead_over)
		db->driver->ahead_over(db);
}

static json_t *to_json(const struct db_value *v)
{
	switch (v->type) {
	case DB_INT: return json_integer(v->number);
	case DB_TEXT: return json_stringn(v->bytes, v->size);
	case DB_NULL: return json_null();
	default: return NULL;
	}
}

static bool add_row(void *user, const struct db_column *column, size_t count, struct err *e)
{
	json_t *row = json_object();
	bool ok = json_array_append_new(user, row) == 0;
	for (size_t i = 0; ok && i < count; i++)
		ok = json_object_set_new(row, column[i].name, to_json(&column[i].value)) == 0;
	return ok || err_set(e, ERR_DB, "error.storage", "a column does not fit into JSON");
}

json_t *db_rows_(struct db *db, struct arena *a, struct err *e, const char *sql,
		 const struct db_value *args)
{
	json_t *rows = json_array();
	json_in_arena(a, rows);
	count_write(db, sql);
	return db->driver->run(db, sql, args, add_row, rows, NULL, e) ? rows : NULL;
}

static bool missing(struct err *e)
{
	return err_set(e, ERR_MISSING, "error.missing", "no such row");
}

json_t *db_row_(struct db *db, struct arena *a, struct err *e, const char *sql,
		const struct db_value *args)
{
	json_t *rows = db_rows_(db, a, e, sql, args);
	if (!rows)
		return NULL;
	if (json_array_size(rows) == 0) {
		(void)missing(e);
		return NULL;
	}
	return json_array_get(rows, 0);
}

/* The first column of the first row, kept beyond the row function. */
struct first {
	struct arena *arena;
	bool found;
	struct db_value value;
};

static bool keep_first(void *user, const struct db_column *column, size_t count, struct err *e)
{
	struct first *f = user;
	(void)e;
	if (f->found || count == 0 || column[0].value.type == DB_NULL)
		return true;
	f->found = true;
	f->value = column[0].value;
	if (f->arena && f->value.bytes)
		f->value.bytes = arena_copy_n(f->arena, f->value.bytes, f->value.size);
	return true;
}

static bool first_value(struct db *db, struct err *e, struct first *f, enum db_type type,
			const char *sql, const struct db_value *args)
{
	count_write(db, sql);
	if (!db->driver->run(db, sql, args, keep_first, f, NULL, e))
		return false;
	if (!f->found)
		return missing(e);
	return f->value.type == type ||
	       err_set(e, ERR_DB, "error.storage", "a column has another type than was asked for");
}

bool db_number_(struct db *db, struct err *e, int64_t *ret, const char *sql,
		const struct db_value *args)
{
	struct first f = { 0 };
	if (!first_value(db, e, &f, DB_INT, sql, args))
		return false;
	if (ret)
		*ret = f.value.number;
	return true;
}

bool db_string_(struct db *db, struct arena *a, struct err *e, const char **ret, const char *sql,
		const struct db_value *args)
{
	struct first f = { .arena = a };
	if (!first_value(db, e, &f, DB_TEXT, sql, args))
		return false;
	*ret = f.value.bytes;
	return true;
}

bool db_bytes_(struct db *db, struct arena *a, struct err *e, const void **ret, size_t *ret_size,
	       const char *sql, const struct db_value *args)
{
	struct first f = { .arena = a };
	if (!first_value(db, e, &f, DB_BLOB, sql, args))
		return false;
	*ret = f.value.bytes;
	*ret_size = f.value.size;
	return true;
}

static bool note_row(void *user, const struct db_column *column, size_t count, struct err *e)
{
	(void)column;
	(void)count;
	(void)e;
	*(bool *)user = true;
	return true;
}

bool db_exists_(struct db *db, struct err *e, bool *ret, const char *sql,
		const struct db_value *args)
{
	bool found = false;
	if (!db->driver->run(db, sql, args, note_row, &found, NULL, e))
		return false;
	*ret = found;
	return true;
}

struct each {
	db_each_fn *fn;
	void *user;
};

static bool pass_row(void *user, const struct db_column *column, size_t count, struct err *e)
{
	enum { MOST = 32 };
	const struct each *each = user;
	struct db_value value[MOST];
	if (count > MOST)
		return err_set(e, ERR_DB, "error.storage", "too many columns");
	for (size_t i = 0; i < count; i++)
		value[i] = column[i].value;
	return each->fn(each->user, value, count, e);
}

bool db_each_(struct db *db, struct err *e, db_each_fn *fn, void *user, const char *sql,
	      const struct db_value *args)
{
	struct each each = { fn, user };
	return db->driver->run(db, sql, args, pass_row, &each, NULL, e);
}
