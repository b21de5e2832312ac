#include "exam/screening.h"

#include <assert.h>
#include <math.h>

double chance_of(const double *p, size_t count, int wanted)
{
	double f[TEST_MOST + 1] = { 1 };
	double tail = 0;
	assert(count <= TEST_MOST);
	for (size_t i = 0; i < count; i++) {
		f[i + 1] = f[i] * p[i];
		for (size_t k = i; k > 0; k--)
			f[k] = f[k] * (1 - p[i]) + f[k - 1] * p[i];
		f[0] *= 1 - p[i];
	}
	/* the smallest first: nothing of them is lost */
	for (int k = (int)count; k >= wanted && k >= 0; k--)
		tail += f[k];
	return fmin(tail, 1);
}

void holm_adjust(double *p, size_t count)
{
	double most = 0;
	for (size_t i = 0; i < count; i++) {
		most = fmax(most, fmin(1, p[i] * (double)(count - i)));
		p[i] = most;
	}
}

/* ---- one candidate --------------------------------------------------------------------------- */

int64_t speed_threshold(const struct screening_rules *rules, const struct item_tally *tally)
{
	if (tally->timed < ENOUGH_FACILITY)
		return NO_THRESHOLD;
	const int64_t ms = tally->time_ms / tally->timed * rules->fast_percent / 100;
	if (ms < rules->fast_least_ms)
		return rules->fast_least_ms;
	return ms < rules->fast_most_ms ? ms : rules->fast_most_ms;
}

struct speed speed_of(const struct timed_answer *answers, size_t count)
{
	struct speed s = { .effort = 1 };
	double guess[TEST_MOST];
	int run = 0;
	assert(count <= TEST_MOST);
	for (size_t i = 0; i < count; i++) {
		const struct timed_answer *a = &answers[i];
		if (a->threshold_ms == NO_THRESHOLD)
			continue; /* nothing is known of it, so it breaks no run either */
		s.judged++;
		if (a->time_ms >= a->threshold_ms) {
			run = 0;
			continue;
		}
		guess[s.fast++] = 1.0 / a->options;
		s.fast_right += a->right;
		s.run = ++run > s.run ? run : s.run;
	}
	if (s.judged > 0)
		s.effort = 1 - (double)s.fast / s.judged;
	s.known = chance_of(guess, (size_t)s.fast, s.fast_right);
	return s;
}

/* ---- two candidates -------------------------------------------------------------------------- */

/* The weight of a candidate so many bands away: a normal curve with a deviation of two bands. */
static double weight_of(int bands)
{
	return exp(-bands * bands / 8.0);
}

bool option_shares(const struct item_tally *t, int options, int band, double ret[ITEM_OPTIONS_MOST])
{
	/* as many answers as all candidates together weigh beside those of the band: with few of
	 * them the share among all counts, with many their own */
	static const double drawn = 10;
	const double answered = (double)(t->answered - t->chosen[OMITTED]);
	double near[ITEM_OPTIONS_MOST] = { 0 };
	double sum = 0;
	if (answered < ENOUGH_FACILITY)
		return false;
	for (int b = 0; b < BANDS; b++) {
		const double weight = weight_of(b - band);
		for (int o = 0; o < options; o++) {
			near[o] += weight * t->band[b][o];
			sum += weight * t->band[b][o];
		}
	}
	for (int o = 0; o < ITEM_OPTIONS_MOST; o++) {
		const double all = ((double)t->chosen[o] + 1) / (answered + options);
		ret[o] = o < options ? (near[o] + drawn * all) / (sum + drawn) : 0;
	}
	return true;
}

/* How many of `times` are no further than `within` from `at`. */
static size_t times_near(const struct screened *s, int64_t at, int64_t within)
{
	size_t found[2] = { 0, 0 };
	const int64_t edge[2] = { at - within, at + within + 1 };
	for (int i = 0; i < 2; i++) {
		size_t low = 0;
		size_t high = s->count;
		while (low < high) {
			const size_t middle = (low + high) / 2;
			if (s->times[middle] < edge[i])
				low = middle + 1;
			else
				high = middle;
		}
		found[i] = low;
	}
	return found[1] - found[0];
}

/* What is collected over the questions that both answered. */
struct comparing {
	const struct screening_rules *rules;
	const struct screened *a, *b;
	struct pair pair;
	double same[TEST_MOST];                      /* chance that both answer alike */
	double link_a[TEST_MOST], link_b[TEST_MOST]; /* of the same ones: at the same time */
};

static void compare(struct comparing *c, const struct screened_answer *x,
		    const struct screened_answer *y)
{
	struct pair *p = &c->pair;
	const int64_t within = c->rules->link_ms;
	double same = 0;
	for (int o = 0; o < ITEM_OPTIONS_MOST; o++)
		same += x->share[o] * y->share[o];
	c->same[p->common++] = same;
	p->expected_same += same;
	p->expected_wrong += same - x->share[x->answer] * y->share[x->answer];
	if (x->option != y->option)
		return;
	c->link_a[p->same] = (double)times_near(c->a, y->at_ms, within) / (double)c->a->count;
	c->link_b[p->same] = (double)times_near(c->b, x->at_ms, within) / (double)c->b->count;
	p->expected_linked += fmax(c->link_a[p->same], c->link_b[p->same]);
	p->linked += x->at_ms - y->at_ms <= within && y->at_ms - x->at_ms <= within;
	p->same_wrong += x->option != x->answer;
	p->same++;
}

bool pair_of(const struct screening_rules *rules, const struct screened *a,
	     const struct screened *b, struct pair *ret)
{
	struct comparing c = { .rules = rules, .a = a, .b = b };
	size_t i = 0;
	size_t k = 0;
	assert(a->count <= TEST_MOST && b->count <= TEST_MOST);
	while (i < a->count && k < b->count) {
		const struct screened_answer *x = &a->answers[i];
		const struct screened_answer *y = &b->answers[k];
		if (x->item == y->item)
			compare(&c, x, y);
		i += x->item <= y->item;
		k += y->item <= x->item;
	}
	if (c.pair.common < rules->common_least)
		return false;
	c.pair.match_p = chance_of(c.same, (size_t)c.pair.common, c.pair.same);
	c.pair.link_p = fmax(chance_of(c.link_a, (size_t)c.pair.same, c.pair.linked),
			     chance_of(c.link_b, (size_t)c.pair.same, c.pair.linked));
	c.pair.p = fmin(1, 2 * fmin(c.pair.match_p, c.pair.link_p));
	*ret = c.pair;
	return true;
}

bool seats_touch(const struct screening_rules *rules, int64_t a, int64_t b)
{
	const int64_t row = rules->seats_in_row;
	if (a < 1 || b < 1 || a == b)
		return false;
	if (row == 0)
		return a - b == 1 || b - a == 1;
	const int64_t across = (a - 1) % row - (b - 1) % row;
	const int64_t down = (a - 1) / row - (b - 1) / row;
	return across >= -1 && across <= 1 && down >= -1 && down <= 1;
}
