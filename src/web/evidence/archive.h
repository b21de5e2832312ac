/* archive.h - files put together into one zip, by libzip, with their SHA-256 sums beside them.
 *
 * In memory, or, what is large, in a file without a name that is gone when nobody has it open. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct archive;

/* Lives until archive_close(); the bytes that are added must live as long. */
bool archive_open(struct arena *a, int64_t now_ms, struct archive **ret, struct err *e) MUST_USE;

/* The same in a file of this folder. */
bool archive_open_file(struct arena *a, int64_t now_ms, const char *folder, struct archive **ret,
		       struct err *e) MUST_USE;
void archive_cleanup(struct archive **a);

/* `name` is a path with "/"; each once. */
bool archive_add(struct archive *a, const char *name, const void *bytes, size_t size,
		 struct err *e) MUST_USE;

/* The file at `path`, which has to be just so large, as it is (not packed); `sum` is its SHA-256 as
 * it is known, in hexadecimal.  ERR_MISSING "error.missing" if it is not there or is another size.
 */
bool archive_add_stored(struct archive *a, const char *name, const char *path, int64_t size,
			const char *sum, struct err *e) MUST_USE;

/* Adds SHA256SUMS over all that was added, and gives the bytes of the zip, in the arena; ret_sums
 * is the SHA-256 of SHA256SUMS in hexadecimal. */
bool archive_finish(struct archive *a, const void **ret, size_t *ret_size, const char **ret_sums,
		    struct err *e) MUST_USE;

/* The same of one that was opened as a file: a descriptor, which is the caller's. */
bool archive_finish_file(struct archive *a, int *ret_fd, int64_t *ret_size, const char **ret_sums,
			 struct err *e) MUST_USE;

/* The bytes of a finished zip with one file more, which its sums do not know. */
bool archive_append(struct arena *a, int64_t now_ms, const char *name, const char *text,
		    const void **bytes, size_t *size, struct err *e) MUST_USE;
