/* The database interface: what it promises, on each engine, where other connections see it too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "db/copy.h"
#include "db/db.h"
#include "faulty.h"
#include "test_db.h"

#include <pthread.h>

struct world {
	struct db *db;
	struct arena *arena;
	char where[TEST_DB_WHERE];
};

/* One database for all tests: to make one takes longer than to empty it. */
static char place[TEST_DB_WHERE];

static int setup_all(void **state)
{
	(void)state;
	test_db_place(place);
	return 0;
}

static int teardown_all(void **state)
{
	(void)state;
	test_db_remove(place);
	return 0;
}

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	w->arena = arena_new();
	memcpy(w->where, place, sizeof(place));
	assert_true(db_open(w->where, &w->db, &e));
	assert_true(db_migrate(w->db, &e));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_exec(w->db, &e, NULL, "DELETE FROM secret"));
	assert_true(db_exec(w->db, &e, NULL, "DELETE FROM schema_done WHERE number = 9999"));
	db_close(w->db);
	arena_free(w->arena);
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

static void numbers_have_all_their_bits(void **state)
{
	struct world *w = *state;
	static const int64_t number[] = { INT64_MIN, -1, 0, INT64_MAX };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(number); i++) {
		int64_t n = 7;
		assert_true(db_exec(w->db, &e, NULL,
				    "INSERT INTO commit_mark (owner, mark, made_ms)"
				    " VALUES ('x', $1, 0) ON CONFLICT (owner) DO UPDATE"
				    " SET mark = EXCLUDED.mark",
				    db_int(number[i])));
		assert_true(
			db_number(w->db, &e, &n, "SELECT mark FROM commit_mark WHERE owner = 'x'"));
		assert_true(n == number[i]);
	}
}

static void long_bytes_come_back(void **state)
{
	enum { SIZE = 3 << 20 };
	struct world *w = *state;
	struct err e = { 0 };
	unsigned char *bytes = arena_alloc(w->arena, SIZE);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	const void *back = NULL;
	size_t size = 0;
	assert_true(db_exec(w->db, &e, NULL, "INSERT INTO secret (name, value) VALUES ('long', $1)",
			    db_blob(bytes, SIZE)));
	assert_true(db_bytes(w->db, w->arena, &e, &back, &size,
			     "SELECT value FROM secret WHERE name = 'long'"));
	assert_int_equal(size, SIZE);
	assert_memory_equal(back, bytes, SIZE);
}

/* Text is compared and sorted by its bytes, whatever the language of the database, and LIKE tells
 * large letters from small ones: what is sorted for people has a key that is made in C. */
static void text_is_ordered_by_its_bytes(void **state)
{
	static const char *const word[] = { "",  "10", "9", "A", "Z", "_", "a", "a b", "ab", "b",
					    "é", "І",  "А", "Я", "а", "я", "ё", "і",   "Ғ",  "ғ",
					    "қ", "ң",  "ө", "ұ", "ү", "һ", "ә", "漢" };
	struct world *w = *state;
	struct err e = { 0 };
	for (size_t i = COUNT(word); i-- > 0;)
		assert_true(add(w->db, word[i], &e));
	json_t *rows = db_rows(w->db, w->arena, &e, "SELECT name FROM secret ORDER BY name");
	assert_int_equal(json_array_size(rows), COUNT(word));
	for (size_t i = 1; i < COUNT(word); i++) {
		const json_t *before = json_object_get(json_array_get(rows, i - 1), "name");
		const json_t *after = json_object_get(json_array_get(rows, i), "name");
		assert_true(strcmp(json_string_value(before), json_string_value(after)) < 0);
	}
	int64_t less = 0;
	assert_true(db_number(w->db, &e, &less, "SELECT COUNT(*) FROM secret WHERE name < $1",
			      db_text("a")));
	assert_int_equal(less, 6);
	assert_true(
		db_number(w->db, &e, &less, "SELECT COUNT(*) FROM secret WHERE name LIKE 'a%'"));
	assert_int_equal(less, 3);
}

/* On both engines alike: with large letters and small ones, letters of several bytes, and escapes.
 */
