/* bank.c - konkurs bank: figures of the test and of its items (F64 to F66), questions of other
 * systems (F26). */
#include "cli/bank.h"
#include "cli/bank_paper.h"
#include "cli/cli.h"
#include "cli/progress.h"

#include "app/bank/bank_give.h"
#include "app/bank/bank_take.h"
#include "app/result/figures.h"
#include "exchange/confined.h"
#include "view/view.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define BANK_ACTIONS "say: bank stats, screen SITTING, import FILE, export, template, or paper"

struct bank_options {
	const char *db, *key, *rules, *act, *action, *file;
	const char *set;                             /* of a screening */
	const char *lang;                            /* of what is told */
	const char *format;                          /* of an export */
	const char *language, *article, *text_date;  /* of an import, where the file says nothing */
	const char *out, *questions, *reason, *form; /* of a test on paper */
	bool json, dry_run, leave_bad, answers, hold, quiet;
};

static bool read_options(int argc, char **argv, struct bank_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "rules", required_argument, NULL, 'r' },
		{ "act", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "language", required_argument, NULL, 'l' },
		{ "article", required_argument, NULL, 'i' },
		{ "text-date", required_argument, NULL, 't' },
		{ "lang", required_argument, NULL, 'g' },
		{ "format", required_argument, NULL, 'f' },
		{ "set", required_argument, NULL, 's' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "leave-bad", no_argument, NULL, 'b' },
		{ "out", required_argument, NULL, 'o' },
		{ "questions", required_argument, NULL, 'q' },
		{ "reason", required_argument, NULL, 'w' },
		{ "form", required_argument, NULL, 'p' },
		{ "answers", no_argument, NULL, 'x' },
		{ "hold", no_argument, NULL, 'h' },
		{ "quiet", no_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'a': ret->act = optarg; break;
		case 'j': ret->json = true; break;
		case 'l': ret->language = optarg; break;
		case 'i': ret->article = optarg; break;
		case 't': ret->text_date = optarg; break;
		case 'g': ret->lang = optarg; break;
		case 'f': ret->format = optarg; break;
		case 's': ret->set = optarg; break;
		case 'n': ret->dry_run = true; break;
		case 'b': ret->leave_bad = true; break;
		case 'o': ret->out = optarg; break;
		case 'q': ret->questions = optarg; break;
		case 'w': ret->reason = optarg; break;
		case 'p': ret->form = optarg; break;
		case 'x': ret->answers = true; break;
		case 'h': ret->hold = true; break;
		case 'u': ret->quiet = true; break;
		default: return false;
		}
	}
	if (optind >= argc)
		return false;
	ret->action = argv[optind];
	ret->file = optind + 1 < argc ? argv[optind + 1] : NULL;
	return optind + (ret->file ? 2 : 1) == argc && catalog_has_language(ret->lang);
}

static void tell_attempts(void *user, int64_t done, int64_t all)
{
	progress_tell(user, "attempts", done, all);
}

