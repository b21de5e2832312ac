#include "web/watch/openmetrics.h"

#include <assert.h>
#include <string.h>

static const char *const type_name[] = {
	[METRIC_COUNTER] = "counter",
	[METRIC_GAUGE] = "gauge",
	[METRIC_HISTOGRAM] = "histogram",
	[METRIC_INFO] = "info",
};

void histogram_note(struct histogram *h, int64_t value)
{
	size_t i = 0;
	while (i < h->limits && value > h->limit[i])
		i++;
	h->count[i]++;
	h->sum += value;
}

void metric_begin(struct buf *out, const struct metric *m)
{
	const size_t name = strlen(m->name);
	const size_t unit = strlen(m->unit);
	/* the standard's rule, which a typing mistake in a table would break */
	assert(unit == 0 || (name > unit && strcmp(m->name + name - unit, m->unit) == 0 &&
			     m->name[name - unit - 1] == '_'));
	buf_print(out, "# TYPE %s %s\n", m->name, type_name[m->type]);
	if (unit > 0)
		buf_print(out, "# UNIT %s %s\n", m->name, m->unit);
	buf_print(out, "# HELP %s %s\n", m->name, m->help);
}

static void add_name(struct buf *out, const struct metric *m, const char *labels)
{
	static const char *const ending[] = {
		[METRIC_COUNTER] = "_total",
		[METRIC_GAUGE] = "",
		[METRIC_HISTOGRAM] = "",
		[METRIC_INFO] = "_info",
	};
	buf_print(out, "%s%s", m->name, ending[m->type]);
	if (*labels)
		buf_print(out, "{%s}", labels);
}

void metric_value(struct buf *out, const struct metric *m, const char *labels, int64_t value)
{
	add_name(out, m, labels);
	buf_print(out, " %lld\n", (long long)value);
}

/* Decimal fractions of whole numbers: no floating point, so that nothing depends on a locale. */
static void add_fraction(struct buf *out, int64_t value, int64_t divisor)
{
	const char *sign = value < 0 ? "-" : "";
	const uint64_t whole = value < 0 ? (uint64_t)-value : (uint64_t)value;
	const uint64_t by = (uint64_t)divisor;
	buf_print(out, "%s%llu", sign, (unsigned long long)(whole / by));
	if (by == 1)
		return;
	buf_add(out, ".");
	uint64_t rest = whole % by;
	uint64_t place = by;
	do { /* at least one digit, and none behind the last that counts */
		place /= 10;
		buf_add_char(out, (char)('0' + rest / place));
		rest %= place;
	} while (rest > 0);
}

void metric_milli(struct buf *out, const struct metric *m, const char *labels, int64_t milli)
{
	add_name(out, m, labels);
	buf_add(out, " ");
	add_fraction(out, milli, 1000);
	buf_add(out, "\n");
}

/* The standard wants floats there: "1.0", "0.001". */
static void add_limit(struct buf *out, const struct histogram *h, size_t i)
{
	if (i == h->limits) {
		buf_add(out, "+Inf");
		return;
	}
	add_fraction(out, h->limit[i], h->divisor);
	if (h->divisor == 1)
		buf_add(out, ".0");
}

void metric_histogram(struct buf *out, const struct metric *m, const char *labels,
		      const struct histogram *h)
{
	const char *comma = *labels ? "," : "";
	uint64_t below = 0;
	for (size_t i = 0; i <= h->limits; i++) {
		below += h->count[i];
		buf_print(out, "%s_bucket{%s%sle=\"", m->name, labels, comma);
		add_limit(out, h, i);
		buf_print(out, "\"} %llu\n", (unsigned long long)below);
	}
	const char *open = *labels ? "{" : "";
	const char *close = *labels ? "}" : "";
	buf_print(out, "%s_count%s%s%s %llu\n", m->name, open, labels, close,
		  (unsigned long long)below);
	buf_print(out, "%s_sum%s%s%s ", m->name, open, labels, close);
	add_fraction(out, h->sum, h->divisor);
	buf_add(out, "\n");
}

void metric_end(struct buf *out)
{
	buf_add(out, "# EOF\n");
}

const char *metric_label(struct arena *a, const char *name, const char *value)
{
	struct buf out = buf_on(a);
	buf_print(&out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			buf_add(&out, "\\n");
		else if (*value == '"' || *value == '\\')
			buf_print(&out, "\\%c", *value);
		else
			buf_add_char(&out, *value);
	}
	buf_add(&out, "\"");
	return out.text;
}
