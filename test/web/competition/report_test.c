/* Reports: known rows give known figures, and only those of the reader's organs. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const pages[] = { "/reports",      "/reports/time",  "/reports/results",
				     "/reports/acts", "/reports/terms", "/reports/late" };

static void run(struct harness *h, const char *sql_name, bool ok, const struct err *e)
{
	(void)h;
	if (!ok)
		fail_msg("%s: %s", sql_name, e->detail);
}

/* Two tests: one of 84 right answers, one of 83; two acts asked in each. */
static void fill_tests(struct harness *h)
{
	struct err e = { 0 };
	run(h, "start",
	    db_exec(h->site.db, &e, NULL, "UPDATE attempt SET started_ms = admitted_ms"), &e);
	run(h, "criminal-code",
	    db_exec(h->site.db, &e, NULL,
		    "INSERT INTO result_act (attempt_id, act, correct, asked)"
		    " SELECT attempt_id, 'criminal-code', correct - 80, 10 FROM result"),
	    &e);
	run(h, "another",
	    db_exec(h->site.db, &e, NULL,
		    "INSERT INTO result_act (attempt_id, act, correct, asked)"
		    " SELECT attempt_id, 'gone', 0, 4 FROM result"),
	    &e);
}

/* One that is not sent, one not checked, one who failed, one who passed, one all the way. */
static struct stage filled(struct harness *h)
{
	struct stage s = stage_open(h);
	(void)stage_candidate(&s, 0);
	(void)stage_candidate(&s, STAGE_SENT);
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST_NEGATIVE | STAGE_POLYGRAPH);
	(void)stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	fill_tests(h);
	return s;
}

static void test_empty(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	for (size_t i = 0; i < COUNT(pages); i++)
		harness_check_page(h, hr, pages[i]);
}

static void test_funnel(void **state)
{
	static const struct {
		const char *step;
		int count, share, lost;
	} want[] = {
		{ "opened", 4, 100, 0 },  { "sent", 3, 75, 1 },   { "met", 2, 50, 1 },
		{ "begun", 2, 50, 0 },    { "passed", 1, 25, 1 }, { "studied", 1, 25, 0 },
		{ "released", 1, 25, 0 }, { "heard", 0, 0, 1 },   { "positive", 0, 0, 0 },
	};
	struct stage s = filled(*state);
	struct answer a = harness_get(s.h, s.hr, "/reports");
	assert_int_equal(json_array_size(answer_value(&a, "steps")), COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		const char *at = arena_print(s.h->arena, "steps.%zu.", i);
#define OF(name) arena_print(s.h->arena, "%s" name, at)
		if (strcmp(answer_text(&a, OF("step")), want[i].step) != 0 ||
		    answer_number(&a, OF("count")) != want[i].count ||
		    answer_number(&a, OF("share")) != want[i].share ||
		    answer_number(&a, OF("lost")) != want[i].lost)
			fail_msg("%s: %lld", want[i].step,
				 (long long)answer_number(&a, OF("count")));
#undef OF
	}
	assert_int_equal(answer_number(&a, "extent.competitions"), 1);
	assert_int_equal(answer_number(&a, "steps.2.width"), 500);
	assert_int_equal(answer_number(&a, "steps.2.left"), 250);
	harness_check_page(s.h, s.hr, "/reports");
}

/* F9: what is not opened is no result yet. */
static void test_names_closed(void **state)
{
	struct stage s = filled(*state);
	struct err e = { 0 };
	run(s.h, "names", db_exec(s.h->site.db, &e, NULL, "UPDATE sitting SET names_ms = NULL"),
	    &e);
	struct answer a = harness_get(s.h, s.hr, "/reports");
	assert_int_equal(answer_number(&a, "steps.3.count"), 2);
	assert_int_equal(answer_number(&a, "steps.4.count"), 0);
	a = harness_get(s.h, s.hr, "/reports/acts");
	assert_int_equal(json_array_size(answer_value(&a, "acts")), 0);
	assert_true(json_is_null(answer_value(&a, "tests")));
}

static void test_acts(void **state)
{
	struct stage s = filled(*state);
	struct answer a = harness_get(s.h, s.hr, "/reports/acts");
	assert_int_equal(json_array_size(answer_value(&a, "acts")), 2);
	assert_string_equal(answer_text(&a, "acts.0.act"), "criminal-code");
	assert_int_equal(answer_number(&a, "acts.0.asked"), 20);
	assert_int_equal(answer_number(&a, "acts.0.correct"), 7);
	assert_int_equal(answer_number(&a, "acts.0.share"), 35);
	assert_true(strcmp(answer_text(&a, "acts.0.name"), "criminal-code") != 0);
	assert_string_equal(answer_text(&a, "acts.1.name"), "gone"); /* in no rule set any more */
	assert_int_equal(answer_number(&a, "acts.0.ru_share"), 35); /* both tests were in Russian */
	assert_true(json_is_null(answer_value(&a, "acts.0.kk_share")));
	assert_int_equal(answer_number(&a, "whole.share"), 25); /* 7 of 28 */
	assert_int_equal(answer_number(&a, "tests.people"), 2);
	assert_int_equal(answer_number(&a, "tests.positive"), 1);
	assert_int_equal(answer_number(&a, "tests.median"), 83);
	assert_int_equal(answer_number(&a, "tests.most"), 84);
	harness_check_page(s.h, s.hr, "/reports/acts");
}

