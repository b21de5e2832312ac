/* journal.c - konkurs journal: the options, and verify: is all of it whole, and is it what a
 * printed checkpoint says?  (F85 to F88) */
#include "cli/journal.h"
#include "cli/progress.h"

#include "app/evidence/checkpoint.h"
#include "journal/journal.h"
#include "journal/log_verify.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool journal_number(const char *text, int64_t *ret)
{
	char *end = NULL;
	errno = 0;
	if (*text < '0' || *text > '9')
		return false;
	const long long n = strtoll(text, &end, 10);
	*ret = n;
	return *end == '\0' && errno == 0;
}

static bool set_option(struct journal_options *o, int option)
{
	switch (option) {
	case 'd': o->db = optarg; return true;
	case 'k': o->key = optarg; return true;
	case 'r': o->rules = optarg; return true;
	case 'l': o->log_key = optarg; return true;
	case 'a': return journal_number(optarg, &o->at);
	case 'o': return journal_number(optarg, &o->old);
	case 'j': o->json = true; return true;
	case 'q': o->quiet = true; return true;
	case 'm': o->make = true; return true;
	case 'c': o->checkpoints = true; return true;
	default: return false;
	}
}

/* The files of --checkpoint are what follows: the first beside it, others as words. */
static bool read_options(int argc, char **argv, struct journal_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "rules", required_argument, NULL, 'r' },
		{ "log-key", required_argument, NULL, 'l' },
		{ "at", required_argument, NULL, 'a' },
		{ "old", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "make", no_argument, NULL, 'm' },
		{ "checkpoint", no_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	*ret = (struct journal_options){ .at = -1, .old = -1 };
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (!set_option(ret, option))
			return false;
	}
	if (optind >= argc || argc - optind - 1 > JOURNAL_WORDS_MOST)
		return false;
	ret->action = argv[optind++];
	for (; optind < argc; optind++)
		ret->word[ret->words++] = argv[optind];
	return true;
}

bool cli_read_file(struct arena *a, const char *path, const char **ret, size_t *ret_size,
		   struct err *e)
{
	FILE *file = fopen(path, "rb");
	char *text = arena_alloc(a, NOTE_MOST + 2);
	if (!file)
		return err_set(e, ERR_MISSING, "error.missing", "%s cannot be read", path);
	const size_t size = fread(text, 1, NOTE_MOST + 1, file);
	const bool ok = !ferror(file) && size <= NOTE_MOST;
	(void)fclose(file);
	if (!ok)
		return err_set(e, ERR_INPUT, "error.file", "%s is too large", path);
	*ret = text;
	*ret_size = size;
	return true;
}

/* ---- verify ---------------------------------------------------------------------------------- */

static void head_text(const struct journal_report *report, char ret[JOURNAL_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < JOURNAL_HASH_SIZE; i++) {
		ret[2 * i] = digits[report->head[i] >> 4];
		ret[2 * i + 1] = digits[report->head[i] & 15];
	}
	ret[JOURNAL_TEXT_SIZE - 1] = '\0';
}

/* A checkpoint that somebody has kept. */
struct paper {
	const char *path;
	const char *why; /* "" fits */
	struct note_checkpoint said;
};

struct found {
	struct journal_report chain;
	bool has_log; /* the database knows checkpoints */
	struct log_report log;
	size_t count;
	struct paper paper[JOURNAL_WORDS_MOST];
	struct log_want want[JOURNAL_WORDS_MOST];
};

/* The key that --log-key pins, else the one in the database: then whoever holds the database may
 * have put another there, and the signature says less. */
static bool find_key(const struct journal_options *o, struct db *db, struct note_key *ret,
		     struct err *e)
{
	if (!o->log_key)
		return checkpoint_key(db, ret, e);
	return note_key_parse(o->log_key, ret) ||
	       err_set(e, ERR_INPUT, "journal.error.vkey", "--log-key is no verifier key");
}

static bool read_papers(const struct journal_options *o, struct db *db, struct arena *a,
			struct found *f, struct err *e)
{
	struct note_key key;
	if (o->words > 0 && !find_key(o, db, &key, e))
		return false;
	for (; f->count < o->words; f->count++) {
		struct paper *p = &f->paper[f->count];
		struct note note;
		const char *text = NULL;
		size_t size = 0;
		*p = (struct paper){ .path = o->word[f->count], .why = "" };
		if (!cli_read_file(a, p->path, &text, &size, e))
			return false;
		if (!note_parse(text, size, &note) || !note_checkpoint_parse(&note, &p->said))
			p->why = "no checkpoint";
		else if (strcmp(p->said.origin, key.name) != 0)
			p->why = "another log's";
		else if (note_check(&note, &key, NULL) != NOTE_GOOD)
			p->why = "not signed by this log's key";
		f->want[f->count].size = p->said.size;
	}
	return true;
}

static void judge(struct found *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct paper *p = &f->paper[i];
		if (*p->why)
			continue;
		if (!f->want[i].found)
			p->why = "the journal has fewer entries";
		else if (!tree_equal(&f->want[i].root, &p->said.root))
			p->why = "the entries are not those that were signed";
	}
}

