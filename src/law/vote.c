#include "law/vote.h"

/* V-1: two thirds of five are four. */
int vote_quorum(const struct rule_set *rules, int members)
{
	int64_t numerator = rule_set_value(rules, PARAM_QUORUM_NUMERATOR);
	int64_t denominator = rule_set_value(rules, PARAM_QUORUM_DENOMINATOR);
	return (int)((members * numerator + denominator - 1) / denominator);
}

const char *vote_rule_name(enum vote_rule rule)
{
	static const char *const name[] = {
		[VOTE_RULE_QUORUM] = "quorum",
		[VOTE_RULE_WAITING] = "waiting",
		[VOTE_RULE_MAJORITY] = "majority",
		[VOTE_RULE_NO_MAJORITY] = "no_majority",
		[VOTE_RULE_CHAIR] = "chair",
		[VOTE_RULE_CHAIR_ABSENT] = "chair_absent",
		[VOTE_RULE_TIE_NEGATIVE] = "tie_negative",
	};
	return name[rule];
}

static void decide(struct vote *v, enum vote_state state, enum vote_rule rule)
{
	v->state = state;
	v->rule = rule;
}

/* V-4 */
static void decide_tie(struct vote *v, const struct rule_set *rules, const struct voter *chair)
{
	if (rule_set_value(rules, PARAM_TIE_WITH_CHAIR) == 0) {
		decide(v, VOTE_NEGATIVE, VOTE_RULE_TIE_NEGATIVE);
	} else if (!chair) {
		decide(v, VOTE_NEGATIVE, VOTE_RULE_CHAIR_ABSENT);
	} else {
		v->chair_decided = true;
		decide(v, chair->in_favour ? VOTE_POSITIVE : VOTE_NEGATIVE, VOTE_RULE_CHAIR);
	}
}

/* V-3: all who are present have voted, so of those present one side has the majority. */
static void decide_majority(struct vote *v, const struct rule_set *rules)
{
	bool of_all = !rule_set_holds(rules, PARAM_MAJORITY_OF_PRESENT);
	if (of_all && 2 * v->in_favour <= v->members && 2 * v->against <= v->members)
		decide(v, VOTE_NEGATIVE, VOTE_RULE_NO_MAJORITY);
	else
		decide(v, v->in_favour > v->against ? VOTE_POSITIVE : VOTE_NEGATIVE,
		       VOTE_RULE_MAJORITY);
}

/* Counts heads and votes; the chair if he or she has voted, else NULL. */
static const struct voter *count_votes(const struct rule_set *rules, const struct voter *voters,
				       size_t count, struct vote *v)
{
	const struct voter *chair = NULL;
	bool out_of_quorum = rule_set_holds(rules, PARAM_CONFLICT_NO_QUORUM);
	for (size_t i = 0; i < count; i++) {
		const struct voter *m = &voters[i];
		v->members += !(m->conflicted && out_of_quorum); /* V-2 */
		if (!m->present || m->conflicted)
			continue;
		v->present++;
		if (!m->voted)
			continue;
		v->in_favour += m->in_favour;
		v->against += !m->in_favour;
		if (m->chair)
			chair = m;
	}
	return chair;
}

struct vote vote_count(const struct rule_set *rules, const struct voter *voters, size_t count)
{
	struct vote v = { 0 };
	const struct voter *chair = count_votes(rules, voters, count, &v);
	v.quorum = vote_quorum(rules, v.members);
	if (v.present == 0 || v.present < v.quorum)
		decide(&v, VOTE_NO_QUORUM, VOTE_RULE_QUORUM);
	else if (v.in_favour + v.against < v.present)
		decide(&v, VOTE_OPEN, VOTE_RULE_WAITING);
	else if (v.in_favour == v.against)
		decide_tie(&v, rules, chair);
	else
		decide_majority(&v, rules);
	return v;
}
