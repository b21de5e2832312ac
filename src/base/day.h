/* day.h - civil days and the one time zone.  Pure: no clock, no memory.
 *
 * Instants are milliseconds since 1970-01-01 UTC (int64_t, names end in _ms).
 * Days are a type of their own, so that nobody adds seconds to one or passes
 * a count of days where a day is wanted.  Kazakhstan has one time zone, UTC+5,
 * since 01.03.2024 (rules.md 5). */
#pragma once
#include "base/err.h"

/* A civil day, counted from 1970-01-01. */
typedef struct {
	int32_t n;
} day;

enum { ZONE_OFFSET_MS = 5 * 60 * 60 * 1000, DAY_MS = 24 * 60 * 60 * 1000 };
enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

struct date {
	int year, month, day; /* proleptic Gregorian, month and day from 1 */
};

/* "YYYY-MM-DD", years 1900 to 2199; false for anything else, such as 30 February. */
bool day_parse(const char *text, day *ret) MUST_USE;

/* The text form, with its terminator. */
enum { DAY_TEXT_SIZE = 11 };
void day_print(day d, char text[DAY_TEXT_SIZE]);

day day_from_date(struct date date);
struct date day_to_date(day d);
enum weekday day_weekday(day d);

/* The civil day on which an instant falls, and the instant at which a day begins. */
day day_of_instant(int64_t instant_ms);
int64_t day_begins_ms(day d);

/* "YYYY-MM-DDTHH:MM:SS+05:00", for journals and JSON. */
enum { INSTANT_TEXT_SIZE = 26 };
void instant_print(int64_t instant_ms, char text[INSTANT_TEXT_SIZE]);

/* "YYYY-MM-DDTHH:MM" as a form's date and time field sends it, in the zone. */
bool instant_parse(const char *text, int64_t *ret_ms) MUST_USE;
