/* Signs of answers that are not a candidate's own work (F67): worked values, and simulated halls
 * in which it is known who copied. */
#include "exam_test.h"

#include "exam/screening.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As the installation begins with them (app/result/screening.h). */
static const struct screening_rules rules = {
	.fast_percent = 10,
	.fast_least_ms = 3000,
	.fast_most_ms = 10000,
	.effort_percent = 90,
	.run_least = 10,
	.judged_least = 30,
	.common_least = 15,
	.link_ms = 15000,
	.alarm_permille = 10,
};

static void near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%.15g is not %.15g", got, want);
}

/* ---- sums of unlike events ------------------------------------------------------------------- */

static void test_chance(void **state)
{
	static const double three[] = { 0.1, 0.2, 0.3 };
	double many[120];
	(void)state;
	near(chance_of(three, 3, 0), 1, 1e-15);
	/* .1 .2 .7 + .1 .8 .3 + .9 .2 .3 + .1 .2 .3 */
	near(chance_of(three, 3, 2), 0.098, 1e-15);
	near(chance_of(three, 3, 3), 0.006, 1e-16);
	assert_true(chance_of(three, 3, 4) == 0);
	near(chance_of(NULL, 0, 0), 1, 0);
	near(chance_of(three, 3, -1), 1, 1e-15);
	/* python: sum(comb(120, k) for k in range(84, 121)) / 2**120 */
	for (size_t i = 0; i < 120; i++)
		many[i] = 0.5;
	near(chance_of(many, 120, 84) / 6.948506060513812e-06, 1, 1e-12);
	/* a tail far below the resolution of 1 - x: .01 to the 24th */
	for (size_t i = 0; i < 24; i++)
		many[i] = 0.01;
	near(chance_of(many, 24, 24) / 1e-48, 1, 1e-12);
}

/* Holm's own steps: the smallest times 4, the next times 3, never below the one before. */
static void test_holm(void **state)
{
	double p[] = { 0.01, 0.011, 0.03, 0.6 };
	(void)state;
	holm_adjust(p, 4);
	near(p[0], 0.04, 1e-15);
	near(p[1], 0.04, 1e-15);
	near(p[2], 0.06, 1e-15);
	near(p[3], 0.6, 1e-15);
	double large[] = { 0.5, 0.9 };
	holm_adjust(large, 2);
	near(large[0], 1, 0);
	near(large[1], 1, 0);
	holm_adjust(large, 0);
}

/* ---- one candidate --------------------------------------------------------------------------- */

