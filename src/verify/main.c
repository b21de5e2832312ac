/* main.c - konkurs-verify: checks what Konkurs has handed out, without Konkurs (F15, F60, F89).
 * One static program: no database, no network, nothing to install.  docs/konkurs-verify.1 */
#include "verify/check.h"
#include "verify/message.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_HOLDS = 0, EXIT_WRONG = 1, EXIT_UNREADABLE = 2, EXIT_UNPROVED = 3 };

struct call {
	struct arena *arena;
	struct report *report;
	enum verify_language language;
	struct trust trust;
	bool json, text;
	const char *kept[KEPT_MOST]; /* paths */
	size_t kept_count;
	char **word;
	int words;
};

static const char usage[] =
	"usage: konkurs-verify [OPTIONS] receipt FILE | receipt --text CODE...\n"
	"       konkurs-verify [OPTIONS] case ZIP_OR_FOLDER\n"
	"       konkurs-verify [OPTIONS] excerpt ZIP_OR_FOLDER\n"
	"       konkurs-verify [OPTIONS] journal FILE_OR_FOLDER [--checkpoint FILE]...\n"
	"       konkurs-verify [OPTIONS] form FILE\n"
	"       konkurs-verify [OPTIONS] checkpoint FILE | checkpoint OLD NEW\n"
	"options: --key VKEY  --witness VKEY...  --language kk|ru|en  --json  --help  --version\n"
	"exit: 0 it holds, 1 it does not, 2 it cannot be read, 3 not all of it is proved\n";

/* ---- what is asked --------------------------------------------------------------------------- */

static bool read_key(const char *text, struct note_key *ret, enum note_kind kind)
{
	return note_key_parse(text, ret) && ret->kind == kind;
}

static bool take_option(struct call *c, int option)
{
	struct trust *t = &c->trust;
	switch (option) {
	case 'k': t->pinned = true; return read_key(optarg, &t->log, NOTE_ED25519);
	case 'w':
		return t->witnesses < WITNESSES_MOST &&
		       read_key(optarg, &t->witness[t->witnesses++], NOTE_COSIGNATURE);
	case 'c':
		if (c->kept_count == KEPT_MOST)
			return false;
		c->kept[c->kept_count++] = optarg;
		return true;
	case 'l': c->language = verify_language_of(optarg); return true;
	case 'j': c->json = true; return true;
	case 't': c->text = true; return true;
	default: return false;
	}
}

static bool read_options(int argc, char **argv, struct call *c)
{
	static const struct option table[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "witness", required_argument, NULL, 'w' },
		{ "checkpoint", required_argument, NULL, 'c' },
		{ "language", required_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ "text", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (!take_option(c, option))
			return false;
	}
	c->word = argv + optind;
	c->words = argc - optind;
	return c->words >= 2 && (c->kept_count == 0 || strcmp(c->word[0], "journal") == 0);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

static const char *locale(void)
{
	static const char *const name[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < COUNT(name); i++) {
		const char *value = getenv(name[i]);
		if (value && *value)
			return value;
	}
	return NULL;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* "KONKURS 12 89AB...", in the foot of a paper (print/paper.h): a place and a hash, to look up. */
static bool is_paper_code(struct file file)
{
	static const char begins[] = "KONKURS ";
	return file.size > sizeof(begins) && memcmp(file.bytes, begins, sizeof(begins) - 1) == 0;
}

/* A code that was pasted may be in pieces. */
static bool run_receipt(struct call *c, struct err *e)
{
	struct receipt receipt;
	struct file file = { .bytes = "" };
	unsigned char code[RECEIPT_CODE_BYTES];
	if (!c->text && !bundle_file(c->arena, c->word[1], &file, e))
		return false;
	for (int i = 1; c->text && i < c->words; i++)
		file.bytes = arena_print(c->arena, "%s%s", file.bytes, c->word[i]);
	if (c->text)
		file.size = strlen(file.bytes);
	if (file.size < 64 && receipt_code_parse(file.bytes, code))
		return err_set(e, ERR_INPUT, "verify.error.short", "a short code");
	if (is_paper_code(file))
		return err_set(e, ERR_INPUT, "verify.error.paper", "the code of a paper");
	if (!receipt_read(c->arena, file.bytes, file.size, &receipt, e))
		return false;
	check_receipt(c->report, &receipt, &c->trust);
	return true;
}

static bool read_bundle(struct call *c, struct bundle *ret, struct err *e)
{
	struct file file;
	if (is_folder(c->word[1]))
		return bundle_folder(c->arena, c->word[1], ret, e);
	return bundle_file(c->arena, c->word[1], &file, e) && bundle_zip(c->arena, file, ret, e);
}

static bool run_case(struct call *c, struct err *e)
{
	struct bundle files;
	return read_bundle(c, &files, e) && check_case(c->report, &files, &c->trust, e);
}

static bool run_excerpt(struct call *c, struct err *e)
{
	struct bundle files;
	return read_bundle(c, &files, e) && check_excerpt(c->report, &files, &c->trust, e);
}

static bool run_journal(struct call *c, struct err *e)
{
	struct bundle files;
	struct file file;
	struct kept kept = { .count = c->kept_count };
	for (size_t i = 0; i < kept.count; i++) {
		if (!bundle_file(c->arena, c->kept[i], &kept.file[i], e))
			return false;
	}
	if (is_folder(c->word[1]))
		return bundle_folder(c->arena, c->word[1], &files, e) &&
		       check_tiles(c->report, &files, &kept, &c->trust, e);
	if (!bundle_file(c->arena, c->word[1], &file, e))
		return false;
	if (!bundle_is_zip(file))
		return check_lines(c->report, file, &kept, &c->trust, e);
	return bundle_zip(c->arena, file, &files, e) &&
	       check_tiles(c->report, &files, &kept, &c->trust, e);
}

static bool run_form(struct call *c, struct err *e)
{
	struct file file;
	return bundle_file(c->arena, c->word[1], &file, e) &&
	       check_forms(c->report, file, &c->trust, e);
}

static bool run_checkpoint(struct call *c, struct err *e)
{
	struct file old;
	struct file new;
	if (c->words == 2)
		return bundle_file(c->arena, c->word[1], &new, e) &&
		       check_checkpoint(c->report, new, &c->trust, e);
	return bundle_file(c->arena, c->word[1], &old, e) &&
	       bundle_file(c->arena, c->word[2], &new, e) &&
	       check_growth(c->report, old, new, &c->trust, e);
}

static const struct command {
	const char *name;
	int words; /* after it; -1: one or more */
	bool (*run)(struct call *c, struct err *e);
} commands[] = {
	{ "receipt", -1, run_receipt },      { "case", 1, run_case },
	{ "journal", 1, run_journal },       { "form", 1, run_form },
	{ "excerpt", 1, run_excerpt },       { "checkpoint", 1, run_checkpoint },
	{ "checkpoint", 2, run_checkpoint },
};

static const struct command *find_command(const struct call *c)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(commands[i].name, c->word[0]) == 0 &&
		    (commands[i].words == c->words - 1 ||
		     (commands[i].words < 0 && (c->text || c->words == 2))))
			return &commands[i];
	}
	return NULL;
}

