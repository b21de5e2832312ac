/* recount.h - counts the results of a sitting again: from the forms, the clicks, the keys of the
 * versions and every correction of them (F61, F62). */
#pragma once
#include "app/act.h"

struct recount_report {
	int64_t results;   /* that come out the same                                        */
	int64_t corrected; /* of these, that a correction has changed                       */
	const char *why;   /* "" or what is wrong, a literal                                */
	int64_t attempt;   /* that it is wrong with                                         */
};

/* Whether every result that stands is what the answers and the keys give, whether the newest
 * version of each corrected one is the one that stands, and whether the journal tells it.  A
 * difference is a finding, not a failure. */
bool recount_verify(const struct act *act, int64_t sitting, struct recount_report *ret,
		    struct err *e) MUST_USE;

/* What it takes to count them with a program of one's own: the rule, the corrections in their
 * order, and of each result its questions with version, key, options as shown and choice.  Lives in
 * the arena. */
bool recount_export(const struct act *act, int64_t sitting, json_t **ret, struct err *e) MUST_USE;