static void like_matches_alike(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool matches;
	} row[] = {
		{ "", "", true },
		{ "", "%", true },
		{ "", "_", false },
		{ "abc", "abc", true },
		{ "abc", "ABC", false },
		{ "abc", "a%", true },
		{ "abc", "%c", true },
		{ "abc", "%b%", true },
		{ "abc", "a_c", true },
		{ "abc", "a_", false },
		{ "abc", "%%%", true },
		{ "abc", "abcd", false },
		{ "abc", "ab", false },
		{ "қазақ", "қ_з%", true },
		{ "қазақ", "_____", true },
		{ "қазақ", "______", false },
		{ "Қазақ", "қ%", false },
		{ "a%c", "a\\%c", true },
		{ "abc", "a\\%c", false },
		{ "a_c", "a\\_c", true },
		{ "abc", "a\\_c", false },
		{ "a\\c", "a\\\\c", true },
		{ "aab", "%ab", true },
		{ "abab", "%ab", true },
		{ "mississippi", "%iss%ip%i", true },
		{ "mississippi", "%iss%ip%s", false },
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t n = -1;
		assert_true(db_number(w->db, &e, &n,
				      "SELECT CASE WHEN CAST($1 AS TEXT) LIKE CAST($2 AS TEXT)"
				      " ESCAPE '\\' THEN 1 ELSE 0 END",
				      db_text(row[i].text), db_text(row[i].pattern)));
		if ((n == 1) != row[i].matches)
			fail_msg("%s like %s", row[i].text, row[i].pattern);
	}
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

/* A statement that has failed ends the innermost transaction, and that alone. */
static void a_conflict_ends_the_inner_transaction_alone(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx outer = { 0 };
	assert_true(db_begin(w->db, &outer, &e) && add(w->db, "one", &e));
	for (int i = 0; i < 3; i++) {
		CLEANUP(db_rollback) struct db_tx inner = { 0 };
		assert_true(db_begin(w->db, &inner, &e) && add(w->db, "gone", &e));
		assert_false(add(w->db, "one", &e));
		assert_int_equal(e.kind, ERR_CONFLICT);
		err_clear(&e);
	}
	assert_true(add(w->db, "two", &e) && db_commit(&outer, &e));
	assert_int_equal(count(w->db), 2);
}

/* db_begin_flat(): nothing of it is kept, whichever statement tells that something is wrong. */
static void a_flat_transaction_that_fails_commits_nothing(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	bool spoiled = false;
	{
		CLEANUP(db_rollback) struct db_tx outer = { 0 };
		assert_true(db_begin_flat(w->db, &outer, &e) && add(w->db, "one", &e));
		{
			CLEANUP(db_rollback) struct db_tx inner = { 0 };
			assert_true(db_begin(w->db, &inner, &e));
			const bool ok = add(w->db, "one", &e) && db_commit(&inner, &e);
			assert_true(test_db_is_server() || !ok);
		}
		spoiled = db_is_spoiled(w->db);
		assert_true(spoiled || test_db_is_server());
		err_clear(&e);
		assert_false(db_commit(&outer, &e));
	}
	assert_int_equal(count(w->db), 0);
	CLEANUP(db_rollback) struct db_tx again = { 0 };
	assert_true(db_begin_flat(w->db, &again, &e) && add(w->db, "one", &e));
	assert_int_equal(count(w->db), 1);
	assert_true(db_commit(&again, &e));
	assert_int_equal(count(w->db), 1);
}

/* Many statements that nobody waits for, in one transaction. */
static void a_flat_transaction_bears_many_statements(void **state)
{
	enum { MANY = 5000 };
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin_flat(w->db, &tx, &e));
	for (int i = 0; i < MANY; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_true(add(w->db, name, &e));
	}
	assert_true(db_commit(&tx, &e));
	assert_int_equal(count(w->db), MANY);
}

#define MANY_ROWS                                                                                  \
	"SELECT n FROM (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c"           \
	" WHERE n < 100000) SELECT n FROM c) x"

struct walk {
	struct world *w;
	int64_t rows, sum, nested_at, stop_at;
};

static bool walk_row(void *user, const struct db_value *column, size_t columns, struct err *e)
{
	struct walk *k = user;
	struct walk inner = { .w = k->w };
	int64_t n = 0;
	assert_int_equal(columns, 1);
	k->sum += column[0].number;
	if (++k->rows == k->stop_at)
		return err_set(e, ERR_LAW, "error.law", "enough");
	return k->rows != k->nested_at ||
	       (add(k->w->db, "within", e) &&
		db_number(k->w->db, e, &n, "SELECT COUNT(*) FROM secret") && n == 1 &&
		db_each(k->w->db, e, walk_row, &inner, MANY_ROWS));
}

