/* loot.h - the bytes of a file that a thief has taken, and whether something stands in them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct loot {
	const char *ending; /* of the file's name: "", "-wal" */
	unsigned char *bytes;
	size_t size;
	unsigned char *windows; /* which eight bytes in a row there are, by hash; or NULL */
};

/* Reads FILE and the ending; a file that is not there has no bytes. */
void loot_steal(const char *file, struct loot *ret);

/* Notes the windows: with them most of what is not there is found out without a search. */
void loot_mark(struct loot *loot);

/* Looks through every byte, but only where the windows do not rule it out already. */
bool loot_holds(const struct loot *loot, const void *bytes, size_t size);
void loot_drop(struct loot *loot);
