/* yaml.h - one YAML text read by a libcyaml schema, for the readers of this room alone. */
#pragma once
#include "base/arena.h"
#include "base/day.h"

#include <cyaml/cyaml.h>

/* A text in both languages, as the files write it: { kk: "...", ru: "..." } */
struct both {
	char *kk, *ru;
};
extern const cyaml_schema_field_t both_fields[];
extern const cyaml_schema_value_t yaml_text; /* an element of a list of texts */

#define YAML_TEXT(key, type, member)                                                               \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, CYAML_UNLIMITED)
#define YAML_BOTH(key, type, member) CYAML_FIELD_MAPPING(key, CYAML_FLAG_DEFAULT, type, member, both_fields)
#define YAML_TEXTS(key, type, member)                                                              \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, type, member, &yaml_text, 0, CYAML_UNLIMITED)

/* Reads `body` by the schema of a pointer to a mapping; what is made is freed with the arena.
 * ERR_SYSTEM "error.rules.file" with "name:line: reason" in detail and value. */
bool yaml_read(struct arena *a, const char *name, const char *body,
	       const cyaml_schema_value_t *schema, void **ret, struct err *e) MUST_USE;

/* The same refusal for what a schema cannot say; the line is that of the first place where
 * `near` stands in the text. */
bool yaml_refuse(const char *name, const char *body, const char *near, const char *reason,
		 struct err *e);

/* "YYYY-MM-DD", refused at its line. */
bool yaml_day(const char *name, const char *body, const char *text, day *ret, struct err *e)
	MUST_USE;
