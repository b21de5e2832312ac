/* db_add(): rows of a turn that may be written together are rows like others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "db/db.h"
#include "test_db.h"

static char place[TEST_DB_WHERE];

static int setup(void **state)
{
	struct db *db = NULL;
	struct err e = { 0 };
	test_db_place(place);
	assert_true(db_open(place, &db, &e));
	assert_true(db_migrate(db, &e));
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	db_close(*state);
	test_db_remove(place);
	return 0;
}

static bool add_entry(struct db *db, int64_t seq, const char *kind, struct err *e)
{
	static const unsigned char hash[32] = { 0, 255, '{', '"', '\\' };
	return db_add(db, e,
		      "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id,"
		      " subject, content_hash, previous_hash, hash)"
		      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		      db_int(seq), db_int(-seq), db_int(INT64_MAX), db_text(kind), db_int(0),
		      db_text(""), db_blob(hash, sizeof(hash)), db_blob("", 0),
		      db_blob(hash, sizeof(hash)));
}

static bool add_content(struct db *db, int64_t seq, const char *content, struct err *e)
{
	return db_add(db, e, "INSERT INTO journal_content (seq, salt, content) VALUES ($1, $2, $3)",
		      db_int(seq), db_blob("s", 1), db_text(content));
}

static bool add_both(struct db *db, int64_t seq, const char *content, struct err *e)
{
	return add_entry(db, seq, "a.kind", e) && add_content(db, seq, content, e);
}

static int64_t entries(struct db *db)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(db, &e, &n,
			      "SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
			      " ON c.seq = j.seq WHERE j.at_ms = -j.seq"));
	return n;
}

/* More than are kept back at most; what reads the table sees them all, and what does not name it
 * does not mind. */
static void what_was_added_is_seen(void **state)
{
	enum { MANY = 700, EACH = 97 };
	struct db *db = *state;
	struct err e = { 0 };
	bool is_there = false;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin_flat(db, &tx, &e));
	for (int64_t seq = 1; seq <= MANY; seq++) {
		assert_true(add_both(db, seq, "{\"ә\":\"\\\"\"}", &e));
		if (seq % EACH == 0)
			assert_int_equal(entries(db), seq);
		assert_true(db_exists(db, &e, &is_there, "SELECT 1 FROM secret"));
	}
	assert_true(db_commit(&tx, &e));
	assert_int_equal(entries(db), MANY);
	assert_true(db_exists(
		db, &e, &is_there,
		"SELECT 1 FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
		" WHERE j.seq = $1 AND j.actor_id = $2 AND j.kind = 'a.kind'"
		" AND j.subject = '' AND LENGTH(j.content_hash) = 32"
		" AND LENGTH(j.previous_hash) = 0 AND j.hash = j.content_hash"
		" AND c.salt = $3 AND c.content = $4",
		db_int(MANY), db_int(INT64_MAX), db_blob("s", 1), db_text("{\"ә\":\"\\\"\"}")));
	assert_true(is_there);
}

/* Undone, none of them comes back with the next transaction. */
static void what_was_undone_is_forgotten(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin_flat(db, &tx, &e) && add_both(db, 1, "gone", &e));
	}
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin_flat(db, &tx, &e) && add_both(db, 2, "stays", &e));
		assert_true(db_commit(&tx, &e));
	}
	assert_int_equal(entries(db), 1);
}

/* A key that is there already is told by the commit at the latest, and nothing is stored. */
static void a_broken_key_is_found(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin_flat(db, &tx, &e));
		const bool ok = add_both(db, 1, "one", &e) && add_both(db, 1, "two", &e) &&
				db_commit(&tx, &e);
		assert_false(ok);
		assert_int_equal(e.kind, ERR_CONFLICT);
	}
	assert_false(db_in_doubt(db));
	assert_int_equal(entries(db), 0);
}

/* Outside of a flat transaction it is a statement like any other. */
static void alone_it_is_an_insert(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	assert_true(add_both(db, 1, "one", &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && add_both(db, 2, "two", &e));
	assert_true(db_commit(&tx, &e));
	assert_int_equal(entries(db), 2);
	assert_false(add_both(db, 2, "again", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_added_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_undone_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_key_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(alone_it_is_an_insert, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
