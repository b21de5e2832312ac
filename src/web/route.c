#include "web/route.h"

#include "base/text.h"
#include "web/http/http.h"

#include <assert.h>
#include <pthread.h>
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

/* ---- finding ------------------------------------------------------------------------------ */

/* Every request looks for its route, and a site has hundreds: so they lie in lists by how many
 * parts they have and what the first one is.  Made once for a process, as the table is constant. */
enum { LISTS = 256, ROUTES_MOST = 2048, PARAMETER = 0 };

static struct {
	const struct route *route[ROUTES_MOST]; /* in the table's order, from 1 */
	uint16_t next[ROUTES_MOST];
	uint16_t first[LISTS]; /* 0: none; PARAMETER: of routes that begin with a parameter */
} table;

static size_t list_of(const char *part, size_t size, size_t parts)
{
	uint32_t hash = 2166136261U; /* FNV-1a */
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)part[i]) * 16777619U;
	hash = (hash ^ (uint32_t)parts) * 16777619U;
	return 1 + (hash >> 8) % (LISTS - 1);
}

static size_t list_of_route(const struct route *route)
{
	const char *at = route->path;
	const char *first = NULL;
	const char *part = NULL;
	const size_t size = next_part(&at, &first);
	size_t parts = size > 0;
	while (next_part(&at, &part) > 0)
		parts++;
	return *first == ':' ? PARAMETER : list_of(first, size, parts);
}

static void make_table(void)
{
	uint16_t last[LISTS] = { 0 };
	uint16_t count = 0;
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; (route = route_next(&w));) {
		const size_t list = list_of_route(route);
		assert(count + 1 < ROUTES_MOST);
		table.route[++count] = route;
		if (last[list])
			table.next[last[list]] = count;
		else
			table.first[list] = count;
		last[list] = count;
	}
}

struct search {
	enum method method;
	const struct path *path;
	const struct route *best;
	unsigned best_fit;
	bool other;
};

static void look_in(struct search *s, size_t list)
{
	for (size_t at = table.first[list]; at; at = table.next[at]) {
		const struct route *route = table.route[at];
		const unsigned here = fit(route, s->path);
		if (here > 0 && route->method != s->method)
			s->other = true;
		if (here > s->best_fit && route->method == s->method) {
			s->best = route;
			s->best_fit = here;
		}
	}
}

const struct route *route_find(enum method method, const struct path *path, bool *ret_other)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct search s = { .method = method, .path = path };
	const char *first = path->count ? path->part[0] : "";
	(void)pthread_once(&once, make_table);
	look_in(&s, list_of(first, strlen(first), path->count));
	look_in(&s, PARAMETER);
	*ret_other = s.other;
	return s.best;
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

const char *route_first(const struct route *route, const struct path *path)
{
	const char *at = route->path;
	for (size_t i = 0; i < path->count; i++) {
		const char *part = NULL;
		(void)next_part(&at, &part);
		if (*part == ':')
			return path->part[i];
	}
	return "";
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
