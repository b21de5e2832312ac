/* draw_file.c - konkurs draw-file: the process in which a file of others is drawn. */
#include "cli/cli.h"

#include "print/file_pages.h"

int cli_draw_file(int argc, char **argv)
{
	if (argc != 2)
		return cli_usage("draw-file", "one media type is needed");
	return file_child(argv[1]);
}
