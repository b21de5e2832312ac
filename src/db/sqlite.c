/* sqlite.c - the embedded engine.
 *
 * Statements are prepared once and kept: SQL is a literal, so its address is the
 * key.  SQLite takes $1 for a named parameter, so binding goes by name. */
#include "db/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 5000, COLUMNS_MOST = 64 };

bool sqlite_fail(struct sqlite *s, struct err *e, const char *what)
{
	int code = sqlite3_extended_errcode(s->handle);
	/* The message of a broken constraint names columns, never values. */
	if ((code & 0xff) == SQLITE_CONSTRAINT && code != SQLITE_CONSTRAINT_TRIGGER)
		return err_set(e, ERR_CONFLICT, "error.conflict", "%s: %s", what,
			       sqlite3_errmsg(s->handle));
	if ((code & 0xff) == SQLITE_BUSY)
		return err_set(e, ERR_BUSY, "error.busy", "%s: database is locked", what);
	return err_set(e, ERR_DB, "error.storage", "%s: sqlite %d: %s", what, code,
		       sqlite3_errmsg(s->handle));
}

/* The cache is open addressing by the literal's address; a full one is a
 * programming mistake, as the program has a fixed number of literals. */
static struct slot *find_slot(struct sqlite *s, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) % CACHE_SLOTS;
	for (size_t i = 0; i < CACHE_SLOTS; i++) {
		struct slot *slot = &s->cache[(at + i) % CACHE_SLOTS];
		if (!slot->sql || slot->sql == sql)
			return slot;
	}
	return NULL;
}

static int find_param(sqlite3_stmt *statement, int number)
{
	char name[16];
	(void)snprintf(name, sizeof(name), "$%d", number);
	return sqlite3_bind_parameter_index(statement, name);
}

static void find_params(sqlite3_stmt *statement, unsigned char at[PARAMS_MOST])
{
	for (int i = 0; i < PARAMS_MOST; i++)
		at[i] = (unsigned char)find_param(statement, i + 1);
}

/* A statement that is already running (a query inside a row function of the
 * same query) gets a one-off twin. */
static bool prepare(struct sqlite *s, const char *sql, sqlite3_stmt **ret, struct slot **ret_slot,
		    struct err *e)
{
	struct slot *slot = find_slot(s, sql);
	if (slot && slot->statement && !slot->in_use) {
		*ret = slot->statement;
		*ret_slot = slot;
		return true;
	}
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v3(s->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
	    SQLITE_OK)
		return sqlite_fail(s, e, "prepare");
	*ret = statement;
	*ret_slot = NULL;
	if (slot && !slot->statement) {
		*slot = (struct slot){ .sql = sql, .statement = statement };
		find_params(statement, slot->at);
		*ret_slot = slot;
	}
	return true;
}

int sqlite_bind_one(sqlite3_stmt *statement, int at, const struct db_value *v)
{
	switch (v->type) {
	case DB_INT: return sqlite3_bind_int64(statement, at, v->number);
	case DB_TEXT:
		return sqlite3_bind_text64(statement, at, v->bytes, v->size, SQLITE_STATIC,
					   SQLITE_UTF8);
	case DB_BLOB:
		/* A NULL pointer would bind SQL NULL; no bytes is not nothing. */
		return sqlite3_bind_blob64(statement, at, v->size ? v->bytes : "", v->size,
					   SQLITE_STATIC);
	default: return sqlite3_bind_null(statement, at);
	}
}

static bool bind(struct sqlite *s, sqlite3_stmt *statement, const struct slot *slot,
		 const struct db_value *args, struct err *e)
{
	for (int i = 0; args[i].type != DB_END; i++) {
		int at = slot && i < PARAMS_MOST ? slot->at[i] : find_param(statement, i + 1);
		if (at == 0)
			return err_set(e, ERR_DB, "error.storage",
				       "no parameter $%d in a statement", i + 1);
		if (sqlite_bind_one(statement, at, &args[i]) != SQLITE_OK)
			return sqlite_fail(s, e, "bind");
	}
	return true;
}

static struct db_value column_value(sqlite3_stmt *statement, int i)
{
	struct db_value v = { DB_NULL, 0, NULL, 0 };
	switch (sqlite3_column_type(statement, i)) {
	case SQLITE_INTEGER: v = db_int(sqlite3_column_int64(statement, i)); break;
	case SQLITE_TEXT:
		v.type = DB_TEXT;
		v.bytes = sqlite3_column_text(statement, i);
		v.size = (size_t)sqlite3_column_bytes(statement, i);
		break;
	case SQLITE_BLOB:
		v.type = DB_BLOB;
		v.bytes = sqlite3_column_blob(statement, i);
		v.size = (size_t)sqlite3_column_bytes(statement, i);
		break;
	default: break;
	}
	return v;
}

static bool hand_row(sqlite3_stmt *statement, db_row_fn *row, void *user, struct err *e)
{
	struct db_column column[COLUMNS_MOST];
	int count = sqlite3_column_count(statement);
	if (count > COLUMNS_MOST)
		return err_set(e, ERR_DB, "error.storage", "too many columns");
	for (int i = 0; i < count; i++)
		column[i] = (struct db_column){ sqlite3_column_name(statement, i),
						column_value(statement, i) };
	return row(user, column, (size_t)count, e);
}

