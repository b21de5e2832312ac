/* The journal: what an auditor finds after somebody has had the database file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doctor.h"
#include "journal/journal.h"
#include "test_db.h"

#include <sodium.h>
#include <string.h>

static int setup(void **state)
{
	*state = test_db_open();
	return 0;
}

static int teardown(void **state)
{
	test_db_close(*state);
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

/* ---- contents that are gone (F74) ------------------------------------------------------------ */

enum { TERM = 1000 /* day to which the competition is kept */, AFTER = TERM + 1 };

static void append_on(struct db *db, int64_t on_day, const char *kind, int64_t competition,
		      const char *subject, json_t *content)
{
	struct err e = { 0 };
	const struct journal_entry entry = {
		on_day * DAY_MS, 7, kind, competition, subject, content
	};
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && journal_append(db, &entry, &e) && db_commit(&tx, &e));
	json_decref(content);
}

/* 1 and 3 of competition 3, 2 of competition 4, 4 and 5 about person 9, 6 the end of competition 3,
 * 7 to 9 a complaint there: answered, if it is said so. */
static void fill(struct db *db, bool answered)
{
	append_on(db, 1, "vote.cast", 3, "application/1", json_object());
	append_on(db, 1, "vote.cast", 4, "application/2", json_object());
	append_on(db, 1, "test.answer", 3, "attempt/1", json_object());
	append_on(db, 1, "person.added", 0, "person/9", json_pack("{s:s}", "iin", "000000000000"));
	append_on(db, 1, "role.granted", 0, "person/9", json_object());
	append_on(db, 2, "competition.closed", 3, "competition/3", json_object());
	append_on(db, 3, "complaint.opened", 3, "application/1", json_object());
	append_on(db, 3, answered ? "complaint.answered" : "document.viewed", 3, "application/1",
		  json_object());
	append_on(db, 4, "person.added", 0, "person/10", json_object());
}

static json_t *listed(const char *seqs, int64_t until, int64_t person)
{
	json_t *content = json_pack("{s:s,s:I}", "seqs", seqs, "kept_until", (json_int_t)until);
	if (person > 0)
		(void)json_object_set_new(content, "person", json_integer(person));
	return content;
}

static void act_of(struct db *db, int64_t on_day, int64_t competition, json_t *content)
{
	append_on(db, on_day, "records.destroyed", competition, "destruction_act/1", content);
}

static void contents_of_an_act_leave_the_chain_whole(void **state)
{
	fill(*state, true);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq IN (1, 3, 6, 7, 8)");
	act_of(*state, AFTER, 3, listed("1,3,6-8", TERM, 0));
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq IN (4, 5)");
	act_of(*state, AFTER, 0, listed("4-5", TERM, 9));
	const struct journal_report report = verify(*state);
	assert_string_equal(report.why, "");
	assert_int_equal(report.broken_seq, 0);
	assert_int_equal(report.entries, 11);
	assert_int_equal(report.destroyed, 7);
	assert_int_equal(report.by_acts, 7);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 2");
	expect_broken(*state, 2, "contents are gone that no act has destroyed");
}

/* An entry of an act is soon written by who has the file: it must be one that could be. */
static void an_act_that_could_not_be_is_found(void **state)
{
	static const char gone[] = "contents are gone that no act has destroyed";
	static const char other[] = "an act of destruction lists other entries than its own";
	static const struct {
		const char *what;
		const char *seqs; /* NULL: an act of before, which counts one content */
		int64_t on_day, until, competition, person;
		bool answered;
		int broken;
		const char *why;
	} row[] = {
		{ "a vote under an act of before", NULL, AFTER, TERM, 3, 0, true, 10, gone },
		{ "one entry alone", "1", AFTER, TERM, 3, 0, true, 10, other },
		{ "one too many", "1-3,6-8", AFTER, TERM, 3, 0, true, 10, other },
		{ "a person in a competition", "1,3,6-8", AFTER, TERM, 3, 9, true, 10, other },
		{ "of nobody", "1", AFTER, TERM, 0, 0, true, 10, other },
		{ "a person's with another's", "4-5,9", AFTER, TERM, 0, 9, true, 10, other },
		{ "what is not over", "2", AFTER, TERM, 4, 0, true, 10,
		  "an act of destruction of what is not over" },
		{ "on the last day", "1,3,6-8", TERM, TERM, 3, 0, true, 10,
		  "an act of destruction before its time" },
		{ "a term before the end", "1,3,6-8", AFTER, 2, 3, 0, true, 10,
		  "an act of destruction before its time" },
		{ "a complaint is open", "1,3,6-8", AFTER, TERM, 3, 0, false, 10,
		  "an act of destruction while a complaint is open" },
		{ "some content is there", "1,3,6-8", AFTER, TERM, 3, 0, true, 3,
		  "a content that an act has destroyed is there" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct db *db = NULL;
		assert_int_equal(setup((void **)&db), 0);
		fill(db, row[i].answered);
		DOCTOR(db, "DELETE FROM journal_content WHERE seq = 1");
		act_of(db, row[i].on_day, row[i].competition,
		       row[i].seqs ? listed(row[i].seqs, row[i].until, row[i].person)
				   : json_pack("{s:i}", "entries", 1));
		const struct journal_report report = verify(db);
		if (report.broken_seq != row[i].broken || strcmp(report.why, row[i].why) != 0)
			fail_msg("%s: %lld %s", row[i].what, (long long)report.broken_seq,
				 report.why);
		test_db_close(db);
	}
	(void)state;
}

/* As acts were before they had a list: clicks and seats of their competition, counted. */
static void an_act_of_before_counts_clicks_alone(void **state)
{
	fill(*state, true);
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 3");
	act_of(*state, AFTER, 3, json_pack("{s:i}", "entries", 1));
	assert_int_equal(verify(*state).broken_seq, 0);
	/* one with a list takes the rest */
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq IN (1, 6, 7, 8)");
	expect_broken(*state, 1, "contents are gone that no act has destroyed");
	act_of(*state, AFTER, 3, listed("1,3,6-8", TERM, 0));
	assert_int_equal(verify(*state).broken_seq, 0);
	assert_int_equal(verify(*state).by_acts, 5);
	/* what tells of it stays */
	DOCTOR(*state, "DELETE FROM journal_content WHERE seq = 11");
	assert_int_not_equal(verify(*state).broken_seq, 0);
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
		cmocka_unit_test_setup_teardown(contents_of_an_act_leave_the_chain_whole, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_act_that_could_not_be_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(an_act_of_before_counts_clicks_alone, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
