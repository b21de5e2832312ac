#include "view/catalog.h"

#include "view/language.h"
#include "view/locale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const catalog_languages[] = { "kk", "ru", "en", NULL };
enum { LANGUAGES = 3, KEY_SIZE = 160 };

struct catalog {
	struct language languages[LANGUAGES + LOCALES_MOST];
	size_t count;
};

static const struct language *find(const struct catalog *c, const char *lang)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->languages[i].name, lang) == 0)
			return &c->languages[i];
	}
	return NULL;
}

const char *catalog_nth(const struct catalog *c, size_t n)
{
	return n < c->count ? c->languages[n].name : NULL;
}

const char *catalog_language(const struct catalog *c, const char *lang)
{
	const struct language *l = find(c, lang);
	return l ? l->name : NULL;
}

const char *catalog_base(const struct catalog *c, const char *lang)
{
	const struct language *l = find(c, lang);
	return l ? l->base : catalog_languages[0];
}

bool catalog_has_language(const char *lang)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		if (strcmp(catalog_languages[i], lang) == 0)
			return true;
	}
	return false;
}

static bool read_texts(const struct share *s, struct language *l, struct err *e)
{
	char path[32];
	(void)snprintf(path, sizeof(path), "locale/%s.json", l->name);
	const struct share_item *item = share_find_in(s, path);
	json_error_t why;
	if (!item)
		return err_set(e, ERR_SYSTEM, "error.page", "%s is missing", path);
	l->texts = json_loadb((const char *)item->bytes, item->size, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(l->texts))
		return err_set(e, ERR_SYSTEM, "error.page", "%s:%d: %s", path, why.line, why.text);
	return true;
}

bool catalog_open(const struct share *s, struct catalog **ret, struct err *e)
{
	struct catalog *c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	for (size_t i = 0; i < LANGUAGES; i++) {
		struct language *l = &c->languages[i];
		c->count++;
		if (!language_open(l, catalog_languages[i], catalog_languages[i], e) ||
		    !read_texts(s, l, e)) {
			catalog_close(c);
			return false;
		}
	}
	*ret = c;
	return true;
}

bool catalog_add(struct catalog *c, const char *path, struct err *e)
{
	if (c->count == COUNT(c->languages))
		return err_set(e, ERR_INPUT, "error.locale", "%s: too many locales", path);
	struct language *l = &c->languages[c->count];
	struct locale_file file = { 0 };
	const bool ok = locale_read(path, &file, e) &&
			(!find(c, file.name) ||
			 err_set(e, ERR_INPUT, "error.locale", "%s: it is there", file.name)) &&
			(find(c, file.base) ||
			 err_set(e, ERR_INPUT, "error.locale", "no language '%s'", file.base)) &&
			language_open(l, file.name, find(c, file.base)->base, e) &&
			locale_write(&file, find(c, file.base), l, e);
	locale_close(&file);
	if (ok) {
		c->count++;
	} else {
		language_close(l);
		*l = (struct language){ 0 };
	}
	return ok;
}

void catalog_close(struct catalog *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		language_close(&c->languages[i]);
	free(c);
}

void catalog_cleanup(struct catalog **c)
{
	catalog_close(*c);
}

static const char *text_of(const struct language *l, const char *key)
{
	return json_string_value(json_object_get(l->texts, key));
}

const char *catalog_text(const struct catalog *c, const char *lang, const char *key)
{
	const struct language *l = find(c, lang);
	return l ? text_of(l, key) : NULL;
}

/* key.other, key.few... */
static const char *form_of(const struct language *l, const char *key, const char *form)
{
	char whole[KEY_SIZE];
	int length = snprintf(whole, sizeof(whole), "%s.%s", key, form);
	return length > 0 && (size_t)length < sizeof(whole) ? text_of(l, whole) : NULL;
}

bool catalog_has(const struct catalog *c, const char *lang, const char *key)
{
	const struct language *l = find(c, lang);
	return l && (text_of(l, key) || (form_of(l, key, "one") && form_of(l, key, "other")));
}

static bool counted_text(const struct language *l, const char *key, catalog_lookup *lookup,
			 void *context, const char **ret, struct err *e)
{
	char form[16];
	if (!form_of(l, key, "other"))
		return err_set(e, ERR_SYSTEM, "error.page", "no message '%s' in %s", key, l->name);
	const json_t *count = lookup(context, "count");
	if (!json_is_integer(count) ||
	    !language_plural(l, json_integer_value(count), form, sizeof(form)))
		return err_set(e, ERR_SYSTEM, "error.page", "message '%s' wants a whole {count}",
			       key);
	const char *text = form_of(l, key, form);
	*ret = text ? text : form_of(l, key, "other");
	return true;
}

/* Takes "day:name" apart; `name` may be the whole. */
static enum format split_format(const char *inside, const char **ret_name)
{
	static const struct {
		const char *prefix;
		enum format format;
	} known[] = {
		{ "day:", FORMAT_DAY },
		{ "time:", FORMAT_TIME },
		{ "clock:", FORMAT_CLOCK },
		{ "number:", FORMAT_NUMBER },
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		size_t length = strlen(known[i].prefix);
		if (strncmp(inside, known[i].prefix, length) == 0) {
			*ret_name = inside + length;
			return known[i].format;
		}
	}
	*ret_name = inside;
	return FORMAT_TEXT;
}

static bool fill(const struct language *l, const char *key, const char *text,
		 catalog_lookup *lookup, void *context, struct buf *out, struct err *e)
{
	for (;;) {
		size_t plain = strcspn(text, "{");
		buf_add_n(out, text, plain);
		text += plain;
		if (!*text)
			return true;
		const char *end = strchr(text, '}');
		if (!end)
			return err_set(e, ERR_SYSTEM, "error.page", "message '%s': { without }",
				       key);
		const char *name;
		const char *inside = arena_copy_n(out->arena, text + 1, (size_t)(end - text - 1));
		enum format format = split_format(inside, &name);
		const json_t *value = lookup(context, name);
		if (!value)
			return err_set(e, ERR_SYSTEM, "error.page", "message '%s' wants {%s}", key,
				       name);
		if (!language_value(l, format, value, out))
			return err_set(e, ERR_SYSTEM, "error.page",
				       "message '%s': {%s} is of another kind", key, inside);
		text = end + 1;
		/* a day may end in an abbreviation, whose full stop ends the sentence, too */
		if (*text == '.' && out->length > 0 && out->text[out->length - 1] == '.')
			text++;
	}
}

bool catalog_format_with(const struct catalog *c, const char *lang, const char *key,
			 catalog_lookup *lookup, void *context, struct buf *out, struct err *e)
{
	const struct language *l = find(c, lang);
	if (!l)
		return err_set(e, ERR_SYSTEM, "error.page", "no language '%s'", lang);
	const char *text = text_of(l, key);
	if (!text && !counted_text(l, key, lookup, context, &text, e))
		return false;
	return fill(l, key, text, lookup, context, out, e);
}

static const json_t *lookup_object(void *context, const char *name)
{
	return json_object_get(*(const json_t *const *)context, name);
}

bool catalog_format(const struct catalog *c, const char *lang, const char *key,
		    const json_t *values, struct buf *out, struct err *e)
{
	return catalog_format_with(c, lang, key, lookup_object, &values, out, e);
}

bool catalog_value(const struct catalog *c, const char *lang, enum format format,
		   const json_t *value, struct buf *out)
{
	const struct language *l = find(c, lang);
	return l && language_value(l, format, value, out);
}
