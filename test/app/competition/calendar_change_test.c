/* The calendar in force and what a change of it moves (rules.md 5, WD-2, WD-4; R15-1, R16-2; F5,
 * F6). */
#include "stage.h"

#include "app/competition/calendar_change.h"
#include "app/interview/interview_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static day on(const char *text)
{
	day d = { 0 };
	assert_true(day_parse(text, &d));
	return d;
}

static struct calendar_change change(const char *kind, const char *from, const char *to)
{
	return (struct calendar_change){ kind, on(from), on(to), "77", on("2026-03-02") };
}

static bool works(struct stage *s, const char *text)
{
	struct act act = harness_act(s->h, s->hr);
	const struct calendar *calendar = NULL;
	struct err e = { 0 };
	assert_true(calendar_in_force(&act, &calendar, &e));
	return calendar_works(calendar, on(text));
}

static void add(struct stage *s, struct calendar_change c)
{
	struct act act = harness_act(s->h, s->hr);
	struct err e = { 0 };
	if (!calendar_change_add(&act, &c, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static int64_t number(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM notice WHERE kind = $1",
			      db_text(kind)));
	return n;
}

/* WD-2, WD-4: the rows change what counts, and are taken back by an order. */
static void test_in_force(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	assert_false(works(&s, "2026-05-27"));
	add(&s, change("moved", "2026-05-27", "2026-05-28"));
	assert_true(works(&s, "2026-05-27"));
	assert_false(works(&s, "2026-05-28"));
	add(&s, change("transfer", "2026-06-05", "2026-06-13"));
	assert_false(works(&s, "2026-06-05"));
	assert_true(works(&s, "2026-06-13"));
	assert_true(calendar_change_withdraw(&act, 1, "78", &e));
	assert_false(works(&s, "2026-05-27"));
	assert_true(works(&s, "2026-05-28"));
	stage_refused("twice", calendar_change_withdraw(&act, 1, "79", &e), &e, ERR_CONFLICT,
		      "calendar.error.withdrawn", NULL);
	assert_int_equal(stage_journalled(s.h, "calendar.changed"), 2);
	assert_int_equal(stage_journalled(s.h, "calendar.withdrawn"), 1);
}

static void test_refused(void **state)
{
	struct stage s = stage_open(*state);
	static const struct {
		const char *why, *kind, *day, *other, *key, *field;
	} row[] = {
		{ "7 January has a fixed date", "moved", "2027-01-07", "2027-01-08",
		  "calendar.error.no_day_off", "day" },
		{ "a holiday is carried by its rule", "moved", "2026-05-01", "2026-05-04",
		  "calendar.error.no_day_off", "day" },
		{ "a day that has been", "transfer", "2026-03-02", "2026-03-14",
		  "calendar.error.past", "day" },
		{ "worked yesterday", "transfer", "2026-03-13", "2026-03-01", "calendar.error.past",
		  "other" },
		{ "off already", "transfer", "2026-03-14", "2026-03-28", "law.calendar.moved_off",
		  "day" },
		{ "worked already", "transfer", "2026-03-13", "2026-03-19",
		  "law.calendar.moved_worked", "other" },
		{ "two days off in one", "moved", "2026-05-27", "2027-01-07", "law.calendar.twice",
		  "other" },
	};
	struct act act = harness_act(s.h, s.hr);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct calendar_change c = change(row[i].kind, row[i].day, row[i].other);
		struct err e = { 0 };
		stage_refused(row[i].why, calendar_change_add(&act, &c, &e), &e, ERR_INPUT,
			      row[i].key, row[i].field);
	}
	struct calendar_change c = change("transfer", "2026-06-05", "2026-06-13");
	struct act other = harness_act(s.h, s.security);
	struct err e = { 0 };
	stage_refused("own security", calendar_change_add(&other, &c, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

static day filing_last(struct stage *s)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(s->h->site.db, &e, &n,
			      "SELECT filing_last FROM competition WHERE id = $1",
			      db_int(s->competition)));
	return (day){ (int32_t)n };
}

/* F5: a filing term grows with a day off and whoever has applied is told; it never shrinks. */
static void test_filing(void **state)
{
	struct stage s = stage_open(*state);
	const day before = filing_last(&s);
	(void)stage_candidate(&s, STAGE_SENT);
	add(&s, change("transfer", "2026-03-10", "2026-03-14"));
	assert_int_equal(filing_last(&s).n, before.n + 1);
	assert_int_equal(number(s.h, "term.filing"), 2); /* HR and the candidate */
	assert_int_equal(number(s.h, "term.check"), 0);  /* 14 March is worked instead */
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	assert_true(calendar_change_withdraw(&act, 1, "78", &e));
	assert_int_equal(filing_last(&s).n, before.n + 1);
}

/* R15-1, F6: what made the day lawful is gone; it is flagged with the nearest lawful day. */
static void test_unlawful(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct moved_terms moved = { 0 };
	struct err e = { 0 };
	(void)stage_candidate(&s, STAGE_MET);
	int64_t start = 0;
	assert_true(instant_parse("2026-03-10T10:00", &start));
	assert_true(interview_plan(&act, s.competition, start, "зал", &e));
	struct calendar_change c = change("transfer", "2026-03-05", "2026-03-14");
	assert_true(calendar_change_preview(&act, &c, &moved, &e));
	bool flagged = false;
	for (size_t i = 0; i < moved.count; i++) {
		const struct moved_term *t = &moved.list[i];
		if (!t->unlawful)
			continue;
		flagged = true;
		assert_true(t->has_after);
		assert_int_equal(t->after.n, on("2026-03-11").n);
	}
	assert_true(flagged);
	assert_int_equal(number(s.h, "interview.unlawful"), 0); /* a preview writes nothing */
	add(&s, c);
	assert_int_equal(number(s.h, "interview.unlawful"), 1);
	assert_int_equal(stage_journalled(s.h, "interview.unlawful"), 1);
}

static bool run_add(const struct act *act, void *user, struct err *e)
{
	return calendar_change_add(act, user, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	struct calendar_change c = change("transfer", "2026-03-10", "2026-03-14");
	(void)stage_candidate(&s, STAGE_SENT);
	stage_all_or_nothing(s.h, s.hr, run_add, &c);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_in_force),       WITH_HARNESS(test_refused),
		WITH_HARNESS(test_filing),         WITH_HARNESS(test_unlawful),
		WITH_HARNESS(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
