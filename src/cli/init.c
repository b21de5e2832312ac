/* init.c - konkurs init: a real installation, step by step or of a file. */
#include "cli/init.h"

#include "app/bank/vault_start.h"
#include "app/sitting/service_clock.h"
#include "base/text.h"
#include "law/iin.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct init_options {
	const char *db, *key, *from, *passwords, *lang;
	bool template, dry_run, json;
};

static bool read_options(int argc, char **argv, struct init_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "from", required_argument, NULL, 'f' },
		{ "passwords", required_argument, NULL, 'p' },
		{ "lang", required_argument, NULL, 'l' },
		{ "template", no_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'f': ret->from = optarg; break;
		case 'p': ret->passwords = optarg; break;
		case 'l': ret->lang = optarg; break;
		case 't': ret->template = true; break;
		case 'n': ret->dry_run = true; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* What makes no sense together; NULL if all is well. */
static const char *complaint(const struct init_options *o)
{
	if (!catalog_has_language(o->lang))
		return "--lang wants kk, ru or en";
	if (o->template)
		return NULL;
	if (!*o->db)
		return "--db is missing";
	if (!o->from && (o->passwords || o->json))
		return "--passwords and --json want --from FILE";
	if (!o->from && !isatty(STDIN_FILENO))
		return "this is no terminal: say --from FILE (--template prints one)";
	return NULL;
}

/* "kk_KZ.UTF-8": the language of whoever sits there, as other programs take it. */
static const char *language_of_terminal(struct arena *a)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (!value || !*value)
			continue;
		const char *lang = arena_copy_n(a, value, strcspn(value, "_.@"));
		return catalog_has_language(lang) ? lang : "en";
	}
	return "en";
}

/* ---- what the parts share -------------------------------------------------------------------- */

const char *init_text(const struct init_run *run, const char *key, const char *value)
{
	struct buf text = buf_on(run->arena);
	struct err why = { 0 };
	json_t *values = json_pack("{s:s}", "value", value);
	const bool ok =
		catalog_format(view_catalog(run->view), run->lang, key, values, &text, &why);
	json_decref(values);
	return ok ? text.text : key;
}

const char *init_why(const struct init_run *run, const struct err *e)
{
	if (!catalog_has(view_catalog(run->view), run->lang, e->key))
		return arena_copy(run->arena, e->detail);
	return init_text(run, e->key, e->value);
}

const char *init_param(const struct init_run *run, const char *name)
{
	return init_text(run, arena_print(run->arena, "rule_set.param.%s", name), "");
}

bool init_read_file(struct arena *a, const char *path, const char **ret, size_t *ret_size,
		    struct err *e)
{
	FILE *file = fopen(path, "rbe");
	char *bytes = arena_alloc(a, INIT_FILE_MOST + 2);
	const size_t size = file ? fread(bytes, 1, INIT_FILE_MOST + 1, file) : 0;
	const bool ok = file && !ferror(file) && size > 0 && size <= INIT_FILE_MOST;
	if (file)
		(void)fclose(file);
	if (!ok) {
		(void)err_set(e, ERR_INPUT, "init.error.file", "a file cannot be read");
		return err_value(e, path);
	}
	*ret = bytes;
	*ret_size = size;
	return true;
}

int init_year(const struct init_run *run)
{
	return day_to_date(day_of_instant(run->now_ms)).year;
}

/* ---- of a file ------------------------------------------------------------------------------- */

/* "791028302728 the password", a line for each person. */
static bool take_password(const struct init_run *run, char *line, struct err *e)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (!*line)
		return true;
	for (size_t i = 0; i < run->plan.people_count; i++) {
		const char *iin = run->plan.people[i].iin;
		if (strlen(iin) == IIN_SIZE && strncmp(line, iin, IIN_SIZE) == 0 &&
		    line[IIN_SIZE] == ' ')
			return text_accept_secret(run->arena, line + IIN_SIZE + 1,
						  strlen(line + IIN_SIZE + 1), &run->passwords[i],
						  e);
	}
	return err_input(e, "passwords", "init.error.passwords",
			 "a line that is no IIN of the plan, a blank and a password");
}

static bool read_passwords(const struct init_run *run, const char *path, struct err *e)
{
	char line[INIT_LINE_MOST];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	bool ok = true;
	if (!file) {
		(void)err_set(e, ERR_INPUT, "init.error.file", "a file cannot be read");
		return err_value(e, path);
	}
	while (ok && fgets(line, sizeof(line), file))
		ok = take_password(run, line, e);
	sodium_memzero(line, sizeof(line));
	if (file != stdin)
		(void)fclose(file);
	return ok;
}

static bool read_plan(struct init_run *run, const struct init_options *o, struct err *e)
{
	const char *body = NULL;
	size_t size = 0;
	if (!init_read_file(run->arena, o->from, &body, &size, e) ||
	    !plan_read(run->arena, o->from, body, &run->plan, e))
		return false;
	run->passwords = arena_array(run->arena, run->plan.people_count + 1, sizeof(char *));
	return !o->passwords || read_passwords(run, o->passwords, e);
}

/* ---- making ---------------------------------------------------------------------------------- */

