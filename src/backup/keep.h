/* keep.h - which copies stay.  Pure.
 *
 * The newest of each of the last so many days, weeks (from Monday) and months that have one, in
 * the zone.  The newest of all stays whatever is asked for. */
#pragma once
#include "base/day.h"

struct keep {
	int days, weeks, months;
};

/* "14,8,12": days, weeks, months, each 0 to 1000, and not all 0. */
bool keep_parse(const char *text, struct keep *ret) MUST_USE;

/* `made_ms` of the copies, the newest first; `ret` says of each whether it stays. */
void keep_which(const struct keep *keep, const int64_t *made_ms, size_t count, bool *ret);