/* F64: 30 results are shown with the pass mark of their rule set, 29 of nobody; what is told by
 * acts is of all together. */
static void test_results(void **state)
{
	struct stage s = filled(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	for (int i = 0; i < 27; i++)
		(void)stage_candidate(&s, STAGE_MET | (i < 10 ? STAGE_TEST_NEGATIVE : STAGE_TEST));
	struct answer a = harness_get(h, s.hr, "/reports/results");
	assert_int_equal(answer_number(&a, "distribution.people"), 29);
	assert_int_equal(json_array_size(answer_value(&a, "scores")), 0);
	assert_null(json_object_get(answer_value(&a, "distribution"), "mark"));
	harness_check_page(h, s.hr, "/reports/results");
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST);
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST);
	run(h, "a better one",
	    db_exec(h->site.db, &e, NULL,
		    "UPDATE result SET correct = 100 WHERE attempt_id ="
		    " (SELECT MAX(attempt_id) FROM result)"),
	    &e);
	run(h, "another programme",
	    db_exec(h->site.db, &e, NULL,
		    "UPDATE result SET asked = 100, pass_mark = 70 WHERE attempt_id ="
		    " (SELECT MIN(attempt_id) FROM result)"),
	    &e);
	a = harness_get(h, s.hr, "/reports/results");
	assert_int_equal(answer_number(&a, "distribution.people"), 30);
	assert_int_equal(answer_number(&a, "distribution.others"), 1);
	assert_int_equal(answer_number(&a, "distribution.mark"), 84);
	assert_int_equal(answer_number(&a, "distribution.most"), 120);
	assert_int_equal(answer_number(&a, "distribution.below"), 10);
	assert_int_equal(answer_number(&a, "distribution.at"), 19);
	assert_int_equal(answer_number(&a, "distribution.above"), 1);
	assert_int_equal(answer_number(&a, "distribution.reached"), 20);
	assert_int_equal(json_array_size(answer_value(&a, "scores")), 3);
	assert_int_equal(answer_number(&a, "scores.1.score"), 84);
	assert_int_equal(answer_number(&a, "scores.1.people"), 19);
	assert_string_equal(answer_text(&a, "scores.1.outcome"), "at");
	assert_int_equal(answer_number(&a, "scores.1.height"), 300); /* the highest */
	assert_int_equal(answer_number(&a, "scores.0.height"), 300 * 10 / 19);
	harness_check_page(h, s.hr, "/reports/results");
	assert_int_equal(harness_get(h, s.hr, "/reports/results.csv").status, 200);
}

/* In working days: 8 and 9 March 2026 are a Sunday's holiday and its day in exchange. */
static void test_time(void **state)
{
	struct stage s = filled(*state);
	struct err e = { 0 };
	run(s.h, "a later check",
	    db_exec(s.h->site.db, &e, NULL,
		    "UPDATE qualification_decision SET at_ms = at_ms + 8 * 86400000"
		    " WHERE id = (SELECT MIN(id) FROM qualification_decision)"),
	    &e);
	struct answer a = harness_get(s.h, s.hr, "/reports/time");
	assert_string_equal(answer_text(&a, "steps.0.step"), "check");
	assert_int_equal(answer_number(&a, "steps.0.count"), 2);
	assert_int_equal(answer_number(&a, "steps.0.median"), 0);
	assert_int_equal(answer_number(&a, "steps.0.most"), 5); /* 3 to 6 and 10 March */
	assert_int_equal(answer_number(&a, "steps.0.slowest"), s.competition);
	harness_check_page(s.h, s.hr, "/reports/time");
}

