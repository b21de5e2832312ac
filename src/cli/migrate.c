/* migrate.c - konkurs migrate. */
#include "cli/cli.h"

#include "base/log.h"

#include <getopt.h>
#include <stdio.h>

/* Commands that open a database migrate it by themselves; this one is for an upgrade of several
 * nodes, where that is a step of its own (docs/nodes.md). */
int cli_migrate(int argc, char **argv)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	CLEANUP(db_cleanup) struct db *db = NULL;
	const char *where = NULL;
	bool json = false;
	int64_t newest = 0;
	int option = 0;
	struct err e = { 0 };
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': where = optarg; break;
		case 'j': json = true; break;
		default: return cli_usage("migrate", "unknown option");
		}
	}
	if (!where || optind != argc)
		return cli_usage("migrate", "--db is missing");
	if (!cli_open_db(where, &db, &e) ||
	    !db_number(db, &e, &newest, "SELECT MAX(number) FROM schema_done"))
		return cli_failed("migrate", &e);
	if (json) {
		json_t *told = json_pack("{s:I}", "migration", (json_int_t)newest);
		cli_print_json(told);
		json_decref(told);
		return CLI_OK;
	}
	log_info("the database has migration %lld", (long long)newest);
	return CLI_OK;
}
