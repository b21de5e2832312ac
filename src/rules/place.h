/* place.h - where something stands in a YAML text, and what every text of ours must keep. */
#pragma once
#include "base/arena.h"

#include <cyaml/cyaml.h>

/* The line, from 1, of what `path` names: keys and positions from 0, joined by dots
 * ("acts.3.questions"); "name=pass_mark" is the entry of a list with that value under that key.
 * Of a part that is not there, the line of the nearest above it; 1 if the text cannot be
 * read. */
int place_line(const char *body, const char *path);

struct place_fault {
	int line;
	const char *key;    /* message */
	const char *reason; /* English, for the log; lives in the arena or for ever */
};

/* What the schemas cannot say: one well-formed document ("rules.syntax"), no key twice in one
 * mapping ("rules.twice"), no empty text but under the few keys where it has a meaning
 * ("rules.empty"), text in normal form C without white space around it ("rules.text").
 * `ret` is written on failure. */
bool place_check(struct arena *a, const char *body, struct place_fault *ret) MUST_USE;

/* libcyaml takes "84x" for 84, "010" for 8, and "fasle" for true.  False, and the line, at the
 * first value of the schema's that is no plain decimal number, or neither true nor false.  The
 * text has no aliases. */
bool place_check_values(const char *body, const cyaml_schema_value_t *schema, int *line) MUST_USE;
