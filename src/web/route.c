#include "web/route.h"

#include "base/text.h"
#include "web/http.h"

#include <string.h>

const struct route *route_next(struct route_walk *w)
{
	while (route_areas[w->area]) {
		const struct route *route = &route_areas[w->area][w->at++];
		if (route->path)
			return route;
		w->area++;
		w->at = 0;
	}
	return NULL;
}

bool path_read(struct arena *a, const char *text, struct path *ret)
{
	struct path path = { .count = 0 };
	if (*text != '/')
		return false;
	text++;
	while (*text) {
		size_t size = strcspn(text, "/");
		const char *part = NULL;
		size_t length = 0;
		if (size == 0 || path.count == PATH_PARTS_MOST ||
		    !http_decode(a, text, size, false, &part, &length) || !text_valid(part, length))
			return false;
		path.part[path.count++] = part;
		text += size;
		if (*text == '/' && *++text == '\0')
			return false;
	}
	*ret = path;
	return true;
}

/* The next part of a pattern at *at, and its length; moves behind it. */
static size_t next_part(const char **at, const char **ret)
{
	*at += **at == '/';
	*ret = *at;
	size_t size = strcspn(*at, "/");
	*at += size;
	return size;
}

/* How well a pattern fits: 0 not at all, else higher the earlier its literal parts are. */
static unsigned fit(const struct route *route, const struct path *path)
{
	const char *at = route->path;
	const char *part = NULL;
	unsigned score = 1;
	for (size_t i = 0; i < path->count; i++) {
		size_t size = next_part(&at, &part);
		if (size == 0)
			return 0;
		bool parameter = *part == ':';
		if (!parameter &&
		    (strncmp(part, path->part[i], size) != 0 || path->part[i][size] != '\0'))
			return 0;
		score = score * 2 + !parameter;
	}
	return next_part(&at, &part) == 0 ? score : 0;
}

bool route_fits(const struct route *route, const struct path *path)
{
	return fit(route, path) > 0;
}

const struct route *route_find(enum method method, const struct path *path, bool *ret_other)
{
	const struct route *best = NULL;
	unsigned best_fit = 0;
	*ret_other = false;
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; (route = route_next(&w));) {
		unsigned here = fit(route, path);
		if (here > 0 && route->method != method)
			*ret_other = true;
		if (here > best_fit && route->method == method) {
			best = route;
			best_fit = here;
		}
	}
	return best;
}

bool route_fields(const struct route *route, const struct path *path, struct fields *f,
		  struct err *e)
{
	const char *at = route->path;
	for (size_t i = 0; i < path->count; i++) {
		const char *part = NULL;
		size_t size = next_part(&at, &part);
		if (*part != ':')
			continue;
		struct field field = { .name = arena_copy_n(f->arena, part + 1, size - 1),
				       .bytes = path->part[i],
				       .size = strlen(path->part[i]) };
		if (!form_add(f, field, e))
			return false;
	}
	return true;
}

bool route_names(const struct route *route, const char *name)
{
	const char *at = route->path;
	size_t length = strlen(name);
	while (*at) {
		const char *part = NULL;
		size_t size = next_part(&at, &part);
		if (size == length + 1 && *part == ':' && strncmp(part + 1, name, length) == 0)
			return true;
	}
	return false;
}

const char *method_name(enum method method)
{
	return method == POST ? "POST" : "GET";
}