/* A database of before checkpoints is verified all the same. */
static bool has_log(struct db *db, bool *ret, struct err *e)
{
	return db_exists(db, e, ret, "SELECT 1 FROM schema_done WHERE name = '0025_checkpoint'");
}

static bool is_whole(const struct found *f)
{
	bool whole = f->chain.broken_seq == 0 && !f->log.broken;
	for (size_t i = 0; i < f->count; i++)
		whole = whole && !*f->paper[i].why;
	return whole;
}

static json_t *log_json(const struct found *f)
{
	return json_pack("{s:b,s:I,s:I,s:I,s:I,s:s}", "whole", !f->log.broken, "tiles",
			 (json_int_t)f->log.tiles, "checkpoints", (json_int_t)f->log.checkpoints,
			 "cosignatures", (json_int_t)f->log.cosignatures, "broken_at",
			 (json_int_t)f->log.at, "why", f->has_log ? f->log.why : "");
}

static void print_json(const struct found *f, const char *head)
{
	const struct journal_report *chain = &f->chain;
	json_t *papers = json_array();
	for (size_t i = 0; i < f->count; i++)
		(void)json_array_append_new(papers,
					    json_pack("{s:s,s:b,s:I,s:s}", "file", f->paper[i].path,
						      "good", !*f->paper[i].why, "size",
						      (json_int_t)f->paper[i].said.size, "why",
						      f->paper[i].why));
	json_t *result =
		json_pack("{s:b,s:I,s:I,s:I,s:s,s:s,s:o,s:o}", "whole", is_whole(f), "entries",
			  (json_int_t)chain->entries, "destroyed", (json_int_t)chain->destroyed,
			  "broken_entry", (json_int_t)chain->broken_seq, "why", chain->why, "head",
			  head, "log", log_json(f), "papers", papers);
	(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
	json_decref(result);
}

static void print_chain(const struct journal_report *report, const char *head)
{
	if (report->broken_seq == 0) {
		printf("The journal is whole: %lld entries", (long long)report->entries);
		if (report->destroyed > 0)
			printf(", the content of %lld destroyed by act",
			       (long long)report->destroyed);
		printf(".\nNewest entry: %s\n", head);
		return;
	}
	printf("The journal is broken at entry %lld: %s.\n"
	       "The %lld entries before it fit.  Hash of the last good entry: %s\n",
	       (long long)report->broken_seq, report->why, (long long)report->broken_seq - 1, head);
}

static void print_text(const struct found *f, const char *head)
{
	print_chain(&f->chain, head);
	if (f->log.broken)
		printf("The log is broken at %lld: %s.\n", (long long)f->log.at, f->log.why);
	else if (f->has_log)
		printf("The log fits: %lld checkpoints, %lld cosignatures, %lld tiles.\n",
		       (long long)f->log.checkpoints, (long long)f->log.cosignatures,
		       (long long)f->log.tiles);
	for (size_t i = 0; i < f->count; i++)
		printf("%s: %s (%llu entries)\n", f->paper[i].path,
		       *f->paper[i].why ? f->paper[i].why
					: "the journal begins with what was signed",
		       (unsigned long long)f->paper[i].said.size);
}

static bool look(const struct journal_options *o, struct db *db, struct found *f, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(progress_end) struct progress progress;
	progress_begin(&progress, o->quiet);
	if (!journal_verify_watched(db, &progress.teller, &f->chain, e) ||
	    !has_log(db, &f->has_log, e))
		return false;
	if (!f->has_log)
		return o->words == 0 || err_set(e, ERR_MISSING, "journal.error.none",
						"the database knows no checkpoints");
	if (!read_papers(o, db, a, f, e) || !log_verify(db, f->want, f->count, &f->log, e))
		return false;
	judge(f);
	return true;
}

int journal_run_verify(const struct journal_options *o)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct found found = { .count = 0 };
	struct err e = { 0 };
	char head[JOURNAL_TEXT_SIZE];
	if ((o->words > 0) != o->checkpoints)
		return cli_usage("journal", "say: journal verify --checkpoint FILE...");
	/* read only: an auditor looks at a copy, and nothing may change it */
	if (!db_open_read_only(o->db, &db, &e) || !look(o, db, &found, &e))
		return cli_failed("journal", &e);
	head_text(&found.chain, head);
	if (o->json)
		print_json(&found, head);
	else
		print_text(&found, head);
	return is_whole(&found) ? CLI_OK : CLI_FAILED;
}

/* ---- the command ----------------------------------------------------------------------------- */

int cli_journal(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct journal_options *o);
	} actions[] = {
		{ "verify", journal_run_verify },      { "checkpoint", journal_run_checkpoint },
		{ "prove", journal_run_prove },        { "consistency", journal_run_consistency },
		{ "show", journal_run_show },          { "export-tiles", journal_run_export },
		{ "export-lines", journal_run_lines },
	};
	struct journal_options options;
	if (!read_options(argc, argv, &options))
		return cli_usage("journal", "unknown option");
	if (!options.db)
		return cli_usage("journal", "--db is missing");
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(actions[i].name, options.action) == 0)
			return actions[i].run(&options);
	}
	return cli_usage("journal", "say: journal verify, checkpoint, prove, consistency, show, "
				    "export-tiles or export-lines");
}
