#include "base/log.h"

#include "base/trace.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_SIZE = 700, LINE_SIZE = 800, TIME_SIZE = 32, NS_PER_MS = 1000000 };

static struct log_options setup;
static _Thread_local char trace[TRACE_ID_SIZE];

void log_setup(const struct log_options *options)
{
	setup = *options;
}

const char *log_trace(const char *id)
{
	(void)snprintf(trace, sizeof(trace), "%s", id ? id : "");
	return id;
}

void log_trace_over(const char **traced)
{
	(void)traced;
	trace[0] = '\0';
}

/* One fputs, so that lines of several threads do not mix. */
static void put_text(const char *level, const char *text)
{
	char line[LINE_SIZE];
	if (*trace)
		(void)snprintf(line, sizeof(line), "konkurs: %s: %s [%.8s]\n", level, text, trace);
	else
		(void)snprintf(line, sizeof(line), "konkurs: %s: %s\n", level, text);
	(void)fputs(line, stderr);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* A text that was cut within a character, or came from a library in another encoding, is a text all
 * the same. */
static json_t *string(const char *text)
{
	json_t *value = json_string(text);
	char plain[TEXT_SIZE];
	if (value)
		return value;
	(void)snprintf(plain, sizeof(plain), "%s", text);
	for (char *at = plain; *at; at++)
		*at = (char)((unsigned char)*at < 0x80 ? *at : '?');
	return json_string(plain);
}

static void add(json_t *line, const char *name, const char *text)
{
	if (text && *text)
		(void)json_object_set_new(line, name, string(text));
}

static json_t *begin_line(const char *level, const char *event)
{
	struct timespec now = { 0, 0 };
	struct tm parts;
	char day[TIME_SIZE] = "";
	char text[TIME_SIZE];
	json_t *line = json_object();
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &parts))
		(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text, sizeof(text), "%.19s.%03uZ", day,
		       (unsigned)(now.tv_nsec / NS_PER_MS) % 1000U);
	add(line, "time", text);
	add(line, "level", level);
	add(line, "event", event);
	add(line, "node", setup.node);
	add(line, "trace", trace);
	return line;
}

static void end_line(json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);
	const size_t size = text ? strlen(text) : 0;
	char *whole = text ? realloc(text, size + 2) : NULL;
	if (whole) {
		memcpy(whole + size, "\n", 2);
		(void)fputs(whole, stderr);
	}
	free(whole ? whole : text);
	json_decref(line);
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void put(const char *level, const char *format, va_list args)
{
	const int saved = errno;
	char text[TEXT_SIZE];
	(void)vsnprintf(text, sizeof(text), format, args);
	if (setup.json) {
		json_t *line = begin_line(level, "note");
		add(line, "text", text);
		end_line(line);
	} else {
		put_text(level, text);
	}
	errno = saved;
}

void log_info(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put("info", format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put("warning", format, args);
	va_end(args);
}

void log_failure(const char *what, const struct err *e)
{
	const int saved = errno;
	if (!setup.json) {
		log_warn("%s: %s %s: %s", what, err_kind_name(e->kind), e->key, e->detail);
		return;
	}
	json_t *line = begin_line("warning", "failure");
	add(line, "what", what);
	add(line, "kind", err_kind_name(e->kind));
	add(line, "key", e->key);
	add(line, "detail", e->detail);
	end_line(line);
	errno = saved;
}

static void put_event_text(const char *event, const struct log_field *field, size_t count)
{
	char text[TEXT_SIZE];
	size_t size = (size_t)snprintf(text, sizeof(text), "%s:", event);
	for (size_t i = 0; i < count && size < sizeof(text); i++) {
		const size_t room = sizeof(text) - size;
		size += (size_t)(field[i].text
					 ? snprintf(text + size, room, " %s=%s", field[i].name,
						    field[i].text)
					 : snprintf(text + size, room, " %s=%lld", field[i].name,
						    (long long)field[i].number));
	}
	put_text("info", text);
}

void log_event(const char *event, const struct log_field *field, size_t count)
{
	const int saved = errno;
	if (!setup.json) {
		put_event_text(event, field, count);
		errno = saved;
		return;
	}
	json_t *line = begin_line("info", event);
	for (size_t i = 0; i < count; i++)
		(void)json_object_set_new(line, field[i].name,
					  field[i].text ? string(field[i].text)
							: json_integer(field[i].number));
	end_line(line);
	errno = saved;
}

void log_fatal(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put("fatal", format, args);
	va_end(args);
	exit(1);
}
