/* files.h - files/: questions as other tools write them, as readable source.  A folder is made a
 * zip when it is asked for. */
#pragma once
#include "base/arena.h"

struct fixture_file {
	const char *name; /* below files/, without .expected */
	bool folder;
};

/* Ends with a name that is NULL. */
extern const struct fixture_file fixture_files[];

/* The bytes of a file or of the zip of a folder, in the arena. */
const void *fixture_bytes(struct arena *a, const struct fixture_file *f, size_t *ret_size);

/* A text file below files/, "" if there is none. */
const char *fixture_text(struct arena *a, const char *name);

void fixture_write(struct arena *a, const char *name, const char *text);

/* ---- zips ------------------------------------------------------------------------------------ */

struct entry {
	const char *name, *text;
	size_t size; /* 0: of the text */
};

const void *zip_of(struct arena *a, const struct entry *entries, size_t count, size_t *ret_size);
