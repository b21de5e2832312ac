/* recorded.h - a sitting that was recorded, for tests: rows, entries, and files whose bytes are
 * these.
 *
 * Two seats.  The first: a good segment, one with a gap, one to which nothing came.  The second:
 * one that was lost; the operator went on.  HR has looked at the first, its candidate at the own.
 * Half a second goes by. */
#pragma once
#include "hall.h"

enum { RECORDED_SEGMENTS = 3 };

struct recorded {
	int64_t room, source[2], segment[RECORDED_SEGMENTS], incident;
	int64_t now_ms; /* when it was over */
};

/* `folder`: where the files go; NULL: nowhere.  `other` is the attempt of the second seat. */
struct recorded recorded_play(struct hall *w, int64_t other, const char *folder);
