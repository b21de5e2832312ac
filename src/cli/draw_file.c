/* draw_file.c - konkurs draw-file: the process in which a file of others is drawn. */
#include "cli/cli.h"

#include "print/file_pages.h"

#include <stdlib.h>

static bool read_number(const char *text, long least, long most, int *ret)
{
	char *end = NULL;
	const long n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n < least || n > most)
		return false;
	*ret = (int)n;
	return true;
}

int cli_draw_file(int argc, char **argv)
{
	int page = 0;
	int turns = 0;
	if (argc < 2 || argc > 4)
		return cli_usage("draw-file", "one media type is needed");
	if ((argc > 2 && !read_number(argv[2], FILE_NO_PAGE, FILE_PAGE_LAST, &page)) ||
	    (argc > 3 && !read_number(argv[3], 0, FILE_TURNS - 1, &turns)))
		return cli_usage("draw-file", "no such page, or not turned so");
	return file_child(argv[1], page, turns);
}
