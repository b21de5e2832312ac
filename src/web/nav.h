/* nav.h - what stands in the menu, and for whom. */
#pragma once
#include "web/web.h"

struct nav_entry {
	const char *path;
	const char *key;  /* message */
	const char *icon; /* of the icon set in assets/ */
	unsigned roles;   /* of enum role; the same as the route's `who`, or fewer */
	bool aside;       /* in the person's own menu, not in the row of ways */
	char shortcut;    /* after "g" on the keyboard, a to z, one of its own; 0 none (keys.js) */
};

/* In the order of the menu; NULL path last. */
extern const struct nav_entry nav_entries[];

/* [{href, key, icon, current, aside, shortcut}] for this person; the longest entry that the path
 * begins with is the current one. */
json_t *nav_model(const struct actor *actor, const char *path, bool hall_node);
