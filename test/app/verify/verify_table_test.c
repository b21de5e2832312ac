/* Every table of the schema says how its rows are held (F88), on the database as it is migrated. */
#include "harness.h"

#include "app/entry_kind.h"
#include "app/evidence/row_state.h"
#include "app/evidence/row_writer.h"
#include "app/verify/verify_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const struct table_row *find(const char *table)
{
	const struct table_row *row = NULL;
	for (size_t i = 0; (row = verify_table(i)); i++) {
		if (strcmp(row->table, table) == 0)
			return row;
	}
	return NULL;
}

static void each_table_of_the_schema_is_there(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(h->site.db, h->arena, &e,
				     "SELECT name FROM sqlite_master WHERE type = 'table'"
				     " AND name NOT LIKE 'sqlite%' AND name <> 'schema_done'"
				     " ORDER BY name");
	assert_true(json_array_size(rows) > 100);
	json_array_foreach (rows, i, row) {
		if (!find(row_text(row, "name")))
			fail_msg("%s: a new table has to say in app/verify/verify_table.c how its "
				 "rows are"
				 " held, or why nothing rests on them",
				 row_text(row, "name"));
	}
}

static void each_row_is_a_table_and_says_why(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	const struct table_row *row = NULL;
	for (size_t i = 0; (row = verify_table(i)); i++) {
		bool there = false;
		assert_true(db_exists(h->site.db, &e, &there,
				      "SELECT 1 FROM sqlite_master WHERE type = 'table'"
				      " AND name = $1",
				      db_text(row->table)));
		/* dropped once its words are encrypted */
		if (!there && strcmp(row->table, "item_text_plain") != 0)
			fail_msg("%s: there is no such table", row->table);
		if (!*row->how)
			fail_msg("%s: no reason", row->table);
		if (i > 0 && strcmp(verify_table(i - 1)->table, row->table) >= 0)
			fail_msg("%s: not in its place", row->table);
	}
}

/* What is said to be held by states is hashed there, and the other way round. */
static void states_are_what_they_are_said_to_be(void **state)
{
	const struct table_row *row = NULL;
	const char *thing = NULL;
	const char *table = NULL;
	(void)state;
	for (size_t i = 0; (table = row_state_table(i, &thing)); i++) {
		row = find(table);
		if (!row || row->hold != TABLE_STATE)
			fail_msg("%s: hashed with %s, and not said to be", table, thing);
	}
	for (size_t i = 0; (row = verify_table(i)); i++) {
		bool hashed = false;
		for (size_t k = 0; (table = row_state_table(k, &thing)); k++)
			hashed = hashed || strcmp(table, row->table) == 0;
		/* the versions stand in the row of each revision */
		if (row->hold == TABLE_STATE && !hashed && strcmp(row->table, "item") != 0)
			fail_msg("%s: said to be hashed with a thing, and is not", row->table);
	}
}

static bool is_state(const char *thing, const char *table)
{
	const char *of = NULL;
	const char *name = NULL;
	for (size_t i = 0; (name = row_state_table(i, &of)); i++) {
		if (strcmp(of, thing) == 0 && strcmp(name, table) == 0)
			return true;
	}
	return false;
}

static bool is_kind(const char *listed)
{
	const size_t size = strlen(listed);
	for (size_t i = 0; entry_kinds[i]; i++) {
		if (listed[size - 1] == '.' ? strncmp(entry_kinds[i], listed, size) == 0
					    : strcmp(entry_kinds[i], listed) == 0)
			return true;
	}
	return false;
}

/* Who may change what: of states only, by kinds that there are. */
static void each_writer_is_a_kind(void **state)
{
	const char *thing = NULL;
	const char *table = NULL;
	const char *const *kinds = NULL;
	(void)state;
	for (size_t i = 0; (thing = row_writer_row(i, &table, &kinds)); i++) {
		if (!is_state(thing, table))
			fail_msg("%s %s: no state has it", thing, table);
		assert_non_null(kinds[0]);
		for (size_t k = 0; kinds[k]; k++) {
			if (!is_kind(kinds[k]))
				fail_msg("%s: no such kind", kinds[k]);
		}
	}
	assert_true(row_writer_may("rating.recorded", "application/7", "rating"));
	assert_false(row_writer_may("vote.cast", "application/7", "rating"));
	assert_true(row_writer_may("role.granted", "person/7", "role_grant"));
	assert_false(row_writer_may("session.ended", "person/7", "role_grant"));
	assert_true(row_writer_may("session.ended", "person/7", "account")); /* not listed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(each_table_of_the_schema_is_there),
		HARNESS_TEST(each_row_is_a_table_and_says_why),
		cmocka_unit_test(states_are_what_they_are_said_to_be),
		cmocka_unit_test(each_writer_is_a_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
