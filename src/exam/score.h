/* score.h - right answers, counted in integers only (F61).  Pure.
 *
 * Whether a count is positive is for the law to say: rule_set_test_positive() of
 * law/rule_set.h (R44-2).  It is not said twice. */
#pragma once
#include "exam/key.h"

enum { SCORE_ACTS_MOST = 32, NO_CHOICE = -1 };

struct answered_question {
	int act;        /* place in the programme                         */
	struct key key; /* of the item, with what was found about it      */
	int choice;     /* place among the options as shown, or NO_CHOICE */
	int options;
	const unsigned char *shown; /* option positions in the order shown */
};

struct score {
	int correct, asked;
	int act_correct[SCORE_ACTS_MOST], act_asked[SCORE_ACTS_MOST];
};

/* One point a right answer.  A question without an answer, or with a place that was not shown,
 * has none, unless its key gives one to whoever left it out.  Acts are below SCORE_ACTS_MOST
 * (asserted). */
struct score score_count(const struct answered_question *questions, size_t count);

/* The sign of one question in a result's row of points: '1' right, '0' wrong, '-' not answered. */
char score_point(const struct answered_question *question);

/* Standard error of measurement of a candidate who has `mark` of `asked` right, in tenths of a
 * question, rounded half up: the binomial error sqrt(X (n - X) / (n - 1)) of F. M. Lord, "Do
 * tests of the same length have the same standard error of measurement?", Educational and
 * Psychological Measurement 15 (1955), 325-336 (F59, F65).  0 where it is not defined: fewer than
 * two questions, a mark that is not among 0 to `asked`. */
int score_sem_tenths(int mark, int asked);
