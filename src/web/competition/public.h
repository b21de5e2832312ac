/* public.h - what everybody may read without signing in: the Rules clause by clause (O-2), the
 * announcements (competition.h), and what came of the competitions. */
#pragma once
#include "web/web.h"

extern const struct route public_routes[];

bool rules_list(struct req *r, json_t *model, struct err *e);
bool rules_show(struct req *r, json_t *model, struct err *e);

/* Where the text of a version of the Rules stands, below /rules/: the first day on which it was in
 * force, or the hash of a text that only a competition still has.  `hash` "": the one of today. */
const char *rules_place(const struct req *r, const char *hash);

/* The rule set of a place; with its notes if the program has them.  ERR_MISSING if there is none.
 */
struct rules_found {
	const struct rule_set *rules, *before; /* before: the one it took the place of, or NULL */
	const struct rule_set_notes *notes;    /* NULL: none                                  */
	const char *hash;
	bool kept; /* not among the files of the program: a competition has kept it */
	bool until_known;
	day until; /* the last day in force */
};
bool rules_find(const struct req *r, const char *place, struct rules_found *ret,
		struct err *e) MUST_USE;

/* "in_force", "past", "future" */
const char *rules_state(const struct req *r, const struct rules_found *found);

/* What is published of a closed competition: {candidates, admitted, positive, names}; names is null
 * unless its rule set publishes them.  Of one that is not closed null. */
json_t *result_of(const struct req *r, int64_t competition, struct err *e);
