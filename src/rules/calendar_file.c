/* calendar_file.c - reads calendar.yaml (rules.md 5). */
#include "rules/readers.h"
#include "rules/source.h"

#include <stdio.h>
#include <string.h>

struct holiday_entry {
	int month, day, from, until;
	char *name;
};
struct day_entry {
	char *day, *kind, *why;
	bool provisional;
};
struct calendar_file {
	int first_year, last_year;
	struct holiday_entry *holidays;
	unsigned holidays_count;
	struct day_entry *days;
	unsigned days_count;
};
static const cyaml_schema_field_t holiday_fields[] = {
	CYAML_FIELD_INT("month", CYAML_FLAG_DEFAULT, struct holiday_entry, month),
	CYAML_FIELD_INT("day", CYAML_FLAG_DEFAULT, struct holiday_entry, day),
	CYAML_FIELD_INT("from", CYAML_FLAG_DEFAULT, struct holiday_entry, from),
	CYAML_FIELD_INT("until", CYAML_FLAG_DEFAULT, struct holiday_entry, until),
	SOURCE_TEXT("name", struct holiday_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t holiday_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct holiday_entry, holiday_fields),
};
static const cyaml_schema_field_t day_fields[] = {
	SOURCE_TEXT("day", struct day_entry, day),
	SOURCE_TEXT("kind", struct day_entry, kind),
	SOURCE_TEXT("why", struct day_entry, why),
	CYAML_FIELD_BOOL("provisional", CYAML_FLAG_OPTIONAL, struct day_entry, provisional),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t day_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct day_entry, day_fields),
};
static const cyaml_schema_field_t calendar_fields[] = {
	CYAML_FIELD_INT("first_year", CYAML_FLAG_DEFAULT, struct calendar_file, first_year),
	CYAML_FIELD_INT("last_year", CYAML_FLAG_DEFAULT, struct calendar_file, last_year),
	CYAML_FIELD_SEQUENCE("holidays", CYAML_FLAG_POINTER, struct calendar_file, holidays,
			     &holiday_schema, 1, CYAML_UNLIMITED),
	CYAML_FIELD_SEQUENCE("days", CYAML_FLAG_POINTER, struct calendar_file, days, &day_schema, 0,
			     CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t calendar_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct calendar_file, calendar_fields),
};

/* Sane bounds of the file, no law: years that day.h knows, a calendar of a lifetime. */
enum { YEAR_LEAST = 1900, YEAR_MOST = 2199, YEARS_MOST = 100 };

/* A day that every year has, or 29 February. */
static bool is_day_of_year(int month, int of_month)
{
	char text[64];
	day d;
	(void)snprintf(text, sizeof(text), "2024-%02d-%02d", month, of_month);
	return month > 0 && of_month > 0 && day_parse(text, &d);
}

static bool same_holiday(const struct holiday_entry *a, const struct holiday_entry *b)
{
	return a->month == b->month && a->day == b->day && a->from <= b->until &&
	       b->from <= a->until;
}

static bool take_holidays(const struct source *s, const struct calendar_file *file,
			  struct calendar_source *ret, struct err *e)
{
	struct holiday *holidays = arena_array(s->arena, file->holidays_count, sizeof(*holidays));
	for (unsigned i = 0; i < file->holidays_count; i++) {
		const struct holiday_entry *h = &file->holidays[i];
		if (!is_day_of_year(h->month, h->day))
			return source_refuse(s, e, "rules.day", "no such day of the year",
					     "holidays.%u.day", i);
		if (h->from > h->until)
			return source_refuse(s, e, "rules.order",
					     "a holiday that ends before it begins",
					     "holidays.%u.until", i);
		for (unsigned k = 0; k < i; k++) {
			if (same_holiday(h, &file->holidays[k]))
				return source_refuse(s, e, "rules.twice",
						     "a holiday that stands twice", "holidays.%u",
						     i);
		}
		holidays[i] = (struct holiday){ h->month, h->day, h->from, h->until };
	}
	ret->holidays = holidays;
	ret->holiday_count = file->holidays_count;
	return true;
}

static bool reason_of(const char *kind, enum day_reason *ret)
{
	static const struct {
		const char *kind;
		enum day_reason reason;
	} row[] = {
		{ "day_off", REASON_DAY_OFF },
		{ "moved_off", REASON_MOVED_OFF },
		{ "moved_worked", REASON_MOVED_WORKED },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].kind, kind) == 0) {
			*ret = row[i].reason;
			return true;
		}
	}
	return false;
}

static bool take_days(const struct source *s, const struct calendar_file *file,
		      struct calendar_source *ret, struct err *e)
{
	struct dated_day *days = arena_array(s->arena, file->days_count, sizeof(*days));
	for (unsigned i = 0; i < file->days_count; i++) {
		const struct day_entry *d = &file->days[i];
		if (!source_day(s, d->day, &days[i].day, e, "days.%u.day", i))
			return false;
		int year = day_to_date(days[i].day).year;
		if (year < file->first_year || year > file->last_year)
			return source_refuse(s, e, "rules.bounds",
					     "a day outside the years of the calendar",
					     "days.%u.day", i);
		if (!reason_of(d->kind, &days[i].reason))
			return source_refuse(s, e, "rules.unknown", "no such kind of day",
					     "days.%u.kind", i);
		days[i].provisional = d->provisional;
		days[i].why = arena_copy(s->arena, d->why);
	}
	ret->days = days;
	ret->day_count = file->days_count;
	return true;
}

/* Says at which line calendar_build() found a day that cannot be: the last with that day, as
 * the first may be right. */
static bool build(const struct source *s, const struct calendar_file *file, struct law_book *book,
		  struct err *e)
{
	struct err why = { 0 };
	size_t room = (size_t)(file->last_year - file->first_year + 1) * CALENDAR_DAYS_A_YEAR;
	struct calendar_day *days = arena_array(s->arena, room, sizeof(*days));
	if (calendar_build(book->calendar_source, days, room, &book->calendar, &why))
		return true;
	unsigned at = 0;
	for (unsigned i = 0; i < file->days_count; i++)
		at = strcmp(file->days[i].day, why.value) == 0 ? i : at;
	return source_refuse(s, e, "rules.calendar", why.detail, "days.%u.day", at);
}

bool read_calendar(const struct source *s, struct law_book *book, struct err *e)
{
	void *data = NULL;
	if (!source_read(s, &calendar_schema, &data, e))
		return false;
	const struct calendar_file *file = data;
	struct calendar_source *made = arena_alloc(s->arena, sizeof(*made));
	made->first_year = file->first_year;
	made->last_year = file->last_year;
	if (file->first_year < YEAR_LEAST || file->last_year > YEAR_MOST)
		return source_refuse(s, e, "rules.bounds", "years nobody plans for", "first_year");
	if (file->first_year > file->last_year || file->last_year - file->first_year > YEARS_MOST)
		return source_refuse(s, e, "rules.order", "the years are in disorder", "last_year");
	if (!take_holidays(s, file, made, e) || !take_days(s, file, made, e))
		return false;
	book->calendar_source = made;
	return build(s, file, book, e);
}
