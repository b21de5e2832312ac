/* commands.c - every command of the program. */
#include "cli/cli.h"

const struct command commands[] = {
	{ "demo", cli_demo, "--db FILE [--now TIME] [--accounts]",
	  "Makes a demonstration database, or prints its accounts." },
	{ "serve", cli_serve,
	  "--db FILE [--listen ADDRESS:PORT] [--rules DIR] [--secure] [--now TIME]",
	  "Serves the site until it is told to end." },
	{ 0 },
};
