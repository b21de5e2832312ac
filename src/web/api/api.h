/* api.h - the description of the site for programs: OpenAPI 3.1, made from the table of routes.
 *
 * What is no route stands in frame.json beside this file: how one signs in, what a refusal looks
 * like, what every page and every list hold.  The schemas of pages are made from their templates
 * (view/names.h). */
#pragma once
#include "web/web.h"

/* The whole description; the caller's. */
bool api_describe(const struct view *view, json_t **ret, struct err *e) MUST_USE;

/* The same for people at a terminal, one route a line: method, path, who may, what for.  Lives in
 * the arena. */
const char *api_lines(struct arena *a);

extern const struct route api_routes[];
