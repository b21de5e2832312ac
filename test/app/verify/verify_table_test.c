/* Every table of the schema says how its rows are held (F88), on the database as it is migrated. */
#include "harness.h"
#include "test_db.h"

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
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = test_db_tables(h->site.db, h->arena);
	assert_true(json_array_size(rows) > 100);
	json_array_foreach (rows, i, row) {
		if (!find(row_text(row, "name")))
			fail_msg("%s: a new table has to say in app/verify/verify_table.c how its "
				 "rows are"
				 " held, or why nothing rests on them",
				 row_text(row, "name"));
	}
}

static bool is_there(const json_t *tables, const char *name)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (tables, i, row) {
		if (strcmp(row_text(row, "name"), name) == 0)
			return true;
	}
	return false;
}

static void each_row_is_a_table_and_says_why(void **state)
{
	struct harness *h = *state;
	const json_t *tables = test_db_tables(h->site.db, h->arena);
	const struct table_row *row = NULL;
	for (size_t i = 0; (row = verify_table(i)); i++) {
		/* one is dropped once its words are encrypted, one is the engine's (test_db.h) */
		if (!is_there(tables, row->table) && strcmp(row->table, "item_text_plain") != 0 &&
		    strcmp(row->table, "commit_mark") != 0)
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
	const char *sql = NULL;
	(void)state;
	for (size_t i = 0; (table = row_state_table(i, &thing, &sql)); i++) {
		row = find(table);
		if (!row || row->hold != TABLE_STATE)
			fail_msg("%s: hashed with %s, and not said to be", table, thing);
	}
	for (size_t i = 0; (row = verify_table(i)); i++) {
		bool hashed = false;
		for (size_t k = 0; (table = row_state_table(k, &thing, &sql)); k++)
			hashed = hashed || strcmp(table, row->table) == 0;
		/* the versions stand in the row of each revision */
		if (row->hold == TABLE_STATE && !hashed && strcmp(row->table, "item") != 0)
			fail_msg("%s: said to be hashed with a thing, and is not", row->table);
	}
}

/* What no state has, and why nothing rests on it there. */
static const struct {
	const char *table, *column, *why;
} left_out[] = {
	{ "account", "blocked_until_ms", "slows down guessing" },
	{ "account", "disabled_ms", "account.disabled and account.enabled: verify_told.c" },
	{ "account", "disabled_reason", "account.disabled: verify_told.c" },
	{ "account", "failures", "slows down guessing" },
	{ "account", "language", "of the pages" },
	{ "application", "changed_ms", "for sorting; each change has an entry" },
	{ "bank_export", "times", "how often the file was fetched: each time is an entry" },
	{ "bank_key", "ended_ms", "with the entry that makes the next key" },
	{ "bank_opening_share", "box", "ciphertext: another one opens nothing" },
	{ "bank_revision", "why", "a talk of authors, encrypted; what counts is signed" },
	{ "bank_share", "box", "ciphertext: another one opens nothing" },
	{ "bank_sign", "reason", "encrypted anew under another key; the verdict is there" },
	{ "body_request", "overdue_ms", "when somebody was reminded" },
	{ "body_request", "reminded_ms", "when somebody was reminded" },
	{ "body_request_entry", "study_id", "of the application" },
	{ "keeper_key", "box", "ciphertext under the keeper's passphrase" },
	{ "keeper_key", "changed_ms", "of the passphrase" },
	{ "keeper_key", "salt", "of the passphrase" },
	{ "keeper_key", "wrong", "slows down guessing" },
	{ "keeper_key", "wrong_ms", "slows down guessing" },
	{ "notice", "href", "where its page leads" },
	{ "paper_form", "questions", "how many: drawn again from the seed" },
	{ "passkey", "used_ms", "counts uses; a copy is told by session.*" },
	{ "passkey", "uses", "counts uses" },
	{ "person", "search", "from the name" },
	{ "person", "sort_key", "from the name" },
	{ "scan", "attempts", "progress" },
	{ "scan", "due_ms", "progress" },
	{ "scan", "problem", "progress" },
	{ "scan_service", "answered_ms", "when it was there last" },
	{ "scan_service", "engine", "stands in each paper.scanned" },
	{ "scan_service", "signatures", "stands in each paper.scanned" },
	{ "sitting_given", "package", "an envelope: its hash is there" },
	{ "sitting_given", "segment", "an envelope: its hash stands in sitting.brought" },
	{ "totp", "last_step", "counts uses: a code is good once" },
	{ "trust_certificate", "body", "by its fingerprint" },
};

static bool is_left_out(const char *table, const char *column)
{
	for (size_t i = 0; i < COUNT(left_out); i++) {
		if (strcmp(left_out[i].table, table) == 0 &&
		    strcmp(left_out[i].column, column) == 0)
			return true;
	}
	return false;
}

/* As a word of the statement, if only to find the row: "ended" is not in "ended_ms". */
static bool is_word(const char *sql, const char *column)
{
	static const char of_names[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
	const size_t size = strlen(column);
	for (const char *at = strstr(sql, column); at; at = strstr(at + 1, column)) {
		if ((at == sql || !strchr(of_names, at[-1])) &&
		    (!at[size] || !strchr(of_names, at[size])))
			return true;
	}
	return false;
}

static bool is_hashed(const char *table, const char *column)
{
	const char *thing = NULL;
	const char *name = NULL;
	const char *sql = NULL;
	for (size_t i = 0; (name = row_state_table(i, &thing, &sql)); i++) {
		if (strcmp(name, table) == 0 && is_word(sql, column))
			return true;
	}
	return false;
}

/* A column that is added to a table of states comes into them, or says here why not. */
static void each_column_is_hashed_or_says_why_not(void **state)
{
	struct harness *h = *state;
	const char *thing = NULL;
	const char *table = NULL;
	const char *sql = NULL;
	for (size_t i = 0; (table = row_state_table(i, &thing, &sql)); i++) {
		struct err e = { 0 };
		size_t k = 0;
		const json_t *row = NULL;
		const json_t *columns =
			test_db_is_server()
				? db_rows(h->site.db, h->arena, &e,
					  "SELECT CAST(column_name AS TEXT) AS name"
					  " FROM information_schema.columns WHERE table_name = $1",
					  db_text(table))
				: db_rows(h->site.db, h->arena, &e,
					  "SELECT name FROM pragma_table_info($1)", db_text(table));
		assert_true(json_array_size(columns) > 0);
		json_array_foreach (columns, k, row) {
			const char *column = row_text(row, "name");
			if (is_hashed(table, column) == is_left_out(table, column))
				fail_msg("%s.%s: no state has it, or it is said that none has",
					 table, column);
		}
	}
}

static bool is_state(const char *thing, const char *table)
{
	const char *of = NULL;
	const char *name = NULL;
	const char *sql = NULL;
	for (size_t i = 0; (name = row_state_table(i, &of, &sql)); i++) {
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
	assert_true(row_writer_may("account.password", "person/7", "account"));
	assert_false(row_writer_may("session.opened", "person/7", "account"));
	assert_true(row_writer_may("notice.served", "notice/7", "notice")); /* not listed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(each_table_of_the_schema_is_there),
		HARNESS_TEST(each_row_is_a_table_and_says_why),
		cmocka_unit_test(states_are_what_they_are_said_to_be),
		HARNESS_TEST(each_column_is_hashed_or_says_why_not),
		cmocka_unit_test(each_writer_is_a_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
