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

/* C0, DEL and C1 (0xC2 0x80 to 0x9F) could move the cursor or change what stands there. */
static void add_clean(struct buf *out, const char *text)
{
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;
		const unsigned char next = (unsigned char)text[1];
		if (c == 0xC2 && next >= 0x80 && next < 0xA0) {
			text++;
			continue;
		}
		if (c >= ' ' && c != 0x7f)
			buf_add_char(out, (char)c);
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
