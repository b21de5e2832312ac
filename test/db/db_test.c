/* The database interface: what it promises, on each engine, where other connections see it too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "db/db.h"
#include "faulty.h"
#include "test_db.h"

struct world {
	struct db *db;
	struct arena *arena;
	char where[TEST_DB_WHERE];
};

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	test_db_place(w->where);
	w->arena = arena_new();
	assert_true(db_open(w->where, &w->db, &e));
	assert_true(db_migrate(w->db, &e));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	db_close(w->db);
	arena_free(w->arena);
	test_db_remove(w->where);
	test_free(w);
	return 0;
}

static bool add(struct db *db, const char *name, struct err *e)
{
	return db_exec(db, e, NULL, "INSERT INTO secret (name, value) VALUES ($1, $2)",
		       db_text(name), db_blob(name, strlen(name)));
}

static int64_t count(struct db *db)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(db, &e, &n, "SELECT COUNT(*) FROM secret"));
	return n;
}

static void migrating_twice_is_harmless(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_migrate(w->db, &e));
	assert_true(db_exec(w->db, &e, NULL,
			    "INSERT INTO schema_done (number, name) VALUES (9999, 'future')"));
	assert_false(db_migrate(w->db, &e));
	assert_string_equal(e.key, "error.database.newer");
}

static void values_come_back_as_they_went_in(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	json_t *row = db_row(w->db, w->arena, &e,
			     "SELECT CAST($2 AS TEXT) AS name, CAST($1 AS BIGINT) AS number,"
			     " CAST($3 AS TEXT) AS absent, CAST($2 AS TEXT) AS again",
			     db_int(INT64_MAX), db_text("Әділет"), db_null());
	assert_non_null(row);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "Әділет");
	assert_string_equal(json_string_value(json_object_get(row, "again")), "Әділет");
	assert_true(json_integer_value(json_object_get(row, "number")) == INT64_MAX);
	assert_true(json_is_null(json_object_get(row, "absent")));
}

static void bytes_come_back_and_none_is_not_null(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_exec(
		w->db, &e, NULL, "INSERT INTO secret (name, value) VALUES ($1, $2), ($3, $4)",
		db_text("full"), db_blob("\0\xff", 2), db_text("empty"), db_blob(NULL, 0)));
	const void *bytes = NULL;
	size_t size = 0;
	assert_true(db_bytes(w->db, w->arena, &e, &bytes, &size,
			     "SELECT value FROM secret WHERE name = $1", db_text("full")));
	assert_int_equal(size, 2);
	assert_memory_equal(bytes, "\0\xff", 2);
	assert_true(db_bytes(w->db, w->arena, &e, &bytes, &size,
			     "SELECT value FROM secret WHERE name = $1", db_text("empty")));
	assert_int_equal(size, 0);
}

static void a_missing_row_and_a_broken_key_are_told_apart(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	int64_t n = 7;
	assert_false(db_number(w->db, &e, &n, "SELECT failures FROM account WHERE person_id = 1"));
	assert_int_equal(e.kind, ERR_MISSING);
	assert_int_equal(n, 7);
	err_clear(&e);
	assert_true(add(w->db, "one", &e));
	assert_false(add(w->db, "one", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_null(strstr(e.detail, "'one'"));
	err_clear(&e);
	assert_false(db_exec(w->db, &e, NULL,
			     "INSERT INTO account (person_id, password) VALUES (5, 'x')"));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

static void changed_rows_are_counted(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	int64_t changed = -1;
	assert_true(add(w->db, "one", &e) && add(w->db, "two", &e));
	assert_true(db_exec(w->db, &e, &changed, "UPDATE secret SET value = $1", db_blob("x", 1)));
	assert_int_equal(changed, 2);
	assert_true(db_exec(w->db, &e, &changed, "UPDATE secret SET value = $1 WHERE name = 'no'",
			    db_blob("x", 1)));
	assert_int_equal(changed, 0);
}

static void scope_rolls_back(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(w->db, &tx, &e) && add(w->db, "one", &e));
	}
	assert_int_equal(count(w->db), 0);
}

static void an_inner_transaction_can_fail_alone(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx outer = { 0 };
	assert_true(db_begin(w->db, &outer, &e) && add(w->db, "outer", &e));
	{
		CLEANUP(db_rollback) struct db_tx inner = { 0 };
		assert_true(db_begin(w->db, &inner, &e) && add(w->db, "inner", &e));
	}
	{
		CLEANUP(db_rollback) struct db_tx inner = { 0 };
		assert_true(db_begin(w->db, &inner, &e) && add(w->db, "kept", &e));
		assert_true(db_commit(&inner, &e));
	}
	assert_true(db_commit(&outer, &e));
	assert_int_equal(count(w->db), 2);
}

static bool count_inside(void *user, const struct db_value *column, size_t columns, struct err *e)
{
	struct world *w = user;
	int64_t n = 0;
	(void)column;
	(void)columns;
	return db_number(w->db, e, &n, "SELECT COUNT(*) FROM secret") && n == 2;
}

static void a_query_inside_its_own_rows_works(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(add(w->db, "one", &e) && add(w->db, "two", &e));
	assert_true(db_each(w->db, &e, count_inside, w, "SELECT name FROM secret"));
}

static void what_is_committed_is_seen_by_a_reader(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *reader = NULL;
	assert_true(db_open_read_only(w->where, &reader, &e));
	assert_true(add(w->db, "one", &e));
	assert_int_equal(count(reader), 1);
	assert_false(add(reader, "two", &e));
}

static void the_nth_call_can_be_made_to_fail(void **state)
{
	struct world *w = *state;
	int n = 0;
	for (bool done = false; !done; n++) {
		struct faulty f;
		struct err e = { 0 };
		faulty_init(&f, w->db, n);
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		done = db_begin(&f.db, &tx, &e) && add(&f.db, "one", &e) && add(&f.db, "two", &e) &&
		       db_commit(&tx, &e);
		db_rollback(&tx);
		assert_int_equal(count(w->db), done ? 2 : 0);
	}
	assert_int_equal(n, 5); /* begin, two rows, commit can fail; then it succeeds */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(migrating_twice_is_harmless, setup, teardown),
		cmocka_unit_test_setup_teardown(values_come_back_as_they_went_in, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_come_back_and_none_is_not_null, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_missing_row_and_a_broken_key_are_told_apart,
						setup, teardown),
		cmocka_unit_test_setup_teardown(changed_rows_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(scope_rolls_back, setup, teardown),
		cmocka_unit_test_setup_teardown(an_inner_transaction_can_fail_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_query_inside_its_own_rows_works, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_committed_is_seen_by_a_reader, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_nth_call_can_be_made_to_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
