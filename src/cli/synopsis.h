/* synopsis.h - what a command takes, read from its line in commands.c.
 *
 * That line is the one place that knows it; usage, help, completion and the tests read it here.
 *
 *   forms      "stats --db FILE [--json] | template --format FORMAT": parts between " | ", but
 * those within brackets action     the first word of a form that is in small letters: "stats", or
 * several, "disable|enable" options    words that begin with "--"; the word that follows within the
 * same brackets, if it is no option, is its value: "FILE", "text|json" */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* A part of such a line; borrowed. */
struct span {
	const char *at;
	size_t size;
};

/* The next form of `*rest`, which begins as the whole line and moves on; false: no more. */
bool synopsis_form(const char **rest, struct span *ret);

/* The next option of a form that `*rest` still has; `ret_value` is empty if it takes none. */
bool synopsis_option(struct span *rest, struct span *ret_name, struct span *ret_value);

/* The action of a form, empty if it has none. */
struct span synopsis_action(struct span form);

/* The next of the words of "disable|enable"; also of a value, "text|json". */
bool synopsis_word(struct span *rest, struct span *ret);

bool span_is(struct span span, const char *text);

/* Whether `word` is the action of a form, or one of its words. */
bool synopsis_is(struct span form, const char *word);
