/* sqlite_bulk.c - db/bulk.h for SQLite. */
#include "base/buf.h"
#include "db/bulk.h"
#include "db/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

static void finish(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement);
}

static bool prepare(struct sqlite *s, const char *sql, sqlite3_stmt **ret, struct err *e)
{
	return sqlite3_prepare_v2(s->handle, sql, -1, ret, NULL) == SQLITE_OK ||
	       sqlite_fail(s, e, "prepare");
}

static bool query(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		  void *user, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	CLEANUP(finish) sqlite3_stmt *statement = NULL;
	return prepare(s, sql, &statement, e) && sqlite_bind(s, statement, args, e) &&
	       sqlite_step_all(s, statement, row, user, e);
}

struct bulk_load {
	struct sqlite *sqlite;
	size_t columns;
	sqlite3_stmt *insert;
};

static void load_drop(struct bulk_load *load)
{
	(void)sqlite3_finalize(load->insert);
	free(load);
}

static bool load_begin(struct db *db, const struct bulk_table *t, struct bulk_load **ret,
		       struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bulk_load *load = calloc(1, sizeof(*load));
	struct buf sql = buf_on(a);
	if (!load)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*load = (struct bulk_load){ (struct sqlite *)db, t->columns, NULL };
	buf_add(&sql, "INSERT INTO ");
	bulk_name(&sql, t->name);
	for (size_t i = 0; i < t->columns; i++) {
		buf_add(&sql, i > 0 ? ", " : " (");
		bulk_name(&sql, t->column[i].name);
	}
	for (size_t i = 0; i < t->columns; i++)
		buf_add(&sql, i > 0 ? ", ?" : ") VALUES (?");
	buf_add(&sql, ")");
	/* a row may refer to one that is still to come, until the transaction ends */
	if (!sqlite_script(db, "PRAGMA defer_foreign_keys = ON", e) ||
	    !prepare(load->sqlite, sql.text, &load->insert, e)) {
		load_drop(load);
		return false;
	}
	*ret = load;
	return true;
}

static bool load_row(struct bulk_load *load, const struct db_column *row, struct err *e)
{
	for (size_t i = 0; i < load->columns; i++) {
		if (sqlite_bind_one(load->insert, (int)i + 1, &row[i].value) != SQLITE_OK)
			return sqlite_fail(load->sqlite, e, "bind");
	}
	const bool ok =
		sqlite3_step(load->insert) == SQLITE_DONE || sqlite_fail(load->sqlite, e, "insert");
	(void)sqlite3_reset(load->insert);
	(void)sqlite3_clear_bindings(load->insert);
	return ok;
}

static bool load_end(struct bulk_load *load, struct err *e)
{
	(void)e;
	load_drop(load);
	return true;
}

/* An INTEGER PRIMARY KEY is always behind the greatest there is. */
static bool number(struct db *db, const struct bulk_table *t, struct err *e)
{
	(void)db;
	(void)t;
	(void)e;
	return true;
}

const struct db_bulk sqlite_bulk = {
	.columns = "SELECT m.name AS table_name, c.name AS name, CASE c.type WHEN 'INTEGER' THEN"
		   " 'int' WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'blob' ELSE '' END AS type,"
		   " c.pk AS key, 0 AS numbered"
		   " FROM sqlite_master m JOIN pragma_table_info(m.name) c"
		   " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
		   " ORDER BY m.name, c.name",
	.references = "SELECT m.name AS table_name, CAST(r.id AS TEXT) AS constraint_name,"
		      " r.\"table\" AS other_name, r.\"from\" AS from_name, r.\"to\" AS to_name"
		      " FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) r"
		      " WHERE m.type = 'table' ORDER BY m.name, r.id, r.seq",
	.by_bytes = " COLLATE BINARY",
	.query = query,
	.load_begin = load_begin,
	.load_row = load_row,
	.load_end = load_end,
	.load_drop = load_drop,
	.number = number,
};
