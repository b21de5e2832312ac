/* calendar.c - konkurs calendar: counts working days, and says how it counted. */
#include "cli/cli.h"

#include "view/catalog.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MOST = CALENDAR_STEPS };

struct calendar_options {
	const char *rules, *lang;
	int before; /* -1: not given */
	bool json;
	char **rest; /* what is no option */
	int rest_count;
};

struct calendar_run {
	const struct calendar_options *options;
	const struct law_book *book;
	const struct catalog *catalog;
	struct arena *arena;
};

static bool read_number(const char *text, int least, int most, int *ret)
{
	char *end = NULL;
	long n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n < least || n > most)
		return false;
	*ret = (int)n;
	return true;
}

static bool read_options(int argc, char **argv, struct calendar_options *ret)
{
	static const struct option table[] = {
		{ "before", required_argument, NULL, 'b' },
		{ "rules", required_argument, NULL, 'r' },
		{ "lang", required_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'r': ret->rules = optarg; break;
		case 'l': ret->lang = optarg; break;
		case 'j': ret->json = true; break;
		case 'b':
			if (!read_number(optarg, 0, DAYS_MOST, &ret->before))
				return false;
			break;
		default: return false;
		}
	}
	ret->rest = argv + optind;
	ret->rest_count = argc - optind;
	return catalog_has_language(ret->lang);
}

static json_t *day_json(day d)
{
	char text[DAY_TEXT_SIZE];
	day_print(d, text);
	return json_string(text);
}

/* A message with `values`, which it takes over. */
static bool say(const struct calendar_run *run, const char *key, json_t *values, const char **ret,
		struct err *e)
{
	struct buf out = buf_on(run->arena);
	bool ok = catalog_format(run->catalog, run->options->lang, key, values, &out, e);
	json_decref(values);
	if (ok)
		*ret = out.text;
	return ok;
}

static bool works(enum day_reason reason)
{
	return reason == REASON_WORKING || reason == REASON_MOVED_WORKED;
}

/* One day and why it counts or not; the array `list` gets it.  `number` is its place among
 * the working days, 0 where nothing is counted. */
