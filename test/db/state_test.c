/* How the database is, as whoever watches it sees it (docs/observe.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "db/state.h"
#include "test_db.h"

#include <stdlib.h>
#include <string.h>

static void test_state(void **state)
{
	CLEANUP(test_db_cleanup) struct db *db = test_db_open();
	const struct clock machine = clock_real();
	struct db_state s = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_true(db_state(db, &s, &e));
	assert_true(s.writable);
	assert_int_equal(s.server, test_db_is_server());
	assert_int_equal(s.behind_bytes, DB_UNKNOWN); /* nobody follows it */
	assert_int_equal(s.behind_ms, DB_UNKNOWN);
	if (!test_db_is_server()) {
		assert_int_equal(s.standbys, DB_UNKNOWN);
		assert_int_equal(s.connections, DB_UNKNOWN);
		return;
	}
	assert_int_equal(s.standbys, 0);
	assert_int_equal(s.synchronous, 0);
	assert_true(s.connections >= 1);
	assert_true(llabs(s.now_ms - clock_now(&machine)) < 60 * 1000);
}

static void test_schema(void **state)
{
	CLEANUP(test_db_cleanup) struct db *db = test_db_open();
	struct err e = { 0 };
	int64_t there = 0;
	int64_t ours = 0;
	(void)state;
	assert_true(db_schema(db, &there, &ours, &e));
	assert_int_equal(there, ours);
	assert_true(ours > 36);
	assert_true(db_exec(db, &e, NULL, "INSERT INTO schema_done (number, name) VALUES ($1, '')",
			    db_int(ours + 1)));
	assert_true(db_schema(db, &there, &ours, &e));
	assert_int_equal(there, ours + 1);
}

/* What another connection sees of this one's; of SQLite nobody can see anything. */
static const char *seen(struct db *other, struct arena *a)
{
	const char *name = NULL;
	struct err e = { 0 };
	if (!db_string(other, a, &e, &name,
		       "SELECT application_name FROM pg_stat_activity"
		       " WHERE datname = current_database() AND pid <> pg_backend_pid()"
		       " AND backend_type = 'client backend'"))
		fail_msg("%s", e.detail);
	return name;
}

static void test_mark(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	char where[TEST_DB_WHERE];
	struct db *db = NULL;
	struct db *other = NULL;
	struct err e = { 0 };
	int64_t marks = 0;
	(void)state;
	test_db_place(where);
	assert_true(db_open(where, &db, &e));
	assert_true(db_migrate(db, &e));
	for (int flat = 0; flat < 2; flat++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(flat ? db_begin_flat(db, &tx, &e) : db_begin(db, &tx, &e));
		assert_true(db_mark(db, "konkurs/n1 4bf92f35+2", &e));
		/* a query, so that all that was sent is there */
		assert_true(db_number(db, &e, &marks, "SELECT COUNT(*) FROM commit_mark"));
		if (test_db_is_server()) {
			assert_true(db_open_read_only(where, &other, &e));
			assert_string_equal(seen(other, a), "konkurs/n1 4bf92f35+2");
		}
		assert_true(db_commit(&tx, &e));
		if (test_db_is_server())
			assert_string_not_equal(seen(other, a), "konkurs/n1 4bf92f35+2");
		db_close(other);
		other = NULL;
	}
	/* nothing was written, so that nothing has to be found again after a failover */
	assert_true(db_number(db, &e, &marks, "SELECT COUNT(*) FROM commit_mark WHERE mark > 0"));
	const int64_t before = marks;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && db_mark(db, "x", &e) && db_commit(&tx, &e));
	assert_true(db_number(db, &e, &marks, "SELECT COUNT(*) FROM commit_mark WHERE mark > 0"));
	assert_int_equal(marks, before);
	db_close(db);
	test_db_remove(where);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_schema),
		cmocka_unit_test(test_mark),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
