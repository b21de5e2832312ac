/* demo.c - konkurs demo: a database to try everything with. */
#include "cli/cli.h"

#include "app/access/session.h"
#include "app/bank/bank.h"
#include "app/demonstration.h"
#include "app/installation/setup.h"
#include "view/share.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct demo_options {
	const char *db, *key, *now;
	bool accounts, unsealed, json;
};

static bool read_options(int argc, char **argv, struct demo_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "now", required_argument, NULL, 'n' },
		{ "accounts", no_argument, NULL, 'a' },
		{ "unsealed", no_argument, NULL, 'u' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'a': ret->accounts = true; break;
		case 'u': ret->unsealed = true; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

static json_t *read_people(struct arena *a, struct err *e)
{
	const struct share_item *file = share_find("sample/demo.json");
	json_t *people = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	if (!people) {
		(void)err_set(e, ERR_SYSTEM, "error.system", "sample/demo.json cannot be read");
		return NULL;
	}
	json_in_arena(a, people);
	return people;
}

static bool add_bank(const struct act *act, struct err *e)
{
	size_t count = 0;
	const struct share_item *files = share_below(&share_built_in, "sample/bank/", &count);
	for (size_t i = 0; i < count; i++) {
		struct bank_file file = { 0 };
		struct bank_import done = { 0 };
		if (!bank_file_read(act->arena, files[i].path, (const char *)files[i].bytes, &file,
				    e) ||
		    !bank_import(act, &file, &done, e))
			return false;
	}
	return true;
}

static bool make(const struct demo_options *options, struct db *db, struct arena *a,
		 const json_t *people, struct err *e)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct vault_papers papers = { .keepers = 0 };
	struct clock clock = { 0 };
	struct law_book *book = NULL;
	if (!cli_clock(options->now, &clock, e) || !cli_open_book(NULL, a, &book, e))
		return false;
	struct act act = { .db = db, .arena = a, .now_ms = clock_now(&clock), .book = book };
	if (!cli_open_key(options->db, options->key, &act, &key, e) ||
	    !demonstration_make(&act, people, e) || !add_bank(&act, e) ||
	    !demonstration_passwords(&act, people, e) ||
	    (!options->unsealed && !demonstration_seal(&act, people, &papers, e)))
		return false;
	for (size_t i = 0; i < VAULT_PAPERS && !options->unsealed; i++)
		printf("recovery paper %zu of the sealed bank: %s\n", i + 1, papers.text[i]);
	return true;
}

static void print_accounts(const json_t *people)
{
	size_t i = 0;
	const json_t *person = NULL;
	printf("Demonstration accounts (password of all: %s)\n",
	       json_string_value(json_object_get(people, "password")));
	json_array_foreach (json_object_get(people, "people"), i, person)
		printf("  %s  %-12s %s, %s\n", json_string_value(json_object_get(person, "iin")),
		       json_string_value(json_object_get(person, "key")),
		       json_string_value(json_object_get(person, "about_kk")),
		       json_string_value(json_object_get(person, "about_ru")));
}

/* A database that somebody works with is not filled with fictitious people. */
static bool is_empty(struct db *db, struct err *e)
{
	bool taken = false;
	bool earnest = false;
	if (!db_exists(db, e, &taken, "SELECT 1 FROM person") ||
	    !installation_in_earnest(db, &earnest, e))
		return false;
	if (earnest)
		return err_set(e, ERR_CONFLICT, "setup.error.made",
			       "this is a real installation; choose another file");
	return !taken || err_set(e, ERR_CONFLICT, "error.conflict",
				 "the database is not empty; choose another file");
}

int cli_demo(int argc, char **argv)
{
	struct demo_options options = { 0 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || !options.db)
		return cli_usage(argv[0], "--db FILE is needed");
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	const json_t *people = read_people(a, &e);
	if (!people)
		return cli_failed(argv[0], &e);
	if (options.accounts) {
		if (options.json)
			cli_print_json(people);
		else
			print_accounts(people);
		return CLI_OK;
	}
	if (!cli_open_db(options.db, &db, &e) || !is_empty(db, &e) ||
	    !make(&options, db, a, people, &e))
		return cli_failed(argv[0], &e);
	printf("%s: a demonstration database\n", db_shown(options.db, a));
	return CLI_OK;
}
