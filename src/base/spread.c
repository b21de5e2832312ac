#include "base/spread.h"

#include <stdlib.h>

enum { HALF = 50, NINETY = 90, WHOLE = 100 };

static int by_value(const void *a, const void *b)
{
	const struct spread_part *x = a;
	const struct spread_part *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

/* The smallest value that `percent` of all do not exceed. */
static int64_t at_rank(const struct spread_part *parts, size_t count, int64_t total, int percent)
{
	const int64_t rank = (total * percent + WHOLE - 1) / WHOLE;
	int64_t seen = 0;
	for (size_t i = 0; i < count; i++) {
		seen += parts[i].count;
		if (seen >= rank && seen > 0)
			return parts[i].value;
	}
	return 0;
}

struct spread spread_of(struct spread_part *parts, size_t count)
{
	struct spread s = { 0 };
	for (size_t i = 0; i < count; i++)
		s.count += parts[i].count;
	if (s.count == 0)
		return s;
	qsort(parts, count, sizeof(*parts), by_value);
	s.median = at_rank(parts, count, s.count, HALF);
	s.p90 = at_rank(parts, count, s.count, NINETY);
	s.most = at_rank(parts, count, s.count, WHOLE);
	return s;
}
