/* completion.c - konkurs completion: what bash completes, from the table of commands.
 *
 * The script needs nothing but bash: it works with the package bash-completion, which finds it by
 * its place, and where somebody just reads it in. */
#include "cli/cli.h"
#include "cli/synopsis.h"

#include <stdio.h>
#include <string.h>

static const char beginning[] =
	"# bash completion of konkurs: made by `konkurs completion bash` from the table of "
	"commands.\n"
	"_konkurs() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command=${COMP_WORDS[1]} action='' actions='' options='' value='' word\n"
	"\tCOMPREPLY=()\n"
	"\tif ((COMP_CWORD == 1)); then\n"
	"\t\tcommand=\n";

/* The first word that is no option is the action, wherever it stands. */
static const char ending[] =
	"\t\tesac\n"
	"\t\tfor word in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
	"\t\t\tif [[ \" $actions \" == *\" $word \"* ]]; then\n"
	"\t\t\t\taction=$word\n"
	"\t\t\t\tbreak\n"
	"\t\t\tfi\n"
	"\t\tdone\n"
	"\t\t_konkurs_form \"$command $action\" \"$before\"\n"
	"\tfi\n"
	"\tcase $value in\n"
	"\tfile) compopt -o filenames 2>/dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	"\tnone) ;;\n"
	"\t'') if [[ -z $action && $cur != -* ]]; then\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$actions\" -- \"$cur\")\n"
	"\t\tfi\n"
	"\t\tif [[ $cur == -* || -z ${COMPREPLY[*]} ]]; then\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
	"\t\tfi\n"
	"\t\tif [[ $cur != -* && -z ${COMPREPLY[*]} ]] && ((COMP_CWORD > 1)); then\n"
	"\t\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\t\tfi ;;\n"
	"\t*) mapfile -t COMPREPLY < <(compgen -W \"$value\" -- \"$cur\") ;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _konkurs konkurs\n";

/* ---- actions --------------------------------------------------------------------------------- */

/* Whether an earlier form of the command has it, too. */
static bool was_there(const struct command *c, struct span word)
{
	const char *rest = c->options;
	struct span form;
	struct span one;
	while (synopsis_form(&rest, &form) && form.at + form.size <= word.at) {
		struct span action = synopsis_action(form);
		while (synopsis_word(&action, &one)) {
			if (one.size == word.size && memcmp(one.at, word.at, one.size) == 0)
				return true;
		}
	}
	return false;
}

static void print_actions(const struct command *c)
{
	const char *rest = c->options;
	const char *gap = "";
	struct span form;
	struct span one;
	printf("\t\t%s) actions='", c->name);
	while (synopsis_form(&rest, &form)) {
		struct span action = synopsis_action(form);
		while (synopsis_word(&action, &one)) {
			if (was_there(c, one))
				continue;
			printf("%s%.*s", gap, (int)one.size, one.at);
			gap = " ";
		}
	}
	puts("' ;;");
}

/* ---- options --------------------------------------------------------------------------------- */

static bool is_one_of(struct span value, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_is(value, list[i]))
			return true;
	}
	return false;
}

/* Words to choose from, files, or nothing that could be guessed. */
static void print_value(struct span value)
{
	static const char *const files[] = { "FILE",     "DIR",   "FOLDER",   "LINE|FILE", "COPY",
					     "FILE.pdf", "PLACE", "DATABASE", "PLAN",      "PATH" };
	struct span one;
	if (is_one_of(value, files, COUNT(files))) {
		(void)fputs("'file'", stdout);
	} else if (span_is(value, "LANG")) {
		(void)fputs("'kk ru en'", stdout);
	} else if (span_is(value, "FORMAT")) {
		(void)fputs("'qti3 qti2 moodle csv xlsx'", stdout);
	} else if (memchr(value.at, '|', value.size)) {
		(void)putchar('\'');
		for (const char *gap = ""; synopsis_word(&value, &one); gap = " ")
			printf("%s%.*s", gap, (int)one.size, one.at);
		(void)putchar('\'');
	} else {
		(void)fputs("'none'", stdout);
	}
}

static void print_form(const struct command *c, struct span form)
{
	struct span rest = form;
	struct span actions = synopsis_action(form);
	struct span name;
	struct span value;
	if (actions.size == 0) {
		printf("\t'%s ')", c->name);
	} else {
		const char *gap = "\t";
		while (synopsis_word(&actions, &name)) {
			printf("%s'%s %.*s'", gap, c->name, (int)name.size, name.at);
			gap = "|";
		}
		(void)putchar(')');
	}
	(void)fputs(" options+='", stdout);
	while (synopsis_option(&rest, &name, &value))
		printf(" %.*s", (int)name.size, name.at);
	puts("'\n\t\tcase $2 in");
	for (rest = form; synopsis_option(&rest, &name, &value);) {
		if (value.size > 0) {
			printf("\t\t%.*s) value=", (int)name.size, name.at);
			print_value(value);
			puts(" ;;");
		}
	}
	puts("\t\tesac ;;&"); /* the next form may begin with the same word */
}

static void print_names(const char *before)
{
	for (const struct command *c = commands; c->name; c++)
		printf("%s%s", c == commands ? before : " ", c->name);
}

static int print_bash(void)
{
	puts("_konkurs_form() {\n\tcase $1 in");
	for (const struct command *c = commands; c->name; c++) {
		const char *rest = c->options;
		struct span form;
		while (synopsis_form(&rest, &form))
			print_form(c, form);
	}
	puts("\tesac\n\toptions+=' --help'\n}");
	(void)fputs(beginning, stdout);
	print_names("\t\tactions='");
	puts(" --help --version'\n\t\toptions=$actions\n\telse\n\t\tcase $command in");
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, "help") != 0)
			print_actions(c);
	}
	print_names("\t\thelp) actions='");
	puts("' ;;");
	(void)fputs(ending, stdout);
	return CLI_OK;
}

int cli_completion(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "bash") == 0)
		return print_bash();
	return cli_usage("completion", "say: konkurs completion bash");
}
