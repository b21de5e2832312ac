/* commands.c - every command of the program. */
#include "cli/cli.h"

const struct command commands[] = {
	{ "serve", cli_serve,
	  "--db FILE [--listen ADDRESS:PORT] [--rules DIR] [--secure] [--now TIME]",
	  "Serves the site until it is told to end." },
	{ 0 },
};
