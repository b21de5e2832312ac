/* openmetrics.h - writes figures as OpenMetrics 1.0 has them (docs/observe.md).
 *
 *   metric_begin(out, &m);                    # TYPE, # UNIT, # HELP
 *   metric_value(out, &m, "code=\"200\"", 3); a sample of it
 *   metric_end(out);                          # EOF, behind everything
 *
 * All samples of one family stand together, and a family stands once.  Labels come from tables of
 * the program, never from a request. */
#pragma once
#include "base/buf.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

struct metric {
	const char *name; /* of the family; ends with its unit */
	enum metric_type type;
	const char *unit; /* "" none */
	const char *help;
};

/* What a histogram has counted: `count[i]` of them were at most `limit[i]`; the last ones, which
 * were more, are in count[limits]. */
enum { HISTOGRAM_MOST = 20 };
struct histogram {
	const int64_t *limit; /* ascending */
	size_t limits;
	int64_t divisor; /* of limits and sum, for the unit: 1000000 of microseconds and seconds */
	uint64_t count[HISTOGRAM_MOST + 1];
	int64_t sum;
};

void histogram_note(struct histogram *h, int64_t value);

void metric_begin(struct buf *out, const struct metric *m);

/* `labels` without braces, "" none.  `milli` are thousandths. */
void metric_value(struct buf *out, const struct metric *m, const char *labels, int64_t value);
void metric_milli(struct buf *out, const struct metric *m, const char *labels, int64_t milli);
void metric_histogram(struct buf *out, const struct metric *m, const char *labels,
		      const struct histogram *h);
void metric_end(struct buf *out);

/* name="value" with what has to be escaped. */
const char *metric_label(struct arena *a, const char *name, const char *value);
