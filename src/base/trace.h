/* trace.h - the name of one request on its way from the browser to the database, as W3C Trace
 * Context has it: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
 *
 * The trace is whose request it is, as the browser (or a proxy) named it; the span is this node's
 * part of it, and new for each request.  Neither tells anything about a person. */
#pragma once
#include "base/err.h"

enum {
	TRACE_ID_SIZE = 33,
	TRACE_SPAN_SIZE = 17,
	TRACE_SHORT_SIZE = 9, /* what people can read to each other */
	TRACE_TEXT_SIZE = 56
};

struct trace {
	char id[TRACE_ID_SIZE]; /* lower-case hexadecimal, "" none */
	char span[TRACE_SPAN_SIZE];
};

/* The trace and the sender's span of a header; false for what is none (of a later version only what
 * version 00 has is read). */
bool trace_read(const char *header, struct trace *ret);

/* The trace that `header` (may be NULL) names, else a new one; with a new span. */
void trace_begin(const char *header, struct trace *ret);

/* The header's text. */
void trace_text(const struct trace *t, char ret[TRACE_TEXT_SIZE]);

/* Its first eight digits: how a user quotes it, and how a line of the log begins to be found. */
void trace_short(const struct trace *t, char ret[TRACE_SHORT_SIZE]);
