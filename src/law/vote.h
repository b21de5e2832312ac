/* vote.h - quorum, majority, tie (section 4 of rules.md: V-1 to V-4).  Pure, integers only.
 *
 * The secretary and the invited never reach these functions: they have no vote and count for
 * no quorum (R41-2, R41-3). */
#pragma once
#include "law/rule_set.h"

/* A member of the commission, the chair among them, as regards one candidate. */
struct voter {
	bool chair;
	bool present;
	bool conflicted; /* declared: does not vote on this candidate, the quorum is counted anew */
	bool voted, in_favour;
};

enum vote_state {
	VOTE_NO_QUORUM,
	VOTE_OPEN, /* somebody who may vote has not                         */
	VOTE_POSITIVE,
	VOTE_NEGATIVE
};

/* Which rule decided: the end of the message key "law.vote.<name>". */
enum vote_rule {
	VOTE_RULE_QUORUM,       /* V-1: too few are present                          */
	VOTE_RULE_WAITING,      /* somebody present has not voted                    */
	VOTE_RULE_MAJORITY,     /* V-3                                               */
	VOTE_RULE_NO_MAJORITY,  /* V-3: of all members, where the rule set wants that */
	VOTE_RULE_CHAIR,        /* V-4: a tie goes with the chair                    */
	VOTE_RULE_CHAIR_ABSENT, /* V-4: a tie without the chair's vote is negative   */
	VOTE_RULE_TIE_NEGATIVE  /* V-4: a rule set in which a tie is negative        */
};

/* "quorum", "waiting", "majority", "no_majority", "chair", "chair_absent", "tie_negative" */
const char *vote_rule_name(enum vote_rule rule);

struct vote {
	enum vote_state state;
	enum vote_rule rule;
	int members; /* who count for this candidate                              */
	int quorum;  /* how many of them must be present                          */
	int present, in_favour, against;
	bool chair_decided; /* V-4: a tie went with the chair                       */
};

/* Present members needed of `members`: the fraction of the rule set, rounded up (V-1). */
int vote_quorum(const struct rule_set *rules, int members);

/* Majority of those present who may vote, or of all members where the rule set says so (V-3).
 * A tie goes with the chair; without the chair's vote it is negative (V-4).  A conflicted
 * member never votes and, unless the rule set says otherwise, counts for no quorum (V-2). */
struct vote vote_count(const struct rule_set *rules, const struct voter *voters, size_t count);
