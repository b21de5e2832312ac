/* Figures of items and of the test against worked values and a twin that counts the long way
 * (F64, F65, F66). */
#include "exam_test.h"

#include "exam/dif.h"

#include <math.h>
#include <string.h>

enum { PEOPLE = 400, ITEMS = 30, FORM = 20, ACTS = 3 };

static void near(double got, double want, double within)
{
	if (fabs(got - want) > within)
		fail_msg("%.5f is not %.5f", got, want);
}

/* The eight people with five items, written down twenty times: figures are shown from enough on,
 * and none of these changes when everybody comes as often as the others. */
static const char *const matrix[] = { "11110", "11101", "11010", "10100",
				      "11000", "01001", "10000", "00000" };

static void add_matrix(struct test_tally *test, struct item_tally *items, int times)
{
	for (int t = 0; t < times; t++) {
		for (size_t p = 0; p < COUNT(matrix); p++) {
			struct answer_record a[5];
			for (size_t i = 0; i < COUNT(a); i++) {
				bool right = matrix[p][i] == '1';
				a[i] = (struct answer_record){
					i, (int)(i / 3), right ? 2 : 0, right, 0, 20000, 0
				};
			}
			assert_true(statistics_add(test, items, t % 2, a, COUNT(a)));
		}
	}
}

static void test_matrix(void **state)
{
	static const double item_rest[] = { 0.2582, 0.4880, 0.3371, 0.2582, 0 };
	static const int act_of[] = { 0, 0, 0, 1, 1 };
	struct test_tally test = { .questions = 5, .acts = 2 };
	struct item_tally items[5 * LANGUAGES] = { 0 };
	(void)state;
	add_matrix(&test, items, 20);
	struct test_statistics s = test_statistics_of(&test, items, act_of, 5, 3);
	near(s.mean.value, 2.25, 1e-9);
	near(s.variance.value, 1.6875, 1e-9);
	near(s.kr20.value, 0.4861, 5e-5);
	near(s.sem.value, 0.9312, 5e-5);
	assert_int_equal(s.attempts, 160);
	assert_int_equal(s.passed, 3 * 20);
	for (size_t i = 0; i < 5; i++) {
		struct item_tally both =
			item_tally_join(&items[i * LANGUAGES], &items[i * LANGUAGES + 1]);
		struct item_statistics f = item_statistics_of(&both, test.attempts);
		assert_true(f.item_rest.known);
		near(f.item_rest.value, item_rest[i], 5e-5);
		near(f.option_rest[2].value, item_rest[i], 5e-5); /* the right option */
		near(f.option_rest[0].value, -item_rest[i], 5e-5);
		near(f.exposure, 1, 1e-9);
		assert_int_equal(both.time_ms, both.timed * 20000);
		near(f.time_median_s.value, 20, 1.2); /* within 6 per cent */
		near(f.time_p95_s.value, 20, 1.2);
	}
}

/* Lord at the mark of clause 36: sqrt(84 * 36 / 119). */
static void test_sem_at_mark(void **state)
{
	struct test_tally test = { .questions = 120, .acts = 10 };
	(void)state;
	struct test_statistics s = test_statistics_of(&test, NULL, NULL, 0, 84);
	near(s.sem_at_mark, 5.04, 0.005);
	assert_false(s.mean.known || s.kr20.known || s.consistency.known);
	assert_int_equal(s.passed, 0);
}

