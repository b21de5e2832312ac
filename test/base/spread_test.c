#include "base/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST = 6 };

static const struct {
	const char *why;
	struct spread_part part[MOST];
	size_t count;
	struct spread want;
} rows[] = {
	{ "nothing", { { 0, 0 } }, 0, { 0, 0, 0, 0 } },
	{ "numbers that never came", { { 7, 0 }, { 9, 0 } }, 2, { 0, 0, 0, 0 } },
	{ "one", { { 4, 1 } }, 1, { 1, 4, 4, 4 } },
	{ "of two the lower is the median", { { 8, 1 }, { 2, 1 } }, 2, { 2, 2, 8, 8 } },
	{ "of three the middle one", { { 9, 1 }, { 1, 1 }, { 5, 1 } }, 3, { 3, 5, 9, 9 } },
	{ "of ten the fifth and the ninth",
	  { { 1, 5 }, { 2, 4 }, { 30, 1 } },
	  3,
	  { 10, 1, 2, 30 } },
	{ "the largest never came", { { 1, 1 }, { 99, 0 } }, 2, { 1, 1, 1, 1 } },
	{ "below zero", { { -3, 1 }, { 0, 1 }, { 3, 1 } }, 3, { 3, 0, 3, 3 } },
	{ "parts of the same value", { { 2, 1 }, { 2, 1 }, { 1, 1 } }, 3, { 3, 2, 2, 2 } },
	{ "many", { { 1, 899999 }, { 2, 1 }, { 3, 100000 } }, 3, { 1000000, 1, 2, 3 } },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spread_part part[MOST];
		for (size_t j = 0; j < MOST; j++)
			part[j] = rows[i].part[j];
		const struct spread s = spread_of(part, rows[i].count);
		if (s.count != rows[i].want.count || s.median != rows[i].want.median ||
		    s.p90 != rows[i].want.p90 || s.most != rows[i].want.most)
			fail_msg("%s: %lld, %lld %lld %lld", rows[i].why, (long long)s.count,
				 (long long)s.median, (long long)s.p90, (long long)s.most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
