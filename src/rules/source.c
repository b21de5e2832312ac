#include "rules/source.h"

#include "rules/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cyaml_schema_field_t both_fields[] = {
	SOURCE_TEXT("kk", struct both, kk),
	SOURCE_TEXT("ru", struct both, ru),
	CYAML_FIELD_END,
};
const cyaml_schema_value_t source_text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

/* ---- refusing ---------------------------------------------------------------- */

static bool refuse(const struct source *s, int line, const char *key, const char *reason,
		   struct err *e)
{
	const char *where = arena_print(s->arena, "%s:%d", s->name, line);
	(void)err_set(e, ERR_SYSTEM, key, "%s: %s", where, reason);
	return err_value(e, where);
}

static bool refuse_at(const struct source *s, struct err *e, const char *key, const char *reason,
		      const char *path, va_list args)
{
	char place[200];
	(void)vsnprintf(place, sizeof(place), path, args);
	return refuse(s, place_line(s->body, place), key, reason, e);
}

bool source_refuse(const struct source *s, struct err *e, const char *key, const char *reason,
		   const char *path, ...)
{
	va_list args;
	va_start(args, path);
	(void)refuse_at(s, e, key, reason, path, args);
	va_end(args);
	return false;
}

bool source_day(const struct source *s, const char *text, day *ret, struct err *e, const char *path,
		...)
{
	if (day_parse(text, ret))
		return true;
	va_list args;
	va_start(args, path);
	(void)refuse_at(s, e, "rules.day", "not a day", path, args);
	va_end(args);
	return false;
}

bool source_is_code(const char *text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	return *text && text[strspn(text, letters)] == '\0';
}

bool source_is_one_of(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* ---- reading ----------------------------------------------------------------- */

/* What libcyaml tells while it reads: the reason, then where, innermost first.  Its own lines
 * are those of the last thing it read, not of what is wrong, so that the path is kept. */
struct complaint {
	struct arena *arena;
	const char *reason, *path; /* "" until told */
};

/* What stands in quotes after `before`; NULL if the text does not say so. */
static const char *quoted(struct arena *a, const char *text, const char *before)
{
	const char *at = strstr(text, before);
	const char *end = at ? strrchr(text, '\'') : NULL;
	if (!at)
		return NULL;
	at += strlen(before);
	return end && end > at ? arena_copy_n(a, at, (size_t)(end - at)) : NULL;
}

static void listen(cyaml_log_t level, void *context, const char *format, va_list args)
{
	static const char surprise[] = "Unexpected key: ";
	struct complaint *c = context;
	char text[400];
	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	const char *field = quoted(c->arena, text, "in mapping field '");
	const char *entry = quoted(c->arena, text, "in sequence entry '");
	if (field)
		c->path = arena_print(c->arena, "%s.%s", field, c->path);
	else if (entry) /* counted from 1 */
		c->path = arena_print(c->arena, "%ld.%s", strtol(entry, NULL, 10) - 1, c->path);
	else if (!*c->reason && !strstr(text, "Backtrace") && !strstr(text, "in mapping"))
		c->reason = arena_copy(c->arena, text);
	const char *key = strstr(text, surprise);
	if (key)
		c->path = arena_copy(c->arena, key + strlen(surprise));
}

/* What an arena frees: libcyaml needs the schema to know what hangs where. */
struct made {
	const cyaml_schema_value_t *schema;
	void *data;
};

static void release(void *object)
{
	static const cyaml_config_t quiet = { .mem_fn = cyaml_mem };
	const struct made *made = object;
	(void)cyaml_free(&quiet, made->schema, made->data, 0);
}

bool source_read(const struct source *s, const cyaml_schema_value_t *schema, void **ret,
		 struct err *e)
{
	struct place_fault fault = { 0 };
	if (!place_check(s->arena, s->body, &fault))
		return refuse(s, fault.line, fault.key, fault.reason, e);
	struct complaint complaint = { s->arena, "", "" };
	const cyaml_config_t config = {
		.log_fn = listen,
		.log_ctx = &complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	void *data = NULL;
	cyaml_err_t result = cyaml_load_data((const uint8_t *)s->body, strlen(s->body), &config,
					     schema, &data, NULL);
	if (result != CYAML_OK || !data)
		return refuse(s, place_line(s->body, complaint.path), "rules.schema",
			      *complaint.reason ? complaint.reason : cyaml_strerror(result), e);
	struct made *made = arena_alloc(s->arena, sizeof(*made));
	*made = (struct made){ schema, data };
	arena_defer(s->arena, release, made);
	int line = 0;
	if (!place_check_values(s->body, schema, &line))
		return refuse(s, line, "rules.schema",
			      "not a plain decimal number, or neither true nor false", e);
	*ret = data;
	return true;
}