/* Nothing is shown from too little. */
static void test_enough(void **state)
{
	static const int act_of[] = { 0, 0, 0, 1, 1 };
	static const struct {
		int times;
		bool facility, correlation;
	} row[] = {
		{ 3, false, false }, { 4, true, false }, { 12, true, false }, { 13, true, true }
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct test_tally test = { .questions = 5, .acts = 2 };
		struct item_tally items[5 * LANGUAGES] = { 0 };
		add_matrix(&test, items, row[i].times);
		struct item_tally both = item_tally_join(&items[0], &items[1]);
		struct item_statistics f = item_statistics_of(&both, test.attempts);
		struct test_statistics s = test_statistics_of(&test, items, act_of, 5, 3);
		assert_int_equal(f.facility.known, row[i].facility);
		assert_int_equal(f.facility_error.known, row[i].facility);
		assert_int_equal(f.time_median_s.known, row[i].facility);
		assert_int_equal(f.item_rest.known, row[i].correlation);
		assert_int_equal(s.mean.known, row[i].facility);
		assert_int_equal(s.kr20.known, row[i].correlation);
		assert_true(f.item_rest.known || f.item_rest.value == 0);
	}
	struct item_tally none = { 0 };
	assert_true(item_statistics_of(&none, 0).exposure == 0);
}

/* ---- against a twin that keeps everything ---------------------------------------------------- */

struct world {
	struct answer_record answer[PEOPLE][FORM];
	int language[PEOPLE], total[PEOPLE];
};

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

static void make_world(struct world *w)
{
	uint32_t seed = 2026;
	for (int p = 0; p < PEOPLE; p++) {
		const uint32_t able = dice(&seed, 60);
		const size_t first = dice(&seed, ITEMS);
		w->language[p] = (int)dice(&seed, 2);
		w->total[p] = 0;
		for (size_t q = 0; q < FORM; q++) {
			const size_t item = (first + q) % ITEMS;
			bool right = dice(&seed, 100) < 20 + able + item / 3;
			int option = right ? 1 : (int)dice(&seed, 7) - 1;
			option = option == 1 && !right ? 0 : option;
			w->answer[p][q] = (struct answer_record){
				item,  (int)(item % ACTS),  option,
				right, (int)dice(&seed, 3), (int64_t)dice(&seed, 90000) - 1000,
				0
			};
			w->total[p] += right;
		}
	}
}

/* Pearson's correlation of two columns, as it is defined. */
static double correlation(const double *x, const double *y, int n)
{
	double mx = 0;
	double my = 0;
	double xy = 0;
	double xx = 0;
	double yy = 0;
	for (int i = 0; i < n; i++) {
		mx += x[i] / n;
		my += y[i] / n;
	}
	for (int i = 0; i < n; i++) {
		xy += (x[i] - mx) * (y[i] - my);
		xx += (x[i] - mx) * (x[i] - mx);
		yy += (y[i] - my) * (y[i] - my);
	}
	return xy / sqrt(xx * yy);
}

static void check_item(const struct world *w, const struct item_tally *items, size_t item)
{
	double x[PEOPLE];
	double rest[PEOPLE];
	int n = 0;
	int right = 0;
	int omitted = 0;
	for (int p = 0; p < PEOPLE; p++) {
		for (int q = 0; q < FORM; q++) {
			const struct answer_record *a = &w->answer[p][q];
			if (a->item != item)
				continue;
			x[n] = a->right;
			rest[n++] = w->total[p] - a->right;
			right += a->right;
			omitted += a->option < 0 || a->option >= ITEM_OPTIONS_MOST;
		}
	}
	struct item_tally both =
		item_tally_join(&items[item * LANGUAGES], &items[item * LANGUAGES + 1]);
	struct item_statistics f = item_statistics_of(&both, PEOPLE);
	assert_int_equal(f.answered, n);
	assert_int_equal(f.omitted, omitted);
	near(f.facility.value, (double)right / n, 1e-12);
	near(f.item_rest.value, correlation(x, rest, n), 1e-9);
	near(f.exposure, (double)n / PEOPLE, 1e-12);
	struct band_figure curve[BANDS];
	int64_t in_bands = 0;
	item_curve(&both, curve);
	for (int b = 0; b < BANDS; b++)
		in_bands += curve[b].answered;
	assert_int_equal(in_bands, n);
}

