/* The pages of service and appeal (F84): where the decision is read, who was served, letters. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct room decided(struct harness *h)
{
	struct room w = room_open(h);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	return w;
}

static const char *of(struct room *w, const char *page)
{
	return arena_print(w->stage.h->arena, "/applications/%lld%s", (long long)w->application,
			   page);
}

static const char *list(struct room *w, const char *rest)
{
	return arena_print(w->stage.h->arena, "/competitions/%lld/told%s",
			   (long long)w->stage.competition, rest);
}

static int64_t decision_of(struct room *w)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &id,
			      "SELECT id FROM notice WHERE kind = 'decision.positive'"));
	return id;
}

static size_t rows(struct room *w, const char *query)
{
	struct answer a = harness_get(w->stage.h, w->stage.hr, list(w, query));
	assert_int_equal(a.status, 200);
	return json_array_size(answer_value(&a, "rows"));
}

/* The decision waits on the first page; reading it serves it, and from there the term counts. */
static void test_candidate(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	const int64_t person = stage_person_of(&w.stage, w.application);
	struct answer a = harness_get(h, person, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "path.at.unread");
	assert_string_equal(answer_text(&a, "due.lines.0.href"), of(&w, "/notice"));
	a = harness_get(h, person, of(&w, "/story"));
	assert_true(json_is_null(answer_value(&a, "told.served")));
	harness_check_page(h, person, of(&w, "/story"));
	harness_check_page(h, w.person[ROOM_SECRETARY], of(&w, "/notice"));
	a = harness_get(h, w.person[ROOM_SECRETARY], of(&w, "/notice"));
	assert_true(json_is_null(answer_value(&a, "told.served"))); /* read by another */
	assert_int_equal(stage_journalled(h, "notice.served"), 0);
	a = harness_get(h, person, of(&w, "/notice"));
	assert_string_equal(answer_text(&a, "told.served"), "2026-03-26");
	assert_string_equal(answer_text(&a, "told.last"), "2026-06-26");
	assert_int_equal(answer_number(&a, "told.months"), 3);
	assert_true(*answer_text(&a, "told.appeal") != '\0');
	assert_int_equal(stage_journalled(h, "notice.served"), 1);
	static const char *const pages[] = { "/notice", "/story", "" };
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE document SET signatory_position = 'direct_supervisor'"));
	for (size_t i = 0; i < COUNT(pages); i++) {
		harness_check_page(h, person, of(&w, pages[i]));
		a = harness_get(h, person, of(&w, pages[i]));
		if (strcmp(answer_text(&a, "told.last"), "2026-06-26") != 0)
			fail_msg("%s: %s", pages[i], answer_text(&a, "told.last"));
	}
	a = harness_get(h, person, "/");
	assert_int_equal(answer_number(&a, "due.count"), 0);
	assert_string_equal(answer_text(&a, "applications.0.appeal"), "2026-06-26");
	a = harness_get(h, w.person[ROOM_CHAIR], of(&w, "/decision"));
	assert_string_equal(answer_text(&a, "told.last"), "2026-06-26");
	harness_check_page(h, w.person[ROOM_CHAIR], of(&w, "/decision"));
}

/* The same from the inbox; other notices have no appeal term. */
static void test_inbox(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	const int64_t person = stage_person_of(&w.stage, w.application);
	const char *page = arena_print(h->arena, "/notices/%lld", (long long)decision_of(&w));
	struct answer a = harness_get(h, person, page);
	assert_string_equal(answer_text(&a, "told.last"), "2026-06-26");
	assert_non_null(strstr(answer_text(&a, "notice.text"), "положительное"));
	harness_check_page(h, person, page);
	a = harness_get(h, w.person[ROOM_CHAIR], "/notices/1");
	if (a.status == 200)
		assert_true(json_is_null(answer_value(&a, "told")));
}

