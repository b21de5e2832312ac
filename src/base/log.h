/* log.h - one line a failure, on standard error, for journald.
 *
 * No personal data, ever: names, IINs, texts of documents and questions do not
 * belong in a log.  Only web/ and main.c log; everything below returns an error.
 * errno is left as it was.
 *
 * A line is text for people, or an object of JSON for a collector of logs (docs/observe.md):
 *   {"time":"2026-03-02T05:00:00.123Z","level":"info","event":"note","node":"n1",
 *    "trace":"4bf92f...","text":"serving HTTP on 127.0.0.1 port 8080"} */
#pragma once
#include "base/err.h"

/* How this process logs from now on; before any thread is there.  Text, without a name of the
 * node, if it is never called.  The node's name is borrowed. */
struct log_options {
	bool json;
	const char *node; /* NULL: none */
};
void log_setup(const struct log_options *options);

/* Lines of this thread belong to a request (base/trace.h) until the end of the scope:
 *   CLEANUP(log_trace_over) const char *traced = log_trace(id);
 * NULL: to none. */
const char *log_trace(const char *id);
void log_trace_over(const char **traced);

void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* The line of a failed request: kind, key and detail of `e`. */
void log_failure(const char *what, const struct err *e);

/* Something that happens often and has figures: name=value in text, members in JSON. */
struct log_field {
	const char *name;
	const char *text; /* NULL: the number */
	int64_t number;
};
void log_event(const char *event, const struct log_field *field, size_t count);

/* Says why and ends the process with status 1. */
_Noreturn void log_fatal(const char *format, ...) PRINTF_LIKE(1, 2);