static void rows_come_one_by_one(void **state)
{
	struct world *w = *state;
	static const int64_t nested_at[] = { 0, 1, 50000, 100000 };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(nested_at); i++) {
		struct walk k = { w, 0, 0, nested_at[i], 0 };
		assert_true(db_each(w->db, &e, walk_row, &k, MANY_ROWS));
		assert_int_equal(k.rows, 100000);
		assert_int_equal(k.sum, 5000050000);
		assert_true(db_exec(w->db, &e, NULL, "DELETE FROM secret"));
	}
	struct walk k = { w, 0, 0, 0, 10 };
	assert_false(db_each(w->db, &e, walk_row, &k, MANY_ROWS));
	assert_int_equal(e.kind, ERR_LAW);
	assert_int_equal(k.rows, 10);
	assert_int_equal(count(w->db), 0);
}

static void notices_are_said_on_either_engine(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	char text[DB_NOTICE_MOST + 2];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(w->db, &tx, &e) && db_notify(w->db, "board", "1", &e));
	assert_false(db_notify(w->db, "board", text, &e));
	assert_false(db_is_lost(w->db));
	assert_false(db_in_doubt(w->db));
}

/* ---- migrations by several at once --------------------------------------------------------- */

static void *migrate(void *user)
{
	const char *where = user;
	struct err e = { 0 };
	struct db *db = NULL;
	const bool ok = db_open(where, &db, &e) && db_migrate(db, &e);
	db_close(db);
	if (!ok)
		(void)printf("# %s %s\n", e.key, e.detail);
	return ok ? user : NULL;
}

static void several_may_migrate_at_once(void **state)
{
	enum { AT_ONCE = 4 };
	pthread_t thread[AT_ONCE];
	char where[TEST_DB_WHERE];
	struct err e = { 0 };
	(void)state;
	test_db_place_empty(where);
	for (size_t i = 0; i < AT_ONCE; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, migrate, where), 0);
	for (size_t i = 0; i < AT_ONCE; i++) {
		void *ok = NULL;
		assert_int_equal(pthread_join(thread[i], &ok), 0);
		assert_non_null(ok);
	}
	CLEANUP(db_cleanup) struct db *db = NULL;
	int64_t n = 0;
	assert_true(db_open(where, &db, &e));
	assert_true(db_number(db, &e, &n, "SELECT COUNT(*) - MAX(number) FROM schema_done"));
	assert_int_equal(n, 0);
	db_close(db);
	db = NULL;
	test_db_remove(where);
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

static void a_commit_of_another_is_told(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *other = NULL;
	int64_t before = 0;
	int64_t same = 0;
	int64_t after = 0;
	assert_true(db_open(w->where, &other, &e) && db_version(w->db, &before, &e));
	assert_true(db_version(w->db, &same, &e));
	assert_true(same == before || test_db_is_server()); /* another database of it may write */
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(other, &tx, &e) && add(other, "one", &e) && db_commit(&tx, &e));
	assert_true(db_version(w->db, &after, &e));
	assert_true(after != before);
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
		cmocka_unit_test_setup_teardown(several_may_migrate_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(values_come_back_as_they_went_in, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_come_back_and_none_is_not_null, setup,
						teardown),
		cmocka_unit_test_setup_teardown(numbers_have_all_their_bits, setup, teardown),
		cmocka_unit_test_setup_teardown(long_bytes_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_ordered_by_its_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_row_and_a_broken_key_are_told_apart,
						setup, teardown),
		cmocka_unit_test_setup_teardown(like_matches_alike, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_rows_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(scope_rolls_back, setup, teardown),
		cmocka_unit_test_setup_teardown(an_inner_transaction_can_fail_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_conflict_ends_the_inner_transaction_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_flat_transaction_that_fails_commits_nothing,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_flat_transaction_bears_many_statements, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_query_inside_its_own_rows_works, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_come_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(notices_are_said_on_either_engine, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_committed_is_seen_by_a_reader, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_commit_of_another_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(the_nth_call_can_be_made_to_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
