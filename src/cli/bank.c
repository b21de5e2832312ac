/* bank.c - konkurs bank: figures of the test and of its items (F64 to F66), questions of other
 * systems (F26). */
#include "cli/bank.h"

#include "app/bank_give.h"
#include "app/bank_take.h"
#include "app/figures.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct bank_options {
	const char *db, *rules, *act, *action, *file;
	const char *set;                            /* of a screening */
	const char *format;                         /* of an export */
	const char *language, *article, *text_date; /* of an import, where the file says nothing */
	bool json, dry_run, leave_bad;
};

static bool read_options(int argc, char **argv, struct bank_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "act", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "language", required_argument, NULL, 'l' },
		{ "article", required_argument, NULL, 'i' },
		{ "text-date", required_argument, NULL, 't' },
		{ "format", required_argument, NULL, 'f' },
		{ "set", required_argument, NULL, 's' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "leave-bad", no_argument, NULL, 'b' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'a': ret->act = optarg; break;
		case 'j': ret->json = true; break;
		case 'l': ret->language = optarg; break;
		case 'i': ret->article = optarg; break;
		case 't': ret->text_date = optarg; break;
		case 'f': ret->format = optarg; break;
		case 's': ret->set = optarg; break;
		case 'n': ret->dry_run = true; break;
		case 'b': ret->leave_bad = true; break;
		default: return false;
		}
	}
	if (optind >= argc)
		return false;
	ret->action = argv[optind];
	ret->file = optind + 1 < argc ? argv[optind + 1] : NULL;
	return optind + (ret->file ? 2 : 1) == argc;
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

static int show_figures(const struct bank_options *o)
{
	struct figures figures = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	/* read only: figures of a copy are as good, and nothing may change it */
	if (!db_open_read_only(o->db, &db, &e) || !cli_open_book(o->rules, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	const struct figures_watch watch = { .progress = show_progress };
	if (!figures_read(&act, &watch, &figures, &e))
		return cli_failed("bank", &e);
	if (o->json)
		print_json(o, &figures);
	else
		print_text(o, &figures);
	return CLI_OK;
}

/* ---- questions of other systems -------------------------------------------------------------- */

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static bool read_file(struct arena *a, const char *path, const void **ret, size_t *ret_size,
		      struct err *e)
{
	enum { MOST = 65 * 1024 * 1024 };
	CLEANUP(close_file) FILE *file = fopen(path, "rb");
	if (!file)
		return err_set(e, ERR_INPUT, "error.system", "the file cannot be opened");
	char *bytes = arena_alloc(a, MOST);
	*ret_size = fread(bytes, 1, MOST, file);
	*ret = bytes;
	return !ferror(file) || err_set(e, ERR_SYSTEM, "error.system", "the file cannot be read");
}

static void print_taken(const struct bank_take_report *r, const struct bank_options *o, bool done)
{
	const char *state = o->dry_run ? "Would be"
			    : done     ? "Done"
				       : "Nothing was changed; would be";
	size_t i = 0;
	const json_t *row = NULL;
	if (o->json) {
		json_t *json = json_pack(
			"{s:b,s:I,s:I,s:I,s:I,s:O}", "dry_run", o->dry_run, "added",
			(json_int_t)r->added, "changed", (json_int_t)r->changed, "unchanged",
			(json_int_t)r->unchanged, "bad", (json_int_t)r->bad, "rows", r->rows);
		(void)json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
		json_decref(json);
		return;
	}
	json_array_foreach (r->rows, i, row)
		printf("%s%s%lld: %-9s %s%s%s %s\n", row_text(row, "place"),
		       *row_text(row, "place") ? ":" : "", (long long)row_number(row, "line"),
		       row_text(row, "what"), row_text(row, "code"),
		       *row_text(row, "key") ? "  " : "", row_text(row, "key"),
		       row_text(row, "value"));
	printf("%s: %lld added, %lld changed, %lld unchanged, %lld bad.\n", state,
	       (long long)r->added, (long long)r->changed, (long long)r->unchanged,
	       (long long)r->bad);
}

static int import(const struct bank_options *o)
{
	struct bank_take_options options = { .dry_run = o->dry_run,
					     .leave_bad = o->leave_bad,
					     .article = o->article ? o->article : "" };
	const struct exchange_options assumed = { o->language ? o->language : "ru",
						  o->act ? o->act : "" };
	struct bank_take_report report = { 0 };
	struct exchange_set set = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	const void *bytes = NULL;
	size_t size = 0;
	if (!o->file)
		return cli_usage("bank", "say: bank import FILE");
	if (o->text_date && !day_parse(o->text_date, &options.text_date))
		return cli_usage("bank", "--text-date is no day");
	if (!cli_open_db(o->db, &db, &e) || !cli_open_book(o->rules, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e) || !read_file(a, o->file, &bytes, &size, &e) ||
	    !exchange_read(a, bytes, size, &assumed, &set, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!o->text_date)
		options.text_date = act_today(&act);
	const bool done = bank_take(&act, &set, &options, &report, &e);
	if (report.rows)
		print_taken(&report, o, done);
	if (!done)
		return cli_failed("bank", &e);
	return report.bad > 0 ? CLI_FAILED : CLI_OK;
}

/* ---- questions for other systems ------------------------------------------------------------- */

struct dialect {
	const char *name;
	enum exchange_format format;
	int version;
};

static const struct dialect *dialect_of(const char *name)
{
	static const struct dialect dialects[] = { { "qti3", EXCHANGE_QTI, 3 },
						   { "qti2", EXCHANGE_QTI, 2 },
						   { "moodle", EXCHANGE_MOODLE, 0 },
						   { "csv", EXCHANGE_CSV, 0 } };
	for (size_t i = 0; name && i < COUNT(dialects); i++) {
		if (strcmp(name, dialects[i].name) == 0)
			return &dialects[i];
	}
	return NULL;
}

static int export(const struct bank_options *o)
{
	const struct dialect *d = dialect_of(o->format);
	struct exchange_set set = { .items = NULL };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	const void *bytes = NULL;
	size_t size = 0;
	if (!d)
		return cli_usage("bank", "--format is qti3, qti2, moodle or csv");
	if (!cli_open_db(o->db, &db, &e) || !cli_open_book(o->rules, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!bank_give(&act, o->act ? o->act : "", &set, &e) ||
	    !exchange_write(a, &set, d->format, d->version, &bytes, &size, &e))
		return cli_failed("bank", &e);
	if (fwrite(bytes, 1, size, stdout) != size || fflush(stdout) != 0) {
		(void)err_set(&e, ERR_SYSTEM, "error.system", "standard output cannot be written");
		return cli_failed("bank", &e);
	}
	return CLI_OK;
}

int cli_bank(int argc, char **argv)
{
	static const char usage[] =
		"say: bank stats, bank screen SITTING, bank import FILE, or bank export";
	struct bank_options options = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("bank", usage);
	if (!options.db)
		return cli_usage("bank", "--db is missing");
	if (strcmp(options.action, "stats") == 0 && !options.file)
		return show_figures(&options);
	if (strcmp(options.action, "import") == 0)
		return import(&options);
	if (strcmp(options.action, "export") == 0 && !options.file)
		return export(&options);
	if (strcmp(options.action, "screen") == 0 && options.file && !options.set)
		return bank_screen(options.file, options.db, options.rules, options.json);
	if (strcmp(options.action, "screen") == 0 && !options.file && options.set)
		return bank_screen_set(options.set, options.db, options.rules);
	return cli_usage("bank", usage);
}
