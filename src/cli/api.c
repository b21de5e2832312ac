/* api.c - konkurs api: what the site offers to programs, without a server. */
#include "cli/cli.h"

#include "view/view.h"
#include "web/api/api.h"

#include <stdio.h>
#include <string.h>

static bool print_json(struct err *e)
{
	CLEANUP(view_cleanup) struct view *view = NULL;
	json_t *doc = NULL;
	if (!view_open(&share_built_in, &view, e) || !api_describe(view, &doc, e))
		return false;
	cli_print_json(doc);
	json_decref(doc);
	return true;
}

int cli_api(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct err e = { 0 };
	const bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc != 1 && !json)
		return cli_usage("api", "say: api [--json]");
	if (json)
		return print_json(&e) ? CLI_OK : cli_failed("api", &e);
	printf("%s", api_lines(a));
	return CLI_OK;
}
