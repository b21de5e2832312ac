/* picture.h - what a database holds, table by table, to tell whether something was left behind. */
#pragma once
#include "db/db.h"

enum { PICTURE_TABLES_MOST = 160 };

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

/* The first table that differs, NULL if none does. */
const char *picture_diff(const struct picture *a, const struct picture *b);
