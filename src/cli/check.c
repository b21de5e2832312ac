/* check.c - konkurs check: what is wrong with an installation, and how to mend it. */
#include "cli/cli.h"
#include "cli/colour.h"

#include "app/file.h"
#include "web/installation/installation.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct check_options {
	const char *db, *key, *rules, *lang, *now, *records, *files;
	struct tls_options tls;
	struct file_place place; /* of `files` */
	bool json;
};

static bool read_options(int argc, char **argv, struct check_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "records", required_argument, NULL, 'e' },
		{ "files", required_argument, NULL, 'i' },
		{ "key", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'l' },
		{ "now", required_argument, NULL, 'n' },
		{ "tls-certificate", required_argument, NULL, 'c' },
		{ "tls-key", required_argument, NULL, 'p' },
		{ "tls-client-crl", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'e': ret->records = optarg; break;
		case 'i': ret->files = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'l': ret->lang = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'c': ret->tls.certificate = optarg; break;
		case 'p': ret->tls.key = optarg; break;
		case 'w': ret->tls.client_crl = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	return optind == argc && catalog_has_language(ret->lang);
}

static void print_json(const struct installation *c)
{
	json_t *result = json_pack("{s:b,s:O}", "good", c->errors == 0, "findings", c->findings);
	(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
	json_decref(result);
}

static void print_text(const struct installation *c)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (c->findings, i, row) {
		const char *mend = json_string_value(json_object_get(row, "mend"));
		const char *level = json_string_value(json_object_get(row, "level"));
		const bool bad = strcmp(level, "error") == 0;
		printf("%s%s%s: %s\n    %s\n", colour(stdout, bad ? COLOUR_BAD : COLOUR_WARN),
		       level, colour(stdout, COLOUR_NONE),
		       json_string_value(json_object_get(row, "text")), mend ? mend : "");
	}
	puts(catalog_text(view_catalog(c->view), c->language,
			  c->errors > 0 ? "cli.check.bad" : "cli.check.good"));
}

static bool look(struct check_options *o, struct installation *c, struct db **db, struct err *e)
{
	struct clock clock = { 0 };
	struct err why = { 0 };
	if (!cli_clock(o->now, &clock, e))
		return false;
	if (sodium_init() < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libsodium does not start");
	c->now_ms = clock_now(&clock);
	c->today = day_of_instant(c->now_ms);
	c->thorough = true;
	c->db = o->db;
	c->key = o->key;
	c->rules = o->rules;
	c->tls = &o->tls;
	c->records = o->records;
	/* one that does not open is a finding: installation_version() */
	if (o->db && !db_open_read_only(o->db, db, &why))
		*db = NULL;
	c->base = *db;
	if (o->files && *db) {
		if (!file_place_open(*db, o->files, &o->place, e))
			return false;
		c->place = &o->place;
	}
	return installation_check(c, e);
}

int cli_check(int argc, char **argv)
{
	struct check_options options = { .lang = "en" };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *view = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("check", "unknown option");
	if (!view_open(&share_built_in, &view, &e))
		return cli_failed("check", &e);
	struct installation c = installation_new(a, view, options.lang);
	const bool looked = look(&options, &c, &db, &e);
	file_place_close(&options.place);
	if (!looked)
		return cli_failed("check", &e);
	if (options.json)
		print_json(&c);
	else
		print_text(&c);
	return c.errors > 0 ? CLI_FAILED : CLI_OK;
}
