/* archive.h - files put together into one zip, by libzip, with their SHA-256 sums beside them. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct archive;

/* Lives until archive_close(); the bytes that are added must live as long. */
bool archive_open(struct arena *a, int64_t now_ms, struct archive **ret, struct err *e) MUST_USE;
void archive_cleanup(struct archive **a);

/* `name` is a path with "/"; each once. */
bool archive_add(struct archive *a, const char *name, const void *bytes, size_t size,
		 struct err *e) MUST_USE;

/* Adds SHA256SUMS over all that was added, and gives the bytes of the zip, in the arena; ret_sums
 * is the SHA-256 of SHA256SUMS in hexadecimal. */
bool archive_finish(struct archive *a, const void **ret, size_t *ret_size, const char **ret_sums,
		    struct err *e) MUST_USE;

/* The bytes of a finished zip with one file more, which its sums do not know. */
bool archive_append(struct arena *a, int64_t now_ms, const char *name, const char *text,
		    const void **bytes, size_t *size, struct err *e) MUST_USE;
