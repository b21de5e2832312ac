/* register.c - konkurs people and konkurs posts: tables of people and of posts, read confined. */
#include "cli/cli.h"

#include "app/installation/people_import.h"
#include "app/installation/posts_import.h"
#include "app/sitting/service_clock.h"
#include "base/buf.h"
#include "base/text.h"
#include "exchange/confined.h"
#include "view/view.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MOST = 24 * 1024 * 1024 };

struct register_options {
	const char *db, *lang, *reason, *action, *file;
	bool dry_run, json;
};

/* What differs between the two. */
struct register_kind {
	const char *name;
	const struct table_column *columns;
	bool reasoned; /* law: entered with a reason */
	bool (*look)(const struct act *act, const struct exchange_set *set, json_t **ret,
		     struct err *e);
};
static const struct register_kind people = { "people", people_columns, false, people_import_look };
static const struct register_kind posts = { "posts", posts_columns, true, posts_import_look };

static bool read_options(int argc, char **argv, struct register_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "lang", required_argument, NULL, 'l' },
		{ "reason", required_argument, NULL, 'w' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'l': ret->lang = optarg; break;
		case 'w': ret->reason = optarg; break;
		case 'n': ret->dry_run = true; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	ret->action = optind < argc ? argv[optind] : "";
	ret->file = optind + 1 < argc ? argv[optind + 1] : NULL;
	return optind + 2 >= argc && catalog_has_language(ret->lang);
}

static bool read_file(struct arena *a, const char *path, const void **ret, size_t *ret_size,
		      struct err *e)
{
	FILE *file = fopen(path, "rbe");
	struct buf bytes = buf_on(a);
	char piece[65536];
	size_t size = 0;
	if (!file)
		return err_set(e, ERR_INPUT, "error.file", "the file cannot be read");
	while (bytes.length <= FILE_MOST && (size = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add_n(&bytes, piece, size);
	const bool ok = !ferror(file) && bytes.length <= FILE_MOST;
	(void)fclose(file);
	*ret = bytes.text;
	*ret_size = bytes.length;
	return ok || err_set(e, ERR_INPUT, "error.file", "the file is too large");
}

/* ---- telling --------------------------------------------------------------------------------- */

static const char *text(struct arena *a, const struct view *view, const char *lang, const char *key,
			const char *value)
{
	struct buf out = buf_on(a);
	struct err why = { 0 };
	json_t *values = json_pack("{s:s}", "value", value);
	const bool ok = catalog_format(view_catalog(view), lang, key, values, &out, &why);
	json_decref(values);
	return ok ? out.text : key;
}

static void tell_row(struct arena *a, const struct view *view, const char *lang, const json_t *row)
{
	const char *what = row_text(row, "what");
	const char *key = row_text(row, "key");
	printf("%5lld  %-10s %s", (long long)row_number(row, "line"),
	       text(a, view, lang, arena_print(a, "table.%s", what), ""), row_text(row, "name"));
	if (*key)
		printf("  [%s] %s", row_text(row, "column"),
		       text(a, view, lang, key, row_text(row, "value")));
	if (*row_text(row, "fields"))
		printf("  (%s)", row_text(row, "fields"));
	(void)putchar('\n');
}

/* Each line but those that stay as they are; then how many. */
static void tell(struct arena *a, const struct view *view, const struct register_options *o,
		 bool done, json_t *told)
{
	static const char *const counts[] = { "added", "changed", "unchanged", "removed", "bad" };
	size_t i = 0;
	const json_t *row = NULL;
	if (o->json) {
		(void)json_object_set_new(told, "done", json_boolean(done));
		cli_print_json(told);
		return;
	}
	json_array_foreach (json_object_get(told, "rows"), i, row) {
		if (strcmp(row_text(row, "what"), "unchanged") != 0)
			tell_row(a, view, o->lang, row);
	}
	for (i = 0; i < COUNT(counts); i++)
		printf("%s: %lld\n",
		       text(a, view, o->lang, arena_print(a, "table.%s", counts[i]), ""),
		       (long long)row_number(told, counts[i]));
	puts(text(a, view, o->lang, done ? "table.done" : "table.dry", ""));
}

/* ---- doing ----------------------------------------------------------------------------------- */

static bool take(const struct register_kind *kind, const struct act *act,
		 const struct exchange_set *set, const char *reason, json_t **ret, struct err *e)
{
	return kind->reasoned ? posts_import_take(act, set, reason, ret, e)
			      : people_import_take(act, set, ret, e);
}

static bool import(const struct register_kind *kind, const struct register_options *o,
		   struct arena *a, bool *ret_good, struct err *e)
{
	static const struct exchange_options options = { EXCHANGE_TABLE, "" };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(view_cleanup) struct view *view = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	struct act act = { .arena = a };
	struct exchange_set set = { .rows = NULL };
	const void *bytes = NULL;
	size_t size = 0;
	const char *reason = o->reason ? o->reason : "";
	json_t *told = NULL;
	if (!read_file(a, o->file, &bytes, &size, e) ||
	    !exchange_read_confined(a, bytes, size, &options, &set, e) ||
	    !text_accept(a, reason, strlen(reason), &reason, e) || !cli_open_db(o->db, &db, e) ||
	    !cli_open_law(NULL, db, a, &book, e) || !view_open(&share_built_in, &view, e))
		return false;
	act.db = db;
	act.book = book;
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &act.now_ms, e) ||
	    !kind->look(&act, &set, &told, e))
		return false;
	json_in_arena(a, told);
	*ret_good = row_number(told, "bad") == 0;
	const bool goes = *ret_good && !o->dry_run;
	if (goes && !take(kind, &act, &set, reason, &told, e))
		return false;
	if (goes)
		json_in_arena(a, told);
	tell(a, view, o, goes, told);
	return true;
}

static int template(const struct register_kind *kind)
{
	for (const struct table_column *c = kind->columns; c->field; c++)
		printf("%s%s", c == kind->columns ? "" : ",", c->field);
	(void)putchar('\n');
	return CLI_OK;
}

static int run(const struct register_kind *kind, int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct register_options o = { .lang = "en" };
	struct err e = { 0 };
	bool good = false;
	if (!read_options(argc, argv, &o))
		return cli_usage(kind->name, "unknown option");
	if (strcmp(o.action, "template") == 0 && !o.file)
		return template(kind);
	if (strcmp(o.action, "import") != 0 || !o.file || !o.db)
		return cli_usage(kind->name, "say: import FILE --db DATABASE, or template");
	if (kind->reasoned && !o.reason && !o.dry_run)
		return cli_usage(kind->name, "--reason: the act that tells the posts");
	if (sodium_init() < 0 || !import(kind, &o, a, &good, &e)) {
		if (*e.value)
			(void)fprintf(stderr, "%s: ", e.value);
		return cli_failed(kind->name, &e);
	}
	return good ? CLI_OK : CLI_FAILED;
}

int cli_people(int argc, char **argv)
{
	return run(&people, argc, argv);
}

int cli_posts(int argc, char **argv)
{
	return run(&posts, argc, argv);
}
