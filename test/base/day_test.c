/* Civil days and the one zone, UTC+5. */
#include "base_test.h"

#include "base/day.h"

enum { HOUR_MS = 60 * 60 * 1000 };

static day on(const char *text)
{
	day d = { 0 };
	if (!day_parse(text, &d))
		fail_msg("%s is no day", text);
	return d;
}

static void test_known(void **state)
{
	static const struct {
		const char *text;
		int32_t n;
		enum weekday weekday;
	} row[] = {
		{ "1900-01-01", -25567, MONDAY },  { "1969-12-31", -1, WEDNESDAY },
		{ "1970-01-01", 0, THURSDAY },     { "2000-02-29", 11016, TUESDAY },
		{ "2024-03-01", 19783, FRIDAY },   { "2024-05-04", 19847, SATURDAY },
		{ "2025-01-05", 20093, SUNDAY },   { "2025-05-02", 20210, FRIDAY },
		{ "2026-03-26", 20538, THURSDAY }, { "2199-12-31", 84005, TUESDAY },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char text[DAY_TEXT_SIZE];
		day d = on(row[i].text);
		if (d.n != row[i].n)
			fail_msg("%s: %d", row[i].text, d.n);
		if (day_weekday(d) != row[i].weekday)
			fail_msg("%s: weekday", row[i].text);
		day_print(d, text);
		assert_string_equal(text, row[i].text);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *why, *text;
	} row[] = {
		{ "nothing", "" },
		{ "30 February", "2026-02-30" },
		{ "29 February of a common year", "2026-02-29" },
		{ "29 February of 1900, which was no leap year", "1900-02-29" },
		{ "29 February of 2100, which will be none", "2100-02-29" },
		{ "31 April", "2026-04-31" },
		{ "month 0", "2026-00-10" },
		{ "month 13", "2026-13-10" },
		{ "day 0", "2026-01-00" },
		{ "day 32", "2026-01-32" },
		{ "before 1900", "1899-12-31" },
		{ "after 2199", "2200-01-01" },
		{ "as people write it", "26.03.2026" },
		{ "without leading zeros", "2026-3-26" },
		{ "a year of two digits", "26-03-26" },
		{ "other separators", "2026/03/26" },
		{ "the second separator", "2026-03/26" },
		{ "cut off", "2026-03-2" },
		{ "cut off in the year", "202" },
		{ "something after it", "2026-03-26 " },
		{ "something before it", " 2026-03-26" },
		{ "a sign", "-026-03-26" },
		{ "a letter", "2O26-03-26" },
		{ "digits of another script", "٢٠٢٦-03-26" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day d = { 4711 };
		if (day_parse(row[i].text, &d))
			fail_msg("%s is accepted", row[i].why);
		assert_int_equal(d.n, 4711);
	}
}

/* Every day of three centuries: there and back, one after the other, weekdays in turn. */
static void test_every_day(void **state)
{
	day first = on("1900-01-01");
	day last = on("2199-12-31");
	(void)state;
	assert_int_equal(last.n - first.n + 1, 300 * 365 + 73);
	for (day d = first; d.n <= last.n; d.n++) {
		char text[DAY_TEXT_SIZE];
		day_print(d, text);
		assert_int_equal(on(text).n, d.n);
		assert_int_equal(day_weekday(d), (d.n - first.n) % 7);
		assert_int_equal(day_from_date(day_to_date(d)).n, d.n);
	}
}

/* The calculation itself has no border at the year 0. */
static void test_long_ago(void **state)
{
	struct date first = day_to_date(day_from_date((struct date){ 0, 1, 1 }));
	struct date before = day_to_date((day){ day_from_date((struct date){ 0, 1, 1 }).n - 1 });
	(void)state;
	assert_int_equal(first.year, 0);
	assert_int_equal(before.year, -1);
	assert_int_equal(before.month, 12);
	assert_int_equal(before.day, 31);
	struct date long_ago = day_to_date(day_from_date((struct date){ -801, 2, 28 }));
	assert_int_equal(long_ago.year, -801);
	assert_int_equal(long_ago.day, 28);
}

/* The day changes at 19:00 UTC. */
static void test_instants(void **state)
{
	static const struct {
		const char *why;
		int64_t instant_ms;
		const char *day, *text;
	} row[] = {
		{ "the epoch is five in the morning", 0, "1970-01-01",
		  "1970-01-01T05:00:00+05:00" },
		{ "the last millisecond of a day", 19 * HOUR_MS - 1, "1970-01-01",
		  "1970-01-01T23:59:59+05:00" },
		{ "midnight", 19 * HOUR_MS, "1970-01-02", "1970-01-02T00:00:00+05:00" },
		{ "the midnight before the epoch", -5 * HOUR_MS, "1970-01-01",
		  "1970-01-01T00:00:00+05:00" },
		{ "just before it", -5 * HOUR_MS - 1, "1969-12-31", "1969-12-31T23:59:59+05:00" },
		{ "an evening in London is the next day here", 1774468800000, "2026-03-26",
		  "2026-03-26T01:00:00+05:00" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char text[INSTANT_TEXT_SIZE];
		if (day_of_instant(row[i].instant_ms).n != on(row[i].day).n)
			fail_msg("%s: day", row[i].why);
		instant_print(row[i].instant_ms, text);
		if (strcmp(text, row[i].text) != 0)
			fail_msg("%s: %s", row[i].why, text);
	}
	for (int32_t n = -1000; n < 1000; n++) {
		int64_t begins = day_begins_ms((day){ n });
		assert_int_equal(day_of_instant(begins).n, n);
		assert_int_equal(day_of_instant(begins - 1).n, n - 1);
	}
}

static void test_instant_of_a_form(void **state)
{
	static const struct {
		const char *text;
		bool want;
		int64_t instant_ms;
	} row[] = {
		{ "1970-01-01T05:00", true, 0 },
		{ "2026-03-26T01:00", true, 1774468800000 },
		{ "2026-03-26T23:59", true, 1774468800000 + 22 * HOUR_MS + 59 * 60 * 1000 },
		{ "2026-03-26T24:00", false, 0 },
		{ "2026-03-26T23:60", false, 0 },
		{ "2026-03-26 10:00", false, 0 },
		{ "2026-02-30T10:00", false, 0 },
		{ "2026-03-26", false, 0 },
		{ "2026-03-26T10", false, 0 },
		{ "2026-03-26T10-00", false, 0 },
		{ "2026-03-26T1:00", false, 0 },
		{ "2026-03-26T10:0", false, 0 },
		{ "2026-03-26T10:00:00", false, 0 },
		{ "2026-03-26T10:00Z", false, 0 },
		{ "", false, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		int64_t instant = 4711;
		if (instant_parse(row[i].text, &instant) != row[i].want)
			fail_msg("%s", row[i].text);
		assert_int_equal(instant, row[i].want ? row[i].instant_ms : 4711);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_day), cmocka_unit_test(test_long_ago),
		cmocka_unit_test(test_instants),  cmocka_unit_test(test_instant_of_a_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
