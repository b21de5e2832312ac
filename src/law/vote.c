#include "law/vote.h"

/* V-1: two thirds of five are four. */
int vote_quorum(const struct rule_set *rules, int members)
{
	int64_t numerator = rule_set_value(rules, PARAM_QUORUM_NUMERATOR);
	int64_t denominator = rule_set_value(rules, PARAM_QUORUM_DENOMINATOR);
	return (int)((members * numerator + denominator - 1) / denominator);
}

/* V-4 */
static enum vote_state tie(const struct rule_set *rules, const struct voter *chair,
			   bool *ret_decided)
{
	if (!chair || rule_set_value(rules, PARAM_TIE_WITH_CHAIR) == 0)
		return VOTE_NEGATIVE;
	*ret_decided = true;
	return chair->in_favour ? VOTE_POSITIVE : VOTE_NEGATIVE;
}

struct vote vote_count(const struct rule_set *rules, const struct voter *voters, size_t count)
{
	struct vote v = { 0 };
	const struct voter *chair = NULL;
	for (size_t i = 0; i < count; i++) {
		if (voters[i].conflicted) /* V-2 */
			continue;
		v.members++;
		if (!voters[i].present)
			continue;
		v.present++;
		if (!voters[i].voted)
			continue;
		v.in_favour += voters[i].in_favour;
		v.against += !voters[i].in_favour;
		if (voters[i].chair)
			chair = &voters[i];
	}
	v.quorum = vote_quorum(rules, v.members);
	if (v.present == 0 || v.present < v.quorum)
		v.state = VOTE_NO_QUORUM;
	else if (v.in_favour + v.against < v.present)
		v.state = VOTE_OPEN;
	else if (v.in_favour == v.against)
		v.state = tie(rules, chair, &v.chair_decided);
	else
		v.state = v.in_favour > v.against ? VOTE_POSITIVE : VOTE_NEGATIVE;
	return v;
}
