/* rules_test.h - what the tests of rules/ share: the shipped files, and one changed text in them.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/bank_file.h"
#include "rules/law_book.h"

#include <string.h>

/* "2026-03-26"; fails the test for anything else. */
day on(const char *text);

/* The bytes of a file of the repository ("rules/organs.yaml"). */
const char *shipped(struct arena *a, const char *path);

/* `text` with its first `find` put as `put`; `line` is where `put` begins, or `at` behind it if
 * `at` is not NULL.  Fails the test with `why` if something is not there. */
struct change {
	const char *why, *find, *put, *at;
};
const char *changed(struct arena *a, const char *text, const struct change *c, int *line);

/* All files of rules/ from memory, in the place of file `name` the text `body`, unless NULL. */
bool load_with(struct arena *a, const char *name, const char *body, struct law_book **ret,
	       struct err *e);

/* Fails with the reason unless `e` refuses file `name` at `line`, with this key, a message of
 * all three languages, and a reason behind the place. */
void refused_at(const char *why, const struct err *e, const char *key, const char *name, int line);

/* Loads the shipped book; fails the test if it does not load. */
struct law_book *shipped_book(struct arena *a);
