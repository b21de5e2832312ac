/* help.h - what the program says of itself, from the table of commands. */
#pragma once
#include "cli/cli.h"

#include <stdio.h>

/* NULL: there is no such command. */
const struct command *help_find(const char *name);

/* All commands, a line each. */
void help_print_all(FILE *out);

/* One command: what it is for, its forms, its options.  `action` is one of its first words, then it
 * is the forms that begin with it; NULL, or no such word: all forms. */
void help_print(FILE *out, const struct command *command, const char *action);

/* The forms alone, each a line or several, "  konkurs NAME ..." */
void help_print_forms(FILE *out, const struct command *command, const char *action);

/* "konkurs: there is no command X" on standard error, and which one was perhaps meant; is
 * CLI_USAGE. */
int help_unknown(const char *name);

/* Whether --help stands among the words, before "--". */
bool help_is_asked(int argc, char **argv);
