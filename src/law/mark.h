/* mark.h - when the marks of the members become open (F81).  Pure.
 *
 * Marks are sealed until every member who is present and may vote on the candidate has entered his
 * or hers, or has given the secretary a reason for having none. */
#pragma once
#include "law/rule_set.h"

struct marker {
	bool present;
	bool conflicted; /* declared: neither votes nor marks */
	bool marked, excused;
};

enum mark_state {
	MARK_NONE,   /* nobody who counts has marked     */
	MARK_SEALED, /* somebody is waited for           */
	MARK_READY   /* all who count have done          */
};

/* "none", "sealed", "ready" */
const char *mark_state_name(enum mark_state state);

enum mark_state mark_state(const struct marker *markers, size_t count);

/* Whether a mark lies on the scale of the rule set. */
bool mark_within(const struct mark_scale *scale, int64_t mark);