static void test_twin(void **state)
{
	static struct world w;
	struct test_tally test = { .questions = FORM, .acts = ACTS };
	static struct item_tally items[ITEMS * LANGUAGES];
	int act_of[ITEMS];
	(void)state;
	memset(items, 0, sizeof(items));
	make_world(&w);
	for (int p = 0; p < PEOPLE; p++)
		assert_true(statistics_add(&test, items, w.language[p], w.answer[p], FORM));
	assert_false(statistics_add(&test, items, 0, w.answer[0], FORM - 1));
	for (size_t i = 0; i < ITEMS; i++) {
		act_of[i] = (int)(i % ACTS);
		check_item(&w, items, i);
	}
	struct test_statistics s = test_statistics_of(&test, items, act_of, ITEMS, 12);
	double mean = 0;
	int64_t passed = 0;
	for (int p = 0; p < PEOPLE; p++) {
		mean += (double)w.total[p] / PEOPLE;
		passed += w.total[p] >= 12;
	}
	near(s.mean.value, mean, 1e-9);
	assert_int_equal(s.passed, passed);
	assert_true(s.stratified_alpha.known);
	/* the acts are alike here, so strata explain nothing more */
	near(s.stratified_alpha.value, s.kr20.value, 0.06);
	assert_true(s.consistency.value > 0.5 && s.consistency.value < 1);
}

/* Without error everybody is judged alike; with nothing but error as chance will have it. */
static void test_consistency(void **state)
{
	static const int act_of[] = { 0, 1, 0, 1 };
	struct test_tally test = { .questions = 4, .acts = 3 }; /* the third has no question */
	struct item_tally items[4 * LANGUAGES] = { 0 };
	uint32_t seed = 5;
	(void)state;
	for (int p = 0; p < 4000; p++) {
		struct answer_record a[4];
		for (size_t i = 0; i < 4; i++) {
			bool right = dice(&seed, 2) == 1;
			a[i] = (struct answer_record){ i, act_of[i], right, right, 0, -1, 0 };
		}
		assert_true(statistics_add(&test, items, 0, a, 4));
	}
	struct test_statistics s = test_statistics_of(&test, items, act_of, 4, 3);
	near(s.kr20.value, 0, 0.08);
	if (s.consistency.known) /* P(X >= 3) is 5/16 */
		near(s.consistency.value, 0.57, 0.06);
	/* everybody all or nothing: no error at all, the figure has no meaning */
	struct test_tally sharp = { .questions = 4, .acts = 2 };
	struct item_tally sharp_items[4 * LANGUAGES] = { 0 };
	for (int p = 0; p < 200; p++) {
		struct answer_record a[4];
		for (size_t i = 0; i < 4; i++)
			a[i] = (struct answer_record){ i, act_of[i], p % 2, p % 2 == 1,
						       0, 100000000, 0 };
		assert_true(statistics_add(&sharp, sharp_items, 0, a, 4));
	}
	s = test_statistics_of(&sharp, sharp_items, act_of, 4, 3);
	near(s.kr20.value, 1, 1e-9);
	assert_false(s.consistency.known);
	struct item_statistics f = item_statistics_of(&sharp_items[0], 200);
	assert_true(f.time_median_s.value > 1000); /* the last step is open */
}

/* Items that pull against each other, and people who are all the same. */
static void test_odd(void **state)
{
	static const int act_of[] = { 0, 1 };
	struct test_tally test = { .questions = 2, .acts = 2 };
	struct item_tally items[3 * LANGUAGES] = { 0 };
	(void)state;
	for (int p = 0; p < 200; p++) {
		const bool first = p % 2 == 0;
		const bool second = !first || p % 20 == 0;
		const struct answer_record a[] = { { 0, 0, first, first, 0, 0, 0 },
						   { 1, 1, second, second, 0, 100, 0 } };
		assert_true(statistics_add(&test, items, 1, a, 2));
	}
	static const int act_of_three[] = { 0, 1, 0 }; /* the third was never asked */
	struct test_statistics s = test_statistics_of(&test, items, act_of_three, 3, 1);
	assert_true(s.kr20.known && s.kr20.value < 0);
	assert_false(s.consistency.known);
	struct test_tally same = { .questions = 2, .acts = 2 };
	struct item_tally same_items[2 * LANGUAGES] = { 0 };
	for (int p = 0; p < 200; p++) {
		const struct answer_record a[] = { { 0, 0, 1, true, 0, 5000, 0 },
						   { 1, 1, 0, false, 0, 5000, 0 } };
		assert_true(statistics_add(&same, same_items, 0, a, 2));
	}
	s = test_statistics_of(&same, same_items, act_of, 2, 1);
	assert_true(s.mean.known);
	assert_false(s.kr20.known); /* no spread, no reliability */
	struct item_statistics f = item_statistics_of(&same_items[0], 200);
	assert_true(f.item_rest.known && f.item_rest.value == 0);
}

