/* Quorum, majority, tie: section 4 of rules.md (V-1 to V-4); R41-2 and R41-3 keep the
 * secretary and the invited away from here. */
#include "law_test.h"

#include "law/vote.h"

enum { MOST = 8 };

/* One letter a member, the chair first: + for, - against, ? present without a vote, . absent;
 * the same in capitals of its own for a conflicted member: x present, X absent. */
static size_t voters_of(const char *text, struct voter *voters)
{
	size_t count = strlen(text);
	assert_true(count <= MOST);
	for (size_t i = 0; i < count; i++) {
		char c = text[i];
		voters[i] = (struct voter){
			.chair = i == 0,
			.present = c != '.' && c != 'X',
			.conflicted = c == 'x' || c == 'X',
			.voted = c == '+' || c == '-',
			.in_favour = c == '+',
		};
	}
	return count;
}

static void test_vote(void **state)
{
	static const struct {
		const char *why, *voters;
		enum vote_state state;
		enum vote_rule rule;
		int members, quorum, present, in_favour, against;
	} row[] = {
		{ "V-3: all for", "+++++", VOTE_POSITIVE, VOTE_RULE_MAJORITY, 5, 4, 5, 5, 0 },
		{ "V-3: three to two", "+++--", VOTE_POSITIVE, VOTE_RULE_MAJORITY, 5, 4, 5, 3, 2 },
		{ "V-3: two to three", "++---", VOTE_NEGATIVE, VOTE_RULE_MAJORITY, 5, 4, 5, 2, 3 },
		{ "V-3: of those present: three to one of five", "+++-.", VOTE_POSITIVE,
		  VOTE_RULE_MAJORITY, 5, 4, 4, 3, 1 },
		{ "V-1: four of five are two thirds", "----.", VOTE_NEGATIVE, VOTE_RULE_MAJORITY, 5,
		  4, 4, 0, 4 },
		{ "V-1: three of five are not", "+++..", VOTE_NO_QUORUM, VOTE_RULE_QUORUM, 5, 4, 3,
		  3, 0 },
		{ "V-1: four of six are exactly two thirds", "+++-..", VOTE_POSITIVE,
		  VOTE_RULE_MAJORITY, 6, 4, 4, 3, 1 },
		{ "V-1: nobody is there", ".....", VOTE_NO_QUORUM, VOTE_RULE_QUORUM, 5, 4, 0, 0,
		  0 },
		{ "V-1: a commission of nobody", "", VOTE_NO_QUORUM, VOTE_RULE_QUORUM, 0, 0, 0, 0,
		  0 },
		{ "somebody present has not voted", "++++?", VOTE_OPEN, VOTE_RULE_WAITING, 5, 4, 5,
		  4, 0 },
		{ "the chair has not", "?+++-", VOTE_OPEN, VOTE_RULE_WAITING, 5, 4, 5, 3, 1 },
		{ "V-4: a tie goes with the chair, for", "+-+-.", VOTE_POSITIVE, VOTE_RULE_CHAIR, 5,
		  4, 4, 2, 2 },
		{ "V-4: and against", "-+-+.", VOTE_NEGATIVE, VOTE_RULE_CHAIR, 5, 4, 4, 2, 2 },
		{ "V-4: a tie while the chair is absent", ".++--", VOTE_NEGATIVE,
		  VOTE_RULE_CHAIR_ABSENT, 5, 4, 4, 2, 2 },
		{ "V-4: and while the chair is in conflict", "x++--", VOTE_NEGATIVE,
		  VOTE_RULE_CHAIR_ABSENT, 4, 3, 4, 2, 2 },
		{ "V-2: a conflicted member counts for nothing: three of four", "+++.x",
		  VOTE_POSITIVE, VOTE_RULE_MAJORITY, 4, 3, 3, 3, 0 },
		{ "V-2: absent or not", "+++.X", VOTE_POSITIVE, VOTE_RULE_MAJORITY, 4, 3, 3, 3, 0 },
		{ "V-2: two of three who are left", "+-.xx", VOTE_POSITIVE, VOTE_RULE_CHAIR, 3, 2,
		  2, 1, 1 },
		{ "V-2: all are in conflict", "xxxxx", VOTE_NO_QUORUM, VOTE_RULE_QUORUM, 0, 0, 0, 0,
		  0 },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct voter voters[MOST];
		size_t count = voters_of(row[i].voters, voters);
		struct vote v = vote_count(&rules, voters, count);
		if (v.state != row[i].state || v.rule != row[i].rule)
			fail_msg("%s: state %d by %s", row[i].why, (int)v.state,
				 vote_rule_name(v.rule));
		if (v.members != row[i].members || v.quorum != row[i].quorum ||
		    v.present != row[i].present || v.in_favour != row[i].in_favour ||
		    v.against != row[i].against)
			fail_msg("%s: %d members, quorum %d, %d present, %d for, %d against",
				 row[i].why, v.members, v.quorum, v.present, v.in_favour,
				 v.against);
		if (v.chair_decided != (row[i].rule == VOTE_RULE_CHAIR))
			fail_msg("%s: the chair decided %d", row[i].why, v.chair_decided);
	}
}

