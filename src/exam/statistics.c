#include "exam/statistics.h"

#include <assert.h>
#include <math.h>

/* ---- adding ---------------------------------------------------------------------------------- */

int score_band(int score, int questions)
{
	return score * BANDS / (questions + 1);
}

/* From a fourth of a second on, in steps of 2^(1/6). */
static int time_step(int64_t ms)
{
	const double steps = 6 * log2((double)ms / 250);
	if (ms <= 250)
		return 0;
	return steps < TIME_STEPS ? (int)steps : TIME_STEPS - 1;
}

static double step_seconds(int step)
{
	return 0.25 * exp2((step + 0.5) / 6);
}

static void add_answer(struct item_tally *t, const struct answer_record *a, int score, int band)
{
	const int rest = score - (a->right ? 1 : 0);
	const int option = a->option >= 0 && a->option < ITEM_OPTIONS_MOST ? a->option : OMITTED;
	t->answered++;
	t->right += a->right;
	t->rest += rest;
	t->rest_squared += (int64_t)rest * rest;
	t->right_rest += a->right ? rest : 0;
	t->chosen[option]++;
	t->chosen_rest[option] += rest;
	t->changed += a->changes > 0;
	t->changes += a->changes;
	t->band[band][option]++;
	if (a->time_ms < 0)
		return;
	t->timed++;
	t->time_ms += a->time_ms;
	t->time[time_step(a->time_ms)]++;
}

bool statistics_add(struct test_tally *test, struct item_tally *items, int language,
		    const struct answer_record *answers, size_t count)
{
	int act_score[SCORE_ACTS_MOST] = { 0 };
	int score = 0;
	if (count != (size_t)test->questions)
		return false;
	for (size_t i = 0; i < count; i++) {
		assert(answers[i].act >= 0 && answers[i].act < test->acts);
		score += answers[i].right;
		act_score[answers[i].act] += answers[i].right;
		test->act_asked[answers[i].act]++;
	}
	const int band = score_band(score, test->questions);
	for (size_t i = 0; i < count; i++)
		add_answer(&items[answers[i].item * LANGUAGES + (size_t)language], &answers[i],
			   score, band);
	test->attempts++;
	test->sum += score;
	test->squares += (int64_t)score * score;
	test->score[score]++;
	for (int i = 0; i < test->acts; i++) {
		test->act_sum[i] += act_score[i];
		test->act_squares[i] += (int64_t)act_score[i] * act_score[i];
	}
	return true;
}

struct item_tally item_tally_join(const struct item_tally *a, const struct item_tally *b)
{
	struct item_tally t = *a;
	t.answered += b->answered;
	t.right += b->right;
	t.rest += b->rest;
	t.rest_squared += b->rest_squared;
	t.right_rest += b->right_rest;
	t.changed += b->changed;
	t.changes += b->changes;
	t.timed += b->timed;
	t.time_ms += b->time_ms;
	for (int i = 0; i <= ITEM_OPTIONS_MOST; i++) {
		t.chosen[i] += b->chosen[i];
		t.chosen_rest[i] += b->chosen_rest[i];
		for (int k = 0; k < BANDS; k++)
			t.band[k][i] += b->band[k][i];
	}
	for (int i = 0; i < TIME_STEPS; i++)
		t.time[i] += b->time[i];
	return t;
}

/* ---- an item --------------------------------------------------------------------------------- */

static struct figure figure(bool known, double value)
{
	return (struct figure){ known, known ? value : 0 };
}

/* Pearson's correlation of belonging to a part (its number, its sum of rest scores) with the rest
 * score; 0 where one of them has no spread. */
static double part_rest(const struct item_tally *t, int64_t part, int64_t part_rest_sum)
{
	const double n = (double)t->answered;
	const double in = (double)part;
	const double rest = (double)t->rest;
	const double spread = in * (n - in) * (n * (double)t->rest_squared - rest * rest);
	return spread > 0 ? (n * (double)part_rest_sum - in * rest) / sqrt(spread) : 0;
}

/* The time that a share of the answers does not exceed. */
static double time_at(const struct item_tally *t, double share)
{
	const double wanted = ceil(share * (double)t->timed);
	double seen = 0;
	int step = 0;
	while ((seen += t->time[step]) < wanted)
		step++;
	return step_seconds(step);
}

struct item_statistics item_statistics_of(const struct item_tally *t, int64_t attempts)
{
	const double n = (double)t->answered;
	const bool some = t->answered >= ENOUGH_FACILITY;
	const bool enough = t->answered >= ENOUGH_CORRELATION;
	const double p = some ? (double)t->right / n : 0;
	struct item_statistics s = {
		.answered = t->answered,
		.omitted = t->chosen[OMITTED],
		.changed = t->changed,
		.facility = figure(some, p),
		.facility_error = figure(some, some ? sqrt(p * (1 - p) / n) : 0),
		.item_rest = figure(enough, part_rest(t, t->right, t->right_rest)),
		.exposure = attempts > 0 ? n / (double)attempts : 0,
	};
	for (int i = 0; i < ITEM_OPTIONS_MOST; i++) {
		s.share[i] = figure(some, some ? (double)t->chosen[i] / n : 0);
		s.option_rest[i] = figure(enough, part_rest(t, t->chosen[i], t->chosen_rest[i]));
	}
	if (t->timed >= ENOUGH_FACILITY) {
		s.time_median_s = figure(true, time_at(t, 0.5));
		s.time_p95_s = figure(true, time_at(t, 0.95));
	}
	return s;
}

