/* archive_place.h - where libzip writes an archive that does not fit into memory: a file without a
 * name (O_TMPFILE), which nothing has to remove. */
#pragma once
#include "base/err.h"

#include <zip.h>

/* A source to give to zip_open_from_source(); the descriptor stays the caller's, as long as the
 * source lives.  ERR_SYSTEM. */
bool archive_place_open(const char *folder, zip_source_t **ret, int *ret_fd,
			struct err *e) MUST_USE;