/* In memory: what is wrong with the plan is wrong before there is a file. */
static bool rehearse(const struct init_run *run, const struct setup *setup, struct setup_done *ret,
		     struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	if (!db_open(":memory:", &db, e) || !db_migrate(db, e))
		return false;
	const struct act act = {
		.db = db, .arena = run->arena, .now_ms = run->now_ms, .book = run->book
	};
	return installation_make(&act, setup, ret, e);
}

/* The database that is to be filled, if it is there already. */
static bool look_first(const char *where, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct stat status;
	struct err why = { 0 };
	if (!db_is_server(where) && stat(where, &status) != 0)
		return true;
	if (!db_open_read_only(where, &db, e))
		return false;
	/* an empty one, or one of an older program: that is seen when it has been brought up to
	 * date */
	return !db_is_migrated(db, &why) || installation_may_be_made(db, e);
}

static bool make(const struct init_run *run, const struct init_options *o,
		 const struct setup *setup, struct setup_done *ret, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct clock_reading reading;
	struct act act = { .arena = run->arena, .book = run->book };
	if (!cli_open_db(o->db, &db, e) || !installation_may_be_made(db, e))
		return false;
	act.db = db;
	service_clock_read(&reading);
	return service_clock_instant(db, &reading, &act.now_ms, e) &&
	       cli_open_key(o->db, o->key, &act, &key, e) && installation_make(&act, setup, ret, e);
}

/* ---- telling --------------------------------------------------------------------------------- */

static void tell_json(const struct init_run *run, const struct init_options *o,
		      const struct setup_done *done)
{
	json_t *open = json_array();
	for (const char *const *name = done->left_open; *name; name++)
		(void)json_array_append_new(open, json_string(*name));
	json_t *all = json_pack(
		"{s:b,s:b,s:s,s:I,s:I,s:I,s:o,s:b}", "made", !o->dry_run, "dry_run", o->dry_run,
		"organ", run->plan.organ, "people", (json_int_t)run->plan.people_count, "values",
		(json_int_t)run->plan.rules.count, "anchors", (json_int_t)run->plan.anchors.count,
		"left_open", open, "opens_real_competitions", done->opens);
	cli_print_json(all);
	json_decref(all);
}

static void tell(const struct init_run *run, const struct init_options *o,
		 const struct setup_done *done)
{
	if (o->json) {
		tell_json(run, o, done);
		return;
	}
	if (o->from)
		init_show(run);
	printf("\n%s\n",
	       init_text(run, o->dry_run ? "init.dry" : "init.made", db_shown(o->db, run->arena)));
	if (*done->left_open)
		puts(init_text(run, "init.open", ""));
	for (const char *const *name = done->left_open; *name; name++)
		printf("  %-22s %s\n", *name, init_param(run, *name));
	puts(init_text(run, done->opens ? "init.opens" : "init.opens_not", ""));
	if (!o->dry_run)
		puts(init_text(run, "init.next", db_shown(o->db, run->arena)));
}

static int refused(const struct init_run *run, const struct init_options *o, const struct err *e)
{
	if (e->kind == ERR_DB || e->kind == ERR_SYSTEM)
		(void)cli_failed("init", e);
	if (o->json) {
		json_t *all = json_pack("{s:b,s:{s:s,s:s,s:s}}", "made", 0, "error", "key", e->key,
					"field", e->field, "text", init_why(run, e));
		cli_print_json(all);
		json_decref(all);
		return CLI_FAILED;
	}
	(void)fprintf(stderr, "konkurs init: %s%s%s\n", e->field, *e->field ? ": " : "",
		      init_why(run, e));
	return CLI_FAILED;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int work(struct init_run *run, const struct init_options *o)
{
	struct err e = { 0 };
	struct setup setup = { 0 };
	struct setup_done done = { 0 };
	bool go = true;
	if (!look_first(o->db, &e) || !(o->from ? read_plan(run, o, &e) : init_ask(run, &go, &e)))
		return refused(run, o, &e);
	if (!go) {
		puts(init_text(run, "init.ended", ""));
		return CLI_FAILED;
	}
	if (!init_gather(run, &setup, &e) || !init_check_tls(run, &e) ||
	    !rehearse(run, &setup, &done, &e) || (!o->dry_run && !make(run, o, &setup, &done, &e)))
		return refused(run, o, &e);
	tell(run, o, &done);
	return CLI_OK;
}

int cli_init(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *view = NULL;
	struct init_options o = { .db = "", .lang = language_of_terminal(a) };
	struct law_book *book = NULL;
	const struct clock clock = clock_real();
	struct err e = { 0 };
	const char *why = read_options(argc, argv, &o) ? complaint(&o) : "unknown option";
	if (why)
		return cli_usage("init", why);
	if (sodium_init() < 0 || !view_open(&share_built_in, &view, &e) ||
	    !cli_open_book(NULL, a, &book, &e))
		return cli_failed("init", &e);
	struct init_run run = { .arena = a,
				.view = view,
				.lang = o.lang,
				.db = o.db,
				.book = book,
				.now_ms = clock_now(&clock) };
	if (o.template) {
		init_template(&run);
		return CLI_OK;
	}
	return work(&run, &o);
}
