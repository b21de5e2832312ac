/* migrate.c - konkurs migrate. */
#include "cli/cli.h"

#include "base/log.h"

#include <getopt.h>

/* Commands that open a database migrate it by themselves; this one is for an upgrade of several
 * nodes, where that is a step of its own (docs/nodes.md). */
int cli_migrate(int argc, char **argv)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	CLEANUP(db_cleanup) struct db *db = NULL;
	const char *where = NULL;
	int64_t newest = 0;
	int option = 0;
	struct err e = { 0 };
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option != 'd')
			return cli_usage("migrate", "unknown option");
		where = optarg;
	}
	if (!where || optind != argc)
		return cli_usage("migrate", "--db is missing");
	if (!cli_open_db(where, &db, &e) ||
	    !db_number(db, &e, &newest, "SELECT MAX(number) FROM schema_done"))
		return cli_failed("migrate", &e);
	log_info("the database has migration %lld", (long long)newest);
	return CLI_OK;
}
