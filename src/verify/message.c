#include "verify/message.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum verify_language verify_language_of(const char *locale)
{
	if (locale && strncmp(locale, "kk", 2) == 0)
		return VERIFY_KK;
	return locale && strncmp(locale, "ru", 2) == 0 ? VERIFY_RU : VERIFY_EN;
}

static int by_key(const void *key, const void *message)
{
	return strcmp(key, ((const struct verify_message *)message)->key);
}

static const char *text_of(enum verify_language language, const char *key)
{
	const struct verify_message *m =
		bsearch(key, verify_messages, verify_message_count, sizeof(*m), by_key);
	return m ? m->text[language] : NULL;
}

/* How many bytes at `s` are of a character that could move the cursor, end the line, or turn around
 * what stands in it: C0 and DEL, C1, and in Unicode the separators of lines and the marks of
 * direction (U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069).  0: it is harmless. */
static size_t harmful(const unsigned char *s)
{
	if (s[0] < ' ' || s[0] == 0x7f)
		return 1;
	if ((s[0] == 0xC2 && s[1] >= 0x80 && s[1] < 0xA0) || (s[0] == 0xD8 && s[1] == 0x9C))
		return 2;
	if (s[0] != 0xE2)
		return 0;
	if (s[1] == 0x80 && (s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xA8 && s[2] <= 0xAE)))
		return 3;
	return s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9 ? 3 : 0;
}

static void add_clean(struct buf *out, const char *text)
{
	while (*text) {
		const size_t skip = harmful((const unsigned char *)text);
		if (skip == 0)
			buf_add_char(out, *text);
		text += skip > 0 ? skip : 1;
	}
}

/* The words for what is told: kinds of entries, names in a content, and their values. */
static const char *words_for(struct arena *a, enum verify_language language, const char *name,
			     const char *text)
{
	static const struct {
		const char *name, *prefix;
	} row[] = {
		{ "kind", "verify.kind." },
		{ "name", "verify.value." },
		{ "value", "verify.word." },
	};
	for (size_t i = 0; text && i < COUNT(row); i++) {
		if (strcmp(row[i].name, name) == 0)
			return text_of(language, arena_print(a, "%s%s", row[i].prefix, text));
	}
	return NULL;
}

static void add_value(struct buf *out, enum verify_language language, const char *name,
		      const json_t *value)
{
	if (json_is_integer(value)) {
		buf_print(out, "%lld", (long long)json_integer_value(value));
		return;
	}
	const char *text = json_string_value(value);
	const char *words = words_for(out->arena, language, name, text);
	add_clean(out, words ? words : text ? text : "");
}

const char *verify_say(struct arena *a, enum verify_language language, const char *key,
		       const json_t *values)
{
	struct buf out = buf_on(a);
	const char *text = text_of(language, key);
	if (!text)
		return key;
	for (; *text; text++) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;
		if (!end) {
			buf_add_char(&out, *text);
			continue;
		}
		const char *name = arena_copy_n(a, text + 1, (size_t)(end - text) - 1);
		add_value(&out, language, name, json_object_get(values, name));
		text = end;
	}
	return out.text;
}