/* Rule sets that decide otherwise. */
static void test_other_rules(void **state)
{
	static const struct {
		const char *why;
		enum param_id param;
		const char *voters;
		enum vote_state state;
		enum vote_rule rule;
	} row[] = {
		{ "V-4: a tie is negative", PARAM_TIE_WITH_CHAIR, "+-+-.", VOTE_NEGATIVE,
		  VOTE_RULE_TIE_NEGATIVE },
		{ "V-3: three of seven members are no majority of all", PARAM_MAJORITY_OF_PRESENT,
		  "+++--..", VOTE_NEGATIVE, VOTE_RULE_NO_MAJORITY },
		{ "V-3: four of seven are", PARAM_MAJORITY_OF_PRESENT, "++++-..", VOTE_POSITIVE,
		  VOTE_RULE_MAJORITY },
		{ "V-3: four of seven against", PARAM_MAJORITY_OF_PRESENT, "----+..", VOTE_NEGATIVE,
		  VOTE_RULE_MAJORITY },
		{ "V-2: a conflicted member counts for the quorum, but is not there for it",
		  PARAM_CONFLICT_NO_QUORUM, "+++.x", VOTE_NO_QUORUM, VOTE_RULE_QUORUM },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rule_set rules = demonstration_rules();
		struct voter voters[MOST];
		size_t count = voters_of(row[i].voters, voters);
		rules.params[row[i].param].value = 0;
		struct vote v = vote_count(&rules, voters, count);
		if (v.state != row[i].state || v.rule != row[i].rule)
			fail_msg("%s: state %d by %s", row[i].why, (int)v.state,
				 vote_rule_name(v.rule));
	}
}

/* V-1: two thirds, rounded up */
static void test_quorum(void **state)
{
	static const int want[] = { 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7 };
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(vote_quorum(&rules, (int)i), want[i]);
}

/* Names are the ends of message keys and the words of the JSON twin: they do not change. */
static void test_names(void **state)
{
	static const struct {
		enum vote_rule id;
		const char *name;
	} row[] = {
		{ VOTE_RULE_QUORUM, "quorum" },
		{ VOTE_RULE_WAITING, "waiting" },
		{ VOTE_RULE_MAJORITY, "majority" },
		{ VOTE_RULE_NO_MAJORITY, "no_majority" },
		{ VOTE_RULE_CHAIR, "chair" },
		{ VOTE_RULE_CHAIR_ABSENT, "chair_absent" },
		{ VOTE_RULE_TIE_NEGATIVE, "tie_negative" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(vote_rule_name(row[i].id), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vote),
		cmocka_unit_test(test_other_rules),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
