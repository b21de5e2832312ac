/* The journal: what an auditor finds after somebody has had the database file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doctor.h"
#include "journal/journal.h"

#include <sodium.h>

static int setup(void **state)
{
	struct err e = { 0 };
	struct db *db = NULL;
	assert_true(db_open(":memory:", &db, &e));
	assert_true(db_migrate(db, &e));
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	db_close(*state);
	return 0;
}

static void append_kind(struct db *db, int n, const char *kind, json_t *content)
{
	struct err e = { 0 };
	struct journal_entry entry = { 1000 + n, n, kind, 3, "thing/1", content };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && journal_append(db, &entry, &e) && db_commit(&tx, &e));
	json_decref(content);
}

static void append(struct db *db, int n)
{
	append_kind(db, n, "test.done",
		    json_pack("{s:i,s:s}", "number", n, "text", "Қазақ мәтіні"));
}

static struct journal_report verify(struct db *db)
{
	struct err e = { 0 };
	struct journal_report report;
	assert_true(journal_verify(db, &report, &e));
	return report;
}

static void an_empty_journal_is_whole(void **state)
{
	struct journal_report report = verify(*state);
	assert_int_equal(report.entries, 0);
	assert_int_equal(report.broken_seq, 0);
}

static void a_whole_chain_verifies_and_has_a_head(void **state)
{
	for (int i = 1; i <= 5; i++)
		append(*state, i);
	struct journal_report report = verify(*state);
	assert_int_equal(report.entries, 5);
	assert_int_equal(report.broken_seq, 0);
	char head[JOURNAL_TEXT_SIZE];
	char wanted[JOURNAL_TEXT_SIZE];
	int64_t seq = 0;
	struct err e = { 0 };
	assert_true(journal_head(*state, head, &seq, &e));
	sodium_bin2hex(wanted, sizeof(wanted), report.head, JOURNAL_HASH_SIZE);
	assert_string_equal(head, wanted);
	assert_int_equal(seq, 5);
}

/* A hash made by hand, so that the layout cannot change unnoticed:
 * SHA-256(0x00 || canonical header), with the content hash that stands in the row. */
static void the_hash_of_an_entry_is_an_rfc_6962_leaf(void **state)
{
	struct err e = { 0 };
	append(*state, 1);
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const void *content = NULL;
	const void *hash = NULL;
	size_t size = 0;
	assert_true(
		db_bytes(*state, a, &e, &content, &size, "SELECT content_hash FROM journal_entry"));
	assert_true(db_bytes(*state, a, &e, &hash, &size, "SELECT hash FROM journal_entry"));
	char hex[JOURNAL_TEXT_SIZE];
	sodium_bin2hex(hex, sizeof(hex), content, JOURNAL_HASH_SIZE);
	char leaf[512] = "";
	int n = snprintf(leaf + 1, sizeof(leaf) - 1,
			 "{\"actor\":1,\"at\":1001,\"competition\":3,\"content\":\"%s\","
			 "\"kind\":\"test.done\",\"previous\":\"%064d\",\"seq\":1,"
			 "\"subject\":\"thing/1\"}",
			 hex, 0);
	unsigned char wanted[JOURNAL_HASH_SIZE];
	crypto_hash_sha256(wanted, (const unsigned char *)leaf, (size_t)n + 1);
	assert_memory_equal(wanted, hash, JOURNAL_HASH_SIZE);
}

#define DOCTOR(db, sql)                                                                            \
	do {                                                                                       \
		struct err doctor_error = { 0 };                                                   \
		assert_true(doctor_unguard(db, &doctor_error));                                    \
		assert_true(db_exec(db, &doctor_error, NULL, sql));                                \
	} while (0)

static void expect_broken(struct db *db, int seq, const char *why)
{
	struct journal_report report = verify(db);
	assert_int_equal(report.broken_seq, seq);
	assert_string_equal(report.why, why);
}

static void a_changed_header_is_found(void **state)
{
	for (int i = 1; i <= 3; i++)
		append(*state, i);
	DOCTOR(*state, "UPDATE journal_entry SET at_ms = at_ms + 1 WHERE seq = 2");
	expect_broken(*state, 2, "the entry was changed");
}

static void a_changed_content_is_found(void **state)
{
	for (int i = 1; i <= 3; i++)
		append(*state, i);
	DOCTOR(*state, "UPDATE journal_content SET content = '{}' WHERE seq = 3");
	expect_broken(*state, 3, "the content was changed");
}

static void a_removed_entry_is_found(void **state)
{
	for (int i = 1; i <= 3; i++)
		append(*state, i);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 2");
	DOCTOR(*state, "DELETE FROM journal_entry WHERE seq = 2");
	expect_broken(*state, 3, "an entry is missing");
}

static void a_relinked_entry_is_found(void **state)
{
	for (int i = 1; i <= 3; i++)
		append(*state, i);
	DOCTOR(*state, "UPDATE journal_entry SET previous_hash = content_hash WHERE seq = 2");
	expect_broken(*state, 2, "the link to the entry before is wrong");
}

static void content_destroyed_by_act_leaves_the_chain_whole(void **state)
{
	for (int i = 1; i <= 3; i++)
		append(*state, i);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 2");
	expect_broken(*state, 2, "contents are gone that no act has destroyed");
	append_kind(*state, 4, "records.destroyed", json_pack("{s:i}", "entries", 1));
	struct journal_report report = verify(*state);
	assert_int_equal(report.broken_seq, 0);
	assert_int_equal(report.entries, 4);
	assert_int_equal(report.destroyed, 1);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 1");
	expect_broken(*state, 1, "contents are gone that no act has destroyed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_journal_is_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_whole_chain_verifies_and_has_a_head, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_hash_of_an_entry_is_an_rfc_6962_leaf, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_changed_header_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_changed_content_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_removed_entry_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_relinked_entry_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(content_destroyed_by_act_leaves_the_chain_whole,
						setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
