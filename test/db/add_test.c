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

/* ---- numbers and values that are not there --------------------------------------------------- */

static bool add_item(struct db *db, int64_t id, struct err *e)
{
	const unsigned char hash[] = { (unsigned char)(id >> 8), (unsigned char)id };
	return db_add(db, e,
		      "INSERT INTO item (id, code, act, article, text_day, answer, options, hash,"
		      " sample, added_ms, retired_ms)"
		      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		      db_int(id), db_text("K-1"), db_text("act"), db_text("1"), db_int(0),
		      db_int(1), db_int(4), db_blob(hash, sizeof(hash)), db_int(0), db_int(0),
		      id % 3 == 0 ? db_int(id) : db_no_int());
}

static int64_t new_item(struct db *db, int number)
{
	struct err e = { 0 };
	const unsigned char hash[] = { 'n', 'e', 'w', (unsigned char)number };
	int64_t id = 0;
	assert_true(db_number(db, &e, &id,
			      "INSERT INTO item (code, act, article, text_day, answer, options,"
			      " hash, sample, added_ms) VALUES ('K-2', 'act', '1', 0, 1, 4, $1, 0,"
			      " 0) RETURNING id",
			      db_blob(hash, sizeof(hash))));
	return id;
}

/* They are nobody else's, whether the first or the last of them has no value, and the engine goes
 * on behind them. */
static void numbered_rows_have_their_numbers(void **state)
{
	enum { MANY = 600 };
	struct db *db = *state;
	struct err e = { 0 };
	int64_t first = 0;
	int64_t count = -1;
	const int64_t before = new_item(db, 1);
	for (int i = 0; i < 2; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(i == 0 ? db_begin_flat(db, &tx, &e) : db_begin(db, &tx, &e));
		assert_true(db_numbers(db, &e, MANY, &first, "item"));
		assert_true(first > before);
		for (int64_t id = first; id < first + MANY; id++)
			assert_true(add_item(db, id, &e));
		assert_true(db_commit(&tx, &e));
		assert_true(new_item(db, 2 + i) >= first + MANY);
	}
	assert_true(db_number(db, &e, &count,
			      "SELECT COUNT(*) FROM item WHERE code = 'K-1' AND ((id % 3 = 0"
			      " AND retired_ms = id) OR (id % 3 <> 0 AND retired_ms IS NULL))"));
	assert_int_equal(count, 2 * MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_added_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_undone_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_key_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(alone_it_is_an_insert, setup, teardown),
		cmocka_unit_test_setup_teardown(numbered_rows_have_their_numbers, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
