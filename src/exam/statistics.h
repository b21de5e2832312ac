/* statistics.h - figures of items and of the test, by classical test theory (F64 to F66).  Pure.
 *
 * Attempts are added one after the other into tallies whose size depends on the number of items,
 * not on the number of attempts; then figures are asked for.  Sums are integers, so their order
 * does not matter.  Each candidate has a form of his own: the rest score of an answer is the number
 * of right ones among the other questions of that form.
 *
 * Sources: Crocker & Algina, Introduction to Classical and Modern Test Theory (1986), chapters 7,
 * 14; Kuder & Richardson, Psychometrika 2 (1937), formula 20; Cronbach, Schoenemann & McKie,
 * Educational and Psychological Measurement 25 (1965) for the stratified alpha; Lord (score.h);
 * Peng & Subkoviak, Journal of Educational Measurement 17 (1980) for the consistency of the
 * decision.  dif.h has the comparison of the languages. */
#pragma once
#include "exam/score.h"

enum {
	LANGUAGES = 2, /* 0 Kazakh, 1 Russian */
	TEST_MOST = 500,
	BANDS = 32,      /* of the total score, from lowest to highest */
	TIME_STEPS = 80, /* of a time, each 2^(1/6) times the one before: 12 per cent */
	OMITTED = ITEM_OPTIONS_MOST,
};

/* Fewer answers, and a figure is noise: the usual least numbers for facility, correlations and DIF
 * (Crocker & Algina 14; Zieky, "DIF statistics in test development", in Holland & Wainer 1993). */
enum { ENOUGH_FACILITY = 30, ENOUGH_CORRELATION = 100, ENOUGH_DIF = 100 };

/* What is known of a version of an item in one language. */
struct item_tally {
	int64_t answered; /* forms that it was on */
	int64_t right, rest, rest_squared, right_rest;
	int64_t chosen[ITEM_OPTIONS_MOST + 1],
		chosen_rest[ITEM_OPTIONS_MOST + 1]; /* last: omitted */
	int64_t changed, changes;                   /* forms with a change of answer; all changes */
	int64_t timed, time_ms; /* forms with a time, and the sum of the times */
	uint32_t band[BANDS][ITEM_OPTIONS_MOST + 1];
	uint32_t time[TIME_STEPS];
};

struct test_tally {
	int questions; /* of each form: set by the caller, 2 to TEST_MOST */
	int acts;      /* set by the caller, at most SCORE_ACTS_MOST      */
	int64_t attempts, sum, squares;
	int64_t act_sum[SCORE_ACTS_MOST], act_squares[SCORE_ACTS_MOST];
	int64_t act_asked[SCORE_ACTS_MOST];
	int64_t score[TEST_MOST + 1]; /* attempts with so many right */
};

struct answer_record {
	size_t item; /* place among the tallies */
	int act;     /* place in the programme  */
	int option;  /* position in the item, or NO_CHOICE */
	bool right;
	int changes;
	int64_t time_ms; /* below 0: not known */
	int64_t at_ms;   /* of the click that stands, where there is a time */
};

/* Adds one attempt; `items` holds LANGUAGES tallies for each item, one after the other.  False, and
 * nothing is added, if it has not as many answers as the test has questions. */
bool statistics_add(struct test_tally *test, struct item_tally *items, int language,
		    const struct answer_record *answers, size_t count) MUST_USE;

/* Both languages together. */
struct item_tally item_tally_join(const struct item_tally *a, const struct item_tally *b);

/* A figure that is there only from enough data on. */
struct figure {
	bool known;
	double value;
};

struct item_statistics {
	int64_t answered, omitted, changed;
	struct figure facility, facility_error; /* share of right answers, its standard error */
	struct figure item_rest; /* correlation with the rest score; 0 without spread */
	struct figure share[ITEM_OPTIONS_MOST], option_rest[ITEM_OPTIONS_MOST];
	struct figure time_median_s, time_p95_s; /* within 6 per cent */
	double exposure;                         /* share of the attempts */
};

struct item_statistics item_statistics_of(const struct item_tally *tally, int64_t attempts);

struct test_statistics {
	int64_t attempts, passed;
	struct figure mean, variance, sd; /* of the attempts themselves: divided by their number */
	struct figure kr20, sem;
	struct figure stratified_alpha; /* over the acts */
	double sem_at_mark;             /* Lord's, at the pass mark */
	struct figure consistency; /* share of candidates whom a second form would judge alike */
};

/* `act_of` is the act of each item. */
struct test_statistics test_statistics_of(const struct test_tally *test,
					  const struct item_tally *items, const int *act_of,
					  size_t item_count, int pass_mark);

/* Share of right answers in each band, and how many are in it, for the item's curve. */
struct band_figure {
	int64_t answered;
	double share[ITEM_OPTIONS_MOST + 1];
};
void item_curve(const struct item_tally *tally, struct band_figure ret[BANDS]);

/* The band of a score: 0 to BANDS - 1. */
int score_band(int score, int questions);
