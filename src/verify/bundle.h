/* bundle.h - files that belong together: of a zip or of a folder.  All in memory, within limits. */
#pragma once
#include "base/arena.h"

struct file {
	const char *name;  /* "papers/01-letter.pdf" */
	const char *bytes; /* terminated             */
	size_t size;
};

enum {
	BUNDLE_FILES_MOST = 100000,
	BUNDLE_NAME_MOST = 200,
	BUNDLE_DEPTH_MOST = 8, /* folders in folders */
};

/* Bytes of all files together, and of one. */
#define BUNDLE_BYTES_MOST ((size_t)1024 * 1024 * 1024)

struct bundle {
	struct arena *arena;
	struct file *file;
	size_t count, room, bytes;
};

/* Each fails with ERR_INPUT "verify.error.large" beyond the limits, "verify.error.zip" for what is
 * no zip of stored or deflated files, "verify.error.file" for what cannot be read. */
bool bundle_file(struct arena *a, const char *path, struct file *ret, struct err *e) MUST_USE;
bool bundle_folder(struct arena *a, const char *path, struct bundle *ret, struct err *e) MUST_USE;
bool bundle_zip(struct arena *a, struct file zip, struct bundle *ret, struct err *e) MUST_USE;

/* What is read is sorted by name; a name that is there twice is refused, as two programs could
 * take two different files for it. */
bool bundle_sort(struct bundle *b, struct err *e) MUST_USE;

/* NULL if there is none. */
const struct file *bundle_find(const struct bundle *b, const char *name);

/* Whether it begins as a zip does. */
bool bundle_is_zip(struct file file);
