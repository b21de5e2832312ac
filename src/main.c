/* main.c - konkurs COMMAND ...: finds the command in the table and runs it. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void help(FILE *out)
{
	(void)fputs("konkurs: competitions for leadership posts of the prosecution service\n\n",
		    out);
	for (const struct command *c = commands; c->name; c++)
		(void)fprintf(out, "  konkurs %s %s\n      %s\n", c->name, c->options, c->help);
	(void)fputs("  konkurs help [COMMAND]\n      This text, or one command of it.\n", out);
}

static int help_on(const char *name)
{
	const struct command *c = find(name);
	if (!c) {
		(void)fprintf(stderr, "konkurs: no command %s\n", name);
		return CLI_USAGE;
	}
	(void)printf("konkurs %s %s\n%s\n", c->name, c->options, c->help);
	return CLI_OK;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return CLI_USAGE;
	}
	bool asks = strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0;
	if (asks && argc > 2)
		return help_on(argv[2]);
	if (asks) {
		help(stdout);
		return CLI_OK;
	}
	const struct command *command = find(argv[1]);
	if (!command) {
		(void)fprintf(stderr, "konkurs: no command %s; konkurs --help lists them\n",
			      argv[1]);
		return CLI_USAGE;
	}
	return command->run(argc - 1, argv + 1);
}
