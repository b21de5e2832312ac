/* screening.h - signs of answers that are not a candidate's own work (F67).  Pure.
 *
 * Whatever stands here is a signal to a person, never a verdict: it says how seldom honest
 * candidates look like this, not that these ones were not.
 *
 * Too fast: the normative threshold of Wise & Ma (Setting response time thresholds for a CAT item
 * pool, NCME 2012), a share of the mean time of the question; the share of answers that took longer
 * is the response time effort of Wise & Kong, Applied Measurement in Education 18 (2005).  Whoever
 * guesses fast is right as often as chance; whoever is fast and right far more often may have known
 * the questions.
 *
 * Answers of two alike: the generalized binomial test of van der Linden & Sotaridona, Journal of
 * Educational and Behavioral Statistics 31 (2006), over the questions that both had.  How likely a
 * candidate of that score is to choose an option comes from all candidates, smoothed over their
 * score as by Ramsay, Psychometrika 56 (1991), and drawn towards the share among all.
 *
 * Answers of two at the same time: every form has an order of its own that the draw shuffled
 * (draw.h), so where in time the other one answers a question is as good as drawn from all the
 * moments at which that one answered anything.
 *
 * Sums of unlike events are counted exactly, by the recursion of Lord & Wingersky, Applied
 * Psychological Measurement 8 (1984); the tail is a sum of positive terms, so that one of 1e-12 is
 * as exact as one of a half.  Many pairs are looked at: Holm, Scandinavian Journal of Statistics 6
 * (1979). */
#pragma once
#include "exam/statistics.h"

/* What is a signal.  Data of the installation (app/result/screening.h), not of the law. */
struct screening_rules {
	int fast_percent;                    /* of the mean time of the question */
	int64_t fast_least_ms, fast_most_ms; /* between these the threshold stays */
	int effort_percent; /* a smaller share of answers that took their time is a signal */
	int run_least;      /* so many too fast, one after the other, are a signal */
	int judged_least;   /* with fewer answers that have a threshold nothing is said */
	int common_least;   /* with fewer answers to the same questions nothing is said */
	int64_t link_ms;    /* answers no further apart are at the same time */
	int seats_in_row;   /* of the hall; 0: its seats stand in one line */
	int alarm_permille; /* at most so many of 1,000 honest sittings have a false signal of a
			       kind */
};

/* ---- one candidate --------------------------------------------------------------------------- */

/* An answer in the order in which the candidate gave them. */
struct timed_answer {
	int64_t time_ms;
	int64_t threshold_ms; /* NO_THRESHOLD: the question has too few times */
	bool right;
	int options;
};

enum { NO_THRESHOLD = -1 };

/* Below it an answer to the question is too fast; NO_THRESHOLD below ENOUGH_FACILITY times. */
int64_t speed_threshold(const struct screening_rules *rules, const struct item_tally *tally);

struct speed {
	int judged;     /* answers with a threshold */
	int fast;       /* of them */
	int fast_right; /* of those */
	int run;        /* most of them one after the other */
	double effort;  /* share that was not too fast; 1 of none */
	double known;   /* chance that a guesser has so many right of the fast ones */
};

/* At most TEST_MOST answers (asserted). */
struct speed speed_of(const struct timed_answer *answers, size_t count);

/* ---- two candidates -------------------------------------------------------------------------- */

struct screened_answer {
	size_t item;   /* place among the items */
	int option;    /* position in the item; what was left out is not in the list */
	int answer;    /* the right one */
	int64_t at_ms; /* of the click that stands */
	double share[ITEM_OPTIONS_MOST]; /* option_shares() of this candidate's band */
};

struct screened {
	const struct screened_answer *answers; /* sorted by item */
	const int64_t *times;                  /* their at_ms, sorted */
	size_t count;                          /* at most TEST_MOST */
};

/* How a candidate whose score is in `band` answers, if at all: shares of the options that sum to
 * 1. False, and nothing is said, below ENOUGH_FACILITY answers. */
bool option_shares(const struct item_tally *tally, int options, int band,
		   double ret[ITEM_OPTIONS_MOST]) MUST_USE;

struct pair {
	int common, same, same_wrong, linked; /* linked: the same, at the same time */
	double expected_same, expected_wrong, expected_linked; /* of honest ones */
	double match_p; /* chance that honest ones have so many the same */
	double link_p;  /* chance that so many of those come at the same time */
	double p;       /* of the two together: twice the smaller one */
};

/* False below `common_least` questions that both answered. */
bool pair_of(const struct screening_rules *rules, const struct screened *a,
	     const struct screened *b, struct pair *ret) MUST_USE;

/* Seats are numbered from 1 along the rows; neighbours are beside, before and behind, also
 * slantwise. */
bool seats_touch(const struct screening_rules *rules, int64_t a, int64_t b);

/* ---- many ------------------------------------------------------------------------------------ */

/* Chance that at least `wanted` of `count` independent events come about, at most TEST_MOST
 * (asserted). */
double chance_of(const double *p, size_t count, int wanted);

/* Holm's adjusted chances of a family, in place; `p` is sorted from the smallest on. */
void holm_adjust(double *p, size_t count);
