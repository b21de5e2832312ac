#include "exam/score.h"

#include <assert.h>

/* Position in the item of what was chosen. */
static int option_of(const struct answered_question *q)
{
	return q->choice >= 0 && q->choice < q->options ? q->shown[q->choice] : NO_OPTION;
}

char score_point(const struct answered_question *q)
{
	const int option = option_of(q);
	if (key_takes(q->key, option))
		return '1';
	return option == NO_OPTION ? '-' : '0';
}

struct score score_count(const struct answered_question *questions, size_t count)
{
	struct score s = { 0 };
	for (size_t i = 0; i < count; i++) {
		int act = questions[i].act;
		assert(act >= 0 && act < SCORE_ACTS_MOST);
		int right = score_point(&questions[i]) == '1';
		s.correct += right;
		s.asked++;
		s.act_correct[act] += right;
		s.act_asked[act]++;
	}
	return s;
}

/* r is the root of v rounded half up if it is the greatest with r - 1/2 <= sqrt(v), that is
 * (2 r - 1)^2 <= 4 v; here v = 100 X (n - X) / (n - 1). */
int score_sem_tenths(int mark, int asked)
{
	if (asked < 2 || mark < 0 || mark > asked)
		return 0;
	int64_t product = (int64_t)400 * mark * (asked - mark);
	int64_t r = 0;
	while ((2 * r + 1) * (2 * r + 1) * (asked - 1) <= product)
		r++;
	return (int)r;
}
