/* Pages of terms and of the calendar (F5, F6; R15-1, R16-2; rules.md 5). */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *terms_of(struct stage *s)
{
	return arena_print(s->h->arena, "/competitions/%lld/terms", (long long)s->competition);
}

/* F6: all seven, each with its clause, its state and how it was counted. */
static void test_line(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	(void)stage_candidate(&s, STAGE_MET);
	harness_check_page(h, s.hr, terms_of(&s));
	stage_plan(&s, "2026-03-26T10:00");
	harness_check_page(h, s.hr, terms_of(&s));
	struct answer a = harness_get(h, s.hr, terms_of(&s));
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 7);
	assert_string_equal(answer_text(&a, "terms.2.kind"), "security");
	assert_string_equal(answer_text(&a, "terms.2.last"), "2026-03-16"); /* R15-1 */
	assert_string_equal(answer_text(&a, "terms.2.state"), "open");
	assert_int_equal(answer_number(&a, "terms.2.counted.wanted"), 5);
	assert_string_equal(answer_text(&a, "terms.3.last"), "2026-03-18"); /* R16-2 */
	assert_string_equal(answer_text(&a, "terms.6.state"), "waits");
	harness_at(h, "2026-03-17T09:00");
	a = harness_get(h, s.hr, terms_of(&s));
	assert_string_equal(answer_text(&a, "terms.2.state"), "missed");
	assert_string_equal(answer_text(&a, "terms.3.state"), "at_risk");
	harness_check_page(h, s.hr, terms_of(&s));
}

static const char *timeline_of(struct stage *s)
{
	return arena_print(s->h->arena, "/competitions/%lld/timeline", (long long)s->competition);
}

/* F6: bars over real days, those off among them, and what is late. */
static void test_timeline(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST);
	stage_plan(&s, "2026-03-26T10:00");
	harness_at(h, "2026-03-17T09:00");
	harness_check_page(h, s.hr, timeline_of(&s));
	struct answer a = harness_get(h, s.hr, timeline_of(&s));
	const char *days = answer_text(&a, "timeline.days");
	assert_string_equal(answer_text(&a, "timeline.first"), "2026-02-28");
	assert_string_equal(answer_text(&a, "timeline.last"), "2026-03-28");
	assert_int_equal(strlen(days), 29);
	assert_memory_equal(days, "eewwwwwehcw", 11); /* 8 March and the day for it, WD-3 */
	assert_string_equal(answer_text(&a, "timeline.today.day"), "2026-03-17");
	assert_int_equal(answer_number(&a, "timeline.today.x"), 17 * 1000 / 29);
	assert_int_equal(answer_number(&a, "timeline.off.0.width"), 2 * 1000 / 29);
	assert_int_equal(json_array_size(answer_value(&a, "timeline.steps")), 8);
	assert_string_equal(answer_text(&a, "timeline.steps.2.kind"), "test");
	assert_string_equal(answer_text(&a, "timeline.steps.2.state"), "done");
	assert_string_equal(answer_text(&a, "timeline.steps.2.done.day"), "2026-03-02");
	/* R15-1: counted back, so its bar ends with the day it is counted from */
	assert_string_equal(answer_text(&a, "timeline.steps.3.kind"), "security");
	assert_string_equal(answer_text(&a, "timeline.steps.3.state"), "missed");
	assert_int_equal(answer_number(&a, "timeline.steps.3.counted"), 5);
	assert_true(json_is_true(answer_value(&a, "timeline.steps.3.back")));
	assert_string_equal(answer_text(&a, "timeline.steps.3.to"), "2026-03-16");
	assert_string_equal(answer_text(&a, "timeline.steps.3.bar.begins"), "2026-03-16");
	assert_string_equal(answer_text(&a, "timeline.steps.3.bar.ends"), "2026-03-26");
	assert_int_equal(answer_number(&a, "timeline.steps.3.bar.x"), 16 * 1000 / 29);
	assert_string_equal(answer_text(&a, "timeline.steps.3.over.from"), "2026-03-17");
	assert_string_equal(answer_text(&a, "timeline.steps.3.over.to"), "2026-03-17");
	assert_true(json_is_null(answer_value(&a, "timeline.steps.7.bar"))); /* no hearing yet */
	/* what is over does not grow with the days */
	if (!db_exec(h->site.db, &e, NULL, "UPDATE competition SET state = 'closed'"))
		fail_msg("%s", e.detail);
	harness_at(h, "2026-06-01T09:00");
	a = harness_get(h, s.hr, timeline_of(&s));
	assert_string_equal(answer_text(&a, "timeline.last"), "2026-03-28");
	assert_true(json_is_null(answer_value(&a, "timeline.today")));
	assert_string_equal(answer_text(&a, "timeline.steps.3.over.to"), "2026-03-28");
	harness_check_page(h, s.hr, timeline_of(&s));
	harness_check_page(h, s.hr, terms_of(&s));
}

