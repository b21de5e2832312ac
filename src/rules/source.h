/* source.h - one YAML text: read by a libcyaml schema, refused at its line.  For the readers
 * of this room alone. */
#pragma once
#include "base/arena.h"
#include "base/day.h"

#include <cyaml/cyaml.h>

/* A text and the name that a refusal gives it; both outlive what is read from it. */
struct source {
	struct arena *arena;
	const char *name, *body;
};

/* A text in both languages, as the files write it: { kk: "...", ru: "..." } */
struct both {
	char *kk, *ru;
};
extern const cyaml_schema_field_t both_fields[];
extern const cyaml_schema_value_t source_text; /* an element of a list of texts */

#define SOURCE_TEXT(key, type, member)                                                             \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, CYAML_UNLIMITED)
#define SOURCE_BOTH(key, type, member)                                                             \
	CYAML_FIELD_MAPPING(key, CYAML_FLAG_DEFAULT, type, member, both_fields)
#define SOURCE_TEXTS(key, flags, type, member)                                                     \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | (flags), type, member, &source_text, 0,     \
			     CYAML_UNLIMITED)

/* Checks the text as place_check() does, then reads it by the schema of a pointer to a mapping;
 * what is made is freed with the arena.  Refusals as those of source_refuse(), key
 * "rules.syntax", "rules.schema" or one of place_check(). */
bool source_read(const struct source *s, const cyaml_schema_value_t *schema, void **ret,
		 struct err *e) MUST_USE;

/* ERR_SYSTEM `key`: "name:line" in err.value, "name:line: reason" in err.detail.  The line is
 * that of the place of place_line(), printed from `path`. */
bool source_refuse(const struct source *s, struct err *e, const char *key, const char *reason,
		   const char *path, ...) PRINTF_LIKE(5, 6);

/* "YYYY-MM-DD", else "rules.day" at `path`. */
bool source_day(const struct source *s, const char *text, day *ret, struct err *e, const char *path,
		...) PRINTF_LIKE(5, 6) MUST_USE;

/* Letters, digits, '-' and '_' of ASCII, at least one: what a code may be. */
bool source_is_code(const char *text);

/* A name of a list that ends with NULL. */
bool source_is_one_of(const char *const *list, const char *name);
