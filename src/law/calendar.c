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
static bool put(struct build *b, day d, enum day_reason reason)
{
	if (find(b->room, b->count, d))
		return true;
	if (b->count == b->most)
		return false;
	size_t at = b->count++;
	for (; at > 0 && b->room[at - 1].day.n > d.n; at--)
		b->room[at] = b->room[at - 1];
	b->room[at] = (struct calendar_day){ d, reason };
	return true;
}

static bool off(const struct build *b, day d)
{
	const struct calendar_day *found = find(b->room, b->count, d);
	return found ? found->reason != REASON_MOVED_WORKED : is_weekend(d);
}

/* WD-2, WD-4: what is decreed for a single day comes first. */
static bool put_dated(const struct calendar_source *s, struct build *b)
{
	bool ok = true;
	for (size_t i = 0; ok && i < s->day_count; i++)
		ok = put(b, s->days[i].day, s->days[i].reason);
	return ok;
}

static bool holds_in(const struct holiday *h, int year)
{
	return year >= h->first_year && year <= h->last_year;
}

static day holiday_of(const struct holiday *h, int year)
{
	return day_from_date((struct date){ year, h->month, h->day });
}

/* WD-1 */
static bool put_holidays(const struct calendar_source *s, struct build *b)
{
	bool ok = true;
	for (int year = s->first_year; year <= s->last_year; year++) {
		for (size_t i = 0; ok && i < s->holiday_count; i++) {
			if (holds_in(&s->holidays[i], year))
				ok = put(b, holiday_of(&s->holidays[i], year), REASON_HOLIDAY);
		}
	}
	return ok;
}

/* WD-3: each holiday on a weekend takes the next day that is not off yet, in the order of
 * the calendar, so that neighbours chain. */
static bool carry(const struct calendar_source *s, struct build *b)
{
	day first = day_from_date((struct date){ s->first_year, 1, 1 });
	day last = day_from_date((struct date){ s->last_year, 12, 31 });
	bool ok = true;
	for (day d = first; ok && d.n <= last.n; d.n++) {
		const struct calendar_day *found = find(b->room, b->count, d);
		if (!found || found->reason != REASON_HOLIDAY || !is_weekend(d))
			continue;
		day to = d;
		while (off(b, to))
			to.n++;
		ok = put(b, to, REASON_CARRIED);
	}
	return ok;
}

bool calendar_build(const struct calendar_source *source, struct calendar_day *room,
		    size_t room_count, struct calendar *ret, struct err *e)
{
	struct build b = { room, 0, room_count };
	if (!put_dated(source, &b) || !put_holidays(source, &b) || !carry(source, &b))
		return err_set(e, ERR_SYSTEM, "law.calendar.room", "too many days off");
	*ret = (struct calendar){
		.exceptions = room,
		.count = b.count,
		.first = day_from_date((struct date){ source->first_year, 1, 1 }),
		.last = day_from_date((struct date){ source->last_year, 12, 31 }),
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
	while (n > 0) {
		d.n += step;
		if (!calendar_covers(c, d))
			return false;
		n -= calendar_works(c, d);
	}
	if (!calendar_covers(c, d))
		return false;
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

bool calendar_explain_before(const struct calendar *c, day d, int n,
			     struct calendar_explanation *ret)
{
	struct calendar_explanation x = { .wanted = n };
	if (!calendar_last_before(c, d, n, &x.answer))
		return false;
	for (day at = { d.n - 1 }; at.n >= x.answer.n; at.n--) {
		if (x.count == CALENDAR_STEPS)
			return false;
		x.step[x.count++] = (struct calendar_day){ at, calendar_reason(c, at) };
	}
	*ret = x;
	return true;
}