/* Whose competition it is not, for them it does not exist. */
static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	static const struct {
		const char *why;
		unsigned role;
		int status;
	} row[] = {
		{ "nobody", 0, 403 },
		{ "own security", ROLE_SECURITY, 403 },
		{ "an auditor", ROLE_AUDITOR, 200 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int64_t person = harness_person(h, row[i].role);
		const int status = harness_get(h, person, terms_of(&s)).status;
		const int drawn = harness_get(h, person, timeline_of(&s)).status;
		if (status != row[i].status || drawn != row[i].status)
			fail_msg("%s: %d, %d", row[i].why, status, drawn);
	}
	const int64_t chair = stage_chair(&s);
	assert_int_equal(harness_get(h, chair, terms_of(&s)).status, 200);
	assert_int_equal(harness_get(h, chair, timeline_of(&s)).status, 200);
}

static void test_list(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	harness_check_page(h, s.hr, "/terms");
	stage_plan(&s, "2026-03-26T10:00");
	struct answer a = harness_get(h, s.hr, "/terms");
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 5);
	assert_string_equal(answer_text(&a, "terms.0.kind"), "filing"); /* the nearest first */
	a = harness_get(h, s.hr, "/terms?only=missed");
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 0);
	harness_check_page(h, s.hr, "/terms?only=missed");
	harness_at(h, "2026-03-17T09:00");
	a = harness_get(h, s.hr, "/terms?only=missed");
	assert_int_equal(json_array_size(answer_value(&a, "terms")), 1);
	harness_check_page(h, s.hr, "/terms");
}

/* A feed has the person's own terms, for whoever has the address, until it ends. */
static void test_feed(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	stage_plan(&s, "2026-03-26T10:00");
	harness_check_page(h, s.hr, "/feed");
	struct answer a = harness_post(h, s.hr, "/feed", "");
	assert_string_equal(a.location, "/feed");
	harness_check_page(h, s.hr, "/feed");
	a = harness_get(h, s.hr, "/feed");
	const char *path = arena_copy(h->arena, answer_text(&a, "feed.path"));
	a = harness_html(h, 0, path);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "DTSTART;VALUE=DATE:20260316")); /* R15-1 */
	assert_non_null(strstr(a.body, "UID:dossier-1@konkurs"));
	assert_non_null(strstr(a.body, "END:VCALENDAR"));
	char *wrong = arena_copy(h->arena, path);
	wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
	assert_int_equal(harness_html(h, 0, wrong).status, 404);
	(void)harness_post(h, s.hr, "/feed/end", "");
	assert_int_equal(harness_html(h, 0, path).status, 404);
	assert_int_equal(harness_html(h, 0, "/feeds/999/x").status, 404);
	/* who has no part in it sees nothing of it */
	const int64_t person = harness_person(h, 0);
	(void)harness_post(h, person, "/feed", "");
	a = harness_get(h, person, "/feed");
	path = arena_copy(h->arena, answer_text(&a, "feed.path"));
	a = harness_html(h, 0, path);
	assert_null(strstr(a.body, "BEGIN:VEVENT"));
}

