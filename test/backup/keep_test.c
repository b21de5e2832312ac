/* Which copies stay (F91). */
#include "backup/keep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} row[] = {
		{ "14,8,12", true },   { "1,0,0", true },      { "0,0,1000", true },
		{ "0,0,0", false },    { "", false },          { "14", false },
		{ "14,8", false },     { "14,8,12,1", false }, { "-1,2,3", false },
		{ "1,2,1001", false }, { "1,2,3 ", false },    { "a,b,c", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct keep k = { 0 };
		if (keep_parse(row[i].text, &k) != row[i].good)
			fail_msg("%s", row[i].text);
	}
}

/* Copies of the newest first; "x" of those that stay. */
static void test_which(void **state)
{
	enum { MOST = 12 };
	static const struct {
		const char *why, *keep;
		const char *made[MOST];
		const char *stay;
	} row[] = {
		{ "the newest of each day",
		  "2,0,0",
		  { "2026-03-04T23:00", "2026-03-04T01:00", "2026-03-03T23:00", "2026-03-03T22:00",
		    "2026-03-02T23:00" },
		  "x.x.." },
		{ "days that have one, not days of the calendar",
		  "3,0,0",
		  { "2026-03-04T23:00", "2026-02-01T23:00", "2026-01-01T23:00",
		    "2025-12-31T23:00" },
		  "xxx." },
		{ "weeks begin on Monday: 2 March 2026 is one",
		  "0,2,0",
		  { "2026-03-04T23:00", "2026-03-02T00:00", "2026-03-01T23:59", "2026-02-23T00:00",
		    "2026-02-22T00:00" },
		  "x.x.." },
		{ "months",
		  "0,0,2",
		  { "2026-03-04T23:00", "2026-03-01T00:00", "2026-02-28T23:59", "2026-02-01T00:00",
		    "2026-01-31T00:00" },
		  "x.x.." },
		{ "all three together",
		  "2,2,3",
		  { "2026-03-04T02:00", "2026-03-03T02:00", "2026-03-02T02:00", "2026-03-01T02:00",
		    "2026-02-28T02:00", "2026-02-15T02:00", "2026-01-31T02:00",
		    "2025-12-31T02:00" },
		  "xx.xx.x." },
		{ "the newest stays of one", "1,0,0", { "2020-01-01T00:00" }, "x" },
		{ "none", "1,1,1", { NULL }, "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		int64_t made_ms[MOST] = { 0 };
		bool stays[MOST];
		char got[MOST + 1] = "";
		size_t count = 0;
		struct keep k = { 0 };
		assert_true(keep_parse(row[i].keep, &k));
		while (count < MOST && row[i].made[count]) {
			assert_true(instant_parse(row[i].made[count], &made_ms[count]));
			count++;
		}
		keep_which(&k, made_ms, count, stays);
		for (size_t n = 0; n < count; n++)
			got[n] = stays[n] ? 'x' : '.';
		if (strcmp(got, row[i].stay) != 0)
			fail_msg("%s: %s, wanted %s", row[i].why, got, row[i].stay);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_which),
	};
	return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
