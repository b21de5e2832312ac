/* picture.h - what a database holds, table by table, to tell whether something was left behind. */
#pragma once
#include "db/db.h"

enum { PICTURE_TABLES_MOST = 256 };

/* A table's rows as a sum of their hashes: in whatever order they come. */
struct picture {
	struct picture_table {
		const char *name;
		uint64_t rows, sum;
	} table[PICTURE_TABLES_MOST];
	size_t count;
};

/* Every table of the schema; fails the test when one is missing in the list of picture.c. */
void picture_take(struct db *db, struct picture *ret);

/* Every page of the database that is in use, what is not committed yet included: much faster, and
 * where the bytes are the same, so are all the rows.  Different pages may still hold the same rows,
 * and those of a server are not seen: they never are the same. */
struct picture_pages {
	unsigned char *bytes;
	size_t size;
};
void picture_pages_take(struct db *db, struct picture_pages *ret);
bool picture_pages_same(const struct picture_pages *a, const struct picture_pages *b);
void picture_pages_free(struct picture_pages *p);

/* The first table that differs, NULL if none does. */
const char *picture_diff(const struct picture *a, const struct picture *b);