bool sqlite_step_all(struct sqlite *s, sqlite3_stmt *statement, db_row_fn *row, void *user,
		     struct err *e)
{
	int code = SQLITE_ROW;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		if (row && !hand_row(statement, row, user, e))
			return false;
	}
	return code == SQLITE_DONE || sqlite_fail(s, e, "step");
}

bool sqlite_bind(struct sqlite *s, sqlite3_stmt *statement, const struct db_value *args,
		 struct err *e)
{
	return bind(s, statement, NULL, args, e);
}

static bool sqlite_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		       void *user, int64_t *ret_changed, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	sqlite3_stmt *statement = NULL;
	struct slot *slot = NULL;
	if (!prepare(s, sql, &statement, &slot, e))
		return false;
	if (slot)
		slot->in_use = true;
	bool ok = bind(s, statement, slot, args, e) && sqlite_step_all(s, statement, row, user, e);
	if (ok && ret_changed)
		*ret_changed = sqlite3_changes64(s->handle);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	if (slot)
		slot->in_use = false;
	else
		(void)sqlite3_finalize(statement);
	return ok;
}

bool sqlite_script(struct db *db, const char *sql, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	return sqlite3_exec(s->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       sqlite_fail(s, e, "script");
}

static bool sqlite_begin(struct db *db, enum db_kind kind, struct err *e)
{
	const char *sql = kind == DB_SNAPSHOT ? "BEGIN" : "BEGIN IMMEDIATE";
	return sqlite_run(db, sql, DB_ARGS(), NULL, NULL, NULL, e);
}

static bool sqlite_commit(struct db *db, struct err *e)
{
	return sqlite_run(db, "COMMIT", DB_ARGS(), NULL, NULL, NULL, e);
}

static void sqlite_rollback(struct db *db)
{
	(void)sqlite_run(db, "ROLLBACK", DB_ARGS(), NULL, NULL, NULL, NULL);
}

static bool sqlite_wait_most(struct db *db, int ms, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	return sqlite3_busy_timeout(s->handle, ms) == SQLITE_OK || sqlite_fail(s, e, "timeout");
}

static bool sqlite_scrub(struct db *db, struct err *e)
{
	return sqlite_script(db, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);", e);
}

static void sqlite_close(struct db *db)
{
	struct sqlite *s = (struct sqlite *)db;
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		(void)sqlite3_finalize(s->cache[i].statement);
	(void)sqlite3_close(s->handle);
	free(s);
}

static const struct db_driver driver = {
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.run = sqlite_run,
	.script = sqlite_script,
	.wait_most = sqlite_wait_most,
	.scrub = sqlite_scrub,
	.alone = sqlite_alone,
	.size = sqlite_size,
	.copy = sqlite_copy,
	.check = sqlite_check,
	.row_counts = sqlite_row_counts,
	.disarm = sqlite_disarm,
	.close = sqlite_close,
	.bulk = &sqlite_bulk,
	.version = "PRAGMA data_version",
	.word_id = "INTEGER PRIMARY KEY",
	.word_big = "INTEGER",
	.word_blob = "BLOB",
	.word_strict = "STRICT",
	.word_text = "TEXT",
	.append_only = "DROP TRIGGER IF EXISTS {table}_no_update;"
		       "DROP TRIGGER IF EXISTS {table}_no_delete;"
		       "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
		       " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
		       "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
		       " WHEN NOT ({unless})"
		       " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;",
};

bool db_sqlite_open(const char *where, bool read_only, struct db **ret, struct err *e)
{
	struct sqlite *s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_SYSTEM, "error.storage", "out of memory");
	s->db.driver = &driver;
	int flags = SQLITE_OPEN_NOMUTEX |
		    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	bool ok = sqlite3_open_v2(where, &s->handle, flags, NULL) == SQLITE_OK ||
		  sqlite_fail(s, e, "open");
	ok = ok && (sqlite3_busy_timeout(s->handle, BUSY_MS) == SQLITE_OK ||
		    sqlite_fail(s, e, "timeout"));
	ok = ok && (sqlite_like(s->handle) || sqlite_fail(s, e, "like"));
	ok = ok && sqlite_script(&s->db,
				 "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
				 "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
				 /* so that INSERT OR REPLACE is refused where DELETE is */
				 "PRAGMA recursive_triggers = ON;"
				 /* what is destroyed is not left in free pages */
				 "PRAGMA secure_delete = ON;",
				 e);
	/* A page that is written again and again goes from the log into the file once in 32 MB.
	 * FULL in WAL mode syncs the log at every commit: acknowledged means durable.  What is
	 * deleted is overwritten: keys that were taken away must not lie on in free pages. */
	if (!read_only)
		ok = ok && sqlite_script(&s->db,
					 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
					 "PRAGMA wal_autocheckpoint = 8000;"
					 "PRAGMA secure_delete = ON;",
					 e);
	if (!ok) {
		sqlite_close(&s->db);
		return false;
	}
	*ret = &s->db;
	return true;
}
