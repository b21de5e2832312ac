#include "cli/colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *colour(FILE *stream, enum colour which)
{
	static const char *const begin[] = {
		[COLOUR_NONE] = "\033[0m",  [COLOUR_BOLD] = "\033[1m", [COLOUR_GOOD] = "\033[32m",
		[COLOUR_WARN] = "\033[33m", [COLOUR_BAD] = "\033[31m",
	};
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	if ((no && *no) || !term || !*term || strcmp(term, "dumb") == 0 || !isatty(fileno(stream)))
		return "";
	return begin[which];
}
