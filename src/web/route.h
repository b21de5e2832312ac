/* route.h - finds the route of a path in the table. */
#pragma once
#include "web/http/form.h"
#include "web/web.h"

enum { PATH_PARTS_MOST = 12 };

/* A path, decoded part by part: "/a/b%20c" is { "a", "b c" }. */
struct path {
	const char *part[PATH_PARTS_MOST];
	size_t count;
};

/* False for what cannot be a path of ours: no leading "/", an empty part, a broken
 * escape, broken UTF-8, too many parts. */
bool path_read(struct arena *a, const char *text, struct path *ret) MUST_USE;

/* The route that answers, or NULL; then `ret_other` tells whether the path has a route
 * of another method (405, not 404).  A literal part goes before a parameter. */
const struct route *route_find(enum method method, const struct path *path, bool *ret_other);

/* Whether a route's pattern fits the path. */
bool route_fits(const struct route *route, const struct path *path);

/* Adds the parts of the path that are parameters. */
bool route_fields(const struct route *route, const struct path *path, struct fields *f,
		  struct err *e) MUST_USE;

/* The first parameter in the path, "" if the route has none. */
const char *route_first(const struct route *route, const struct path *path);

/* Whether `name` is a part of the route's path. */
bool route_names(const struct route *route, const char *name);

const char *method_name(enum method method);
