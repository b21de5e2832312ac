#include "web/hall_only.h"

#include "web/route.h"

#include <string.h>

/* With a star: this path and all below it. */
static const char *const served[] = {
	"/",
	"/healthz",
	"/readyz",
	"/live", /* what its boards wait with */
	"/sign-in*",
	"/sign-out",
	"/language",
	"/password", /* one of another's making has to go first; it is the node's alone */
	"/reauth*",
	"/test",
	"/tests*",
	"/results/:attempt",
	"/results/:attempt/draw.json",
	"/help/glossary",
	"/help/accessibility",
	"/help/licences",
	"/rules*", /* what a refusal names */
	"/seat-challenge",
	"/sittings",
	"/sittings/:sitting",
	"/sittings/:sitting/recording",
	"/sittings/:sitting/start",
	"/sittings/:sitting/close",
	"/sittings/:sitting/protocol",
	"/sittings/:sitting/attempts*",
	"/sittings/:sitting/stops*",
	"/sittings/:sitting/extra",
	"/sittings/:sitting/move",
	"/sittings/:sitting/breach",
	"/sittings/:sitting/technical",
	"/sittings/:sitting/reversal",
	"/sitting-acts*",
	"/halls",
	"/halls/:hall",
	"/halls/:hall/enrol",
	"/halls/:hall/certificate",
	"/halls/:hall/revoke",
};

/* Pages that are looked at; what they are changed by stands at the centre. */
static const char *const shown_only[] = { "/sittings", "/halls" };

static bool fits(const char *pattern, const char *path)
{
	const size_t size = strlen(pattern);
	if (pattern[size - 1] != '*')
		return strcmp(pattern, path) == 0;
	return strncmp(pattern, path, size - 1) == 0 &&
	       (path[size - 1] == '\0' || path[size - 1] == '/');
}

bool hall_only_may(const struct route *route)
{
	for (size_t i = 0; i < COUNT(shown_only); i++) {
		if (route->method == POST && strcmp(route->path, shown_only[i]) == 0)
			return false;
	}
	for (size_t i = 0; i < COUNT(served); i++) {
		if (fits(served[i], route->path))
			return true;
	}
	return false;
}

bool hall_only_leads(struct arena *a, const char *address)
{
	struct path path = { 0 };
	bool other = false;
	if (!path_read(a, arena_copy_n(a, address, strcspn(address, "?#")), &path))
		return false;
	const struct route *route = route_find(GET, &path, &other);
	return route && hall_only_may(route);
}
