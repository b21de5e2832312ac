/* head.h - the head of a request as it comes in, before evhttp has made anything of it: when it is
 * whole, how large a body it announces, and whether everybody reads it alike.
 *
 * What the request is, evhttp says.  It is lenient where two readers may differ (a proxy and it):
 * such a head is not sound, and no request is made of it. */
#pragma once
#include "base/err.h"

struct head {
	char *bytes; /* what has come of it; zeroed at first */
	size_t size, room;
};

enum head_state {
	HEAD_COMES,
	HEAD_WHOLE,
	HEAD_LARGE, /* more than the most, or no memory */
	HEAD_BROKEN /* has a NUL: for some it ends there */
};

/* Adds bytes; `ret_rest` is how many of them are behind the head when it is whole. */
enum head_state head_add(struct head *h, const void *bytes, size_t size, size_t most,
			 size_t *ret_rest);

/* Of a head that is whole: the target without its query, terminated, "" if there is none; what
 * Content-Length says, 0 without one, SIZE_MAX if it is no number; whether the body comes without
 * one (Transfer-Encoding). */
const char *head_path(const struct head *h, char *room, size_t size);
size_t head_length(const struct head *h);
bool head_is_chunked(const struct head *h);

/* Of a head that is whole: three words, then fields "name: value" of one line each without control
 * characters, one Host, and at most one Content-Length, of digits alone. */
bool head_is_sound(const struct head *h);

/* Whether it brings a cookie of this name, with whatever prefix; what it is worth is not known
 * here. */
bool head_has_cookie(const struct head *h, const char *name);

/* Empties it for the next request, and gives its memory back: of thousands of connections few have
 * a head that is coming. */
void head_free(struct head *h);