void item_curve(const struct item_tally *t, struct band_figure ret[BANDS])
{
	for (int b = 0; b < BANDS; b++) {
		ret[b] = (struct band_figure){ 0 };
		for (int i = 0; i <= ITEM_OPTIONS_MOST; i++)
			ret[b].answered += t->band[b][i];
		for (int i = 0; ret[b].answered > 0 && i <= ITEM_OPTIONS_MOST; i++)
			ret[b].share[i] = (double)t->band[b][i] / (double)ret[b].answered;
	}
}

/* ---- the test -------------------------------------------------------------------------------- */

static double variance(int64_t n, int64_t sum, int64_t squares)
{
	const double mean = (double)sum / (double)n;
	return (double)squares / (double)n - mean * mean;
}

/* The mean over the attempts of the sum of p (1 - p) over the questions of the form; of one act, or
 * of all for -1.  On a form that all have it is the sum of formula 20. */
static double item_variance(const struct test_tally *test, const struct item_tally *items,
			    const int *act_of, size_t item_count, int act)
{
	double sum = 0;
	for (size_t i = 0; i < item_count; i++) {
		const struct item_tally *t = &items[i * LANGUAGES];
		const double n = (double)(t[0].answered + t[1].answered);
		if (n == 0 || (act >= 0 && act_of[i] != act))
			continue;
		const double p = (double)(t[0].right + t[1].right) / n;
		sum += n * p * (1 - p);
	}
	return sum / (double)test->attempts;
}

static double kr20(double questions, double item_sum, double total)
{
	return questions / (questions - 1) * (1 - item_sum / total);
}

/* 1 - sum of var_s (1 - alpha_s) / var; an act of one question has no alpha: all of it is error. */
static double stratified(const struct test_tally *test, const struct item_tally *items,
			 const int *act_of, size_t item_count, double total)
{
	double error = 0;
	for (int i = 0; i < test->acts; i++) {
		const double questions = (double)test->act_asked[i] / (double)test->attempts;
		const double v = variance(test->attempts, test->act_sum[i], test->act_squares[i]);
		if (v <= 0)
			continue;
		const double alpha =
			questions > 1 ? kr20(questions,
					     item_variance(test, items, act_of, item_count, i), v)
				      : 0;
		error += v * (1 - alpha);
	}
	return 1 - error / total;
}

static double normal(double z)
{
	return 0.5 * erfc(-z / sqrt(2));
}

/* P(X < z, Y < z) of two standard normal variables with correlation r: Simpson's rule. */
static double both_below(double z, double r)
{
	enum { STEPS = 400 };
	const double from = -8;
	const double width = (z - from) / STEPS;
	const double spread = sqrt(1 - r * r);
	double sum = 0;
	for (int i = 0; i <= STEPS; i++) {
		const double x = from + width * i;
		const double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
		sum += weight * exp(-x * x / 2) / sqrt(2 * M_PI) * normal((z - r * x) / spread);
	}
	return sum * width / 3;
}

/* Peng & Subkoviak: two forms as correlated normal scores, with the half of a continuous score. */
static struct figure consistency(double mean, double sd, double reliability, int mark)
{
	if (reliability < 0 || reliability >= 1)
		return figure(false, 0);
	const double z = (mark - 0.5 - mean) / sd;
	return figure(true, 1 + 2 * both_below(z, reliability) - 2 * normal(z));
}

struct test_statistics test_statistics_of(const struct test_tally *test,
					  const struct item_tally *items, const int *act_of,
					  size_t item_count, int pass_mark)
{
	const double n = test->questions;
	struct test_statistics s = {
		.attempts = test->attempts,
		.sem_at_mark = sqrt(pass_mark * (n - pass_mark) / (n - 1)),
	};
	for (int i = pass_mark; i <= test->questions; i++)
		s.passed += test->score[i];
	if (test->attempts < ENOUGH_FACILITY)
		return s;
	const double v = variance(test->attempts, test->sum, test->squares);
	const double mean = (double)test->sum / (double)test->attempts;
	s.mean = figure(true, mean);
	s.variance = figure(true, v);
	s.sd = figure(true, sqrt(v));
	if (test->attempts < ENOUGH_CORRELATION || v <= 0)
		return s;
	const double r = kr20(n, item_variance(test, items, act_of, item_count, -1), v);
	s.kr20 = figure(true, r);
	s.sem = figure(true, sqrt(v * (1 - r)));
	s.stratified_alpha = figure(true, stratified(test, items, act_of, item_count, v));
	s.consistency = consistency(mean, sqrt(v), r, pass_mark);
	return s;
}
