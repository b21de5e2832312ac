#include "backup/keep.h"

#include <stdlib.h>

enum { MOST = 1000, WEEK = 7, YEAR_MONTHS = 12 };

/* A number of digits alone, followed by `end`, which is passed over. */
static bool take_number(const char **text, char end, int *ret)
{
	char *stop = NULL;
	if (**text < '0' || **text > '9')
		return false;
	const long number = strtol(*text, &stop, 10);
	if (number > MOST || *stop != end)
		return false;
	*ret = (int)number;
	*text = stop + (end != '\0');
	return true;
}

bool keep_parse(const char *text, struct keep *ret)
{
	struct keep k = { 0 };
	if (!take_number(&text, ',', &k.days) || !take_number(&text, ',', &k.weeks) ||
	    !take_number(&text, '\0', &k.months) || k.days + k.weeks + k.months == 0)
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
