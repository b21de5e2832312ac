/* log.h - one line a failure, on standard error, for journald.
 *
 * No personal data, ever: names, IINs, texts of documents and questions do not
 * belong in a log.  Only web/ and main.c log; everything below returns an error.
 * errno is left as it was. */
#pragma once
#include "base/err.h"

void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* The line of a failed request: kind, key and detail of `e`. */
void log_failure(const char *what, const struct err *e);

/* Says why and ends the process with status 1. */
_Noreturn void log_fatal(const char *format, ...) PRINTF_LIKE(1, 2);
