/* report.h - what a check has found, in words that are the same in the program, in verify.html and
 * in three languages: locale/verify.*.po. */
#pragma once
#include "base/arena.h"

#include <jansson.h>

enum found {
	FOUND_GOOD,  /* checked, and holds            */
	FOUND_FACT,  /* told, for whoever reads it    */
	FOUND_DOUBT, /* could not be checked, and why */
	FOUND_BAD,   /* checked, and does not hold    */
};

struct verify_finding {
	enum found what;
	const char *key; /* of the message                         */
	json_t *values;  /* what stands for its {names}; in the arena */
};

enum { FINDINGS_MOST = 400 }; /* that are kept; all count */

struct report {
	struct arena *arena;
	struct verify_finding finding[FINDINGS_MOST];
	size_t count;
	int64_t bad, unproved;
};

struct report *check_new(struct arena *a);

/* Takes over `values`, an object of texts and integers, or NULL. */
void check_add(struct report *r, enum found what, const char *key, json_t *values);

/* A doubt that leaves open what somebody would take for proved: the verdict says so. */
void check_unproved(struct report *r, const char *key, json_t *values);

/* Unless the same was said already. */
void check_once(struct report *r, enum found what, const char *key, json_t *values);

/* Takes over what another report found and this one has not said yet, without what it merely
 * tells. */
void check_merge(struct report *r, const struct report *from);

/* GOOD or BAD by `holds`: `key`.good or `key`.bad; gives `holds`. */
bool check_test(struct report *r, bool holds, const char *key, json_t *values);
