#include "law/calendar.h"

static bool is_weekend(day d)
{
	return day_weekday(d) >= SATURDAY;
}

static const struct calendar_day *find(const struct calendar_day *days, size_t count, day d)
{
	for (size_t low = 0, high = count; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (days[middle].day.n == d.n)
			return &days[middle];
		if (days[middle].day.n < d.n)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- building ---------------------------------------------------------------- */

struct build {
	struct calendar_day *room;
	size_t count, most;
};

/* Keeps the room sorted; a day that is there keeps its first reason. */
static bool put(struct build *b, struct calendar_day entry)
{
	if (find(b->room, b->count, entry.day))
		return true;
	if (b->count == b->most)
		return false;
	size_t at = b->count++;
	for (; at > 0 && b->room[at - 1].day.n > entry.day.n; at--)
		b->room[at] = b->room[at - 1];
	b->room[at] = entry;
	return true;
}

static bool full(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "law.calendar.room", "too many days off");
}

static bool refuse(const char *key, day d, struct err *e)
{
	char text[DAY_TEXT_SIZE];
	day_print(d, text);
	(void)err_set(e, ERR_INPUT, key, "a single day that cannot be");
	return err_value(e, text);
}

/* WD-1 */
static bool is_holiday(const struct calendar_source *s, day d)
{
	struct date date = day_to_date(d);
	for (size_t i = 0; i < s->holiday_count; i++) {
		const struct holiday *h = &s->holidays[i];
		if (h->month == date.month && h->day == date.day && date.year >= h->first_year &&
		    date.year <= h->last_year)
			return true;
	}
	return false;
}

/* WD-2, WD-4: what is decreed for a single day comes first. */
static bool put_dated(const struct calendar_source *s, struct build *b, struct err *e)
{
	for (size_t i = 0; i < s->day_count; i++) {
		const struct dated_day *d = &s->days[i];
		if (find(b->room, b->count, d->day))
			return refuse("law.calendar.twice", d->day, e);
		if (d->reason == REASON_MOVED_WORKED && !is_weekend(d->day))
			return refuse("law.calendar.moved_worked", d->day, e);
		if (d->reason == REASON_MOVED_OFF && (is_weekend(d->day) || is_holiday(s, d->day)))
			return refuse("law.calendar.moved_off", d->day, e);
		if (!put(b, (struct calendar_day){ d->day, d->reason, d->day, d->provisional }))
			return full(e);
	}
	return true;
}

static bool put_holidays(const struct calendar_source *s, struct build *b, day first, day last,
			 struct err *e)
{
	for (day d = first; d.n <= last.n; d.n++) {
		if (is_holiday(s, d) &&
		    !put(b, (struct calendar_day){ d, REASON_HOLIDAY, d, false }))
			return full(e);
	}
	return true;
}

/* A holiday on a weekend, or on a day that is off by itself such as Kurban Ait. */
static bool is_carried(const struct calendar_source *s, const struct build *b, day d)
{
	const struct calendar_day *found = find(b->room, b->count, d);
	return is_holiday(s, d) && (is_weekend(d) ? found->reason != REASON_MOVED_WORKED
						  : found->reason == REASON_DAY_OFF);
}

/* WD-3: each such holiday takes the next ordinary working day that is not taken yet, in the
 * order of the calendar, so that neighbours chain. */
static bool carry(const struct calendar_source *s, struct build *b, day first, day last,
		  struct err *e)
{
	for (day d = first; d.n <= last.n; d.n++) {
		if (!is_carried(s, b, d))
			continue;
		day to = d;
		while (is_weekend(to) || find(b->room, b->count, to))
			to.n++;
		if (!put(b, (struct calendar_day){ to, REASON_CARRIED, d, false }))
			return full(e);
	}
	return true;
}

bool calendar_build(const struct calendar_source *source, struct calendar_day *room,
		    size_t room_count, struct calendar *ret, struct err *e)
{
	struct build b = { room, 0, room_count };
	day first = day_from_date((struct date){ source->first_year, 1, 1 });
	day last = day_from_date((struct date){ source->last_year, 12, 31 });
	if (!put_dated(source, &b, e) || !put_holidays(source, &b, first, last, e) ||
	    !carry(source, &b, first, last, e))
		return false;
	*ret = (struct calendar){
		.exceptions = room,
		.count = b.count,
		.first = first,
		.last = last,
	};
	return true;
}

/* ---- asking ------------------------------------------------------------------ */

enum day_reason calendar_reason(const struct calendar *c, day d)
{
	const struct calendar_day *found = find(c->exceptions, c->count, d);
	if (found)
		return found->reason;
	return is_weekend(d) ? REASON_WEEKEND : REASON_WORKING;
}

bool calendar_works(const struct calendar *c, day d)
{
	enum day_reason reason = calendar_reason(c, d);
	return reason == REASON_WORKING || reason == REASON_MOVED_WORKED;
}

bool calendar_covers(const struct calendar *c, day d)
{
	return d.n >= c->first.n && d.n <= c->last.n;
}

/* `n` working days from `start` in steps of `step`, `start` not counted. */
static bool walk(const struct calendar *c, day start, int n, int step, day *ret)
{
	day d = start;
	if (!calendar_covers(c, d))
		return false;
	while (n > 0) {
		d.n += step;
		if (!calendar_covers(c, d))
			return false;
		n -= calendar_works(c, d);
	}
	*ret = d;
	return true;
}

bool calendar_add(const struct calendar *c, day start, int n, day *ret)
{
	return walk(c, start, n, 1, ret);
}

bool calendar_last_before(const struct calendar *c, day d, int n, day *ret)
{
	return walk(c, d, n, -1, ret);
}

bool calendar_next_working(const struct calendar *c, day d, day *ret)
{
	while (calendar_covers(c, d) && !calendar_works(c, d))
		d.n++;
	if (!calendar_covers(c, d))
		return false;
	*ret = d;
	return true;
}

int calendar_between(const struct calendar *c, day from, day to)
{
	int n = 0;
	if (!calendar_covers(c, from) || !calendar_covers(c, to))
		return -1;
	for (day d = { from.n + 1 }; d.n <= to.n; d.n++)
		n += calendar_works(c, d);
	return n;
}

int calendar_year(const struct calendar *c, int year)
{
	day d = day_from_date((struct date){ year, 1, 1 });
	day last = day_from_date((struct date){ year, 12, 31 });
	int n = 0;
	if (!calendar_covers(c, d) || !calendar_covers(c, last))
		return -1;
	for (; d.n <= last.n; d.n++)
		n += calendar_works(c, d);
	return n;
}

static struct calendar_day step_on(const struct calendar *c, day d)
{
	const struct calendar_day *found = find(c->exceptions, c->count, d);
	if (found)
		return *found;
	return (struct calendar_day){ d, calendar_reason(c, d), d, false };
}

static bool explain(const struct calendar *c, day start, int n, int step,
		    struct calendar_explanation *ret)
{
	struct calendar_explanation x = { .wanted = n };
	if (!walk(c, start, n, step, &x.answer))
		return false;
	for (day d = start; d.n != x.answer.n;) {
		if (x.count == CALENDAR_STEPS)
			return false;
		d.n += step;
		x.step[x.count++] = step_on(c, d);
	}
	*ret = x;
	return true;
}

bool calendar_explain_before(const struct calendar *c, day d, int n,
			     struct calendar_explanation *ret)
{
	return explain(c, d, n, -1, ret);
}

bool calendar_explain_add(const struct calendar *c, day start, int n,
			  struct calendar_explanation *ret)
{
	return explain(c, start, n, 1, ret);
}

const char *day_reason_name(enum day_reason reason)
{
	static const char *const name[] = {
		[REASON_WORKING] = "working",           [REASON_WEEKEND] = "weekend",
		[REASON_HOLIDAY] = "holiday",           [REASON_CARRIED] = "carried",
		[REASON_DAY_OFF] = "day_off",           [REASON_MOVED_OFF] = "moved_off",
		[REASON_MOVED_WORKED] = "moved_worked",
	};
	return name[reason];
}
