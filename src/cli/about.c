/* about.c - konkurs help and konkurs version: the program about itself. */
#include "cli/cli.h"
#include "cli/help.h"

#include "db/db.h"

#include <stdio.h>
#include <string.h>

int cli_help(int argc, char **argv)
{
	if (argc < 2) {
		help_print_all(stdout);
		return CLI_OK;
	}
	const struct command *command = help_find(argv[1]);
	if (!command)
		return help_unknown(argv[1]);
	help_print(stdout, command, argc > 2 ? argv[2] : NULL);
	return CLI_OK;
}

int cli_version(int argc, char **argv)
{
	const bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc > 1 && !json)
		return cli_usage("version", "unknown option");
	if (!json) {
		puts("konkurs " KONKURS_VERSION);
		return CLI_OK;
	}
	json_t *told = json_pack("{s:s,s:s}", "program", "konkurs", "version", KONKURS_VERSION);
	cli_print_json(told);
	json_decref(told);
	return CLI_OK;
}
