/* reply.h - reads an HTTP/1.1 answer out of what a connection has received.  Pure.
 *
 * Only what the server under test sends: a Content-Length, no chunks, no interim answers. */
#pragma once
#include "base/err.h"

struct reply {
	int status;
	bool keeps; /* the connection may be used again */
	const char *body;
	size_t body_size;
	size_t size; /* of the whole answer: the next one begins there */
};

enum reply_state {
	REPLY_MORE,  /* it is not all there yet       */
	REPLY_WHOLE, /* `ret` is filled; points into `bytes` */
	REPLY_BROKEN /* no answer that we understand  */
};

enum reply_state reply_read(const char *bytes, size_t size, struct reply *ret);
