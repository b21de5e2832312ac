#include "base/day.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2199 };

/* Days from civil, by 400-year eras (H. Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms"): years begin in March, so that leap days come last. */
day day_from_date(struct date date)
{
	int y = date.month <= 2 ? date.year - 1 : date.year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
	int of_era_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return (day){ era * 146097 + of_era_days - 719468 };
}

struct date day_to_date(day d)
{
	int z = d.n + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	int month = mp < 10 ? mp + 3 : mp - 9;
	int year = yoe + era * 400 + (month <= 2 ? 1 : 0);
	return (struct date){ year, month, doy - (153 * mp + 2) / 5 + 1 };
}

enum weekday day_weekday(day d)
{
	int w = (d.n + 3) % 7; /* 1970-01-01 was a Thursday */
	return (enum weekday)(w < 0 ? w + 7 : w);
}

/* Exactly `count` digits at *text; moves past them. */
static bool digits(const char **text, int count, int *ret)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*text += count;
	*ret = value;
	return true;
}

static bool literal(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool parse_day(const char **text, day *ret)
{
	struct date date = { 0, 0, 0 };
	if (!digits(text, 4, &date.year) || !literal(text, '-') || !digits(text, 2, &date.month) ||
	    !literal(text, '-') || !digits(text, 2, &date.day))
		return false;
	if (date.year < YEAR_MIN || date.year > YEAR_MAX || date.month < 1 || date.month > 12 ||
	    date.day < 1 || date.day > 31)
		return false;
	day d = day_from_date(date);
	struct date back = day_to_date(d);
	if (back.month != date.month || back.day != date.day)
		return false;
	*ret = d;
	return true;
}

bool day_parse(const char *text, day *ret)
{
	day d = { 0 };
	if (!parse_day(&text, &d) || *text != '\0')
		return false;
	*ret = d;
	return true;
}

void day_print(day d, char text[DAY_TEXT_SIZE])
{
	struct date date = day_to_date(d);
	(void)snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)date.year % 10000U,
		       (unsigned)date.month % 100U, (unsigned)date.day % 100U);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

day day_of_instant(int64_t instant_ms)
{
	return (day){ (int32_t)floor_div(instant_ms + ZONE_OFFSET_MS, DAY_MS) };
}

int64_t day_begins_ms(day d)
{
	return (int64_t)d.n * DAY_MS - ZONE_OFFSET_MS;
}

void instant_print(int64_t instant_ms, char text[INSTANT_TEXT_SIZE])
{
	day d = day_of_instant(instant_ms);
	struct date date = day_to_date(d);
	int64_t s = (instant_ms - day_begins_ms(d)) / 1000;
	(void)snprintf(text, INSTANT_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u+05:00",
		       (unsigned)date.year % 10000U, (unsigned)date.month % 100U,
		       (unsigned)date.day % 100U, (unsigned)(s / 3600) % 100U,
		       (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

bool instant_parse(const char *text, int64_t *ret_ms)
{
	day d = { 0 };
	int hour = 0;
	int minute = 0;
	if (!parse_day(&text, &d) || !literal(&text, 'T') || !digits(&text, 2, &hour) ||
	    !literal(&text, ':') || !digits(&text, 2, &minute) || *text != '\0')
		return false;
	if (hour > 23 || minute > 59)
		return false;
	*ret_ms = day_begins_ms(d) + (int64_t)(hour * 60 + minute) * 60 * 1000;
	return true;
}
