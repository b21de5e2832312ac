/* folder.h - the name of a folder of records.
 *
 * Several machines may record, each into a folder of its own (docs/nodes.md); a segment's row says
 * in which its files lie.  The name is random and lies in the folder, so that it goes wherever that
 * is moved, copied or mounted. */
#pragma once
#include "base/err.h"

#define FOLDER_NAME_FILE "konkurs-place"

enum { FOLDER_NAME_SIZE = 33 };

/* "" if it has none; with `make` it gets one then.  One process at a time makes it. */
bool folder_name(const char *folder, bool make, char ret[FOLDER_NAME_SIZE], struct err *e) MUST_USE;
