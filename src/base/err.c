#include "base/err.h"

#include <stdio.h>
#include <string.h>

/* Takes away a character that did not fit whole: half a Kazakh letter is no UTF-8. */
static void mend_end(char *text)
{
	size_t length = strlen(text);
	size_t first = length;
	while (first > 0 && ((unsigned char)text[first - 1] & 0xc0U) == 0x80U)
		first--;
	if (first == 0)
		return;
	unsigned char lead = (unsigned char)text[first - 1];
	size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (length - (first - 1) < size)
		text[first - 1] = '\0';
}

static void copy(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from ? from : "");
	mend_end(to);
}

static bool record(struct err *e, enum err_kind kind, const char *key, const char *format,
		   va_list args)
{
	if (!e || e->kind != ERR_NONE)
		return false;
	e->kind = kind;
	copy(e->key, sizeof(e->key), key);
	(void)vsnprintf(e->detail, sizeof(e->detail), format, args);
	mend_end(e->detail);
	return true;
}

void err_set_(struct err *e, enum err_kind kind, const char *key, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)record(e, kind, key, format, args);
	va_end(args);
}

void err_input_(struct err *e, const char *field, const char *key, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (record(e, ERR_INPUT, key, format, args))
		copy(e->field, sizeof(e->field), field);
	va_end(args);
}

void err_law_(struct err *e, const char *clause, const char *key, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (record(e, ERR_LAW, key, format, args))
		copy(e->clause, sizeof(e->clause), clause);
	va_end(args);
}

bool err_value(struct err *e, const char *value)
{
	if (e && e->value[0] == '\0')
		copy(e->value, sizeof(e->value), value);
	return false;
}

bool err_field(struct err *e, const char *field)
{
	if (e && e->field[0] == '\0')
		copy(e->field, sizeof(e->field), field);
	return false;
}

void err_clear(struct err *e)
{
	memset(e, 0, sizeof(*e));
}

const char *err_kind_name(enum err_kind kind)
{
	static const char *const name[] = {
		[ERR_NONE] = "none",     [ERR_INPUT] = "input",     [ERR_LAW] = "law",
		[ERR_DENIED] = "denied", [ERR_MISSING] = "missing", [ERR_CONFLICT] = "conflict",
		[ERR_BUSY] = "busy",     [ERR_DB] = "storage",      [ERR_SYSTEM] = "system",
	};
	return (size_t)kind < COUNT(name) ? name[kind] : "none";
}
