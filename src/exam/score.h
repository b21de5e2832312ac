/* score.h - right answers, counted in integers only (R44-2, F61).  Pure. */
#pragma once
#include "exam/item.h"

enum { SCORE_ACTS_MOST = 32, NO_CHOICE = -1 };

struct answered_question {
	int act;    /* place in the programme                         */
	int answer; /* position of the right option in the item       */
	int choice; /* place among the options as shown, or NO_CHOICE */
	int options;
	const unsigned char *shown; /* option positions in the order shown */
};

struct score {
	int correct, asked;
	int act_correct[SCORE_ACTS_MOST], act_asked[SCORE_ACTS_MOST];
};

struct score score_count(const struct answered_question *questions, size_t count);

/* R44-2: positive is "not lower than": equality passes.  `act_marks` holds a mark for each of
 * `acts` acts, 0 for none; NULL for no marks per act. */
bool score_positive(const struct score *score, int pass_mark, const int *act_marks, size_t acts);
