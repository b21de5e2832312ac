/* zip.h - the little of a zip that reading one needs, on zlib.  Hostile until proven otherwise:
 * every number is checked against the bytes that there are.  Only for verify/. */
#pragma once
#include "verify/bundle.h"

/* bundle.c */
bool bundle_add(struct bundle *b, struct file file, struct err *e) MUST_USE;
