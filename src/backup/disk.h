/* disk.h - files of a copy: on disk for sure, hashed, and gone when they are to be gone. */
#pragma once
#include "base/arena.h"

enum { DISK_HASH_SIZE = 65 }; /* SHA-256, hexadecimal, terminated */

/* The names in a folder are on disk when it is. */
bool disk_sync(const char *path, struct err *e) MUST_USE;

/* The folder in which `path` lies: "." for a bare name. */
const char *disk_folder(struct arena *a, const char *path);

bool disk_hash(const char *path, char ret[DISK_HASH_SIZE], int64_t *ret_size,
	       struct err *e) MUST_USE;

/* Bytes that the account may still write into the file system of `folder`. */
bool disk_left(const char *folder, int64_t *ret, struct err *e) MUST_USE;

/* Writes the new file `path` (mode 0600) whole, to the disk. */
bool disk_write(const char *path, const void *bytes, size_t size, struct err *e) MUST_USE;

/* Removes a folder with the files in it; folders within it are none of ours and stay, with it. */
bool disk_remove(const char *folder, struct err *e) MUST_USE;

/* A new folder of nobody else's within `where`, its name beginning with `prefix`; in the arena.
 * It is held as long as `ret_hold` is open. */
bool disk_new_folder(struct arena *a, const char *where, const char *prefix, const char **ret,
		     int *ret_hold, struct err *e) MUST_USE;

/* Holds a folder: nobody else does until `ret` is closed, or the process has ended.  ERR_BUSY
 * "backup.error.busy" if somebody does. */
bool disk_hold(const char *folder, int *ret, struct err *e) MUST_USE;

/* Removes the folders within `where` whose names begin with `prefix` and that nobody holds: what
 * was broken off.  What cannot be removed stays. */
void disk_remove_left(struct arena *a, const char *where, const char *prefix);
