#include "bench/histogram.h"

static size_t bucket_of(int64_t value)
{
	const uint64_t v = value > 0 ? (uint64_t)value : 0;
	if (v < (uint64_t)HISTOGRAM_HALF * 2)
		return (size_t)v;
	/* the doubling that brings the value into [64, 128) */
	const int shift = 63 - __builtin_clzll(v) - 6;
	if (shift > HISTOGRAM_DOUBLINGS)
		return COUNT(((struct histogram *)NULL)->bucket) - 1;
	return (size_t)HISTOGRAM_HALF * (size_t)shift + (size_t)(v >> shift);
}

/* The largest value of a bucket. */
static int64_t top_of(size_t bucket)
{
	if (bucket < (size_t)HISTOGRAM_HALF * 2)
		return (int64_t)bucket;
	const size_t shift = bucket / HISTOGRAM_HALF - 1;
	const int64_t within = (int64_t)(bucket - (size_t)HISTOGRAM_HALF * shift);
	return ((within + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t value)
{
	h->bucket[bucket_of(value)]++;
	h->count++;
	if (__builtin_add_overflow(h->sum, value > 0 ? value : 0, &h->sum))
		h->sum = INT64_MAX; /* the mean is a lower bound then */
	if (value > h->most)
		h->most = value;
}

void histogram_merge(struct histogram *h, const struct histogram *more)
{
	for (size_t i = 0; i < COUNT(h->bucket); i++)
		h->bucket[i] += more->bucket[i];
	h->count += more->count;
	if (__builtin_add_overflow(h->sum, more->sum, &h->sum))
		h->sum = INT64_MAX;
	if (more->most > h->most)
		h->most = more->most;
}

int64_t histogram_quantile(const struct histogram *h, double share)
{
	const double wanted = share * (double)h->count;
	int64_t below = 0;
	for (size_t i = 0; i < COUNT(h->bucket); i++) {
		below += h->bucket[i];
		if (h->bucket[i] > 0 && (double)below >= wanted)
			return top_of(i) < h->most ? top_of(i) : h->most;
	}
	return h->most;
}

int64_t histogram_mean(const struct histogram *h)
{
	return h->count > 0 ? h->sum / h->count : 0;
}
