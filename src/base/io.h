/* io.h - whole reads and writes of descriptors, and names that outlive a power cut.
 *
 * read() and write() may do less than they are asked for, or be interrupted; these do all of it or
 * fail, with errno as the system left it. */
#pragma once
#include "base/err.h"

#include <stddef.h>

/* For CLEANUP(io_close) const int file = open(...); -1 is no file. */
void io_close(const int *file);

/* All `size` bytes. */
bool io_write(int file, const void *bytes, size_t size) MUST_USE;

/* `size` bytes, or fewer if the file ends before: `ret_size` tells. */
bool io_read(int file, void *bytes, size_t size, size_t *ret_size) MUST_USE;

/* `size` bytes; false also if the file ends before (EIO). */
bool io_read_all(int file, void *bytes, size_t size) MUST_USE;

/* The bytes of a file, or the names in a folder, are on disk. */
bool io_sync(const char *path) MUST_USE;

/* The folder in which `path` lies: a new name is on disk when its folder is. */
bool io_sync_folder_of(const char *path) MUST_USE;
