/* http.h - a request and an answer without a socket: what server.c translates to
 * and from, and what tests make up. */
#pragma once
#include "base/arena.h"
#include "view/catalog.h"

/* Headers that the server looks at; NULL when they were not sent. */
struct http_in {
	const char *method; /* "GET", "POST", "HEAD"...                         */
	const char *path;   /* as sent, percent-encoded                          */
	const char *query;  /* without "?", or NULL                              */
	const char *host, *origin, *fetch_site, *cookie, *csrf;
	const char *user_agent; /* for the person's own list of sessions       */
	const char *accept, *accept_language, *accept_encoding, *content_type, *none_match;
	const char *range, *if_range;
	const void *body;
	size_t size;
	const char *address; /* of the sender, for counting failures              */
	/* PEM of a certificate that we or a proxy on this machine have verified; "" none */
	const char *certificate;
	const char *traceparent; /* base/trace.h */
	bool secured;            /* TLS, spoken by us or by a proxy on this machine */
};

struct http_header {
	const char *name, *value;
};

/* Bytes of an open file.  Whoever made the answer closes it. */
struct http_piece {
	int fd;
	int64_t from, size;
};

enum { HTTP_HEADERS_MOST = 24 };

struct http_out {
	int status;
	struct http_header header[HTTP_HEADERS_MOST];
	size_t header_count;
	const void *body;
	size_t size;
	const struct http_piece *piece; /* instead of the body; NULL: none */
};

/* Adds a header; the texts live as long as the answer.  More than
 * HTTP_HEADERS_MOST is a programming mistake. */
void http_header(struct http_out *out, const char *name, const char *value);

/* The value of a header of an answer, or NULL. */
const char *http_header_of(const struct http_out *out, const char *name);

/* The value of cookie `name` in a Cookie header, or NULL. */
const char *http_cookie(struct arena *a, const char *header, const char *name);

/* Percent-decoding; `plus` makes '+' a space.  False for a broken escape or a NUL. */
bool http_decode(struct arena *a, const char *text, size_t size, bool plus, const char **ret,
		 size_t *ret_size) MUST_USE;

/* Percent-encodes everything but unreserved characters, for header values and queries. */
const char *http_encode(struct arena *a, const char *text);

/* The reason phrase of a status. */
const char *http_reason(int status);

/* A whole answer of HTTP in plain text, for whoever has no page: in all three languages. */
const char *http_refusal(struct arena *a, const struct catalog *catalog, int status,
			 const char *key);
