/* All rows of one database into another: from SQLite into the engine that is asked for, and as a
 * copy back into a file (db/copy.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/row.h"
#include "db/transfer.h"
#include "test_db.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 5 };

/* What each database has of its own. */
static const char *const leave[] = { "commit_mark", "schema_done", NULL };

static bool is_left(const char *table)
{
	return strcmp(table, leave[0]) == 0 || strcmp(table, leave[1]) == 0;
}

struct world {
	struct db *from, *to;
	struct arena *arena;
	struct bulk_schema schema; /* of `from` */
	struct transfer transfer;
	struct db_tx snapshot;
};

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

/* ---- a row for every column there is --------------------------------------------------------- */

/* Row n has n in every column, as a number, a text or bytes: so every reference leads somewhere. */
static struct db_value value_of(struct arena *a, enum db_type type, int64_t n)
{
	char *bytes = arena_print(a, "..%lld", (long long)n);
	switch (type) {
	case DB_INT: return db_int(n);
	case DB_TEXT: return db_text(arena_print(a, "Әділет %lld ß\n", (long long)n));
	default:
		bytes[0] = '\0';
		bytes[1] = '\377';
		return db_blob(bytes, 2 + strlen(bytes + 2));
	}
}

static bool may_be_null(struct db *db, const char *table, const char *column)
{
	struct err e = { 0 };
	int64_t n = 0;
	must(db_number(db, &e, &n,
		       "SELECT c.\"notnull\" FROM sqlite_master m JOIN pragma_table_info(m.name) c"
		       " WHERE m.name = $1 AND c.name = $2",
		       db_text(table), db_text(column)),
	     &e);
	return n == 0;
}

static void add_row(struct world *w, const struct bulk_table *t, struct bulk_load *load, int64_t n)
{
	struct db_column row[BULK_COLUMNS_MOST];
	struct err e = { 0 };
	for (size_t i = 0; i < t->columns; i++) {
		/* the last row has nothing where that may be, and no bytes where some must be */
		const bool last = n == ROWS;
		const bool null = last && may_be_null(w->from, t->name, t->column[i].name);
		row[i] = (struct db_column){ t->column[i].name,
					     null ? db_null()
						  : value_of(w->arena, t->column[i].type, n) };
		if (last && !null && t->column[i].type == DB_BLOB)
			row[i].value = db_blob("", 0);
	}
	must(bulk_load_row(w->from, load, row, &e), &e);
}

static void fill(struct world *w)
{
	struct err e = { 0 };
	for (size_t i = 0; i < w->schema.tables; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		const struct bulk_table *t = &w->schema.table[i];
		struct bulk_load *load = NULL;
		if (is_left(t->name))
			continue;
		must(db_begin(w->from, &tx, &e) && bulk_clear(w->from, t, &e) &&
			     bulk_load_begin(w->from, t, &load, &e),
		     &e);
		for (int64_t n = 1; n <= ROWS; n++)
			add_row(w, t, load, n);
		must(bulk_load_end(w->from, load, &e) && db_commit(&tx, &e), &e);
	}
}

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	const char *why = "";
	w->arena = arena_new();
	must(db_open(":memory:", &w->from, &e) && db_migrate(w->from, &e) &&
		     bulk_describe(w->from, w->arena, &w->schema, &e),
	     &e);
	fill(w);
	/* the rows are such as the references of the schema allow */
	must(db_check(w->from, w->arena, &why, &e), &e);
	assert_string_equal(why, "");
	must(db_begin_snapshot(w->from, &w->snapshot, &e), &e);
	w->to = test_db_open();
	w->transfer = (struct transfer){ .from = w->from, .to = w->to, .leave = leave };
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	db_rollback(&w->snapshot);
	db_close(w->from);
	test_db_close(w->to);
	arena_free(w->arena);
	test_free(w);
	return 0;
}

static void assert_same(struct world *w)
{
	struct err e = { 0 };
	json_t *differ = NULL;
	int64_t rows = 0;
	must(transfer_compare(&w->transfer, w->arena, &differ, &rows, &e), &e);
	if (json_array_size(differ) > 0)
		fail_msg("%s", json_dumps(differ, 0));
	assert_int_equal(rows, (w->schema.tables - (COUNT(leave) - 1)) * ROWS);
}

