/* commands.c - every command of the program. */
#include "cli/cli.h"

const struct command commands[] = {
	{ "calendar", cli_calendar,
	  "last-day --before N DAY | add N DAY | year YEAR [--lang LANG] [--rules DIR] [--json]",
	  "Counts working days and says why each day counts or not." },
	{ "demo", cli_demo, "--db FILE [--now TIME] [--accounts]",
	  "Makes a demonstration database, or prints its accounts." },
	{ "journal", cli_journal, "verify --db FILE [--json]",
	  "Checks the whole chain of journal entries; status 1 and the entry if it is broken." },
	{ "serve", cli_serve,
	  "--db FILE [--listen ADDRESS:PORT] [--rules DIR] [--secure] [--now TIME]",
	  "Serves the site until it is told to end." },
	{ 0 },
};