/* Who was served by letter counts from the letter's day. */
static void test_whole_way(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	run(h, "letter",
	    db_exec(h->site.db, &e, NULL,
		    "INSERT INTO notice_paper (notice_id, number, day, by_id, at_ms)"
		    " SELECT id, '5', $1, $2, 0 FROM notice WHERE kind = 'decision.positive'",
		    db_int(day_of_instant(clock_now(&h->site.clock)).n + 1), db_int(w.stage.hr)),
	    &e);
	struct answer a = harness_get(h, w.stage.hr, "/reports/time");
	bool told = false;
	for (size_t i = 0; i < json_array_size(answer_value(&a, "steps")); i++) {
		const char *at = arena_print(h->arena, "steps.%zu.", i);
		if (strcmp(answer_text(&a, arena_print(h->arena, "%sstep", at)), "told") != 0)
			continue;
		told = true;
		assert_int_equal(answer_number(&a, arena_print(h->arena, "%smost", at)), 1);
	}
	assert_true(told);
	harness_check_page(h, w.stage.hr, "/reports/time");
}

/* R15-1: own security's term, five working days before 26 March, is missed on the 17th. */
static void test_terms(void **state)
{
	struct stage s = filled(*state);
	stage_plan(&s, "2026-03-26T10:00");
	struct answer a = harness_get(s.h, s.hr, "/reports/late");
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 0);
	harness_at(s.h, "2026-03-17T09:00");
	a = harness_get(s.h, s.hr, "/reports/terms");
	assert_string_equal(answer_text(&a, "terms.1.kind"), "security");
	assert_int_equal(answer_number(&a, "terms.1.missed"), 1);
	assert_int_equal(answer_number(&a, "terms.1.share"), 0);
	assert_int_equal(answer_number(&a, "terms.1.w_missed"), 1000);
	a = harness_get(s.h, s.hr, "/reports/late");
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 1);
	assert_string_equal(answer_text(&a, "terms.0.kind"), "security");
	assert_string_equal(answer_text(&a, "terms.0.last"), "2026-03-16");
	assert_int_equal(answer_number(&a, "terms.0.days"), 1);
	assert_true(json_is_null(answer_value(&a, "terms.0.done")));
	harness_check_page(s.h, s.hr, "/reports/terms");
	harness_check_page(s.h, s.hr, "/reports/late");
}

/* What is chosen narrows every report. */
static void test_filter(void **state)
{
	static const struct {
		const char *why, *query;
		int competitions;
	} row[] = {
		{ "all", "", 1 },
		{ "from the day of the announcement", "?from=2026-03-02", 1 },
		{ "from the day after", "?from=2026-03-03", 0 },
		{ "to the day of the announcement", "?to=2026-03-02", 1 },
		{ "to the day before", "?to=2026-03-01", 0 },
		{ "a period that ends before it begins", "?from=2026-03-03&to=2026-03-01", 0 },
		{ "its organ", "?organ=pgo", 1 },
		{ "another", "?organ=reg-abai", 0 },
		{ "no organ at all", "?organ=%25", 0 },
		{ "its route", "?route=own", 1 },
		{ "the other", "?route=other", 0 },
		{ "itself", "?competition=1", 1 },
		{ "no such", "?competition=77", 0 },
	};
	struct stage s = filled(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		for (size_t j = 0; j < COUNT(pages); j++) {
			const char *path = arena_print(s.h->arena, "%s%s", pages[j], row[i].query);
			struct answer a = harness_get(s.h, s.hr, path);
			if (a.status != 200 ||
			    answer_number(&a, "extent.competitions") != row[i].competitions)
				fail_msg("%s: %s: %d", row[i].why, path, a.status);
		}
		harness_check_page(s.h, s.hr, arena_print(s.h->arena, "/reports%s", row[i].query));
	}
}

/* HR of an organ below sees nothing of one above; a candidate has no reports. */
static void test_rights(void **state)
{
	struct stage s = filled(*state);
	struct err e = { 0 };
	const int64_t other = harness_person(s.h, ROLE_HR);
	run(s.h, "grant",
	    db_exec(s.h->site.db, &e, NULL,
		    "UPDATE role_grant SET organ = 'reg-abai' WHERE person_id = $1", db_int(other)),
	    &e);
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct answer a = harness_get(s.h, other, pages[i]);
		assert_int_equal(a.status, 200);
		assert_int_equal(answer_number(&a, "extent.competitions"), 0);
		assert_int_equal(json_array_size(answer_value(&a, "organs")), 1);
		const int64_t auditor = harness_person(s.h, ROLE_AUDITOR);
		assert_int_equal(harness_get(s.h, auditor, pages[i]).status, 200);
		const int64_t nobody = harness_person(s.h, 0);
		assert_int_equal(harness_get(s.h, nobody, pages[i]).status, 403);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_empty),        HARNESS_TEST(test_funnel),
		HARNESS_TEST(test_names_closed), HARNESS_TEST(test_acts),
		HARNESS_TEST(test_time),         HARNESS_TEST(test_whole_way),
		HARNESS_TEST(test_terms),        HARNESS_TEST(test_filter),
		HARNESS_TEST(test_rights),       HARNESS_TEST(test_results),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
