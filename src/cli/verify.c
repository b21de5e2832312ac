/* verify.c - konkurs verify: everything that can be checked, in one go (F88). */
#include "cli/verify.h"

#include "app/file.h"
#include "cli/cli.h"
#include "cli/colour.h"
#include "cli/progress.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { NOTE_MOST = 64 * 1024 };

bool cli_read_verify(const char *command, int argc, char **argv, struct verify_options *ret)
{
	/* the first two are the drill's alone */
	static const struct option table[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "work", required_argument, NULL, 'w' },
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "checkpoint", required_argument, NULL, 'c' },
		{ "records", required_argument, NULL, 'v' },
		{ "files", required_argument, NULL, 'i' },
		{ "language", required_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	const bool drill = strcmp(command, "drill") == 0;
	bool known = true;
	int option = 0;
	while ((option = getopt_long(argc, argv, "", drill ? table : table + 2, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'w': ret->work = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'v': ret->records = optarg; break;
		case 'i':
			ret->files = optarg;
			known = known && !drill; /* its copies name objects of no place */
			break;
		case 'l': ret->lang = optarg; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quiet = true; break;
		case 'c':
			known = known && ret->checkpoints < CHECKPOINTS_MOST;
			if (known)
				ret->checkpoint[ret->checkpoints++] = optarg;
			break;
		default: known = false;
		}
	}
	if (!known || optind != argc || !catalog_has_language(ret->lang))
		(void)cli_usage(command, "unknown option");
	else if (!ret->db)
		(void)cli_usage(command, "--db is missing");
	else if (drill && db_is_server(ret->db) && !ret->work)
		(void)cli_usage(command,
				"of a server: --work DIR, for the copies that are doctored");
	else
		return true;
	return false;
}

static void close_stream(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

bool cli_read_checkpoint(struct arena *a, const char *path, struct verify_checkpoints *list,
			 struct err *e)
{
	char *text = arena_alloc(a, NOTE_MOST + 1);
	CLEANUP(close_stream) FILE *file = fopen(path, "rbe");
	if (!file)
		return err_set(e, ERR_MISSING, "verify.error.checkpoint", "there is no %.180s",
			       path);
	text[fread(text, 1, NOTE_MOST, file)] = '\0';
	if (list->count == CHECKPOINTS_MOST)
		return err_set(e, ERR_INPUT, "verify.error.checkpoint", "too many checkpoints");
	list->list[list->count].name = path;
	return verify_read_checkpoint(text, &list->list[list->count], e) && ++list->count > 0;
}

const char *cli_say(const struct catalog *catalog, const char *lang, struct arena *a,
		    const char *key, int64_t number, const char *value)
{
	struct buf text = buf_on(a);
	struct err why = { 0 };
	json_t *values = json_pack("{s:I,s:s}", "number", (json_int_t)number, "value", value);
	if (!catalog_format(catalog, lang, key, values, &text, &why))
		buf_add(&text, key);
	json_decref(values);
	return text.text;
}

static const char *root_text(const struct verify_report *r, char ret[64])
{
	return sodium_bin2base64(ret, 64, r->journal.root, JOURNAL_HASH_SIZE,
				 sodium_base64_VARIANT_ORIGINAL);
}

static void print_json(const struct verify_report *r, size_t files)
{
	char root[64];
	json_t *json = json_pack(
		"{s:b,s:I,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:O}",
		"agrees", json_array_size(r->findings) == 0, "entries", (json_int_t)r->entries,
		"root", root_text(r, root), "checkpoints", (json_int_t)r->checkpoints, "sittings",
		(json_int_t)r->sittings, "forms", (json_int_t)r->forms, "results",
		(json_int_t)r->results, "clicks", (json_int_t)r->clicks, "votes",
		(json_int_t)r->votes, "minutes", (json_int_t)r->minutes, "signatures",
		(json_int_t)r->signatures, "states", (json_int_t)r->states, "segments",
		(json_int_t)r->segments, "records", (json_int_t)files, "segments_elsewhere",
		(json_int_t)r->segments_elsewhere, "objects", (json_int_t)r->objects,
		"objects_unseen", (json_int_t)r->objects_unseen, "findings", r->findings);
	cli_print_json(json);
	json_decref(json);
}

static void print_text(const struct catalog *catalog, const char *lang, struct arena *a,
		       const struct verify_report *r, size_t files)
{
	const struct {
		const char *key;
		int64_t count;
	} looked[] = {
		{ "verify.entries", r->entries },       { "verify.checkpoints", r->checkpoints },
		{ "verify.sittings", r->sittings },     { "verify.forms", r->forms },
		{ "verify.results", r->results },       { "verify.clicks", r->clicks },
		{ "verify.votes", r->votes },           { "verify.minutes", r->minutes },
		{ "verify.signatures", r->signatures }, { "verify.states", r->states },
		{ "verify.segments", r->segments },     { "verify.records", (int64_t)files },
		{ "verify.objects", r->objects },
	};
	char root[64];
	size_t i = 0;
	const json_t *row = NULL;
	for (size_t k = 0; k < COUNT(looked); k++)
		puts(cli_say(catalog, lang, a, looked[k].key, looked[k].count, ""));
	if (r->segments_elsewhere > 0)
		puts(cli_say(catalog, lang, a, "verify.elsewhere", r->segments_elsewhere, ""));
	if (r->objects_unseen > 0)
		puts(cli_say(catalog, lang, a, "verify.objects_unseen", r->objects_unseen, ""));
	puts(cli_say(catalog, lang, a, "verify.root", 0, root_text(r, root)));
	json_array_foreach (r->findings, i, row) {
		const char *at = arena_print(a, "verify.at.%s", row_text(row, "at"));
		const char *part = arena_print(a, "verify.part.%s", row_text(row, "part"));
		printf("%s: %s: %s\n", cli_say(catalog, lang, a, part, 0, ""),
		       cli_say(catalog, lang, a, at, row_number(row, "number"), ""),
		       row_text(row, "why"));
	}
	const bool agrees = json_array_size(r->findings) == 0;
	printf("%s%s%s\n", colour(stdout, agrees ? COLOUR_GOOD : COLOUR_BAD),
	       cli_say(catalog, lang, a, agrees ? "verify.agrees" : "verify.differs", 0, ""),
	       colour(stdout, COLOUR_NONE));
}

static bool verify(const struct verify_options *o, struct arena *a, struct verify_report *ret,
		   struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(view_cleanup) struct view *view = NULL;
	struct verify_checkpoints *list = arena_alloc(a, sizeof(*list));
	struct law_book *book = NULL;
	for (size_t i = 0; i < o->checkpoints; i++) {
		if (!cli_read_checkpoint(a, o->checkpoint[i], list, e))
			return false;
	}
	/* read only: an auditor looks at a copy, and nothing may change it */
	if (!db_open_read_only(o->db, &db, e) || !cli_open_law(o->rules, db, a, &book, e) ||
	    !view_open(&share_built_in, &view, e))
		return false;
	CLEANUP(file_place_close) struct file_place place = { 0 };
	if (o->files && !file_place_open(db, o->files, &place, e))
		return false;
	CLEANUP(progress_end) struct progress progress;
	progress_begin(&progress, o->quiet);
	const struct act act = { .db = db,
				 .arena = a,
				 .book = book,
				 .place = o->files ? &place : NULL,
				 .teller = &progress.teller };
	struct verify_records records = { NULL, NULL, 0, "" };
	if (o->records && !cli_read_records(db, a, o->records, &records, e))
		return false;
	if (!verify_all(&act, list->list, list->count, ret, e) ||
	    (o->records && !verify_records(&act, &records, ret, e)))
		return false;
	progress_end(&progress);
	if (o->json)
		print_json(ret, json_object_size(records.files));
	else
		print_text(view_catalog(view), o->lang, a, ret, json_object_size(records.files));
	return true;
}

int cli_verify(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct verify_options o = { .lang = "en" };
	struct verify_report report = { 0 };
	struct err e = { 0 };
	if (!cli_read_verify("verify", argc, argv, &o))
		return CLI_USAGE;
	if (!verify(&o, a, &report, &e))
		return cli_failed("verify", &e);
	return json_array_size(report.findings) == 0 ? CLI_OK : CLI_FAILED;
}
