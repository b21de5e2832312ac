/* The state of a journal: the root beside the recursive definition of RFC 6962, for every size. */
#include "journal/state.h"

#include "db/copy.h"
#include "test_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { ENTRIES = 70 };

static unsigned char leaf[ENTRIES][JOURNAL_HASH_SIZE];

/* RFC 6962, 2.1, word by word. */
static void root_of(size_t from, size_t count, unsigned char ret[JOURNAL_HASH_SIZE])
{
	unsigned char node[1 + 2 * JOURNAL_HASH_SIZE] = { 1 };
	size_t k = 1;
	if (count == 0) {
		crypto_hash_sha256(ret, NULL, 0);
		return;
	}
	if (count == 1) {
		memcpy(ret, leaf[from], JOURNAL_HASH_SIZE);
		return;
	}
	while (k * 2 < count)
		k *= 2;
	root_of(from, k, node + 1);
	root_of(from + k, count - k, node + 1 + JOURNAL_HASH_SIZE);
	crypto_hash_sha256(ret, node, sizeof(node));
}

static struct db *journal_of(size_t entries)
{
	struct db *db = test_db_open();
	struct err e = { 0 };
	struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e));
	for (size_t i = 0; i < entries; i++) {
		json_t *content = json_pack("{s:I}", "n", (json_int_t)i);
		const struct journal_entry entry = { (int64_t)i, 0, "test.made", 0, "", content };
		assert_true(journal_append(db, &entry, &e));
		json_decref(content);
	}
	assert_true(db_commit(&tx, &e));
	return db;
}

static bool take_leaf(void *user, const struct db_value *column, size_t count, struct err *e)
{
	(void)user;
	(void)count;
	(void)e;
	memcpy(leaf[column[0].number - 1], column[1].bytes, JOURNAL_HASH_SIZE);
	return true;
}

static void test_roots(void **state)
{
	CLEANUP(test_db_cleanup) struct db *db = journal_of(ENTRIES);
	unsigned char root[JOURNAL_HASH_SIZE];
	struct journal_state s = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_true(db_each(db, &e, take_leaf, NULL, "SELECT seq, hash FROM journal_entry"));
	for (int64_t size = 0; size <= ENTRIES; size++) {
		assert_true(journal_state(db, size, &s, &e));
		root_of(0, (size_t)size, root);
		assert_int_equal(s.size, size);
		if (memcmp(root, s.root, sizeof(root)) != 0)
			fail_msg("another root of %lld entries", (long long)size);
		if (size > 0) {
			assert_memory_equal(s.first, leaf[0], JOURNAL_HASH_SIZE);
			assert_memory_equal(s.head, leaf[size - 1], JOURNAL_HASH_SIZE);
		}
	}
	assert_true(journal_state(db, -1, &s, &e));
	assert_int_equal(s.size, ENTRIES);
	/* more than there are: as many as there are */
	assert_true(journal_state(db, ENTRIES + 5, &s, &e));
	assert_int_equal(s.size, ENTRIES);
}

static void test_gap(void **state)
{
	static const char *const made[] = { "a number", "a hash" };
	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		CLEANUP(test_db_cleanup) struct db *db = journal_of(5);
		struct journal_state s = { .size = -1 };
		struct err e = { 0 };
		assert_false(db_exec(db, &e, NULL, "DELETE FROM journal_entry WHERE seq = 3"));
		err_clear(&e);
		assert_true(db_disarm(db, &e)); /* F85: what guards it has to go first */
		assert_true(db_exec(db, &e, NULL, "DELETE FROM journal_content WHERE seq = 3"));
		assert_true(
			i == 0 ? db_exec(db, &e, NULL, "DELETE FROM journal_entry WHERE seq = 3")
			       : db_exec(db, &e, NULL,
					 "UPDATE journal_entry SET hash = zeroblob(3)"
					 " WHERE seq = 3"));
		if (journal_state(db, -1, &s, &e))
			fail_msg("%s is missing, and nothing is said", made[i]);
		assert_string_equal(e.key, "error.journal");
		assert_int_equal(s.size, -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_gap),
	};
	return cmocka_run_group_tests_name("journal state", tests, NULL, NULL);
}
