/* form.c - bodies of forms: urlencoded, or multipart if they begin with "--" and a boundary.  What
 * is read lies inside the body and has proper names; what was urlencoded says the same when it is
 * written and read again. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/text.h"
#include "web/http/form.h"
#include "web/http/http.h"

#include <stdlib.h>
#include <string.h>

static void check_names(const struct fields *f)
{
	if (f->count > FIELDS_MOST)
		abort();
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->list[i];
		const size_t size = strlen(field->name);
		if (size == 0 || size > FIELD_NAME_MOST || !text_valid(field->name, size))
			abort();
		if (!field->file_name && field->bytes[field->size] != '\0')
			abort();
		if (form_find(f, field->name) > field)
			abort();
	}
}

static void read_urlencoded(struct arena *a, const char *text, size_t size)
{
	struct fields f = fields_on(a);
	struct fields again = fields_on(a);
	struct buf out = buf_on(a);
	struct err e = { 0 };
	if (!form_urlencoded(&f, text, size, &e))
		return;
	check_names(&f);
	for (size_t i = 0; i < f.count; i++)
		buf_print(&out, "&%s=%s", http_encode(a, f.list[i].name),
			  http_encode(a, f.list[i].bytes));
	if (!form_urlencoded(&again, out.text, out.length, &e) || again.count != f.count)
		abort();
	for (size_t i = 0; i < f.count; i++) {
		if (strcmp(f.list[i].name, again.list[i].name) != 0 ||
		    f.list[i].size != again.list[i].size ||
		    memcmp(f.list[i].bytes, again.list[i].bytes, f.list[i].size) != 0)
			abort();
	}
}

static void read_multipart(struct arena *a, const char *text, size_t size)
{
	const char *end = memchr(text, '\n', size);
	size_t length = end ? (size_t)(end - text) : size;
	struct fields f = fields_on(a);
	struct err e = { 0 };
	length -= length > 2 && text[length - 1] == '\r';
	const char *type =
		arena_print(a, "multipart/form-data; boundary=%.*s", (int)length - 2, text + 2);
	if (!form_multipart(&f, type, text, size, &e))
		return;
	check_names(&f);
	for (size_t i = 0; i < f.count; i++) {
		const struct field *field = &f.list[i];
		if (field->file_name &&
		    (field->bytes < text || field->bytes + field->size > text + size))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *text = (const char *)bytes;
	if (size > 2 && text[0] == '-' && text[1] == '-')
		read_multipart(a, text, size);
	else
		read_urlencoded(a, text, size);
	return 0;
}
