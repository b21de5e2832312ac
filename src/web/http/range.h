/* range.h - which bytes of a file a request wants (RFC 9110, 14).  Pure. */
#pragma once
#include "base/err.h"

enum range_kind {
	RANGE_ALL,   /* the header is none, is broken, or wants several parts: all of it is sent */
	RANGE_PART,  /* `ret`                                                                   */
	RANGE_BEHIND /* what is wanted lies behind the end: 416                                 */
};

struct range {
	int64_t from, size;
};

/* `header` may be NULL. */
enum range_kind range_of(const char *header, int64_t size, struct range *ret);