/* ---- the languages compared ------------------------------------------------------------------ */

static void test_mantel_haenszel(void **state)
{
	static const struct dif_band bands[] = { { 20, 5, 15, 10 },
						 { 30, 10, 25, 15 },
						 { 25, 2, 22, 5 },
						 { 9, 9, 0, 0 }, /* nobody to compare with */
						 { 0, 0, 9, 9 } };
	(void)state;
	struct dif f = dif_of_bands(bands, COUNT(bands));
	assert_true(f.known);
	near(f.alpha, 2.1949, 5e-5);
	near(f.delta, -1.8474, 5e-5);
	assert_int_equal(f.class, 'B'); /* 1.8 but not surely above 1 */
	/* (25(.6-.8) + 40(.625-.75) + 27(.8148-.9259)) / 92 */
	near(f.p_dif, (-5.0 - 5.0 - 3.0) / 92, 1e-9);
}

static void test_classes(void **state)
{
	static const struct {
		const char *why;
		struct dif_band band;
		char class;
	} row[] = {
		{ "alike", { 500, 500, 500, 500 }, 'A' },
		{ "small and sure", { 5500, 4500, 5000, 5000 }, 'A' },
		{ "large, from too few to be sure", { 12, 8, 8, 12 }, 'A' },
		{ "moderate and sure", { 6200, 3800, 5000, 5000 }, 'B' },
		{ "large and sure", { 7500, 2500, 5000, 5000 }, 'C' },
		{ "large and sure the other way", { 5000, 5000, 7500, 2500 }, 'C' },
		{ "above 1.5, not surely above 1", { 64, 36, 46, 54 }, 'B' },
		{ "all right in one group: no ratio", { 10, 0, 5, 5 }, 0 },
		{ "all right in the other", { 5, 5, 10, 0 }, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct dif f = dif_of_bands(&row[i].band, 1);
		if (f.class != row[i].class)
			fail_msg("%s: %c, delta %.2f, error %.2f", row[i].why, f.class, f.delta,
				 f.delta_error);
	}
}

static void test_dif_of_item(void **state)
{
	struct item_tally kk = { .answered = 100 };
	struct item_tally ru = { .answered = 99 };
	(void)state;
	kk.band[3][1] = 50;
	kk.band[3][OMITTED] = 50;
	ru.band[3][1] = 75;
	ru.band[3][0] = 24;
	assert_false(dif_of_item(&kk, &ru, 1).known);
	assert_false(dif_of_item(&ru, &kk, 1).known);
	ru.answered = 100;
	ru.band[3][0] = 25;
	struct dif f = dif_of_item(&kk, &ru, 1);
	assert_true(f.known);
	near(f.alpha, 3, 1e-9);
	near(f.p_dif, -0.25, 1e-9);
	assert_int_equal(f.class, 'C');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),          cmocka_unit_test(test_sem_at_mark),
		cmocka_unit_test(test_enough),          cmocka_unit_test(test_twin),
		cmocka_unit_test(test_consistency),     cmocka_unit_test(test_odd),
		cmocka_unit_test(test_mantel_haenszel), cmocka_unit_test(test_classes),
		cmocka_unit_test(test_dif_of_item),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
