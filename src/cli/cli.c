#include "cli/cli.h"

#include "app/bank/vault_start.h"
#include "app/evidence/move.h"
#include "app/installation/own_law.h"
#include "base/log.h"
#include "cli/colour.h"
#include "cli/help.h"
#include "web/site.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { START_WAIT_MS = 60 * 1000, WAIT_MS = 5000 };

int cli_usage(const char *name, const char *why)
{
	const struct command *command = help_find(name);
	(void)fprintf(stderr, "konkurs %s: %s\n", name, why);
	if (command) {
		(void)fputs("usage:\n", stderr);
		help_print_forms(stderr, command, NULL);
		(void)fprintf(stderr, "konkurs %s --help says more\n", name);
	}
	return CLI_USAGE;
}

int cli_failed(const char *name, const struct err *e)
{
	const bool act = *e->value && strcmp(e->key, "exam.bank.shortage") == 0;
	(void)fprintf(stderr, "%skonkurs %s:%s %s: %s%s%s (%s)\n", colour(stderr, COLOUR_BAD), name,
		      colour(stderr, COLOUR_NONE), err_kind_name(e->kind), e->detail,
		      act ? ": " : "", act ? e->value : "", e->key);
	return CLI_FAILED;
}

bool cli_log(const char *format, const char *node)
{
	const struct log_options options = { .json = strcmp(format, "json") == 0, .node = node };
	if (!options.json && strcmp(format, "text") != 0)
		return false;
	log_setup(&options);
	return true;
}

void cli_print_json(const json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
}

static bool open_db(const char *where, bool migrate, struct db **ret, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	/* what it makes is for the service's own account only (konkurs check looks) */
	(void)umask(S_IRWXG | S_IRWXO);
	/* Nodes that are started together wait for the one that makes the tables. */
	if (!db_open(where, &db, e) || !db_wait_most(db, START_WAIT_MS, e) ||
	    !(migrate ? db_migrate(db, e) : db_is_migrated(db, e)) || !move_allows(db, e) ||
	    !db_wait_most(db, WAIT_MS, e))
		return false;
	*ret = db;
	db = NULL;
	return true;
}

bool cli_open_db(const char *where, struct db **ret, struct err *e)
{
	return open_db(where, true, ret, e);
}

bool cli_open_migrated_db(const char *where, struct db **ret, struct err *e)
{
	return open_db(where, false, ret, e);
}

bool cli_open_key(const char *where, const char *key, struct act *act, struct service_key **ret,
		  struct err *e)
{
	if (!vault_key_open(act->db, where, key, ret, e))
		return false;
	act->key = *ret;
	return vault_begin(act, e);
}

bool cli_open_book(const char *rules, struct arena *a, struct law_book **ret, struct err *e)
{
	return rules ? law_book_load_dir(rules, a, ret, e) : site_built_in_law(a, ret, e);
}

bool cli_open_law(const char *rules, struct db *db, struct arena *a, struct law_book **ret,
		  struct err *e)
{
	struct law_book *book = NULL;
	if (!cli_open_book(rules, a, &book, e) || (!rules && !own_law_lay(db, a, &book, e)))
		return false;
	*ret = book;
	return true;
}

bool cli_clock(const char *begin, struct clock *ret, struct err *e)
{
	const struct clock real = clock_real();
	int64_t begin_ms = 0;
	if (!begin) {
		*ret = real;
		return true;
	}
	if (!instant_parse(begin, &begin_ms))
		return err_set(e, ERR_INPUT, "error.time", "--now wants YYYY-MM-DDTHH:MM");
	*ret = clock_line(begin_ms, clock_since_boot_ms());
	return true;
}
