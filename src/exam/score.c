#include "exam/score.h"

#include <assert.h>

static bool is_right(const struct answered_question *q)
{
	return q->choice >= 0 && q->choice < q->options && q->shown[q->choice] == q->answer;
}

struct score score_count(const struct answered_question *questions, size_t count)
{
	struct score s = { 0 };
	for (size_t i = 0; i < count; i++) {
		int act = questions[i].act;
		assert(act >= 0 && act < SCORE_ACTS_MOST);
		int right = is_right(&questions[i]);
		s.correct += right;
		s.asked++;
		s.act_correct[act] += right;
		s.act_asked[act]++;
	}
	return s;
}
