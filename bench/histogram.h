/* histogram.h - how often which time was measured, to 1.6 % over any range.
 *
 * Buckets as in HdrHistogram: whole numbers up to 127 have one each, then each doubling is
 * divided into 64.  Pure. */
#pragma once
#include "base/err.h"

enum { HISTOGRAM_HALF = 64, HISTOGRAM_DOUBLINGS = 40 };

struct histogram {
	int64_t count, sum, most; /* most: the largest value, exact */
	int64_t bucket[HISTOGRAM_HALF * (HISTOGRAM_DOUBLINGS + 2)];
};

/* Negative values count as 0, those beyond the last bucket in it. */
void histogram_add(struct histogram *h, int64_t value);
void histogram_merge(struct histogram *h, const struct histogram *more);

/* The smallest value that at least `share` (0 to 1) of all values do not exceed, as the upper end
 * of its bucket and never more than `most`; 0 for an empty histogram. */
int64_t histogram_quantile(const struct histogram *h, double share);
int64_t histogram_mean(const struct histogram *h);
