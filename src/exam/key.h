/* key.h - which options of a version of a question count as right (F62, F63).  Pure.
 *
 * A version is written with one right option.  What is found about it later, after a challenge,
 * changes what counts and not the version: the key of a version is that one option, and every
 * finding about it applied in the order in which they were confirmed.  So anybody who has the
 * answers, the version and the findings comes to the same points. */
#pragma once
#include "exam/item.h"

enum { NO_OPTION = -1 };

struct key {
	unsigned right; /* bit n: the option at position n of the item counts as right */
	bool blank;     /* a question left without an answer counts as right, too       */
};

enum finding_kind {
	FINDING_REJECTED, /* the challenge: the key stays                              */
	FINDING_KEY,      /* another option is the right one                           */
	FINDING_VOID      /* none, several, or a text that misleads                    */
};

struct key_finding {
	enum finding_kind kind;
	int answer; /* of FINDING_KEY: position of the right option; else NO_OPTION */
};

/* What a finding does, as the rule set has fixed it beforehand. */
struct key_rule {
	bool replaces; /* PARAM_KEY_REPLACED */
	bool for_all;  /* PARAM_VOID_FOR_ALL */
};

/* The key that a version is written with. */
struct key key_of(int answer);

/* The key after one more finding about the version, which has `options` options. */
struct key key_after(struct key before, const struct key_finding *finding, int options,
		     struct key_rule rule);

/* Whether an option of the item, or NO_OPTION, has the point. */
bool key_takes(struct key key, int option);

/* "rejected", "key", "void", and back; false for any other word. */
const char *finding_name(enum finding_kind kind);
bool finding_of(const char *name, enum finding_kind *ret);
