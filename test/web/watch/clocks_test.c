/* Which of several clocks is wrong. */
#include "web/watch/clocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 8, STEPS = 5 };

/* Each node's clock against the database's, which is the 0. */
static void test_voices(void **state)
{
	static const struct {
		const char *why;
		int64_t node[MOST];
		size_t count;
		const char *astray; /* a sign for each node */
	} row[] = {
		{ "they agree", { 0, 100, -100 }, 3, "..." },
		{ "the database's is wrong", { 600000, 600100, 599900 }, 3, "..." },
		{ "the database's is wrong, and there are two", { -60000, -60100 }, 2, ".." },
		{ "a node's is wrong", { 0, 10, -600000 }, 3, "..x" },
		{ "a node's is wrong, and there are two", { 600000, 10 }, 2, "x." },
		{ "a node's and the database's are wrong", { 600000, 600010, -600000 }, 3, "..x" },
		{ "one node: nobody knows", { 600000 }, 1, "." },
		{ "two against two: nobody knows", { 0, 600000, 600000 }, 3, "..." },
		{ "all differ: nobody knows", { 10000, 20000, -10000 }, 3, "..." },
		{ "just near enough", { 0, 10, 2000 }, 3, "..." },
		{ "just too far", { 0, 10, 2011 }, 3, "..x" },
		{ "the database between two", { 1500, -1500 }, 2, ".." },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		for (size_t n = 0; n < row[i].count; n++) {
			struct clocks c = { .own_ms = row[i].node[n] };
			for (size_t k = 0; k < row[i].count; k++) {
				if (k != n)
					c.other_ms[c.others++] = row[i].node[k];
			}
			if (clocks_astray(&c) != (row[i].astray[n] == 'x'))
				fail_msg("%s: node %zu", row[i].why, n);
		}
	}
}

/* Whatever four clocks say, one node stays. */
static void test_somebody_stays(void **state)
{
	(void)state;
	for (int at = 0; at < STEPS * STEPS * STEPS * STEPS; at++) {
		const int64_t node[] = { at % STEPS, at / STEPS % STEPS, at / STEPS / STEPS % STEPS,
					 at / STEPS / STEPS / STEPS };
		bool stays = false;
		for (size_t n = 0; n < COUNT(node); n++) {
			struct clocks c = { .own_ms = (node[n] - 2) * 1500 };
			for (size_t k = 0; k < COUNT(node); k++) {
				if (k != n)
					c.other_ms[c.others++] = (node[k] - 2) * 1500;
			}
			stays = stays || !clocks_astray(&c);
		}
		assert_true(stays);
	}
}

static void test_apart(void **state)
{
	struct clocks c = { .own_ms = 100 };
	(void)state;
	assert_int_equal(clocks_apart(&c), 0);
	c.other_ms[0] = 300;
	c.other_ms[1] = 50;
	c.others = 2;
	assert_int_equal(clocks_apart(&c), -200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_voices),
		cmocka_unit_test(test_somebody_stays),
		cmocka_unit_test(test_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
