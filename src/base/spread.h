/* spread.h - how a set of whole numbers is spread: median, 90th percentile, largest.  Pure.
 *
 * Percentiles are by nearest rank (NIST, Engineering Statistics Handbook 7.2.6.2, its first
 * definition): always one of the numbers themselves, so "9 working days" is a time that a case
 * really took. */
#pragma once
#include "base/err.h"

/* A number and how many times it came. */
struct spread_part {
	int64_t value;
	int64_t count; /* not negative */
};

struct spread {
	int64_t count; /* of all; 0: the rest is 0 too */
	int64_t median, p90, most;
};

/* Sorts `parts` by value. */
struct spread spread_of(struct spread_part *parts, size_t count);
