/* Figures as OpenMetrics 1.0 has them; test/packaging/metrics_test.py reads them with a parser that
 * is not ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/watch/openmetrics.h"

static const struct metric counter = { "k_things", METRIC_COUNTER, "", "Things." };
static const struct metric gauge = { "k_age_seconds", METRIC_GAUGE, "seconds", "Age." };
static const struct metric took = { "k_took_seconds", METRIC_HISTOGRAM, "seconds", "How long." };
static const struct metric size = { "k_size", METRIC_HISTOGRAM, "", "How many." };

static void test_families(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf out = buf_on(a);
	(void)state;
	metric_begin(&out, &counter);
	metric_value(&out, &counter, "code=\"200\"", 3);
	metric_begin(&out, &gauge);
	metric_milli(&out, &gauge, "", 1500);
	metric_end(&out);
	assert_string_equal(out.text, "# TYPE k_things counter\n"
				      "# HELP k_things Things.\n"
				      "k_things_total{code=\"200\"} 3\n"
				      "# TYPE k_age_seconds gauge\n"
				      "# UNIT k_age_seconds seconds\n"
				      "# HELP k_age_seconds Age.\n"
				      "k_age_seconds 1.5\n"
				      "# EOF\n");
}

static void test_thousandths(void **state)
{
	static const struct {
		int64_t milli;
		const char *text;
	} row[] = {
		{ 0, "k_age_seconds 0.0\n" },
		{ 1, "k_age_seconds 0.001\n" },
		{ 20, "k_age_seconds 0.02\n" },
		{ 1000, "k_age_seconds 1.0\n" },
		{ -1500, "k_age_seconds -1.5\n" },
		{ -7, "k_age_seconds -0.007\n" },
		{ 86400010, "k_age_seconds 86400.01\n" },
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct buf out = buf_on(a);
		metric_milli(&out, &gauge, "", row[i].milli);
		assert_string_equal(out.text, row[i].text);
	}
}

/* Buckets count everything up to their limit, the limit included. */
static void test_histogram(void **state)
{
	static const int64_t limit[] = { 1000, 500000, 2000000 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct histogram h = { .limit = limit, .limits = COUNT(limit), .divisor = 1000000 };
	struct buf out = buf_on(a);
	(void)state;
	histogram_note(&h, 0);
	histogram_note(&h, 1000);
	histogram_note(&h, 1001);
	histogram_note(&h, 2000000);
	histogram_note(&h, 9000000);
	metric_histogram(&out, &took, "class=\"page\"", &h);
	assert_string_equal(out.text, "k_took_seconds_bucket{class=\"page\",le=\"0.001\"} 2\n"
				      "k_took_seconds_bucket{class=\"page\",le=\"0.5\"} 3\n"
				      "k_took_seconds_bucket{class=\"page\",le=\"2.0\"} 4\n"
				      "k_took_seconds_bucket{class=\"page\",le=\"+Inf\"} 5\n"
				      "k_took_seconds_count{class=\"page\"} 5\n"
				      "k_took_seconds_sum{class=\"page\"} 11.002001\n");
}

static void test_histogram_of_numbers(void **state)
{
	static const int64_t limit[] = { 1, 64 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct histogram h = { .limit = limit, .limits = COUNT(limit), .divisor = 1 };
	struct buf out = buf_on(a);
	(void)state;
	histogram_note(&h, 3);
	metric_histogram(&out, &size, "", &h);
	assert_string_equal(out.text, "k_size_bucket{le=\"1.0\"} 0\n"
				      "k_size_bucket{le=\"64.0\"} 1\n"
				      "k_size_bucket{le=\"+Inf\"} 1\n"
				      "k_size_count 1\n"
				      "k_size_sum 3\n");
}

static void test_label(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	(void)state;
	assert_string_equal(metric_label(a, "node", "a\"b\\c\nd"), "node=\"a\\\"b\\\\c\\nd\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),  cmocka_unit_test(test_thousandths),
		cmocka_unit_test(test_histogram), cmocka_unit_test(test_histogram_of_numbers),
		cmocka_unit_test(test_label),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
