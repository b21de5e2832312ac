/* pg_copy.c - db/copy.h for PostgreSQL.  A copy is an SQLite file with the same rows: whatever
 * opens, checks, seals or keeps copies knows one kind of them. */
#include "base/io.h"
#include "db/bulk.h"
#include "db/pg.h"
#include "db/row.h"
#include "db/transfer.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* About what the same rows take in SQLite, or less: the server's own catalogue is in it. */
bool pg_size(struct db *db, int64_t *ret, struct err *e)
{
	return db_number(db, e, ret, "SELECT pg_database_size(current_database())");
}

/* ---- copy ------------------------------------------------------------------------------------ */

static bool failed(struct err *e, const char *path)
{
	return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM,
		       errno == EEXIST ? "error.conflict" : "error.storage", "%.180s: %s", path,
		       strerror(errno));
}

/* Nobody's but the owner's, and never over another file. */
static bool make_file(const char *path, struct err *e)
{
	CLEANUP(io_close)
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	return file >= 0 || failed(e, path);
}

static bool sync_file(const char *path, struct err *e)
{
	return io_sync(path) || failed(e, path);
}

/* The schema as it is, which may be older than the program; rows of migrations are the source's. */
static bool fill(struct db *from, struct db *to, struct err *e)
{
	static const char *const leave[] = { "schema_done", NULL };
	const struct transfer t = { .from = from, .to = to, .leave = leave };
	int64_t number = 0;
	return db_number(from, e, &number, "SELECT COALESCE(MAX(number), 0) FROM schema_done") &&
	       db_migrate_as_far_as(to, number, e) && transfer_clear(&t, e) && transfer_rows(&t, e);
}

/* It is synced once, at the end: half of it is of no use to anybody. */
static bool make_copy(struct db *from, const char *path, struct err *e)
{
	CLEANUP(db_cleanup) struct db *to = NULL;
	return make_file(path, e) && db_sqlite_open(path, false, &to, e) &&
	       to->driver->script(to, "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;", e) &&
	       fill(from, to, e) &&
	       /* one file, without a log */
	       to->driver->script(to, "PRAGMA journal_mode = DELETE;", e);
}

bool pg_copy(struct db *db, const char *to, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return (db->depth > 0 || db_begin_snapshot(db, &tx, e)) && make_copy(db, to, e) &&
	       sync_file(to, e);
}

/* ---- look ------------------------------------------------------------------------------------ */

/* What the server says of rows or an index that it cannot read is a finding; that it was away or
 * took too long says nothing about them. */
static bool is_finding(struct arena *a, struct err *why, const char *what, const char **ret_why,
		       struct err *e)
{
	if (why->kind != ERR_DB) {
		*e = *why;
		return false;
	}
	*ret_why = arena_print(a, "%s: %s", what, why->detail);
	err_clear(why);
	return true;
}

/* Each page of each table, as far as it has rows, with what lies beside it. */
static bool read_table(struct db *db, const struct bulk_table *t, struct arena *a,
		       const char **ret_why, struct err *e)
{
	bool dangles = false;
	struct err why = { 0 };
	if (!bulk_read(db, t, NULL, NULL, NULL, &why))
		return is_finding(a, &why, arena_print(a, "table %s", t->name), ret_why, e);
	for (size_t i = 0; i < t->references && !dangles; i++) {
		if (!bulk_dangles(db, t, &t->reference[i], &dangles, e))
			return false;
	}
	if (dangles)
		*ret_why = arena_print(a, "table %s: a reference leads nowhere", t->name);
	return true;
}

/* The indexes against their tables, where the server has been given amcheck, at a place where it is
 * found by its name, and lets us. */
static bool check_indexes(struct db *db, struct arena *a, const char **ret_why, struct err *e)
{
	bool can = false;
	struct err why = { 0 };
	if (!db_exists(
		    db, e, &can,
		    "SELECT 1 FROM pg_proc p WHERE p.proname = 'bt_index_check' AND p.pronargs = 2"
		    " AND pg_function_is_visible(p.oid)"
		    " AND has_function_privilege(p.oid, 'EXECUTE')"))
		return false;
	return !can ||
	       db->driver->bulk->query(
		       db,
		       /* it returns nothing, of which no value can be made */
		       "SELECT CAST(bt_index_check(CAST(i.indexrelid AS regclass), true) AS TEXT)"
		       " FROM pg_index i"
		       " JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
		       " WHERE m.amname = 'btree' AND c.relnamespace ="
		       " CAST(current_schema() AS regnamespace) AND i.indisvalid",
		       DB_ARGS(), NULL, NULL, &why) ||
	       is_finding(a, &why, "indexes", ret_why, e);
}

bool pg_check(struct db *db, struct arena *a, const char **ret_why, struct err *e)
{
	struct bulk_schema schema = { 0 };
	const char *why = "";
	if (!bulk_describe(db, a, &schema, e))
		return false;
	for (size_t i = 0; i < schema.tables && !*why; i++) {
		if (!read_table(db, &schema.table[i], a, &why, e))
			return false;
	}
	if (!*why && !check_indexes(db, a, &why, e))
		return false;
	*ret_why = why;
	return true;
}

json_t *pg_row_counts(struct db *db, struct arena *a, struct err *e)
{
	struct bulk_schema schema = { 0 };
	json_t *counts = json_object();
	json_in_arena(a, counts);
	if (!bulk_describe(db, a, &schema, e))
		return NULL;
	for (size_t i = 0; i < schema.tables; i++) {
		int64_t rows = 0;
		if (!bulk_count(db, &schema.table[i], &rows, e))
			return NULL;
		(void)json_object_set_new(counts, schema.table[i].name,
					  json_integer((json_int_t)rows));
	}
	return counts;
}

/* ---- the drill ------------------------------------------------------------------------------- */

/* What the owner of the tables can do. */
bool pg_disarm(struct db *db, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bulk_schema schema = { 0 };
	struct buf sql = buf_on(a);
	if (!bulk_describe(db, a, &schema, e))
		return false;
	buf_add(&sql, "SET synchronous_commit = off;");
	for (size_t i = 0; i < schema.tables; i++) {
		const struct bulk_table *t = &schema.table[i];
		buf_add(&sql, "ALTER TABLE ");
		bulk_name(&sql, t->name);
		buf_add(&sql, " DISABLE TRIGGER USER");
		for (size_t k = 0; k < t->references; k++) {
			buf_add(&sql, ", DROP CONSTRAINT ");
			bulk_name(&sql, t->reference[k].name);
		}
		buf_add(&sql, ";");
	}
	return db->driver->script(db, sql.text, e);
}
