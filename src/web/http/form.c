#include "web/http/form.h"

#include "base/buf.h"
#include "base/text.h"
#include "db/row.h"
#include "web/http/http.h"

#include <string.h>
#include <strings.h>

struct fields fields_on(struct arena *a)
{
	return (struct fields){ .arena = a };
}

static bool malformed(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "error.form", "%s", why);
}

bool form_add(struct fields *f, struct field field, struct err *e)
{
	size_t length = strlen(field.name);
	if (f->count >= FIELDS_MOST)
		return malformed(e, "too many fields");
	if (length == 0 || length > FIELD_NAME_MOST || !text_valid(field.name, length))
		return malformed(e, "a field without a proper name");
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		struct field *more = arena_array(f->arena, f->room, sizeof(*more));
		if (f->count > 0)
			memcpy(more, f->list, f->count * sizeof(*more));
		f->list = more;
	}
	f->list[f->count++] = field;
	return true;
}

const struct field *form_find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->list[i].name, name) == 0)
			return &f->list[i];
	}
	return NULL;
}

/* ---- a=1&b=2 --------------------------------------------------------------- */

static bool add_pair(struct fields *f, const char *pair, size_t size, struct err *e)
{
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size;
	struct field field = { .bytes = "" };
	size_t ignored = 0;
	if (!http_decode(f->arena, pair, name_size, true, &field.name, &ignored))
		return malformed(e, "a name with a broken escape");
	if (equals && !http_decode(f->arena, equals + 1, size - name_size - 1, true, &field.bytes,
				   &field.size))
		return malformed(e, "a value with a broken escape");
	return form_add(f, field, e);
}

bool form_urlencoded(struct fields *f, const char *text, size_t size, struct err *e)
{
	for (size_t at = 0; at < size;) {
		const char *end = memchr(text + at, '&', size - at);
		size_t length = end ? (size_t)(end - text) - at : size - at;
		if (length > 0 && !add_pair(f, text + at, length, e))
			return false;
		at += length + 1;
	}
	return true;
}

/* ---- multipart/form-data --------------------------------------------------- */

enum { BOUNDARY_MOST = 70, PART_HEAD_MOST = 4096 };

/* What is left to read of a body. */
struct reader {
	const char *at, *end;
};

/* The delimiter "--boundary", or NULL. */
static const char *delimiter(struct arena *a, const char *content_type)
{
	const char *at = strcasestr(content_type, "boundary=");
	if (!at)
		return NULL;
	at += strlen("boundary=");
	bool quoted = *at == '"';
	at += quoted;
	size_t size = strcspn(at, quoted ? "\"" : "; \t");
	if (size == 0 || size > BOUNDARY_MOST)
		return NULL;
	return arena_print(a, "--%.*s", (int)size, at);
}

/* The quoted value of `name` in a Content-Disposition line; browsers write %22 for a quote. */
static const char *quoted_value(struct arena *a, const char *line, const char *name)
{
	const char *mark = arena_print(a, "; %s=\"", name);
	const char *at = strcasestr(line, mark);
	if (!at)
		return NULL;
	at += strlen(mark);
	struct buf out = buf_on(a);
	for (; *at && *at != '"'; at++) {
		if (at[0] == '\\' && at[1] == '"')
			at++;
		buf_add_char(&out, *at);
	}
	return *at == '"' ? out.text : NULL;
}

/* Finds the Content-Disposition line of a part's head. */
static const char *disposition(struct arena *a, const char *head, size_t size)
{
	static const char name[] = "content-disposition: form-data";
	const char *text = arena_copy_n(a, head, size);
	const char *line = strcasestr(text, name);
	if (!line || (line != text && line[-1] != '\n'))
		return NULL;
	return arena_copy_n(a, line, strcspn(line, "\r\n"));
}

/* Reads one part, from behind its delimiter line to before the next delimiter. */
static bool read_part(struct fields *f, struct reader *r, const char *mark, struct err *e)
{
	size_t left = (size_t)(r->end - r->at);
	const char *blank =
		memmem(r->at, left < PART_HEAD_MOST ? left : PART_HEAD_MOST, "\r\n\r\n", 4);
	if (!blank)
		return malformed(e, "a part without an end of its head");
	const char *head = disposition(f->arena, r->at, (size_t)(blank - r->at));
	const char *bytes = blank + 4;
	const char *next = memmem(bytes, (size_t)(r->end - bytes), mark, strlen(mark));
	if (!head || !next)
		return malformed(e, "a part that is not form data, or without an end");
	struct field field = { .name = quoted_value(f->arena, head, "name"),
			       .bytes = bytes,
			       .size = (size_t)(next - bytes),
			       .file_name = quoted_value(f->arena, head, "filename") };
	if (!field.name)
		return malformed(e, "a part without a name");
	if (!field.file_name) /* texts are small and handed on terminated */
		field.bytes = arena_copy_n(f->arena, bytes, field.size);
	r->at = next + strlen(mark);
	return form_add(f, field, e);
}

static bool starts(const struct reader *r, const char *text)
{
	size_t size = strlen(text);
	return (size_t)(r->end - r->at) >= size && memcmp(r->at, text, size) == 0;
}

bool form_multipart(struct fields *f, const char *content_type, const void *body, size_t size,
		    struct err *e)
{
	const char *first = delimiter(f->arena, content_type);
	struct reader r = { body, (const char *)body + size };
	if (!first || !starts(&r, first))
		return malformed(e, "the body does not begin with its boundary");
	r.at += strlen(first);
	const char *mark = arena_print(f->arena, "\r\n%s", first);
	while (!starts(&r, "--")) {
		if (!starts(&r, "\r\n"))
			return malformed(e, "no line end behind a boundary");
		r.at += 2;
		if (!read_part(f, &r, mark, e))
			return false;
	}
	return true;
}

/* ---- JSON ------------------------------------------------------------------ */

static bool add_scalar(struct fields *f, const char *name, const json_t *value, struct err *e)
{
	struct field field = { .name = arena_copy(f->arena, name) };
	if (json_is_string(value)) {
		field.size = json_string_length(value);
		field.bytes = arena_copy_n(f->arena, json_string_value(value), field.size);
	} else if (json_is_integer(value) || json_is_true(value)) {
		long long n = json_is_true(value) ? 1 : (long long)json_integer_value(value);
		field.bytes = arena_print(f->arena, "%lld", n);
		field.size = strlen(field.bytes);
	} else {
		(void)malformed(e, "a JSON value of a kind that no field has");
		return err_field(e, field.name);
	}
	return form_add(f, field, e);
}

static bool add_value(struct fields *f, const char *name, json_t *value, struct err *e)
{
	if (json_is_false(value) || json_is_null(value))
		return true;
	if (!json_is_array(value))
		return add_scalar(f, name, value, e);
	size_t i = 0;
	json_t *each = NULL;
	json_array_foreach (value, i, each) {
		if (!add_scalar(f, name, each, e))
			return false;
	}
	return true;
}

bool form_json(struct fields *f, const void *body, size_t size, struct err *e)
{
	json_t *object = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
	if (object)
		json_in_arena(f->arena, object);
	if (!json_is_object(object))
		return malformed(e, "the body is not a JSON object");
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach (object, name, value) {
		if (!add_value(f, name, value, e))
			return false;
	}
	return true;
}
