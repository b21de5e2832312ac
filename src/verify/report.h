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
	int64_t bad;
};

struct report *check_new(struct arena *a);

/* Takes over `values`, an object of texts and integers, or NULL. */
void check_add(struct report *r, enum found what, const char *key, json_t *values);

/* GOOD or BAD by `holds`: `key`.good or `key`.bad; gives `holds`. */
bool check_test(struct report *r, bool holds, const char *key, json_t *values);
