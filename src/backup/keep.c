#include "backup/keep.h"

#include <stdio.h>

enum { MOST = 1000, WEEK = 7, YEAR_MONTHS = 12 };

bool keep_parse(const char *text, struct keep *ret)
{
	struct keep k = { 0 };
	char more = 0;
	if (sscanf(text, "%d,%d,%d%c", &k.days, &k.weeks, &k.months, &more) != 3 || k.days < 0 ||
	    k.weeks < 0 || k.months < 0 || k.days > MOST || k.weeks > MOST || k.months > MOST ||
	    k.days + k.weeks + k.months == 0)
		return false;
	*ret = k;
	return true;
}

static int day_number(int64_t at_ms)
{
	return day_of_instant(at_ms).n;
}

static int week_number(int64_t at_ms)
{
	const day d = day_of_instant(at_ms);
	return (d.n - (int)day_weekday(d)) / WEEK;
}

static int month_number(int64_t at_ms)
{
	const struct date date = day_to_date(day_of_instant(at_ms));
	return date.year * YEAR_MONTHS + date.month;
}

/* The newest of each of the last `most` periods that have one. */
static void keep_newest(int (*period)(int64_t at_ms), int most, const int64_t *made_ms,
			size_t count, bool *ret)
{
	int kept = 0;
	for (size_t i = 0; i < count && kept < most; i++) {
		if (i == 0 || period(made_ms[i]) != period(made_ms[i - 1])) {
			ret[i] = true;
			kept++;
		}
	}
}

void keep_which(const struct keep *keep, const int64_t *made_ms, size_t count, bool *ret)
{
	for (size_t i = 0; i < count; i++)
		ret[i] = i == 0;
	keep_newest(day_number, keep->days, made_ms, count, ret);
	keep_newest(week_number, keep->weeks, made_ms, count, ret);
	keep_newest(month_number, keep->months, made_ms, count, ret);
}