/* HR sees who has been served; who has no account gets a letter. */
static void test_list(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	const char *letter = list(&w, arena_print(h->arena, "/%lld", (long long)decision_of(&w)));
	harness_check_page(h, w.stage.hr, list(&w, ""));
	harness_check_page(h, w.stage.hr, list(&w, "?kind=all&q=%25"));
	assert_int_equal(rows(&w, ""), 1);
	assert_int_equal(rows(&w, "?state=open"), 1);
	assert_int_equal(rows(&w, "?state=late"), 0);
	assert_int_equal(rows(&w, "?state=served"), 0);
	assert_int_equal(rows(&w, "?q=nobody-of-this-name"), 0);
	harness_check_page(h, w.stage.hr, list(&w, "?q=nobody-of-this-name"));
	harness_at(h, "2026-04-01T09:00");
	assert_int_equal(rows(&w, "?state=late"), 1);
	assert_non_null(harness_waits(h, w.stage.hr, "home.task.unserved"));
	struct answer a = harness_get(h, w.stage.hr, list(&w, ""));
	assert_string_equal(answer_text(&a, "rows.0.state"), "late");
	harness_check_page(h, w.stage.hr, letter);
	a = harness_post(h, w.stage.hr, letter, "number=&day=2026-03-31");
	assert_string_equal(a.field, "number");
	a = harness_post(h, w.stage.hr, letter, "number=7-14&day=2026-03-20");
	assert_string_equal(a.error, "told.error.early");
	a = harness_post_html(h, w.stage.hr, letter, "number=7-14&day=2026-03-20");
	assert_non_null(strstr(a.body, "7-14")); /* what was typed stays */
	a = harness_post(h, w.stage.hr, letter, "number=7-14&day=2026-03-31");
	assert_string_equal(a.location, list(&w, ""));
	assert_int_equal(rows(&w, "?state=late"), 0);
	assert_int_equal(rows(&w, "?state=served"), 1);
	assert_null(harness_waits(h, w.stage.hr, "home.task.unserved"));
	harness_check_page(h, w.stage.hr, list(&w, ""));
	harness_check_page(h, w.stage.hr, letter);
	a = harness_get(h, w.stage.hr, list(&w, ".csv"));
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "7-14"));
	a = harness_get(h, stage_person_of(&w.stage, w.application), of(&w, "/story"));
	assert_string_equal(answer_text(&a, "told.number"), "7-14");
	assert_string_equal(answer_text(&a, "told.last"), "2026-06-30");
}

static void test_who(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	const struct {
		const char *why;
		int64_t person;
		int status;
	} row[] = {
		{ "HR", w.stage.hr, 200 },
		{ "an auditor", harness_person(h, ROLE_AUDITOR), 200 },
		{ "the candidate", stage_person_of(&w.stage, w.application), 403 },
		{ "the chair", w.person[ROOM_CHAIR], 403 },
		{ "own security", w.stage.security, 403 },
	};
	const char *letter = list(&w, arena_print(h->arena, "/%lld", (long long)decision_of(&w)));
	for (size_t i = 0; i < COUNT(row); i++) {
		if (harness_get(h, row[i].person, list(&w, "")).status != row[i].status ||
		    harness_get(h, row[i].person, letter).status != row[i].status)
			fail_msg("%s", row[i].why);
		if (row[i].person != w.stage.hr)
			assert_int_equal(
				harness_post(h, row[i].person, letter, "number=7&day=2026-03-26")
					.status,
				403);
	}
}

/* F84: in the calendar of the candidate. */
static void test_feed(void **state)
{
	struct room w = decided(*state);
	struct harness *h = w.stage.h;
	const int64_t person = stage_person_of(&w.stage, w.application);
	(void)harness_get(h, person, of(&w, "/notice"));
	(void)harness_post(h, person, "/feed", "");
	struct answer a = harness_get(h, person, "/feed");
	struct answer feed = harness_get(h, 0, answer_text(&a, "feed.path"));
	assert_non_null(strstr(feed.body, "appeal-"));
	assert_non_null(strstr(feed.body, "20260626"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_candidate), HARNESS_TEST(test_inbox), HARNESS_TEST(test_list),
		HARNESS_TEST(test_who),       HARNESS_TEST(test_feed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
