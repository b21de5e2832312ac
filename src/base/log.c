#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* One fputs, so that lines of several threads do not mix. */
static void line(const char *level, const char *format, va_list args)
{
	int saved = errno;
	char text[700];
	char full[740];
	(void)vsnprintf(text, sizeof(text), format, args);
	(void)snprintf(full, sizeof(full), "konkurs: %s: %s\n", level, text);
	(void)fputs(full, stderr);
	errno = saved;
}

void log_info(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line("info", format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line("warning", format, args);
	va_end(args);
}

void log_failure(const char *what, const struct err *e)
{
	log_warn("%s: %s %s: %s", what, err_kind_name(e->kind), e->key, e->detail);
}

void log_fatal(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line("fatal", format, args);
	va_end(args);
	exit(1);
}