static void test_threshold(void **state)
{
	static const struct {
		const char *why;
		int64_t timed, time_ms, want;
	} row[] = {
		{ "too few times", 29, 1740000, NO_THRESHOLD },
		{ "a tenth of the mean", 30, 1800000, 6000 },
		{ "never below three seconds", 100, 1200000, 3000 },
		{ "never above ten", 100, 20000000, 10000 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct item_tally t = { .timed = row[i].timed, .time_ms = row[i].time_ms };
		int64_t got = speed_threshold(&rules, &t);
		if (got != row[i].want)
			fail_msg("%s: %lld", row[i].why, (long long)got);
	}
}

static void test_speed(void **state)
{
	/* fast, fast, unknown, fast, slow, fast: the one without a threshold breaks no run */
	static const struct timed_answer answers[] = {
		{ 1000, 6000, true, 4 },  { 5999, 6000, true, 5 }, { 100, NO_THRESHOLD, false, 4 },
		{ 2000, 3000, false, 4 }, { 6000, 6000, true, 4 }, { 500, 3000, true, 4 },
	};
	(void)state;
	struct speed s = speed_of(answers, COUNT(answers));
	assert_int_equal(s.judged, 5);
	assert_int_equal(s.fast, 4);
	assert_int_equal(s.fast_right, 3);
	assert_int_equal(s.run, 3);
	near(s.effort, 0.2, 1e-12);
	/* at least three of chances 1/4, 1/5, 1/4, 1/4: all four 1/320; without the first, third or
	 * fourth 3 (3/4 1/5 1/16) = 9/320; without the second 4/5 1/64 = 4/320 */
	near(s.known, (1 + 9 + 4) / 320.0, 1e-12);
	s = speed_of(NULL, 0);
	near(s.effort, 1, 0);
	near(s.known, 1, 0);
	assert_int_equal(s.run, 0);
}

/* ---- two candidates -------------------------------------------------------------------------- */

static void test_shares(void **state)
{
	struct item_tally t = { .answered = 30 };
	double share[ITEM_OPTIONS_MOST];
	double far[ITEM_OPTIONS_MOST];
	(void)state;
	t.chosen[0] = 20;
	t.chosen[1] = 10;
	t.band[4][1] = 10;
	t.band[28][0] = 20;
	assert_true(option_shares(&t, 3, 28, share));
	/* all: 21/33, 11/33, 1/33; near band 28: 20 and exp(-72) of 10; ten of all beside them */
	near(share[0], (20 + 10 * 21 / 33.0) / 30, 1e-12);
	near(share[1], (10 * 11 / 33.0) / 30, 1e-12);
	near(share[2], (10 * 1 / 33.0) / 30, 1e-12);
	near(share[3], 0, 0);
	assert_true(option_shares(&t, 3, 4, far));
	assert_true(far[1] > share[1]);
	near(far[0] + far[1] + far[2], 1, 1e-12);
	t.chosen[1] = 9;
	t.chosen[OMITTED] = 1; /* who leaves it out tells nothing about the options */
	assert_false(option_shares(&t, 3, 28, share));
}

/* Two answers to each of `count` items, a minute apart, and the other one `later`. */
struct two {
	struct screened_answer a[40], b[40];
	int64_t at_a[40], at_b[40];
	struct screened one, other;
};

static void make_two(struct two *w, size_t count, int64_t later)
{
	*w = (struct two){ 0 };
	for (size_t i = 0; i < count; i++) {
		w->a[i] = (struct screened_answer){ .item = i,
						    .at_ms = (int64_t)i * 60000,
						    .share = { 0.5, 0.3, 0.2 } };
		w->b[i] = (struct screened_answer){ .item = i,
						    .at_ms = (int64_t)i * 60000 + later,
						    .share = { 0.5, 0.3, 0.2 } };
		w->at_a[i] = w->a[i].at_ms;
		w->at_b[i] = w->b[i].at_ms;
	}
	w->one = (struct screened){ w->a, w->at_a, count };
	w->other = (struct screened){ w->b, w->at_b, count };
}

static void test_pair(void **state)
{
	struct two w;
	struct pair p = { 0 };
	(void)state;
	make_two(&w, 20, 15000);
	for (size_t i = 0; i < 20; i++) {
		w.a[i].option = i < 5 ? 1 : 0;
		w.b[i].option = i < 4 ? 1 : i < 6 ? 2 : 0;
		w.b[i].answer = w.a[i].answer = 0;
	}
	assert_true(pair_of(&rules, &w.one, &w.other, &p));
	assert_int_equal(p.common, 20);
	assert_int_equal(p.same, 18); /* but the fifth and the sixth */
	assert_int_equal(p.same_wrong, 4);
	assert_int_equal(p.linked, 18); /* fifteen seconds apart, and not more */
	near(p.expected_same, 20 * 0.38, 1e-9);
	near(p.expected_wrong, 20 * 0.13, 1e-9);
	/* python: sum(comb(20, k) * .38**k * .62**(20 - k) for k in (18, 19, 20)) */
	near(p.match_p / 2.126179000738126e-06, 1, 1e-9);
	/* at each moment one of twenty answers of the other one is near */
	near(p.expected_linked, 18 / 20.0, 1e-9);
	near(p.link_p / pow(0.05, 18), 1, 1e-9);
	near(p.p / (2 * p.link_p), 1, 1e-12);

	make_two(&w, 20, 15001); /* a millisecond too late */
	assert_true(pair_of(&rules, &w.one, &w.other, &p));
	assert_int_equal(p.linked, 0);
	near(p.link_p, 1, 0);
	make_two(&w, 20, -15001);
	assert_true(pair_of(&rules, &w.one, &w.other, &p));
	assert_int_equal(p.linked, 0);

	make_two(&w, 14, 0); /* one question too few */
	assert_false(pair_of(&rules, &w.one, &w.other, &p));
	make_two(&w, 40, 0); /* other questions do not count */
	w.one.count = 30;
	w.other.answers += 20;
	w.other.count = 20;
	assert_false(pair_of(&rules, &w.one, &w.other, &p)); /* ten in common */
	w.one.count = 35;
	assert_true(pair_of(&rules, &w.one, &w.other, &p));
	assert_int_equal(p.common, 15);
	w.one.count = 0;
	assert_false(pair_of(&rules, &w.one, &w.other, &p));
}

static void test_seats(void **state)
{
	static const struct {
		const char *why;
		int row;
		int64_t a, b;
		bool want;
	} row[] = {
		{ "one line: beside", 0, 7, 8, true },
		{ "one line: beside, the other way", 0, 8, 7, true },
		{ "one line: one between", 0, 7, 9, false },
		{ "the same seat", 0, 7, 7, false },
		{ "a seat without a number", 0, 0, 1, false },
		{ "the other without one", 0, 1, 0, false },
		{ "rows of ten: beside", 10, 1, 2, true },
		{ "the end of a row and the next row's first", 10, 10, 11, false },
		{ "and the other way", 10, 11, 10, false },
		{ "behind", 10, 5, 15, true },
		{ "before", 10, 15, 5, true },
		{ "slantwise", 10, 5, 16, true },
		{ "two rows behind", 10, 5, 25, false },
		{ "two rows before", 10, 25, 5, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct screening_rules r = rules;
		r.seats_in_row = row[i].row;
		if (seats_touch(&r, row[i].a, row[i].b) != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

/* ---- simulated halls ------------------------------------------------------------------------- */

enum { BANK = 600, FORM = 120, HALL = 30, EARLIER = 1000, SITTINGS = 40 };

struct hall {
	struct screened_answer answer[HALL][FORM];
	int64_t time[HALL][FORM];
	int option[HALL][BANK]; /* as answered; -1 not on the form */
	int64_t at[HALL][BANK];
	int band[HALL];
};

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % sides;
}

static double uniform(uint64_t *seed)
{
	return dice(seed, 1000000) / 1e6;
}

static double normal(uint64_t *seed)
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += uniform(seed);
	return sum;
}

/* 2PL: some items are hard, some tell more than others; the wrong options are not alike. */
static int choose(uint64_t *seed, int item, double able)
{
	const double hard = (item % 31) / 10.0 - 2;
	const double sharp = 0.5 + (item % 7) / 5.0;
	const double p = 0.2 + 0.8 / (1 + exp(-1.7 * sharp * (able - hard)));
	static const int wrong[] = { 1, 1, 1, 2, 2, 3 };
	return uniform(seed) < p ? 0 : wrong[dice(seed, COUNT(wrong))];
}

/* A form, answered in its order, half a minute each. */
static int sit(uint64_t *seed, int *option, int64_t *at)
{
	const double able = normal(seed) + 0.3;
	int order[BANK];
	int right = 0;
	int64_t now = 0;
	for (int i = 0; i < BANK; i++) {
		order[i] = i;
		option[i] = -1;
	}
	for (int i = 0; i < FORM; i++) {
		const int k = i + (int)dice(seed, (uint32_t)(BANK - i));
		const int item = order[k];
		order[k] = order[i];
		order[i] = item;
		option[item] = choose(seed, item, able);
		right += option[item] == 0;
		now += 5000 + dice(seed, 60000);
		at[item] = now;
	}
	return right;
}

static void tally(struct item_tally *items, const int *option, int right)
{
	for (int i = 0; i < BANK; i++) {
		if (option[i] < 0)
			continue;
		items[i].answered++;
		items[i].chosen[option[i]]++;
		items[i].band[score_band(right, FORM)][option[i]]++;
	}
}

static int by_time(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static struct screened screened_of(struct hall *h, const struct item_tally *items, int who)
{
	size_t count = 0;
	for (int i = 0; i < BANK; i++) {
		struct screened_answer *a = &h->answer[who][count];
		if (h->option[who][i] < 0)
			continue;
		*a = (struct screened_answer){ .item = (size_t)i,
					       .option = h->option[who][i],
					       .at_ms = h->at[who][i] };
		assert_true(option_shares(&items[i], 4, h->band[who], a->share));
		h->time[who][count++] = a->at_ms;
	}
	qsort(h->time[who], count, sizeof(h->time[who][0]), by_time);
	return (struct screened){ h->answer[who], h->time[who], count };
}

/* The second one copies what both have, of the first one's answers, a few seconds after; of
 * `late` the time does not tell. */
static void copy(struct hall *h, int from, int to, bool late)
{
	for (int i = 0; i < BANK; i++) {
		if (h->option[from][i] < 0 || h->option[to][i] < 0)
			continue;
		h->option[to][i] = h->option[from][i];
		h->at[to][i] = late ? h->at[to][i] : h->at[from][i] + 4000;
	}
}

static void fill_hall(uint64_t *seed, struct hall *h)
{
	for (int p = 0; p < HALL; p++)
		h->band[p] = score_band(sit(seed, h->option[p], h->at[p]), FORM);
}

static void earlier_sittings(uint64_t *seed, struct item_tally *items)
{
	int option[BANK];
	int64_t at[BANK];
	memset(items, 0, BANK * sizeof(*items));
	for (int i = 0; i < EARLIER; i++) {
		const int right = sit(seed, option, at);
		tally(items, option, right);
	}
}

/* Honest pairs: how often the figure is at most x is at most x, or it would promise too much. */
static void test_honest(void **state)
{
	static struct item_tally items[BANK];
	static struct hall h;
	uint64_t seed = 20261129;
	int pairs = 0;
	int below[4] = { 0 };
	int alarms = 0;
	(void)state;
	earlier_sittings(&seed, items);
	for (int s = 0; s < SITTINGS; s++) {
		struct screened who[HALL];
		double smallest = 1;
		int in_hall = 0;
		fill_hall(&seed, &h);
		for (int p = 0; p < HALL; p++)
			who[p] = screened_of(&h, items, p);
		for (int a = 0; a < HALL; a++) {
			for (int b = a + 1; b < HALL; b++) {
				struct pair p = { 0 };
				if (!pair_of(&rules, &who[a], &who[b], &p))
					continue;
				in_hall++;
				smallest = fmin(smallest, p.p);
				below[0] += p.match_p <= 0.05;
				below[1] += p.match_p <= 0.01;
				below[2] += p.link_p <= 0.05;
				below[3] += p.p <= 0.001;
			}
		}
		pairs += in_hall;
		alarms += smallest * in_hall <= rules.alarm_permille / 1000.0;
	}
	assert_true(pairs > SITTINGS * HALL * (HALL - 1) / 2 * 9 / 10);
	assert_true(below[0] <= pairs * 0.05);
	assert_true(below[1] <= pairs * 0.01);
	assert_true(below[2] <= pairs * 0.05);
	assert_true(below[3] <= pairs * 0.001 * 1.5); /* 17 expected at most, and luck */
	assert_true(alarms <= 2);                     /* 0.4 expected at most */
}

/* Who copied is found among all pairs of the hall, by the answers alone and by their time. */
static void test_copiers(void **state)
{
	static struct item_tally items[BANK];
	static struct hall h;
	uint64_t seed = 7;
	int found = 0;
	int found_late = 0;
	(void)state;
	earlier_sittings(&seed, items);
	for (int s = 0; s < 20; s++) {
		struct pair p = { 0 };
		const bool late = s % 2 == 0;
		fill_hall(&seed, &h);
		copy(&h, 0, 1, late);
		struct screened one = screened_of(&h, items, 0);
		struct screened other = screened_of(&h, items, 1);
		if (!pair_of(&rules, &one, &other, &p))
			continue;
		assert_int_equal(p.same, p.common);
		const bool sure = p.p * (HALL - 1) <= rules.alarm_permille / 1000.0;
		found += !late && sure;
		found_late += late && sure;
	}
	assert_true(found >= 9);      /* of ten with the time */
	assert_true(found_late >= 6); /* of ten by the answers alone */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chance),    cmocka_unit_test(test_holm),
		cmocka_unit_test(test_threshold), cmocka_unit_test(test_speed),
		cmocka_unit_test(test_shares),    cmocka_unit_test(test_pair),
		cmocka_unit_test(test_seats),     cmocka_unit_test(test_honest),
		cmocka_unit_test(test_copiers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
