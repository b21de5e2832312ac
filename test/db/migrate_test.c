/* Programs of two versions over one database (docs/nodes.md, "Upgrades"). */
#include "test_db.h"

#include "db/migrations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct db *db;
	char where[TEST_DB_WHERE];
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = { 0 };
	assert_non_null(w);
	test_db_place(w->where);
	assert_true(db_open(w->where, &w->db, &e));
	assert_true(db_migrate(w->db, &e));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	db_close(w->db);
	test_db_remove(w->where);
	free(w);
	return 0;
}

/* An upgrade of several nodes: the older program goes on beside migrations that bear it. */
static void migrations_of_tomorrow_may_bear_today(void **state)
{
	struct world *w = *state;
	const struct {
		const char *why;
		int64_t number;
		struct db_value bears;
		bool borne;
	} row[] = {
		{ "says that it bears this program", 9001, db_int(db_migration_count), true },
		{ "and an older one", 9002, db_int(db_migration_count - 1), true },
		{ "wants a newer program", 9003, db_int(9002), false },
		{ "says nothing", 9003, db_null(), false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_true(
			db_exec(w->db, &e, NULL, "DELETE FROM schema_done WHERE number = 9003"));
		assert_true(db_exec(w->db, &e, NULL,
				    "INSERT INTO schema_done (number, name, bears)"
				    " VALUES ($1, 'future', $2)",
				    db_int(row[i].number), row[i].bears));
		if (db_migrate(w->db, &e) != row[i].borne ||
		    db_is_migrated(w->db, &(struct err){ 0 }) != row[i].borne)
			fail_msg("%s", row[i].why);
		if (!row[i].borne)
			assert_string_equal(e.key, "error.database.newer");
	}
}

static void a_program_may_wait_for_its_migrations(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_is_migrated(w->db, &e));
	assert_true(db_exec(w->db, &e, NULL, "DELETE FROM schema_done WHERE number = $1",
			    db_int(db_migration_count)));
	assert_false(db_is_migrated(w->db, &e));
	assert_string_equal(e.key, "error.database.older");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(migrations_of_tomorrow_may_bear_today, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_program_may_wait_for_its_migrations, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
