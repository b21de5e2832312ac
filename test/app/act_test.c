/* What every use case rests on: rights by organ, the journal, files kept by content. */
#include "harness.h"

#include "app/entry_kind.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Any organ below the first one of the book. */
static const char *organ_below(const struct law_book *book)
{
	for (size_t i = 1; i < book->organ_count; i++) {
		if (strcmp(book->organs[i].parent, book->organs[0].code) == 0)
			return book->organs[i].code;
	}
	return NULL;
}

static void a_right_holds_downwards(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	const char *top = h->site.book->organs[0].code;
	const char *below = organ_below(h->site.book);
	int64_t hr = harness_person(h, ROLE_HR); /* for the top */
	int64_t local = harness_person(h, 0);
	assert_non_null(below);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'hr', $2, 0)",
			    db_int(local), db_text(below)));
	const struct {
		const char *why;
		int64_t person;
		const char *role, *organ;
		bool want;
	} row[] = {
		{ "where it was given", hr, ROLE_NAME_HR, top, true },
		{ "below where it was given", hr, ROLE_NAME_HR, below, true },
		{ "another right", hr, ROLE_NAME_ADMIN, top, false },
		{ "below, where it was given", local, ROLE_NAME_HR, below, true },
		{ "above where it was given", local, ROLE_NAME_HR, top, false },
		{ "an organ that is none", local, ROLE_NAME_HR, "nowhere", false },
		{ "the system itself", 0, ROLE_NAME_ADMIN, top, true },
		{ "nobody", 99, ROLE_NAME_HR, top, false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct act act = harness_act(h, row[i].person);
		bool holds = !row[i].want;
		assert_true(act_holds(&act, row[i].role, row[i].organ, &holds, &e));
		if (holds != row[i].want)
			fail_msg("%s", row[i].why);
		err_clear(&e);
		if (act_require(&act, row[i].role, row[i].organ, &e) != row[i].want ||
		    (!row[i].want && (e.kind != ERR_DENIED || strcmp(e.key, "error.denied") != 0)))
			fail_msg("%s: %s", row[i].why, e.key);
		err_clear(&e);
	}
}

static void a_revoked_right_is_none(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t hr = harness_person(h, ROLE_HR);
	struct act act = harness_act(h, hr);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE role_grant SET revoked_ms = 1 WHERE person_id = $1",
			    db_int(hr)));
	assert_false(act_require(&act, ROLE_NAME_HR, h->site.book->organs[0].code, &e));
}

static void files_are_kept_once(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct act act = harness_act(h, 0);
	const char *first = NULL;
	const char *second = NULL;
	const char *other = NULL;
	int64_t count = 0;
	assert_true(act_keep_file(&act, "%PDF-1", 6, "application/pdf", &first, &e));
	assert_true(act_keep_file(&act, "%PDF-1", 6, "application/pdf", &second, &e));
	assert_true(act_keep_file(&act, "%PDF-2", 6, "application/pdf", &other, &e));
	assert_string_equal(first, second);
	assert_string_not_equal(first, other);
	assert_true(db_number(h->site.db, &e, &count, "SELECT COUNT(*) FROM blob"));
	assert_int_equal(count, 2);
}

static void the_journal_takes_the_act(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct journal_report report = { 0 };
	struct act act = harness_act(h, harness_person(h, 0));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(act.db, &tx, &e));
	assert_true(act_journal(&act, "hall.added", 0, act_subject(&act, "thing", 7),
				json_pack("{s:i}", "n", 1), &e));
	/* an object that could not be made is a failure, not an entry without content */
	assert_false(act_journal(&act, "hall.added", 0, "", NULL, &e));
	assert_true(db_commit(&tx, &e));
	assert_true(journal_verify(act.db, &report, &e));
	assert_int_equal(report.entries, 1);
	assert_int_equal(report.broken_seq, 0);
	json_t *row = db_row(act.db, h->arena, &e,
			     "SELECT actor_id, kind, subject, at_ms FROM journal_entry");
	assert_non_null(row);
	assert_int_equal(json_integer_value(json_object_get(row, "actor_id")), act.person_id);
	assert_int_equal(json_integer_value(json_object_get(row, "at_ms")), act.now_ms);
	assert_string_equal(json_string_value(json_object_get(row, "subject")), "thing/7");
}

static void kinds_are_a_list_in_order(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	const struct act act = harness_act(h, 0);
	for (const char *const *k = entry_kinds; *k; k++) {
		assert_true(entry_kind_is_known(*k));
		if (k[1] && strcmp(k[0], k[1]) >= 0)
			fail_msg("%s stands before %s", k[0], k[1]);
	}
	assert_false(entry_kind_is_known("hall.add"));
	assert_false(act_journal(&act, "hall.invented", 0, "", json_object(), &e));
	assert_string_equal(e.key, "error.system");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_right_holds_downwards),   HARNESS_TEST(a_revoked_right_is_none),
		HARNESS_TEST(files_are_kept_once),       HARNESS_TEST(the_journal_takes_the_act),
		HARNESS_TEST(kinds_are_a_list_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
