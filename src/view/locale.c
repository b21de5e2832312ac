#include "view/locale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { GROWS = 4 }; /* no rule makes more than that of a letter */

static bool refuse(struct err *e, const char *path, const char *why)
{
	return err_set(e, ERR_INPUT, "error.locale", "%s: %s", path, why);
}

/* "kk-Latn": it stands in cookies and in lang="". */
static bool is_tag(const char *text)
{
	const size_t size = text ? strlen(text) : 0;
	return size >= 2 && size < LANGUAGE_SIZE &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == size;
}

static bool all_texts(json_t *object)
{
	const char *key = NULL;
	json_t *text = NULL;
	json_object_foreach (object, key, text) {
		if (!json_is_string(text))
			return false;
	}
	return !object || json_is_object(object);
}

/* ---- the file --------------------------------------------------------------------------- */

/* The lines as one text of ICU; false if they are none. */
static bool join_rules(const json_t *lines, UChar **ret)
{
	size_t size = 1;
	for (size_t i = 0; i < json_array_size(lines); i++)
		size += json_string_length(json_array_get(lines, i)) + 1;
	UChar *text = calloc(size, sizeof(*text));
	int32_t at = 0;
	bool ok = text != NULL;
	for (size_t i = 0; ok && i < json_array_size(lines); i++) {
		UErrorCode status = U_ZERO_ERROR;
		int32_t length = 0;
		const char *line = json_string_value(json_array_get(lines, i));
		u_strFromUTF8(text + at, (int32_t)size - at, &length, line ? line : "", -1,
			      &status);
		ok = line && U_SUCCESS(status);
		at += length;
		text[at++] = u'\n';
	}
	*ret = text;
	return ok;
}

bool locale_read(const char *path, struct locale_file *ret, struct err *e)
{
	json_error_t why;
	struct locale_file f = { .root = json_load_file(path, JSON_REJECT_DUPLICATES, &why) };
	const json_t *rules = json_object_get(f.root, "rules");
	f.name = json_string_value(json_object_get(f.root, "language"));
	f.base = json_string_value(json_object_get(f.root, "base"));
	f.texts = json_object_get(f.root, "texts");
	*ret = f;
	if (!f.root)
		return refuse(e, path, why.text);
	if (!is_tag(f.name) || !f.base || !all_texts(f.texts) || (rules && !json_is_array(rules)))
		return refuse(e, path, "it wants language, base, and texts or rules");
	if (rules && !join_rules(rules, &ret->rules))
		return refuse(e, path, "rules are lines of text");
	return true;
}

void locale_close(struct locale_file *f)
{
	json_decref(f->root);
	free(f->rules);
	*f = (struct locale_file){ 0 };
}

/* ---- by its rules ----------------------------------------------------------------------- */

static bool open_rules(const struct locale_file *f, UTransliterator **ret, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	UParseError at = { 0 };
	*ret = NULL;
	if (!f->rules)
		return true;
	*ret = utrans_openU(u"konkurs", -1, UTRANS_FORWARD, f->rules, -1, &at, &status);
	if (U_SUCCESS(status))
		return true;
	return err_set(e, ERR_INPUT, "error.locale", "%s: rule %d: %s", f->name, (int)at.line + 1,
		       u_errorName(status));
}

/* Adds `size` bytes of `text`, written by the rules. */
static bool add_written(const UTransliterator *t, const char *text, size_t size, struct buf *out)
{
	UErrorCode status = U_ZERO_ERROR;
	const int32_t room = (int32_t)size * GROWS + 1;
	UChar *units = arena_alloc(out->arena, (size_t)room * sizeof(*units));
	char *bytes = arena_alloc(out->arena, (size_t)room * GROWS);
	int32_t length = 0, limit = 0, written = 0;
	u_strFromUTF8(units, room, &length, text, (int32_t)size, &status);
	limit = length;
	if (t)
		utrans_transUChars(t, units, &length, room, 0, &limit, &status);
	u_strToUTF8(bytes, room * GROWS, &written, units, length, &status);
	buf_add_n(out, bytes, (size_t)written);
	return U_SUCCESS(status);
}

/* What stands between braces is for the program. */
static bool add_message(const UTransliterator *t, const char *text, struct buf *out)
{
	bool ok = true;
	while (ok && *text) {
		const size_t plain = strcspn(text, "{");
		ok = add_written(t, text, plain, out);
		text += plain;
		const size_t hole = *text ? strcspn(text, "}") + (strchr(text, '}') != NULL) : 0;
		buf_add_n(out, text, hole);
		text += hole;
	}
	return ok;
}

static bool write_texts(const UTransliterator *t, const struct locale_file *f,
			const struct language *base, struct language *l)
{
	const char *key = NULL;
	json_t *text = NULL;
	bool ok = true;
	l->texts = json_object();
	json_object_foreach (base->texts, key, text) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct buf out = buf_on(a);
		json_t *own = json_object_get(f->texts, key);
		ok = ok && (own || add_message(t, json_string_value(text), &out));
		(void)json_object_set_new(l->texts, key,
					  own ? json_incref(own) : json_string(out.text));
	}
	return ok;
}

/* The marks of figures are letters of no rule. */
static bool write_dates(const UTransliterator *t, struct language *l)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	bool ok = true;
	for (size_t i = 0; ok && i < COUNT(l->dates); i++) {
		struct buf out = buf_on(a);
		ok = add_written(t, l->dates[i], strlen(l->dates[i]), &out) &&
		     out.length < DATE_SIZE;
		if (ok)
			memcpy(l->dates[i], out.text, out.length + 1);
	}
	return ok;
}

bool locale_write(const struct locale_file *f, const struct language *base, struct language *l,
		  struct err *e)
{
	UTransliterator *t = NULL;
	if (!open_rules(f, &t, e))
		return false;
	const bool ok = write_texts(t, f, base, l) && write_dates(t, l);
	utrans_close(t);
	return ok || refuse(e, f->name, "the rules make too much of a text");
}
