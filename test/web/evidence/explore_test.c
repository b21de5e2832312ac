/* The auditor's explorer of the journal: what is found by what, how one reads on, what a file
 * holds, and one entry with what hangs together (F85). */
#include "stage.h"

#include "app/evidence/checkpoint.h"
#include "verify/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { HALLS = 120 };

/* Entries of `kind` about `subject`, as `person`. */
static void append(struct harness *h, int64_t person, const char *kind, int64_t competition,
		   const char *subject, int count)
{
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	for (int i = 0; i < count; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(act.db, &tx, &e) &&
			    act_journal(&act, kind, competition, subject, json_object(), &e) &&
			    db_commit(&tx, &e));
	}
}

static int64_t total(struct harness *h, int64_t person, const char *query)
{
	const struct answer a =
		harness_get(h, person, arena_print(h->arena, "/journal/entries?%s", query));
	if (a.status != 200)
		fail_msg("%s: %d %s", query, a.status, a.error);
	return answer_number(&a, "listing.total");
}

/* A hall of 120 entries, clicks of a test, one application, all of one day; a late one. */
static int64_t fill(struct harness *h, int64_t auditor)
{
	const int64_t hr = harness_person(h, ROLE_HR);
	harness_at(h, "2026-03-03T09:00");
	append(h, auditor, "hall.added", 0, "thing/7", HALLS);
	append(h, 0, "test.answer", 0, "attempt/17", 30);
	append(h, hr, "check.met", 0, "application/905", 2);
	harness_at(h, "2026-03-05T09:00");
	append(h, 0, "clock.set", 0, "", 1);
	return hr;
}

static void each_condition_finds_its_entries(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t hr = fill(h, auditor);
	const struct {
		const char *query;
		int64_t found;
	} cases[] = {
		{ "kind=hall.added", HALLS },
		{ "kind=hall.added&subject=thing/7", HALLS },
		{ "kind=hall.added&subject=thing/8", 0 },
		{ "q=THING", HALLS },
		{ "q=%25", 0 },
		{ "application=905", 2 },
		{ "application=905&kind=check.met&role=hr&from=2026-03-03&to=2026-03-03", 2 },
		{ "application=905&role=auditor", 0 },
		{ "kind=hall.added&role=auditor", HALLS },
		{ "kind=clock.set&role=system", 1 },
		{ "kind=clock.set&role=candidate", 0 },
		{ "kind=clock.set&role=commission", 0 },
		{ "from=2026-03-04", 1 },
		{ "from=2026-03-03&to=2026-03-04", HALLS + 2 },
		{ "from=2026-03-03&to=2026-03-04&answers=on", HALLS + 32 },
		{ "kind=test.answer", 30 },
		{ "kind=test.answer&subject=attempt/17", 30 },
		{ "subject=attempt/17", 0 }, /* clicks are shown when they are asked for */
		{ "subject=attempt/17&answers=on", 30 },
		{ "number=3", 1 },
		{ "number=100000", 0 },
		{ "kind=nothing.such", 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const int64_t found = total(h, auditor, cases[i].query);
		if (found != cases[i].found)
			fail_msg("%s: %lld", cases[i].query, (long long)found);
	}
	assert_int_equal(total(h, auditor,
			       arena_print(h->arena, "actor=%lld&kind=check.met", (long long)hr)),
			 2);
	harness_check_page(h, auditor, "/journal/entries");
	harness_check_page(h, auditor,
			   "/journal/entries?kind=check.met&application=905&role=hr&actor=3");
	harness_check_page(h, auditor, "/journal/entries?kind=nothing.such");
}

/* An office counts only while it is held. */
static void an_office_is_that_of_the_moment(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t hr = fill(h, auditor);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE role_grant SET revoked_ms = $1 WHERE person_id = $2",
			    db_int(harness_act(h, 0).now_ms), db_int(hr)));
	append(h, hr, "check.met", 0, "application/905", 3);
	assert_int_equal(total(h, auditor, "application=905"), 5);
	assert_int_equal(total(h, auditor, "application=905&role=hr"), 2);
}

