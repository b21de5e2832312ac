/* colour.h - colours, for people at a terminal alone. */
#pragma once
#include <stdio.h>

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_GOOD, COLOUR_WARN, COLOUR_BAD };

/* What begins a colour on this stream, COLOUR_NONE what ends it.  "" unless it is a terminal that
 * knows colours (TERM is there and is not "dumb") and NO_COLOR is unset or empty
 * (https://no-color.org). */
const char *colour(FILE *stream, enum colour which);
