/* words.h - a sentence for each option: what `konkurs COMMAND --help` says beside it. */
#pragma once
#include "cli/synopsis.h"

struct option_words {
	const char *command; /* NULL: of every command that has none of its own */
	const char *option;  /* "--db"                                         */
	const char *help;
};

/* NULL option last. */
extern const struct option_words option_words[];

/* NULL if there is none: a test sees to it that there is one of each. */
const char *words_of(const char *command, struct span option);
