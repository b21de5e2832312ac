/* Working days: rules.md 5 (WD-1 to WD-6) and "N working days before D" of section 4. */
#include "law_test.h"

/* WD-5 */
static void test_working_days_of_a_year(void **state)
{
	static const struct {
		const char *why;
		int year, want;
	} row[] = {
		{ "2024: 8 May moved, 6 July carried", 2024, 249 },
		{ "2025: the last 30 August, on a Saturday", 2025, 246 },
		{ "2026: 21 and 22 March carried to 24 and 25", 2026, 247 },
		{ "2027: 15 March is a holiday now", 2027, 247 },
		{ "a year before the calendar has no answer", 2023, -1 },
		{ "a year after it has none", 2028, -1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		int got = calendar_year(kazakh_calendar(), row[i].year);
		if (got != row[i].want)
			fail_msg("%s: %d, wanted %d", row[i].why, got, row[i].want);
	}
}

/* Half a year has no count: the other half may hold transfers. */
static void test_half_a_year(void **state)
{
	struct calendar half = *kazakh_calendar();
	(void)state;
	half.last = on("2026-06-30");
	assert_int_equal(calendar_year(&half, 2026), -1);
	half.last = on("2026-12-31");
	assert_int_equal(calendar_year(&half, 2026), 247);
}

/* WD-1 to WD-4 */
static void test_reason_of_a_day(void **state)
{
	static const struct {
		const char *why, *day;
		enum day_reason want;
		bool works;
	} row[] = {
		{ "a Thursday", "2026-03-26", REASON_WORKING, true },
		{ "a Saturday", "2026-03-28", REASON_WEEKEND, false },
		{ "WD-1: a holiday", "2026-10-25", REASON_HOLIDAY, false },
		{ "WD-1: 30 August was a holiday in 2024", "2024-08-30", REASON_HOLIDAY, false },
		{ "WD-1: and for the last time in 2025", "2025-08-30", REASON_HOLIDAY, false },
		{ "WD-1: no longer in 2027", "2027-08-30", REASON_WORKING, true },
		{ "WD-1: 15 March is not yet one in 2024", "2024-03-15", REASON_WORKING, true },
		{ "WD-1: but in 2027", "2027-03-15", REASON_HOLIDAY, false },
		{ "WD-2: 7 January on a Tuesday", "2025-01-07", REASON_DAY_OFF, false },
		{ "WD-2: 7 January 2024 was a Sunday and is not carried", "2024-01-08",
		  REASON_WORKING, true },
		{ "WD-2: Kurban Ait 2025", "2025-06-06", REASON_DAY_OFF, false },
		{ "WD-2: Kurban Ait on a Sunday is not carried", "2024-06-17", REASON_WORKING,
		  true },
		{ "WD-3: 21 March 2026, Saturday, goes to Tuesday", "2026-03-24", REASON_CARRIED,
		  false },
		{ "WD-3: 22 March 2026, Sunday, chains to Wednesday", "2026-03-25", REASON_CARRIED,
		  false },
		{ "WD-3: 8 March 2026, Sunday", "2026-03-09", REASON_CARRIED, false },
		{ "WD-3: 9 May 2026, Saturday", "2026-05-11", REASON_CARRIED, false },
		{ "WD-3: 25 October 2026, Sunday", "2026-10-26", REASON_CARRIED, false },
		{ "WD-4: Saturday 4 May 2024 was worked", "2024-05-04", REASON_MOVED_WORKED, true },
		{ "WD-4: for 8 May", "2024-05-08", REASON_MOVED_OFF, false },
		{ "WD-4: Sunday 5 January 2025 was worked", "2025-01-05", REASON_MOVED_WORKED,
		  true },
		{ "WD-4: for 3 January", "2025-01-03", REASON_MOVED_OFF, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		enum day_reason got = calendar_reason(kazakh_calendar(), on(row[i].day));
		if (got != row[i].want)
			fail_msg("%s: %s, wanted %s", row[i].why, day_reason_name(got),
				 day_reason_name(row[i].want));
		if (calendar_works(kazakh_calendar(), on(row[i].day)) != row[i].works)
			fail_msg("%s: works %d", row[i].why, !row[i].works);
	}
}

/* WD-6: R15-1 counts five back, R16-2 three */
static void test_last_day_before(void **state)
{
	static const struct {
		const char *why, *day;
		int n;
		const char *want; /* NULL: outside the calendar */
	} row[] = {
		{ "26.03.2026, five: behind Nauryz and what it carries", "2026-03-26", 5,
		  "2026-03-16" },
		{ "26.03.2026, three", "2026-03-26", 3, "2026-03-18" },
		{ "28.05.2026, five: behind Kurban Ait", "2026-05-28", 5, "2026-05-20" },
		{ "28.05.2026, three", "2026-05-28", 3, "2026-05-22" },
		{ "D itself is not counted", "2026-06-04", 1, "2026-06-03" },
		{ "none is the day itself", "2026-06-04", 0, "2026-06-04" },
		{ "a Saturday decreed worked counts", "2024-05-06", 1, "2024-05-04" },
		{ "over the first day of the calendar", "2024-01-04", 3, NULL },
		{ "a day that is not covered", "2028-01-01", 1, NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day got = { INT32_MIN };
		bool ok = calendar_last_before(kazakh_calendar(), on(row[i].day), row[i].n, &got);
		if (ok != (row[i].want != NULL))
			fail_msg("%s: %d", row[i].why, ok);
		if (ok)
			same_day(row[i].why, got, row[i].want);
		else if (got.n != INT32_MIN)
			fail_msg("%s: the result was touched", row[i].why);
	}
}

static void test_add(void **state)
{
	static const struct {
		const char *why, *day;
		int n;
		const char *want;
	} row[] = {
		{ "no day", "2026-03-20", 0, "2026-03-20" },
		{ "over Nauryz with its carried days", "2026-03-20", 1, "2026-03-26" },
		{ "seven working days of filing", "2026-06-01", 7, "2026-06-10" },
		{ "the start is not counted, be it a day off", "2026-06-06", 1, "2026-06-08" },
		{ "past the end", "2027-12-30", 3, NULL },
		{ "before the beginning", "2023-12-31", 1, NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day got = { INT32_MIN };
		bool ok = calendar_add(kazakh_calendar(), on(row[i].day), row[i].n, &got);
		if (ok != (row[i].want != NULL))
			fail_msg("%s: %d", row[i].why, ok);
		if (ok)
			same_day(row[i].why, got, row[i].want);
	}
}

/* Adding n and then m is adding n + m; the way back is as long; between counts the same. */
static void test_laws_of_counting(void **state)
{
	const struct calendar *c = kazakh_calendar();
	(void)state;
	for (day d = on("2025-12-20"); d.n < on("2026-06-20").n; d.n++) {
		for (int n = 0; n < 12; n++) {
			day whole = { 0 };
			day part = { 0 };
			day rest = { 0 };
			day back = { 0 };
			assert_true(calendar_add(c, d, n, &whole));
			assert_true(calendar_add(c, d, n / 2, &part));
			assert_true(calendar_add(c, part, n - n / 2, &rest));
			assert_int_equal(whole.n, rest.n);
			assert_int_equal(calendar_between(c, d, whole), n);
			if (calendar_works(c, d)) {
				assert_true(calendar_last_before(c, whole, n, &back));
				assert_int_equal(back.n, d.n);
			}
		}
	}
}

static void test_between(void **state)
{
	const struct calendar *c = kazakh_calendar();
	(void)state;
	assert_int_equal(calendar_between(c, on("2026-03-16"), on("2026-03-26")), 5);
	assert_int_equal(calendar_between(c, on("2026-03-26"), on("2026-03-16")), 0);
	assert_int_equal(calendar_between(c, on("2023-12-31"), on("2024-01-05")), -1);
	assert_int_equal(calendar_between(c, on("2027-12-31"), on("2028-01-01")), -1);
}

static void test_next_working(void **state)
{
	static const struct {
		const char *why, *day, *want;
	} row[] = {
		{ "a working day is its own", "2026-03-26", "2026-03-26" },
		{ "a holiday with its chain", "2026-03-21", "2026-03-26" },
		{ "outside", "2028-01-03", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day got = { 0 };
		bool ok = calendar_next_working(kazakh_calendar(), on(row[i].day), &got);
		assert_int_equal(ok, row[i].want != NULL);
		if (ok)
			same_day(row[i].why, got, row[i].want);
	}
}

/* WD-6: what is said to the user about 26.03.2026 */
static void test_explanation(void **state)
{
	static const struct {
		const char *day;
		enum day_reason reason;
		const char *stands_for;
	} want[] = {
		{ "2026-03-25", REASON_CARRIED, "2026-03-22" },
		{ "2026-03-24", REASON_CARRIED, "2026-03-21" },
		{ "2026-03-23", REASON_HOLIDAY, "2026-03-23" },
		{ "2026-03-22", REASON_HOLIDAY, "2026-03-22" },
		{ "2026-03-21", REASON_HOLIDAY, "2026-03-21" },
		{ "2026-03-20", REASON_WORKING, "2026-03-20" },
		{ "2026-03-19", REASON_WORKING, "2026-03-19" },
		{ "2026-03-18", REASON_WORKING, "2026-03-18" },
	};
	struct calendar_explanation x = { 0 };
	(void)state;
	assert_true(calendar_explain_before(kazakh_calendar(), on("2026-03-26"), 3, &x));
	same_day("the answer", x.answer, "2026-03-18");
	assert_int_equal(x.wanted, 3);
	assert_int_equal(x.count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		same_day("the step", x.step[i].day, want[i].day);
		same_day("what it stands for", x.step[i].stands_for, want[i].stands_for);
		assert_string_equal(day_reason_name(x.step[i].reason),
				    day_reason_name(want[i].reason));
	}
}

static void test_explanation_forwards(void **state)
{
	const struct calendar *c = kazakh_calendar();
	struct calendar_explanation x = { 0 };
	(void)state;
	assert_true(calendar_explain_add(c, on("2027-05-14"), 1, &x));
	same_day("over a provisional Kurban Ait", x.answer, "2027-05-17");
	assert_int_equal(x.count, 3);
	assert_int_equal(x.step[0].reason, REASON_WEEKEND);
	assert_false(x.step[0].provisional);
	assert_int_equal(x.step[1].reason, REASON_DAY_OFF);
	assert_true(x.step[1].provisional);
	assert_true(calendar_explain_add(c, on("2027-05-14"), 0, &x));
	assert_int_equal(x.count, 0);
	assert_false(calendar_explain_add(c, on("2027-12-31"), 1, &x));     /* outside */
	assert_false(calendar_explain_before(c, on("2027-12-31"), 60, &x)); /* too long to tell */
}

/* ---- building -------------------------------------------------------------------- */

static const struct holiday victory[] = { { 5, 9, 1992, 2199 } };

static bool build(const struct dated_day *days, size_t count, struct calendar_day *room,
		  size_t room_count, struct calendar *ret, struct err *e)
{
	const struct calendar_source source = {
		.holidays = victory,
		.holiday_count = COUNT(victory),
		.days = days,
		.day_count = count,
		.first_year = 2026,
		.last_year = 2026,
	};
	return calendar_build(&source, room, room_count, ret, e);
}

/* WD-3: 9 May 2025 was a Friday; if Kurban Ait had fallen on a holiday, the holiday is carried */
static void test_holiday_on_a_day_off_of_its_own(void **state)
{
	const struct dated_day days[] = { { on("2025-05-09"), REASON_DAY_OFF, false, NULL } };
	const struct calendar_source source = {
		.holidays = victory,
		.holiday_count = COUNT(victory),
		.days = days,
		.day_count = COUNT(days),
		.first_year = 2025,
		.last_year = 2025,
	};
	struct calendar_day room[8];
	struct calendar c = { 0 };
	(void)state;
	assert_true(calendar_build(&source, room, COUNT(room), &c, NULL));
	assert_int_equal(calendar_reason(&c, on("2025-05-09")), REASON_DAY_OFF);
	assert_int_equal(calendar_reason(&c, on("2025-05-12")), REASON_CARRIED);
}

/* WD-3, WD-4: Saturday 9 May 2026 decreed worked is no day off, so nothing is carried; a
 * Sunday decreed worked behind it does not become the day off */
static void test_holiday_and_transfer(void **state)
{
	const struct dated_day holiday_worked[] = {
		{ on("2026-05-09"), REASON_MOVED_WORKED, false, NULL },
		{ on("2026-05-12"), REASON_MOVED_OFF, false, NULL },
	};
	const struct dated_day next_worked[] = {
		{ on("2026-05-10"), REASON_MOVED_WORKED, false, NULL },
		{ on("2026-05-12"), REASON_MOVED_OFF, false, NULL },
	};
	struct calendar_day room[8];
	struct calendar c = { 0 };
	(void)state;
	assert_true(build(holiday_worked, 2, room, COUNT(room), &c, NULL));
	assert_true(calendar_works(&c, on("2026-05-09")));
	assert_true(calendar_works(&c, on("2026-05-11")));
	assert_true(build(next_worked, 2, room, COUNT(room), &c, NULL));
	assert_true(calendar_works(&c, on("2026-05-10")));
	assert_int_equal(calendar_reason(&c, on("2026-05-11")), REASON_CARRIED);
}

static void test_build_refuses(void **state)
{
	static const struct {
		const char *why, *first, *second;
		enum day_reason reason;
		size_t room;
		const char *key, *value;
	} row[] = {
		{ "a single day twice", "2026-05-27", "2026-05-27", REASON_DAY_OFF, 8,
		  "law.calendar.twice", "2026-05-27" },
		{ "a Wednesday to be worked", "2026-05-27", "2026-06-03", REASON_MOVED_WORKED, 8,
		  "law.calendar.moved_worked", "2026-06-03" },
		{ "a Sunday to be off", "2026-05-27", "2026-05-31", REASON_MOVED_OFF, 8,
		  "law.calendar.moved_off", "2026-05-31" },
		{ "no room for the single days", "2026-05-27", "2026-06-03", REASON_DAY_OFF, 1,
		  "law.calendar.room", "" },
		{ "no room for the holiday", "2026-05-27", "2026-06-03", REASON_DAY_OFF, 2,
		  "law.calendar.room", "" },
		{ "no room for the carried day", "2026-05-27", "2026-06-03", REASON_DAY_OFF, 3,
		  "law.calendar.room", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct dated_day days[] = { { on(row[i].first), REASON_DAY_OFF, false, NULL },
						  { on(row[i].second), row[i].reason, false,
						    NULL } };
		struct calendar_day room[8];
		struct calendar c = { .count = 77 };
		struct err e = { 0 };
		if (build(days, COUNT(days), room, row[i].room, &c, &e))
			fail_msg("%s: built", row[i].why);
		if (strcmp(e.key, row[i].key) != 0 || strcmp(e.value, row[i].value) != 0)
			fail_msg("%s: %s '%s'", row[i].why, e.key, e.value);
		assert_int_equal(c.count, 77); /* untouched */
	}
}

/* A holiday on a weekday cannot be moved off: it is off already. */
static void test_build_refuses_a_holiday_moved_off(void **state)
{
	static const struct holiday monday[] = { { 5, 11, 1992, 2199 } };
	const struct dated_day days[] = { { on("2026-05-11"), REASON_MOVED_OFF, false, NULL } };
	const struct calendar_source source = { monday, 1, days, 1, 2026, 2026 };
	struct calendar_day room[8];
	struct calendar c = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_false(calendar_build(&source, room, COUNT(room), &c, &e));
	assert_string_equal(e.key, "law.calendar.moved_off");
}

/* Names are the ends of message keys and the words of the JSON twin: they do not change. */
static void test_names(void **state)
{
	static const struct {
		enum day_reason id;
		const char *name;
	} row[] = {
		{ REASON_WORKING, "working" },           { REASON_WEEKEND, "weekend" },
		{ REASON_HOLIDAY, "holiday" },           { REASON_CARRIED, "carried" },
		{ REASON_DAY_OFF, "day_off" },           { REASON_MOVED_OFF, "moved_off" },
		{ REASON_MOVED_WORKED, "moved_worked" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(day_reason_name(row[i].id), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_days_of_a_year),
		cmocka_unit_test(test_half_a_year),
		cmocka_unit_test(test_reason_of_a_day),
		cmocka_unit_test(test_last_day_before),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_laws_of_counting),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_next_working),
		cmocka_unit_test(test_explanation),
		cmocka_unit_test(test_explanation_forwards),
		cmocka_unit_test(test_holiday_on_a_day_off_of_its_own),
		cmocka_unit_test(test_holiday_and_transfer),
		cmocka_unit_test(test_build_refuses),
		cmocka_unit_test(test_build_refuses_a_holiday_moved_off),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