/* The way through the list by its own links, from the first page to the last and back. */
static void one_reads_on_and_back(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	(void)fill(h, auditor);
	static const char *const lists[] = { "/journal/entries?kind=hall.added",
					     "/journal/entries?kind=hall.added&sort=seq" };
	for (size_t i = 0; i < COUNT(lists); i++) {
		const bool down = i == 0;
		const char *path = lists[i];
		int64_t seen = 0;
		int64_t last = down ? INT64_MAX : 0;
		int pages = 0;
		struct answer a = { 0 };
		for (; path; pages++) {
			a = harness_get(h, auditor, path);
			const json_t *rows = answer_value(&a, "entries");
			for (size_t n = 0; n < json_array_size(rows); n++, seen++) {
				const int64_t seq = row_number(json_array_get(rows, n), "seq");
				assert_true(down ? seq < last : seq > last);
				last = seq;
			}
			path = json_string_value(answer_value(&a, "paging.next"));
		}
		assert_int_equal(seen, HALLS);
		assert_int_equal(pages, 3);
		const char *back = answer_text(&a, "paging.previous");
		a = harness_get(h, auditor, back);
		const struct answer two = harness_get(h, auditor, answer_text(&a, "paging.next"));
		assert_int_equal(answer_number(&two, "entries.19.seq"), last);
		a = harness_get(h, auditor, answer_text(&a, "paging.previous"));
		assert_int_equal(json_array_size(answer_value(&a, "entries")), 50);
		const struct answer one = harness_get(h, auditor, lists[i]);
		assert_int_equal(answer_number(&a, "entries.0.seq"),
				 answer_number(&one, "entries.0.seq"));
		assert_true(json_is_null(answer_value(&a, "paging.previous")));
		assert_string_equal(answer_text(&a, "paging.first"), lists[i]);
	}
	harness_check_page(h, auditor, "/journal/entries?after=100");
}

static void what_is_found_is_a_file(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	(void)fill(h, auditor);
	const struct answer a = harness_get(
		h, auditor, "/journal/entries.csv?kind=hall.added&sort=seq&after=3&role=auditor");
	assert_int_equal(a.status, 200);
	int lines = 0;
	for (const char *at = a.body; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, HALLS + 1); /* all of them, wherever one stands */
	assert_non_null(strstr(a.body, "hall.added"));
	assert_non_null(strstr(a.body, "thing/7"));
}

static void an_entry_says_what_hangs_together(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	(void)fill(h, auditor);
	int64_t first = 0;
	assert_true(db_number(h->site.db, &e, &first,
			      "SELECT MIN(seq) FROM journal_entry WHERE kind = 'check.met'"));
	const char *path = arena_print(h->arena, "/journal/entries/%lld", (long long)first);
	harness_check_page(h, auditor, path);
	struct answer a = harness_get(h, auditor, path);
	assert_string_equal(answer_text(&a, "entry.kind"), "check.met");
	assert_string_equal(answer_text(&a, "entry.offices.0.key"), "access.role.hr");
	assert_int_equal(json_array_size(answer_value(&a, "entry.related")), 2);
	assert_true(json_is_true(answer_value(&a, "entry.related.0.here")));
	assert_int_equal(answer_number(&a, "entry.related.1.seq"), first + 1);
	assert_int_equal(answer_number(&a, "entry.next"), first + 1);
	assert_string_equal(answer_text(&a, "entry.about.href"), "/applications/905/story");
	/* no checkpoint covers it yet */
	assert_true(json_is_null(answer_value(&a, "entry.proof")));
	assert_int_equal(
		harness_get(h, auditor, arena_print(h->arena, "%s/receipt.json", path)).status,
		404);
	a = harness_get(h, auditor, "/journal/entries/1");
	assert_true(json_is_null(answer_value(&a, "entry.previous")));
}

/* The file is what konkurs-verify takes, and holds no content. */
static void an_entry_is_taken_away_with_its_proof(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct receipt receipt = { 0 };
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	(void)fill(h, auditor);
	const struct act act = harness_act(h, auditor);
	int64_t size = 0;
	assert_true(checkpoint_ask(&act, &size, &e));
	const struct answer a = harness_get(h, auditor, "/journal/entries/40/receipt.json");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/json");
	assert_true(receipt_read(h->arena, a.body, a.size, &receipt, &e));
	assert_int_equal(receipt.index, 39);
	assert_false(receipt.whole);
	const int64_t hr = harness_person(h, ROLE_HR);
	assert_int_equal(harness_get(h, hr, "/journal/entries/40/receipt.json").status, 403);
	harness_check_page(h, auditor, "/journal/entries/40");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(each_condition_finds_its_entries),
		HARNESS_TEST(an_office_is_that_of_the_moment),
		HARNESS_TEST(one_reads_on_and_back),
		HARNESS_TEST(what_is_found_is_a_file),
		HARNESS_TEST(an_entry_says_what_hangs_together),
		HARNESS_TEST(an_entry_is_taken_away_with_its_proof),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
