/* bank.c - konkurs bank stats: figures of the test and of its items (F64 to F66). */
#include "cli/cli.h"

#include "app/figures.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct bank_options {
	const char *db, *rules, *act, *action;
	bool json;
};

static bool read_options(int argc, char **argv, struct bank_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "act", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'a': ret->act = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind + 1 != argc)
		return false;
	ret->action = argv[optind];
	return true;
}

/* A bar on a terminal, nothing in a pipe. */
static void show_progress(void *user, int64_t done, int64_t all)
{
	(void)user;
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%lld of %lld attempts%s", (long long)done, (long long)all,
			      done >= all ? "\n" : "");
}

static bool is_asked(const struct bank_options *o, const struct figures *f, size_t i)
{
	return !o->act || strcmp(f->rules->acts[f->items[i].act].code, o->act) == 0;
}

static void print_json(const struct bank_options *o, const struct figures *f)
{
	json_t *items = json_array();
	for (size_t i = 0; i < f->item_count; i++) {
		if (is_asked(o, f, i))
			(void)json_array_append_new(items, figures_item_json(f, i));
	}
	json_t *json = json_pack("{s:o,s:o}", "test", figures_test_json(f), "items", items);
	(void)json_dumpf(json, stdout,
			 JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(8));
	(void)putchar('\n');
	json_decref(json);
}

static void print_figure(const char *name, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_number(value))
		printf("%-34s %.4f\n", name, json_number_value(value));
	else
		printf("%-34s not enough data\n", name);
}

static void print_cell(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_number(value))
		printf(" %7.2f", json_number_value(value));
	else
		printf(" %7s", "-");
}

static void print_item(const json_t *item)
{
	const json_t *both = json_object_get(item, "both");
	const json_t *dif = json_object_get(item, "dif");
	printf("%-14s %8lld", row_text(item, "code"), (long long)row_number(both, "answered"));
	print_cell(both, "facility");
	print_cell(both, "item_rest");
	print_cell(both, "exposure");
	print_cell(both, "time_median_s");
	print_cell(dif, "delta");
	printf(" %s\n", json_is_object(dif) ? row_text(dif, "class") : "-");
}

static void print_text(const struct bank_options *o, const struct figures *f)
{
	json_t *test = figures_test_json(f);
	printf("Attempts %lld, passed %lld, left out %lld.\n",
	       (long long)row_number(test, "attempts"), (long long)row_number(test, "passed"),
	       (long long)row_number(test, "skipped"));
	print_figure("Mean", test, "mean");
	print_figure("Standard deviation", test, "sd");
	print_figure("KR-20", test, "kr20");
	print_figure("Stratified alpha over the acts", test, "stratified_alpha");
	print_figure("Standard error of measurement", test, "sem");
	print_figure("Lord's at the pass mark", test, "sem_at_mark");
	print_figure("Consistency of the decision", test, "consistency");
	printf("%-14s %8s %7s %7s %7s %7s %7s %s\n", "question", "answers", "p", "r", "shown",
	       "median", "delta", "DIF");
	json_decref(test);
	for (size_t i = 0; i < f->item_count; i++) {
		json_t *item = is_asked(o, f, i) ? figures_item_json(f, i) : NULL;
		if (item)
			print_item(item);
		json_decref(item);
	}
}

int cli_bank(int argc, char **argv)
{
	struct bank_options options = { 0 };
	struct figures figures = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	if (!read_options(argc, argv, &options) || strcmp(options.action, "stats") != 0)
		return cli_usage("bank", "say: bank stats");
	if (!options.db)
		return cli_usage("bank", "--db is missing");
	/* read only: figures of a copy are as good, and nothing may change it */
	if (!db_open_read_only(options.db, &db, &e) ||
	    !cli_open_book(options.rules, a, &book, &e) || !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!figures_read(&act, show_progress, NULL, &figures, &e))
		return cli_failed("bank", &e);
	if (options.json)
		print_json(&options, &figures);
	else
		print_text(&options, &figures);
	return CLI_OK;
}