/* ---- answers --------------------------------------------------------------------------------- */

static const char *const mark[] = { "\xe2\x9c\x93", "\xc2\xb7", "?", "\xe2\x9c\x97" };
static const char *const word[] = { "good", "fact", "doubt", "bad" };

static void print_text(const struct call *c, const char *verdict)
{
	for (size_t i = 0; i < c->report->count; i++) {
		const struct verify_finding *f = &c->report->finding[i];
		printf("%s %s\n", mark[f->what],
		       verify_say(c->arena, c->language, f->key, f->values));
	}
	printf("%s\n", verify_say(c->arena, c->language, verdict, NULL));
}

static void print_json(const struct call *c, const char *verdict)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->report->count; i++) {
		const struct verify_finding *f = &c->report->finding[i];
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:O,s:s}", "found", word[f->what], "key", f->key,
					"values", f->values, "text",
					verify_say(c->arena, c->language, f->key, f->values)));
	}
	json_t *o = json_pack("{s:s,s:o}", "verdict", verdict, "findings", list);
	(void)json_dumpf(o, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
	json_decref(o);
}

/* What it all comes to: the words and the status of the program. */
struct outcome {
	const char *verdict;
	int status;
};

static struct outcome outcome_of(const struct call *c, bool read, const struct err *e)
{
	if (!read)
		return (struct outcome){ e->key, EXIT_UNREADABLE };
	if (c->report->bad > 0)
		return (struct outcome){ "verify.verdict.bad", EXIT_WRONG };
	if (!c->trust.pinned)
		return (struct outcome){ "verify.verdict.own", EXIT_HOLDS };
	if (c->report->unproved > 0)
		return (struct outcome){ "verify.verdict.part", EXIT_UNPROVED };
	return (struct outcome){ "verify.verdict.good", EXIT_HOLDS };
}

static int answer(const struct call *c, bool read, const struct err *e)
{
	const struct outcome o = outcome_of(c, read, e);
	if (c->json)
		print_json(c, o.verdict);
	else
		print_text(c, o.verdict);
	if (!read)
		(void)fprintf(stderr, "konkurs-verify: %s\n", e->detail);
	return fflush(stdout) == 0 ? o.status : EXIT_UNREADABLE;
}

int main(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct call c = { .arena = a, .language = verify_language_of(locale()) };
	struct err e = { 0 };
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("konkurs-verify " VERIFY_VERSION);
		return EXIT_HOLDS;
	}
	if (asks_for_help(argc, argv)) {
		(void)fputs(usage, stdout);
		return EXIT_HOLDS;
	}
	const struct command *command =
		read_options(argc, argv, &c) && sodium_init() >= 0 ? find_command(&c) : NULL;
	if (!command) {
		(void)fputs(usage, stderr);
		return EXIT_UNREADABLE;
	}
	c.report = check_new(a);
	return answer(&c, command->run(&c, &e), &e);
}