static void test_candidates_feed(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t person = stage_person_of(&s, stage_candidate(&s, STAGE_SENT));
	(void)harness_post(h, person, "/feed", "");
	struct answer a = harness_get(h, person, "/feed");
	const char *path = arena_copy(h->arena, answer_text(&a, "feed.path"));
	a = harness_html(h, 0, path);
	assert_non_null(strstr(a.body, "UID:filing-1@konkurs"));
	assert_null(strstr(a.body, "UID:check-1@konkurs"));
}

/* WD-2, WD-4: seen before it is done, done with an order, taken back. */
static void test_calendar(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	static const char change[] = "kind=moved&day=2026-05-27&other=2026-05-28&order=77-k"
				     "&order_day=2026-03-02";
	harness_check_page(h, 0, "/calendar");
	harness_check_page(h, s.hr, "/calendar?year=2027");
	struct answer a = harness_get(h, 0, "/calendar?year=2026");
	assert_int_equal(answer_number(&a, "year.working"), 247);    /* WD-5 */
	assert_int_equal(answer_number(&a, "months.2.working"), 18); /* March: 21 to 25 are off */
	assert_int_equal(answer_number(&a, "months.2.weeks.4.working"), 2);
	a = harness_get(h, 0, "/calendar?year=1950");
	assert_int_equal(answer_number(&a, "year.number"), 2024);
	harness_check_page(h, s.hr, "/calendar/new");
	harness_check_page(h, s.hr, arena_print(h->arena, "/calendar/new?%s", change));
	a = harness_get(h, s.hr,
			"/calendar/new?kind=moved&day=2026-05-01&other=2026-05-04&order=1"
			"&order_day=2026-03-02");
	assert_string_equal(answer_text(&a, "refusal.key"), "calendar.error.no_day_off");
	a = harness_post(h, s.hr, "/calendar/changes", change);
	assert_string_equal(a.location, "/calendar?year=2026");
	harness_check_page(h, s.hr, "/calendar");
	a = harness_get(h, s.hr, "/calendar");
	assert_string_equal(answer_text(&a, "changes.0.other_day"), "2026-05-28");
	assert_int_equal(harness_post(h, s.security, "/calendar/changes", change).status, 403);
	a = harness_post(h, s.hr, "/calendar/changes", change);
	assert_int_equal(a.status, 422);
	assert_string_equal(a.field, "day");
	a = harness_post(h, s.hr, "/calendar/changes/1/withdraw", "order=78-k");
	assert_string_equal(a.location, "/calendar");
	harness_check_page(h, s.hr, "/calendar");
}

/* What a change would do to terms that run stands on the page before it is done. */
static void test_preview(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	(void)stage_candidate(&s, STAGE_MET);
	stage_plan(&s, "2026-03-10T10:00");
	const char *page = "/calendar/new?kind=transfer&day=2026-03-05&other=2026-03-14&order=9"
			   "&order_day=2026-03-02";
	harness_check_page(h, s.hr, page);
	struct answer a = harness_get(h, s.hr, page);
	bool flagged = false;
	for (size_t i = 0; i < json_array_size(answer_value(&a, "moved.terms")); i++) {
		const char *at = arena_print(h->arena, "moved.terms.%zu.unlawful", i);
		flagged |= json_is_true(answer_value(&a, at));
	}
	assert_true(flagged);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_line),     WITH_HARNESS(test_timeline),
		WITH_HARNESS(test_rights),   WITH_HARNESS(test_list),
		WITH_HARNESS(test_feed),     WITH_HARNESS(test_candidates_feed),
		WITH_HARNESS(test_calendar), WITH_HARNESS(test_preview),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