static void move(struct world *w)
{
	struct err e = { 0 };
	must(transfer_clear(&w->transfer, &e) && transfer_rows(&w->transfer, &e), &e);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void every_row_of_every_table_arrives(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	const char *why = "";
	move(w);
	assert_same(w);
	must(db_check(w->to, w->arena, &why, &e), &e);
	assert_string_equal(why, "");
	/* again, nothing is to be done */
	must(transfer_rows(&w->transfer, &e), &e);
	assert_same(w);
}

/* vault_begin() gives one up when its words are encrypted. */
static void a_table_that_was_given_up_does_not_come_back(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	bool there = true;
	struct bulk_schema schema = { 0 };
	db_rollback(&w->snapshot);
	must(db_exec(w->from, &e, NULL, "DROP TABLE item_text_plain") &&
		     db_begin_snapshot(w->from, &w->snapshot, &e),
	     &e);
	assert_false(transfer_fits(&w->transfer, &e));
	err_clear(&e);
	move(w);
	must(transfer_fits(&w->transfer, &e) && bulk_describe(w->to, w->arena, &schema, &e), &e);
	there = bulk_find(&schema, "item_text_plain") != NULL;
	assert_false(there);
}

/* Told by the engines themselves, not by what is tested. */
static void no_column_is_forgotten(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct bulk_schema to = { 0 };
	int64_t columns = 0;
	size_t here = 0;
	size_t there = 0;
	must(bulk_describe(w->to, w->arena, &to, &e), &e);
	for (size_t i = 0; i < w->schema.tables; i++)
		here += w->schema.table[i].columns;
	for (size_t i = 0; i < to.tables; i++)
		there += to.table[i].columns;
	must(db_number(w->from, &e, &columns,
		       "SELECT COUNT(*) FROM sqlite_master m JOIN pragma_table_xinfo(m.name)"
		       " WHERE m.type = 'table'"),
	     &e);
	assert_int_equal(here, columns);
	assert_int_equal(there, columns);
	if (!test_db_is_server())
		return;
	must(db_number(w->to, &e, &columns,
		       "SELECT COUNT(*) FROM information_schema.columns"
		       " WHERE table_schema = CAST(current_schema() AS TEXT)"),
	     &e);
	assert_int_equal(there, columns);
}

/* A value of row 2 is another one. */
static void change(struct world *w, const struct bulk_table *t, const struct bulk_column *column)
{
	struct err e = { 0 };
	struct buf sql = buf_on(w->arena);
	buf_add(&sql, "UPDATE ");
	bulk_name(&sql, t->name);
	buf_add(&sql, " SET ");
	bulk_name(&sql, column->name);
	buf_print(&sql, " = $1 WHERE ");
	bulk_name(&sql, t->column[t->key[0]].name);
	buf_add(&sql, " = $2");
	must(w->to->driver->bulk->query(w->to, sql.text,
					DB_ARGS(value_of(w->arena, column->type, 99),
						value_of(w->arena, t->column[t->key[0]].type, 2)),
					NULL, NULL, &e),
	     &e);
}

static void a_change_of_any_column_is_seen(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct bulk_schema to = { 0 };
	move(w);
	must(db_disarm(w->to, &e) && bulk_describe(w->to, w->arena, &to, &e), &e);
	for (size_t i = 0; i < to.tables; i++) {
		const struct bulk_table *t = &to.table[i];
		unsigned char before[BULK_HASH_SIZE];
		unsigned char after[BULK_HASH_SIZE];
		int64_t rows = 0;
		if (is_left(t->name))
			continue;
		must(bulk_hash(w->to, t, before, &rows, &e), &e);
		for (size_t k = 0; k < t->columns; k++) {
			CLEANUP(db_rollback) struct db_tx tx = { 0 };
			must(db_begin(w->to, &tx, &e), &e);
			change(w, t, &t->column[k]);
			must(bulk_hash(w->to, t, after, &rows, &e), &e);
			if (memcmp(before, after, sizeof(before)) == 0)
				fail_msg("%s.%s", t->name, t->column[k].name);
		}
	}
}

/* As a kill in the middle leaves it: some tables whole, one half. */
static void what_was_broken_off_goes_on(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct bulk_schema to = { 0 };
	must(transfer_clear(&w->transfer, &e) && bulk_describe(w->to, w->arena, &to, &e), &e);
	for (size_t i = 0; i < w->schema.tables / 2; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		const struct bulk_table *t = &w->schema.table[i];
		struct bulk_load *load = NULL;
		const bool half = i + 1 == w->schema.tables / 2;
		if (is_left(t->name))
			continue;
		must(db_begin(w->to, &tx, &e), &e);
		must(bulk_load_begin(w->to, bulk_find(&to, t->name), &load, &e), &e);
		for (int64_t n = 1; n <= (half ? 2 : ROWS - 1); n++) {
			struct db_column row[BULK_COLUMNS_MOST];
			for (size_t k = 0; k < t->columns; k++)
				row[k] = (struct db_column){
					t->column[k].name, value_of(w->arena, t->column[k].type, n)
				};
			must(bulk_load_row(w->to, load, row, &e), &e);
		}
		must(bulk_load_end(w->to, load, &e) && db_commit(&tx, &e), &e);
	}
	must(transfer_rows(&w->transfer, &e), &e);
	assert_same(w);
}

/* A row may refer to one of its own table that comes later. */
static void a_row_waits_for_the_one_it_refers_to(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	db_rollback(&w->snapshot);
	must(db_exec(w->from, &e, NULL, "UPDATE competition SET previous_id = NULL") &&
		     db_exec(w->from, &e, NULL,
			     "UPDATE competition SET previous_id = 4 WHERE id = 2") &&
		     db_begin_snapshot(w->from, &w->snapshot, &e),
	     &e);
	w->transfer.piece = 1;
	move(w);
	assert_same(w);
}

/* The next row gets a number of its own. */
static void the_next_number_is_free(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	int64_t id = 0;
	move(w);
	must(db_number(w->to, &e, &id,
		       "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
		       " VALUES ('a', 'b', 'c', 'd', 1) RETURNING id"),
	     &e);
	assert_int_equal(id, ROWS + 1);
}

static void a_row_too_many_is_refused(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	must(transfer_clear(&w->transfer, &e), &e);
	must(db_exec(w->to, &e, NULL,
		     "INSERT INTO item_enemy (code_a, code_b) VALUES ('zz', 'zzz')"),
	     &e);
	assert_false(transfer_rows(&w->transfer, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_string_equal(e.key, "transfer.error.ahead");
}

static void another_schema_is_refused(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	must(w->to->driver->script(w->to, "ALTER TABLE item_enemy ADD COLUMN other TEXT", &e), &e);
	assert_false(transfer_rows(&w->transfer, &e));
	assert_string_equal(e.key, "transfer.error.schema");
	assert_non_null(strstr(e.detail, "item_enemy"));
}

/* PostgreSQL has no such values: the failure says where, and not what. */
static void what_does_not_fit_is_named(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	if (!test_db_is_server())
		return;
	db_rollback(&w->snapshot);
	must(db_exec(w->from, &e, NULL, "UPDATE hall SET seats = 3000000000 WHERE id = 1"), &e);
	must(transfer_clear(&w->transfer, &e), &e);
	assert_false(transfer_rows(&w->transfer, &e));
	assert_non_null(
		strstr(e.detail, "table hall, column seats: a number of more than 32 bits"));
	err_clear(&e);
	must(db_exec(w->from, &e, NULL, "UPDATE hall SET seats = 3, organ = CAST($1 AS TEXT)",
		     ((struct db_value){ DB_TEXT, 0, "a\0b", 3 })),
	     &e);
	assert_false(transfer_rows(&w->transfer, &e));
	assert_non_null(strstr(e.detail, "table hall, column organ: a text with a zero byte"));
}

/* F91: whichever engine it is of, a copy is a file with the same rows. */
static void a_copy_has_the_same_rows(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *copy = NULL;
	char file[] = "/tmp/konkurs-transfer-XXXXXX";
	const char *why = "";
	json_t *differ = NULL;
	int64_t rows = 0;
	move(w);
	const int fd = mkstemp(file);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_false(db_copy(w->to, file, &e)); /* never over a file */
	assert_int_equal(e.kind, ERR_CONFLICT);
	err_clear(&e);
	(void)unlink(file);
	must(db_copy(w->to, file, &e), &e);
	assert_int_equal(access(arena_print(w->arena, "%s-wal", file), F_OK), -1);
	must(db_open_read_only(file, &copy, &e) && db_check(copy, w->arena, &why, &e), &e);
	assert_string_equal(why, "");
	const struct transfer t = { .from = w->to, .to = copy };
	must(transfer_compare(&t, w->arena, &differ, &rows, &e), &e);
	assert_int_equal(json_array_size(differ), 0);
	assert_true(
		json_equal(db_row_counts(w->to, w->arena, &e), db_row_counts(copy, w->arena, &e)));
	assert_int_equal(json_object_size(db_row_counts(copy, w->arena, &e)), w->schema.tables);
	must(db_size(w->to, &rows, &e), &e);
	assert_true(rows > 0);
	(void)unlink(file);
}

/* One that has lost what kept its rows is not taken for whole. */
static void a_reference_that_leads_nowhere_is_found(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	const char *why = "";
	move(w);
	if (test_db_is_server()) /* ALTER TABLE ... DISABLE TRIGGER ALL is the superuser's */
		must(w->to->driver->script(w->to,
					   "SET session_replication_role = replica;"
					   "DELETE FROM person WHERE id = 3",
					   &e),
		     &e);
	else
		must(w->to->driver->script(
			     w->to, "PRAGMA foreign_keys = OFF; DELETE FROM person WHERE id = 3",
			     &e),
		     &e);
	must(db_check(w->to, w->arena, &why, &e), &e);
	assert_non_null(strstr(why, "a reference leads nowhere"));
}

/* An index that has missed a row, as one does that a fault or a library of other collations spoils:
 * `konkurs check` and `restore --check` find it where the server has amcheck. */
static void an_index_that_lacks_a_row_is_found(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	const char *why = "";
	if (!test_db_is_server())
		return;
	move(w);
	/* where nobody finds it by its name it is not asked, and that is no finding */
	must(w->to->driver->script(
		     w->to, "CREATE SCHEMA aside; CREATE EXTENSION amcheck SCHEMA aside", &e),
	     &e);
	must(db_check(w->to, w->arena, &why, &e), &e);
	assert_string_equal(why, "");
	must(w->to->driver->script(w->to, "ALTER EXTENSION amcheck SET SCHEMA public", &e), &e);
	must(db_check(w->to, w->arena, &why, &e), &e);
	assert_string_equal(why, "");
	/* the superuser's own catalogue: nothing else skips an index */
	must(w->to->driver->script(w->to,
				   "UPDATE pg_index SET indisready = false"
				   " WHERE indexrelid = CAST('secret_pkey' AS regclass)",
				   &e) &&
		     w->to->driver->script(
			     w->to, "INSERT INTO secret (name, value) VALUES ('x', '')", &e) &&
		     w->to->driver->script(w->to,
					   "UPDATE pg_index SET indisready = true"
					   " WHERE indexrelid = CAST('secret_pkey' AS regclass)",
					   &e),
	     &e);
	must(db_check(w->to, w->arena, &why, &e), &e);
	assert_non_null(strstr(why, "indexes: "));
	assert_non_null(strstr(why, "lacks matching index tuple"));
	/* a server that does not answer in time says nothing about them */
	must(w->to->driver->script(w->to, "SET statement_timeout = 1", &e), &e);
	assert_false(db_check(w->to, w->arena, &why, &e));
	assert_int_equal(e.kind, ERR_BUSY);
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_row_of_every_table_arrives, setup, teardown),
		cmocka_unit_test_setup_teardown(a_table_that_was_given_up_does_not_come_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_column_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(a_change_of_any_column_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_broken_off_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_row_waits_for_the_one_it_refers_to, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_next_number_is_free, setup, teardown),
		cmocka_unit_test_setup_teardown(a_row_too_many_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(another_schema_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_copy_has_the_same_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(a_reference_that_leads_nowhere_is_found, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_index_that_lacks_a_row_is_found, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
