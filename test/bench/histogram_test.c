/* The load generator's histogram: no value is off by more than a 64th. */
#include "bench/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_empty(void **state)
{
	const struct histogram h = { 0 };
	(void)state;
	assert_int_equal(histogram_quantile(&h, 0.99), 0);
	assert_int_equal(histogram_mean(&h), 0);
}

static void test_one_value(void **state)
{
	static const int64_t value[] = { 0, 1, 127, 128, 129, 1000, 65535, 65536, 20000000 };
	(void)state;
	for (size_t i = 0; i < COUNT(value); i++) {
		struct histogram h = { 0 };
		histogram_add(&h, value[i]);
		/* the largest one caps its bucket */
		assert_int_equal(histogram_quantile(&h, 0.5), value[i]);
		assert_int_equal(histogram_quantile(&h, 1), value[i]);
		assert_int_equal(histogram_mean(&h), value[i]);
	}
}

static void test_small_values_are_exact(void **state)
{
	struct histogram h = { 0 };
	(void)state;
	for (int64_t v = 1; v <= 100; v++)
		histogram_add(&h, v);
	assert_int_equal(histogram_quantile(&h, 0.5), 50);
	assert_int_equal(histogram_quantile(&h, 0.99), 99);
	assert_int_equal(histogram_quantile(&h, 1), 100);
	assert_int_equal(histogram_quantile(&h, 0), 1);
}

/* Every value, and its neighbours, lands in a bucket that ends at most a 64th above it. */
static void test_error_is_bounded(void **state)
{
	(void)state;
	for (int64_t v = 1; v < (int64_t)1 << 40; v = v + v / 3 + 1) {
		struct histogram h = { 0 };
		histogram_add(&h, v);
		histogram_add(&h, INT64_MAX);
		const int64_t q = histogram_quantile(&h, 0.5);
		assert_true(q >= v);
		assert_true(q - v <= v / 64);
	}
}

static void test_beyond_the_range(void **state)
{
	struct histogram h = { 0 };
	(void)state;
	histogram_add(&h, -5);
	histogram_add(&h, INT64_MAX);
	assert_int_equal(h.count, 2);
	assert_int_equal(histogram_quantile(&h, 0.5), 0);
	assert_true(histogram_quantile(&h, 1) == INT64_MAX || histogram_quantile(&h, 1) > 0);
	assert_int_equal(h.most, INT64_MAX);
}

static void test_merge(void **state)
{
	struct histogram a = { 0 };
	struct histogram b = { 0 };
	(void)state;
	for (int i = 0; i < 99; i++)
		histogram_add(&a, 10);
	histogram_add(&b, 90);
	histogram_merge(&a, &b);
	assert_int_equal(a.count, 100);
	assert_int_equal(a.most, 90);
	assert_int_equal(histogram_quantile(&a, 0.99), 10);
	assert_int_equal(histogram_quantile(&a, 0.999), 90);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_small_values_are_exact),
		cmocka_unit_test(test_error_is_bounded),
		cmocka_unit_test(test_beyond_the_range),
		cmocka_unit_test(test_merge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
