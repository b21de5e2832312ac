/* calendar.h - working days, as dated data define them (rules.md 5: WD-1 to WD-6).
 *
 * Pure: no clock, no memory.  A calendar is a source of dated rules made into days
 * that differ from what their weekday says.  A day outside what the calendar covers has no
 * answer: a guess about a year not yet decreed would be a wrong deadline. */
#pragma once
#include "base/day.h"

enum day_reason {
	REASON_WORKING, /* an ordinary working day                                */
	REASON_WEEKEND,
	REASON_HOLIDAY,      /* WD-1                                                   */
	REASON_CARRIED,      /* WD-3: off because a holiday fell on a day off           */
	REASON_DAY_OFF,      /* WD-2: 7 January, Kurban Ait: off, never carried over    */
	REASON_MOVED_OFF,    /* WD-4: off in exchange                               */
	REASON_MOVED_WORKED, /* WD-4: a weekend that is worked                      */
};

/* A holiday of every year from first_year to last_year. */
struct holiday {
	int month, day, first_year, last_year;
};

/* A single day: REASON_DAY_OFF, REASON_MOVED_OFF or REASON_MOVED_WORKED. */
struct dated_day {
	day day;
	enum day_reason reason;
	bool provisional; /* not yet confirmed by the competent body */
	const char *why;  /* "kurban_ait", "christmas", "moved"; may be NULL */
};

struct calendar_source {
	const struct holiday *holidays;
	size_t holiday_count;
	const struct dated_day *days;
	size_t day_count;
	int first_year, last_year; /* what it covers */
};

struct calendar_day {
	day day;
	enum day_reason reason;
	day stands_for;   /* REASON_CARRIED: the holiday that fell on a day off; else `day` */
	bool provisional; /* not yet confirmed by the competent body                       */
};

struct calendar {
	const struct calendar_day *exceptions; /* sorted by day, none twice */
	size_t count;
	day first, last; /* what it covers */
};

/* Room that calendar_build() needs for a year. */
enum { CALENDAR_DAYS_A_YEAR = 64 };

/* Makes the exceptions into `room`; a holiday on a day off makes the next working day a day
 * off, neighbours chain (WD-3).  A day that a transfer makes worked stays worked.
 *
 * ERR_INPUT, in `value` the day: "law.calendar.twice" if a single day is there twice,
 * "law.calendar.moved_off" if a day moved off is no working day, "law.calendar.moved_worked"
 * if a day moved to be worked is no Saturday or Sunday.  ERR_SYSTEM "law.calendar.room" if
 * the room is too small. */
bool calendar_build(const struct calendar_source *source, struct calendar_day *room,
		    size_t room_count, struct calendar *ret, struct err *e) MUST_USE;

enum day_reason calendar_reason(const struct calendar *c, day d);
bool calendar_works(const struct calendar *c, day d);
bool calendar_covers(const struct calendar *c, day d);

/* The day that is `n` working days after `start`; `start` itself is not counted; n = 0 is
 * `start`.  False when the answer lies outside the calendar. */
bool calendar_add(const struct calendar *c, day start, int n, day *ret) MUST_USE;

/* "N working days before D": D itself is not counted, the N-th working day back is still in
 * time (section 4; WD-6).  False when the answer lies outside the calendar. */
bool calendar_last_before(const struct calendar *c, day d, int n, day *ret) MUST_USE;

/* The first working day at or after `d`. */
bool calendar_next_working(const struct calendar *c, day d, day *ret) MUST_USE;

/* Working days after `from` up to and including `to`; -1 if either is outside the calendar,
 * 0 if `to` is not after `from`. */
int calendar_between(const struct calendar *c, day from, day to);

/* Working days of a year (WD-5); -1 if the calendar does not cover it. */
int calendar_year(const struct calendar *c, int year);

/* How a date was counted, in the order of counting: each day between the two ends, and
 * why it counted or not. */
enum { CALENDAR_STEPS = 64 };
struct calendar_explanation {
	day answer;
	int wanted;   /* working days */
	size_t count; /* steps        */
	struct calendar_day step[CALENDAR_STEPS];
};

/* calendar_last_before() and calendar_add() with their steps; false too when there are more
 * than fit. */
bool calendar_explain_before(const struct calendar *c, day d, int n,
			     struct calendar_explanation *ret) MUST_USE;
bool calendar_explain_add(const struct calendar *c, day start, int n,
			  struct calendar_explanation *ret) MUST_USE;

/* "working", "weekend", "holiday", "carried", "day_off", "moved_off", "moved_worked": for JSON
 * and the end of the message key "law.day.<name>". */
const char *day_reason_name(enum day_reason reason);
