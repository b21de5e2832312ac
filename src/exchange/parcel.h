/* parcel.h - a zip from a stranger.
 *
 * Nothing is unpacked to a disk: a file is read into memory by its name.  Before anything is
 * inflated the whole directory is looked through: at most PARCEL_ENTRIES_MOST names, each
 * relative, forward, clean text and there once whatever its capital letters, no link, no file that
 * is encrypted, all together not larger than PARCEL_ALL_MOST and none that inflates more than two
 * hundredfold.  What a directory says of sizes is held against what comes out, and its sum. */
#pragma once
#include "exchange/exchange.h"

enum {
	PARCEL_ENTRIES_MOST =
		2 * EXCHANGE_ITEMS_MOST + 1, /* an item a language, and the manifest */
	PARCEL_ALL_MOST = 256 * 1024 * 1024,
};

struct parcel;

/* ERR_INPUT at "file" "exchange.error.zip", ".entries", ".name" or ".bomb".  The bytes must live as
 * long.  To be closed; NULL is fine for that. */
bool parcel_open(struct arena *a, const void *bytes, size_t size, struct parcel **ret,
		 struct err *e) MUST_USE;
void parcel_close(struct parcel **z);

size_t parcel_count(const struct parcel *z);
/* The name of an entry, in the parcel's arena. */
const char *parcel_name(const struct parcel *z, size_t i);
bool parcel_has(const struct parcel *z, const char *name);

enum parcel_answer { PARCEL_READ, PARCEL_NONE, PARCEL_LARGE, PARCEL_DAMAGED };

/* The bytes of a file, in the arena, if they are no more than `most`. */
enum parcel_answer parcel_read(struct parcel *z, const char *name, size_t most, const void **ret,
			       size_t *ret_size) MUST_USE;

/* Relative, forward, without a way up: what a name inside a package may be. */
bool parcel_name_safe(const char *name);
