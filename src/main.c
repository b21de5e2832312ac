/* main.c - konkurs COMMAND ...: finds the command in the table and runs it. */
#include "cli/cli.h"
#include "cli/help.h"

#include <string.h>

/* What people try first. */
static const char *command_of(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return "version";
	return word;
}

/* Of `bank import --help` the second word. */
static const char *action_of(int argc, char **argv)
{
	return argc > 2 && argv[2][0] != '-' ? argv[2] : NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help_print_all(stderr);
		return CLI_USAGE;
	}
	const struct command *command = help_find(command_of(argv[1]));
	if (!command)
		return help_unknown(argv[1]);
	if (help_is_asked(argc - 1, argv + 1)) {
		help_print(stdout, command, action_of(argc, argv));
		return CLI_OK;
	}
	return command->run(argc - 1, argv + 1);
}
