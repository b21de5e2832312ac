/* calendar_file.c - reads calendar.yaml (rules.md 5). */
#include "rules/readers.h"
#include "rules/yaml.h"

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
	YAML_TEXT("name", struct holiday_entry, name),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t holiday_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct holiday_entry, holiday_fields),
};
static const cyaml_schema_field_t day_fields[] = {
	YAML_TEXT("day", struct day_entry, day),
	YAML_TEXT("kind", struct day_entry, kind),
	YAML_TEXT("why", struct day_entry, why),
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

/* The file as it is being read, for the line of a refusal. */
struct reading {
	struct arena *arena;
	const char *name, *body;
};

static bool take_holidays(const struct reading *r, const struct calendar_file *file,
			  struct calendar_source *source, struct err *e)
{
	struct holiday *holidays = arena_array(r->arena, file->holidays_count, sizeof(*holidays));
	for (unsigned i = 0; i < file->holidays_count; i++) {
		const struct holiday_entry *h = &file->holidays[i];
		if (h->month < 1 || h->month > 12 || h->day < 1 || h->day > 31)
			return yaml_refuse(r->name, r->body, h->name, "no such day of the year", e);
		holidays[i] = (struct holiday){ h->month, h->day, h->from, h->until };
	}
	source->holidays = holidays;
	source->holiday_count = file->holidays_count;
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

static bool take_days(const struct reading *r, const struct calendar_file *file,
		      struct calendar_source *source, struct err *e)
{
	struct dated_day *days = arena_array(r->arena, file->days_count, sizeof(*days));
	for (unsigned i = 0; i < file->days_count; i++) {
		const struct day_entry *d = &file->days[i];
		if (!yaml_day(r->name, r->body, d->day, &days[i].day, e))
			return false;
		if (!reason_of(d->kind, &days[i].reason))
			return yaml_refuse(r->name, r->body, d->kind, "no such kind of day", e);
		days[i].provisional = d->provisional;
	}
	source->days = days;
	source->day_count = file->days_count;
	return true;
}

bool read_calendar(struct arena *a, const char *name, const char *body, struct law_book *book,
		   struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &calendar_schema, &data, e))
		return false;
	const struct calendar_file *file = data;
	const struct reading r = { a, name, body };
	struct calendar_source *source = arena_alloc(a, sizeof(*source));
	source->first_year = file->first_year;
	source->last_year = file->last_year;
	if (file->first_year > file->last_year || file->last_year - file->first_year > 200)
		return yaml_refuse(name, body, "last_year", "the years are in disorder", e);
	if (!take_holidays(&r, file, source, e) || !take_days(&r, file, source, e))
		return false;
	size_t room = (size_t)(file->last_year - file->first_year + 1) * CALENDAR_DAYS_A_YEAR;
	struct calendar_day *days = arena_array(a, room, sizeof(*days));
	book->calendar_source = source;
	return calendar_build(source, days, room, &book->calendar, e);
}