static bool add_step(const struct calendar_run *run, const struct calendar_day *step, int number,
		     json_t *list, struct err *e)
{
	const char *text = NULL;
	const char *lang = run->options->lang;
	const char *name = day_reason_name(step->reason);
	const char *reason =
		catalog_text(run->catalog, lang, arena_print(run->arena, "law.day.%s", name));
	json_t *values = json_pack("{s:o,s:s?,s:i,s:o}", "day", day_json(step->day), "reason",
				   reason, "number", number, "holiday", day_json(step->stands_for));
	if (!say(run,
		 number > 0                       ? "cli.calendar.counted"
		 : step->reason == REASON_CARRIED ? "cli.calendar.carried"
		 : works(step->reason)            ? "cli.calendar.worked"
						  : "cli.calendar.skipped",
		 values, &text, e))
		return false;
	if (step->provisional &&
	    !say(run, "cli.calendar.provisional", json_pack("{s:s}", "text", text), &text, e))
		return false;
	json_t *row = json_pack("{s:o,s:s,s:b,s:b,s:s}", "day", day_json(step->day), "reason", name,
				"works", works(step->reason), "provisional", step->provisional,
				"text", text);
	if (step->reason == REASON_CARRIED)
		(void)json_object_set_new(row, "stands_for", day_json(step->stands_for));
	return json_array_append_new(list, row) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

static void print(const struct calendar_run *run, json_t *result)
{
	size_t i = 0;
	const json_t *row = NULL;
	if (run->options->json) {
		(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
		return;
	}
	puts(json_string_value(json_object_get(result, "text")));
	json_array_foreach (json_object_get(result, "days"), i, row)
		printf("  %s\n", json_string_value(json_object_get(row, "text")));
}

/* The answer, and each day between the two ends. */
static bool print_counted(const struct calendar_run *run, const char *key, day from,
			  const struct calendar_explanation *x, struct err *e)
{
	const char *text = NULL;
	int number = 0;
	if (!say(run, key,
		 json_pack("{s:i,s:o,s:o}", "count", x->wanted, "from", day_json(from), "answer",
			   day_json(x->answer)),
		 &text, e))
		return false;
	json_t *days = json_array();
	json_t *result =
		json_pack("{s:o,s:o,s:i,s:s,s:o}", "answer", day_json(x->answer), "from",
			  day_json(from), "working_days", x->wanted, "text", text, "days", days);
	bool ok = true;
	for (size_t i = 0; ok && i < x->count; i++) {
		bool counts = works(x->step[i].reason);
		number += counts;
		ok = add_step(run, &x->step[i], counts ? number : 0, days, e);
	}
	if (ok)
		print(run, result);
	json_decref(result);
	return ok;
}

static bool read_day(const char *text, day *ret, struct err *e)
{
	return day_parse(text, ret) ||
	       err_set(e, ERR_INPUT, "cli.calendar.day", "%s is no day; write YYYY-MM-DD", text);
}

/* Which years there are belongs into the refusal: the officer then knows what to add. */
static bool not_covered(const struct calendar *c, struct err *e)
{
	char first[DAY_TEXT_SIZE];
	char last[DAY_TEXT_SIZE];
	day_print(c->first, first);
	day_print(c->last, last);
	return err_set(e, ERR_INPUT, "cli.calendar.covers",
		       "the calendar covers %s to %s only, and at most %d days at once", first,
		       last, CALENDAR_STEPS);
}

static bool last_day(const struct calendar_run *run, struct err *e)
{
	day d = { 0 };
	struct calendar_explanation x = { 0 };
	if (!read_day(run->options->rest[1], &d, e))
		return false;
	if (!calendar_explain_before(&run->book->calendar, d, run->options->before, &x))
		return not_covered(&run->book->calendar, e);
	return print_counted(run, "cli.calendar.last_day", d, &x, e);
}

static bool add(const struct calendar_run *run, struct err *e)
{
	day d = { 0 };
	int n = 0;
	struct calendar_explanation x = { 0 };
	if (!read_number(run->options->rest[1], 0, DAYS_MOST, &n))
		return err_set(e, ERR_INPUT, "error.number", "%s is no number of days",
			       run->options->rest[1]);
	if (!read_day(run->options->rest[2], &d, e))
		return false;
	if (!calendar_explain_add(&run->book->calendar, d, n, &x))
		return not_covered(&run->book->calendar, e);
	return print_counted(run, "cli.calendar.add", d, &x, e);
}

/* The number of working days, and the days that differ from what their weekday says. */
static bool year(const struct calendar_run *run, struct err *e)
{
	const struct calendar *c = &run->book->calendar;
	const char *text = NULL;
	int which = 0;
	if (!read_number(run->options->rest[1], 1900, 2199, &which))
		return err_set(e, ERR_INPUT, "error.number", "%s is no year",
			       run->options->rest[1]);
	int count = calendar_year(c, which);
	if (count < 0)
		return not_covered(c, e);
	if (!say(run, "cli.calendar.year", json_pack("{s:i,s:i}", "count", count, "year", which),
		 &text, e))
		return false;
	json_t *days = json_array();
	json_t *result = json_pack("{s:i,s:i,s:s,s:o}", "year", which, "working_days", count,
				   "text", text, "days", days);
	bool ok = true;
	for (size_t i = 0; ok && i < c->count; i++) {
		if (day_to_date(c->exceptions[i].day).year == which)
			ok = add_step(run, &c->exceptions[i], 0, days, e);
	}
	if (ok)
		print(run, result);
	json_decref(result);
	return ok;
}

static const struct {
	const char *name;
	int words; /* with its name */
	bool wants_before;
	bool (*run)(const struct calendar_run *run, struct err *e);
} actions[] = {
	{ "last-day", 2, true, last_day },
	{ "add", 3, false, add },
	{ "year", 2, false, year },
};

static bool run_action(const struct calendar_options *options, size_t action, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(catalog_cleanup) struct catalog *catalog = NULL;
	struct law_book *book = NULL;
	if (!cli_open_book(options->rules, a, &book, e) ||
	    !catalog_open(&share_built_in, &catalog, e))
		return false;
	const struct calendar_run run = { options, book, catalog, a };
	return actions[action].run(&run, e);
}

int cli_calendar(int argc, char **argv)
{
	struct calendar_options options = { .lang = "en", .before = -1 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || options.rest_count == 0)
		return cli_usage("calendar", "say what to count");
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(options.rest[0], actions[i].name) != 0)
			continue;
		if (options.rest_count != actions[i].words ||
		    (options.before >= 0) != actions[i].wants_before)
			return cli_usage("calendar", "a number or a day is missing or too many");
		return run_action(&options, i, &e) ? CLI_OK : cli_failed("calendar", &e);
	}
	return cli_usage("calendar", "no such count");
}
