#include "cli/help.h"

#include "cli/colour.h"
#include "cli/words.h"

#include <string.h>

enum {
	WIDTH = 80,   /* of the text           */
	INDENT = 6,   /* of what goes on below  */
	NAMES = 14,   /* column of commands     */
	OPTIONS = 26, /* column of options      */
	WORD_MOST = 24
};

const struct command *help_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

bool help_is_asked(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Where the word ends that begins at `at`; "[--rules DIR]" is one. */
static size_t word_end(struct span text, size_t at)
{
	enum { GROUP_MOST = 40 };
	size_t end = at;
	int depth = 0;
	for (; end < text.size && end - at < GROUP_MOST; end++) {
		if (text.at[end] == ' ' && depth == 0)
			return end;
		depth += (text.at[end] == '[') - (text.at[end] == ']');
	}
	for (end = at; end < text.size && text.at[end] != ' ';)
		end++;
	return end;
}

/* Words of `text`, broken before WIDTH; `column` is where the first stands, the other lines begin
 * at `indent`. */
static void print_words(FILE *out, struct span text, int column, int indent)
{
	size_t at = 0;
	bool first = true;
	while (at < text.size) {
		const size_t end = word_end(text, at);
		const int size = (int)(end - at);
		if (!first && column + 1 + size > WIDTH) {
			(void)fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			(void)fputc(' ', out);
			column++;
		}
		(void)fprintf(out, "%.*s", size, text.at + at);
		column += size;
		first = false;
		at = end + (end < text.size);
	}
	(void)fputc('\n', out);
}

static void print_text(FILE *out, const char *text, int column, int indent)
{
	print_words(out, (struct span){ text, strlen(text) }, column, indent);
}

static void print_heading(FILE *out, const char *text)
{
	(void)fprintf(out, "\n%s%s%s\n", colour(out, COLOUR_BOLD), text, colour(out, COLOUR_NONE));
}

/* ---- one command ----------------------------------------------------------------------------- */

/* Without such an action all forms are shown. */
static bool has_action(const struct command *command, const char *action)
{
	const char *rest = command->options;
	struct span form;
	while (action && synopsis_form(&rest, &form)) {
		if (synopsis_is(form, action))
			return true;
	}
	return false;
}

void help_print_forms(FILE *out, const struct command *command, const char *action)
{
	const char *rest = command->options;
	const bool some = has_action(command, action);
	struct span form;
	if (!*rest)
		(void)fprintf(out, "  konkurs %s\n", command->name);
	while (synopsis_form(&rest, &form)) {
		if (some && !synopsis_is(form, action))
			continue;
		const int column = fprintf(out, "  konkurs %s ", command->name);
		print_words(out, form, column, INDENT);
	}
}

static void print_option(FILE *out, const char *command, struct span name, struct span value)
{
	const char *words = words_of(command, name);
	int column = fprintf(out, "  %.*s%s%.*s", (int)name.size, name.at, value.size ? " " : "",
			     (int)value.size, value.at);
	if (column >= OPTIONS) {
		(void)fputc('\n', out);
		column = 0;
	}
	(void)fprintf(out, "%*s", OPTIONS - column, "");
	print_text(out, words ? words : "", OPTIONS, OPTIONS);
}

/* Whether an option stood before `here` in the line, in a form that is shown. */
static bool was_there(const struct command *command, const char *action, struct span option,
		      const char *here)
{
	const char *rest = command->options;
	struct span form;
	struct span name;
	struct span value;
	while (synopsis_form(&rest, &form)) {
		if (action && !synopsis_is(form, action))
			continue;
		while (synopsis_option(&form, &name, &value)) {
			if (name.at >= here)
				return false;
			if (name.size == option.size && memcmp(name.at, option.at, name.size) == 0)
				return true;
		}
	}
	return false;
}

static void print_options(FILE *out, const struct command *command, const char *action)
{
	const char *rest = command->options;
	const char *some = has_action(command, action) ? action : NULL;
	struct span form;
	struct span name;
	struct span value;
	print_heading(out, "Options");
	while (synopsis_form(&rest, &form)) {
		if (some && !synopsis_is(form, some))
			continue;
		while (synopsis_option(&form, &name, &value)) {
			if (!was_there(command, some, name, name.at))
				print_option(out, command->name, name, value);
		}
	}
	(void)fprintf(out, "  %-*s%s\n", OPTIONS - 2, "--help", "this text");
}

void help_print(FILE *out, const struct command *command, const char *action)
{
	print_text(out, command->help, 0, 0);
	print_heading(out, "Usage");
	help_print_forms(out, command, action);
	print_options(out, command, action);
	(void)fputs(
		"\nStatus: 0 all is well, 1 it failed or something was found, 2 not understood.\n"
		"man konkurs has the rest.\n",
		out);
}

/* ---- all ------------------------------------------------------------------------------------- */

void help_print_all(FILE *out)
{
	(void)fputs("konkurs: competitions for leadership posts of the prosecution service\n", out);
	print_heading(out, "Usage");
	(void)fputs("  konkurs COMMAND [OPTIONS]\n  konkurs COMMAND --help\n", out);
	print_heading(out, "Commands");
	for (const struct command *c = commands; c->name; c++) {
		int column = 2 + (int)strlen(c->name);
		(void)fprintf(out, "  %s%s%s", colour(out, COLOUR_BOLD), c->name,
			      colour(out, COLOUR_NONE));
		if (column >= NAMES + 2) {
			(void)fputc('\n', out);
			column = 0;
		}
		(void)fprintf(out, "%*s", NAMES + 2 - column, "");
		print_text(out, c->help, NAMES + 2, NAMES + 2);
	}
	(void)fputs("\nColours and bars are for terminals; NO_COLOR=1 leaves colours out.\n", out);
}

/* ---- a slip of the finger -------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance; WORD_MOST for words too long to be one. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MOST + 1];
	const size_t as = strlen(a);
	const size_t bs = strlen(b);
	if (as > WORD_MOST || bs > WORD_MOST)
		return WORD_MOST;
	for (size_t k = 0; k <= bs; k++)
		row[k] = k;
	for (size_t i = 1; i <= as; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t k = 1; k <= bs; k++) {
			const size_t above = row[k];
			row[k] = least(least(above, row[k - 1]) + 1,
				       corner + (a[i - 1] != b[k - 1]));
			corner = above;
		}
	}
	return row[bs];
}

static const char *nearest(const char *name)
{
	const char *found = NULL;
	size_t best = strlen(name) / 3 + 2; /* further off is another word */
	for (const struct command *c = commands; c->name; c++) {
		const size_t off = distance(name, c->name);
		if (off < best) {
			best = off;
			found = c->name;
		}
	}
	return found;
}

int help_unknown(const char *name)
{
	const char *meant = nearest(name);
	(void)fprintf(stderr, "konkurs: there is no command %s", name);
	if (meant)
		(void)fprintf(stderr, "; did you mean %s?\n", meant);
	else
		(void)fputs("; konkurs --help lists them\n", stderr);
	return CLI_USAGE;
}
