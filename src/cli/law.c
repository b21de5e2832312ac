/* law.c - konkurs law: the law as this installation has it, and what is entered into it. */
#include "cli/cli.h"

#include "app/installation/own_law.h"
#include "app/sitting/service_clock.h"
#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MOST = 1024 * 1024 };

struct law_options {
	const char *db, *reason;
	const char *word[3]; /* action, name, file */
};

static bool read_options(int argc, char **argv, struct law_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "reason", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'w': ret->reason = optarg; break;
		default: return false;
		}
	}
	if (optind == argc || argc - optind > (int)COUNT(ret->word))
		return false;
	for (int i = 0; optind < argc; i++)
		ret->word[i] = argv[optind++];
	return true;
}

/* Each file, and whether this installation has entered it. */
static bool list(const struct act *act, const struct law_options *o, struct err *e)
{
	(void)o;
	const json_t *own = db_rows(act->db, act->arena, e, "SELECT name, entered_ms FROM own_law");
	if (!own)
		return false;
	for (size_t i = 0; i < act->book->file_count; i++) {
		const struct law_file *f = &act->book->files[i];
		char at[INSTANT_TEXT_SIZE] = "of the program";
		size_t k = 0;
		const json_t *row = NULL;
		json_array_foreach (own, k, row) {
			if (strcmp(row_text(row, "name"), f->name) == 0)
				instant_print(row_number(row, "entered_ms"), at);
		}
		printf("%-32s %-26s %s\n", f->name, at, f->hash);
	}
	return true;
}

static bool show(const struct act *act, const struct law_options *o, struct err *e)
{
	for (size_t i = 0; o->word[1] && i < act->book->file_count; i++) {
		if (strcmp(act->book->files[i].name, o->word[1]) == 0)
			return fputs(act->book->files[i].body, stdout) >= 0;
	}
	return err_set(e, ERR_MISSING, "error.missing", "no file of the law has this name");
}

static bool read_file(struct arena *a, const char *path, const char **ret, struct err *e)
{
	FILE *file = fopen(path, "rbe");
	char *bytes = arena_alloc(a, FILE_MOST + 2);
	const size_t size = file ? fread(bytes, 1, FILE_MOST + 1, file) : 0;
	const bool ok =
		file && !ferror(file) && size > 0 && size <= FILE_MOST && strlen(bytes) == size;
	if (file)
		(void)fclose(file);
	*ret = bytes;
	return ok || err_set(e, ERR_INPUT, "error.file", "the file cannot be read");
}

static bool enter(const struct act *act, const struct law_options *o, struct err *e)
{
	struct law_source file = { o->word[1], NULL };
	const struct law_book *book = NULL;
	const char *reason = o->reason ? o->reason : "";
	if (!o->word[2])
		return err_set(e, ERR_INPUT, "error.required", "say: law enter NAME FILE");
	if (!text_accept(act->arena, reason, strlen(reason), &reason, e) ||
	    !read_file(act->arena, o->word[2], &file.body, e) ||
	    !own_law_enter(act, &file, 1, reason, &book, e))
		return false;
	printf("%s is the law of this installation; a server reads it when it starts\n", file.name);
	return true;
}

static bool run(const struct law_options *o,
		bool (*action)(const struct act *, const struct law_options *, struct err *),
		struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	int64_t now_ms = 0;
	if (!cli_open_db(o->db, &db, e) || !cli_open_law(NULL, db, a, &book, e))
		return false;
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &now_ms, e))
		return false;
	const struct act act = { .db = db, .arena = a, .now_ms = now_ms, .book = book };
	return action(&act, o, e);
}

int cli_law(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(const struct act *act, const struct law_options *o, struct err *e);
	} actions[] = { { "list", list }, { "show", show }, { "enter", enter } };
	struct law_options o = { .word = { "" } };
	struct err e = { 0 };
	if (!read_options(argc, argv, &o) || !o.db)
		return cli_usage("law",
				 "say: law list, law show NAME or law enter NAME FILE, with --db");
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(o.word[0], actions[i].name) == 0)
			return run(&o, actions[i].run, &e) ? CLI_OK : cli_failed("law", &e);
	}
	return cli_usage("law", "no such action");
}