static void tell_questions(void *user, int64_t done, int64_t all)
{
	progress_tell(user, "questions", done, all);
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

static void print_held(const struct bank_options *o, const json_t *held)
{
	size_t i = 0;
	const json_t *one = NULL;
	if (o->json) {
		(void)json_dumpf(held, stdout,
				 JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(8));
		(void)putchar('\n');
		return;
	}
	json_array_foreach (held, i, one)
		printf("%-14s delta %.2f\n", row_text(one, "code"),
		       json_number_value(json_object_get(one, "delta")));
	printf("%zu questions of class C went on hold.\n", json_array_size(held));
}

/* The long reading was done without a lock; writing is a moment, beside the server. */
static int hold_large(const struct bank_options *o, const struct act *reader,
		      const struct figures *f)
{
	struct act system = *reader;
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	const json_t *held = NULL;
	if (!cli_open_db(o->db, &db, &e))
		return cli_failed("bank", &e);
	system.db = db;
	/* the reason of a hold lies under the service key */
	if (!cli_open_key(o->db, o->key, &system, &key, &e))
		return cli_failed("bank", &e);
	json_t *large = figures_large(f);
	const bool done = figures_hold(&system, large, &held, &e);
	if (done)
		print_held(o, held);
	json_decref(large);
	return done ? CLI_OK : cli_failed("bank", &e);
}

static int show_figures(const struct bank_options *o)
{
	CLEANUP(progress_end) struct progress progress = { .open = false };
	struct figures figures = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	if (o->hold && o->act)
		return cli_usage("bank", "--hold is for all acts");
	/* read only: figures of a copy are as good, and nothing may change it */
	if (!db_open_read_only(o->db, &db, &e) || !cli_open_law(o->rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	progress_begin(&progress, o->quiet);
	const struct figures_watch watch = { .progress = tell_attempts, .user = &progress };
	const bool read = figures_read(&act, &watch, &figures, &e);
	progress_end(&progress);
	if (!read)
		return cli_failed("bank", &e);
	if (o->hold)
		return hold_large(o, &act, &figures);
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

static void print_report_json(const struct bank_take_report *r, const struct bank_options *o)
{
	json_t *json =
		json_pack("{s:b,s:I,s:I,s:I,s:I,s:O}", "dry_run", o->dry_run, "added",
			  (json_int_t)r->added, "changed", (json_int_t)r->changed, "unchanged",
			  (json_int_t)r->unchanged, "bad", (json_int_t)r->bad, "rows", r->rows);
	cli_print_json(json);
	json_decref(json);
}

/* The message of a row in words; its key if that has none. */
static const char *reason_of(struct arena *a, const struct catalog *catalog, const char *lang,
			     const json_t *row)
{
	const char *key = row_text(row, "key");
	struct buf text = buf_on(a);
	struct err e = { 0 };
	return *key && catalog_format(catalog, lang, key, row, &text, &e) ? text.text : key;
}

/* "FILE:LINE: what CODE  why", so that an editor goes there. */
static void print_report(struct arena *a, const struct bank_take_report *r,
			 const struct bank_options *o, const struct catalog *catalog, bool done)
{
	const char *state = o->dry_run ? "Would be"
			    : done     ? "Done"
				       : "Nothing was changed; would be";
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (r->rows, i, row)
		printf("%s%s%lld: %-9s %s  %s\n", row_text(row, "place"),
		       *row_text(row, "place") ? ":" : "", (long long)row_number(row, "line"),
		       row_text(row, "what"), row_text(row, "code"),
		       reason_of(a, catalog, o->lang, row));
	printf("%s: %lld added, %lld changed, %lld unchanged, %lld bad.\n", state,
	       (long long)r->added, (long long)r->changed, (long long)r->unchanged,
	       (long long)r->bad);
}

/* Why a file is refused as a whole, in words: the key alone does not help who has the file. */
static int refused(struct arena *a, const struct bank_options *o, const struct catalog *catalog,
		   const struct err *e)
{
	json_t *values = json_pack("{s:s}", "value", e->value);
	struct buf text = buf_on(a);
	struct err other = { 0 };
	if (e->kind == ERR_INPUT && catalog_format(catalog, o->lang, e->key, values, &text, &other))
		(void)fprintf(stderr, "%s: %s\n", o->file, text.text);
	json_decref(values);
	return cli_failed("bank", e);
}

static void close_view(struct view **view)
{
	view_close(*view);
}

static int import(const struct bank_options *o)
{
	CLEANUP(close_view) struct view *view = NULL;
	CLEANUP(progress_end) struct progress progress;
	progress_begin(&progress, o->quiet);
	struct bank_take_options options = { .dry_run = o->dry_run,
					     .leave_bad = o->leave_bad,
					     .article = o->article ? o->article : "",
					     .progress = tell_questions,
					     .user = &progress };
	const struct exchange_options assumed = { o->language ? o->language : "ru",
						  o->act ? o->act : "" };
	struct bank_take_report report = { 0 };
	struct exchange_set set = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	const void *bytes = NULL;
	size_t size = 0;
	if (!o->file)
		return cli_usage("bank", "say: bank import FILE");
	if (o->text_date && !day_parse(o->text_date, &options.text_date))
		return cli_usage("bank", "--text-date is no day");
	if (!cli_open_db(o->db, &db, &e) || !cli_open_law(o->rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e) || !view_open(&share_built_in, &view, &e) ||
	    !read_file(a, o->file, &bytes, &size, &e))
		return cli_failed("bank", &e);
	if (!exchange_read_confined(a, bytes, size, &assumed, &set, &e))
		return refused(a, o, view_catalog(view), &e);
	struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!cli_open_key(o->db, o->key, &act, &key, &e))
		return cli_failed("bank", &e);
	if (!o->text_date)
		options.text_date = act_today(&act);
	const bool done = bank_take(&act, &set, &options, &report, &e);
	progress_end(&progress);
	if (report.rows && o->json)
		print_report_json(&report, o);
	else if (report.rows)
		print_report(a, &report, o, view_catalog(view), done);
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
						   { "csv", EXCHANGE_CSV, 0 },
						   { "xlsx", EXCHANGE_XLSX, 0 } };
	for (size_t i = 0; name && i < COUNT(dialects); i++) {
		if (strcmp(name, dialects[i].name) == 0)
			return &dialects[i];
	}
	return NULL;
}

static int put(const void *bytes, size_t size)
{
	struct err e = { 0 };
	if (fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0)
		return CLI_OK;
	(void)err_set(&e, ERR_SYSTEM, "error.system", "standard output cannot be written");
	return cli_failed("bank", &e);
}

static int export(const struct bank_options *o)
{
	const struct dialect *d = dialect_of(o->format);
	struct exchange_set set = { .items = NULL };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	const void *bytes = NULL;
	size_t size = 0;
	if (!d)
		return cli_usage("bank", "--format is qti3, qti2, moodle, csv or xlsx");
	if (!cli_open_db(o->db, &db, &e) || !cli_open_law(o->rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!cli_open_key(o->db, o->key, &act, &key, &e))
		return cli_failed("bank", &e);
	if (!bank_give(&act, o->act ? o->act : "", &set, &e) ||
	    !exchange_write(a, &set, d->format, d->version, &bytes, &size, &e))
		return cli_failed("bank", &e);
	return put(bytes, size);
}

/* An empty file to be filled in: the names of the columns and one example. */
static int template(const struct bank_options *o)
{
	const struct dialect *d = dialect_of(o->format);
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct exchange_set set = exchange_example(a);
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	if (!d || (d->format != EXCHANGE_CSV && d->format != EXCHANGE_XLSX))
		return cli_usage("bank", "--format is csv or xlsx");
	if (!exchange_write(a, &set, d->format, 0, &bytes, &size, &e))
		return cli_failed("bank", &e);
	return put(bytes, size);
}

/* ---- a test on paper ------------------------------------------------------------------------- */

static int paper(const struct bank_options *o)
{
	const struct bank_paper_options options = { .db = o->db,
						    .key = o->key,
						    .rules = o->rules,
						    .language = o->language,
						    .out = o->out,
						    .act = o->act,
						    .questions = o->questions,
						    .reason = o->reason,
						    .form = o->form,
						    .answers = o->answers };
	return cli_bank_paper(&options);
}

int cli_bank(int argc, char **argv)
{
	struct bank_options options = { .lang = "en" };
	if (!read_options(argc, argv, &options))
		return cli_usage("bank", BANK_ACTIONS);
	if (strcmp(options.action, "template") == 0 && !options.file)
		return template(&options);
	if (!options.db)
		return cli_usage("bank", "--db is missing");
	if (strcmp(options.action, "stats") == 0 && !options.file)
		return show_figures(&options);
	if (strcmp(options.action, "import") == 0)
		return import(&options);
	if (strcmp(options.action, "export") == 0 && !options.file)
		return export(&options);
	if (strcmp(options.action, "paper") == 0 && !options.file)
		return paper(&options);
	if (strcmp(options.action, "screen") == 0 && options.file && !options.set)
		return bank_screen(options.file, options.db, options.rules, options.json);
	if (strcmp(options.action, "screen") == 0 && !options.file && options.set)
		return bank_screen_set(options.set, options.db, options.rules);
	return cli_usage("bank", BANK_ACTIONS);
}
