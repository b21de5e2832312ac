/* form.h - reads what a request brings into fields, before anything is checked.
 *
 * Four sources, one result: query strings, urlencoded bodies, multipart bodies and JSON
 * objects.  Debian has no C library for multipart/form-data, so that parser is ours: it is
 * bounded, and copies nothing of an upload.  Nothing here looks at declared parameters: param.h. */
#pragma once
#include "base/arena.h"

#include <jansson.h>

struct field {
	const char *name;
	const char *bytes; /* of a file: inside the body; of a text: decoded, terminated */
	size_t size;
	const char *file_name; /* as sent; NULL when it is not a file */
};

enum { FIELDS_MOST = 1000, FIELD_NAME_MOST = 64 };

struct fields {
	struct arena *arena;
	struct field *list;
	size_t count, room;
};

struct fields fields_on(struct arena *a);

/* Each adds to `f`, or fails with ERR_INPUT "error.form": malformed, too many fields,
 * names that are not plain text. */
bool form_urlencoded(struct fields *f, const char *text, size_t size, struct err *e) MUST_USE;
bool form_multipart(struct fields *f, const char *content_type, const void *body, size_t size,
		    struct err *e) MUST_USE;

/* An object of texts, integers, true, and arrays of texts and integers; false and null are the
 * same as absent. */
bool form_json(struct fields *f, const void *body, size_t size, struct err *e) MUST_USE;

/* Adds one field, as the parts of a path do. */
bool form_add(struct fields *f, struct field field, struct err *e) MUST_USE;

/* The first field of that name, or NULL. */
const struct field *form_find(const struct fields *f, const char *name);
