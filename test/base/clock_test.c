/* The clock that is handed in. */
#include "base_test.h"

#include "base/clock.h"

#include <string.h>

static void test_fixed(void **state)
{
	struct clock c = clock_fixed(1774468800000);
	(void)state;
	assert_int_equal(clock_now(&c), 1774468800000);
	assert_int_equal(clock_now(&c), 1774468800000);
	c.fixed_ms++;
	assert_int_equal(clock_now(&c), 1774468800001);
}

/* Milliseconds of this century, and no other unit. */
static void test_real(void **state)
{
	struct clock c = clock_real();
	int64_t now = clock_now(&c);
	day first = { 0 };
	day last = { 0 };
	(void)state;
	assert_true(day_parse("2025-01-01", &first) && day_parse("2199-12-31", &last));
	assert_true(now >= day_begins_ms(first));
	assert_true(now < day_begins_ms(last));
}

static void test_monotonic(void **state)
{
	int64_t before = clock_monotonic_ms();
	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_ms();
		assert_true(now >= before);
		before = now;
	}
}

/* F51: a line goes on with the machine, whatever the wall clock does. */
static void test_line(void **state)
{
	const int64_t since_boot = clock_since_boot_ms();
	struct clock c = clock_line(1774468800000, since_boot - 5000);
	char id[BOOT_ID_SIZE];
	(void)state;
	assert_in_range(clock_now(&c), 1774468805000, 1774468805000 + 60000);
	clock_boot_id(id);
	assert_int_equal(strlen(id), BOOT_ID_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_monotonic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
