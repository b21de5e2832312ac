/* asset.h - the files of /assets/: named with the hash of their content, kept by browsers
 * for ever. */
#pragma once
#include "web/http/call.h"

#define ASSET_PREFIX "/assets/"

/* Answers at once, without a database; false if there is no such asset (any more). */
bool asset_answer(struct call *c) MUST_USE;

/* gzip is on offer in an Accept-Encoding header. */
bool accepts_gzip(const char *header);
