/* locale.h - a language that an installation adds: a file says how it is written.  Only for view/.
 *
 *   { "language": "kk-Latn", "base": "kk",
 *     "rules": ["А > A;", ...],                    lines of rules of an ICU transliterator
 *     "texts": { "language.name": "Qazaqşa" } }    messages that the rules do not give
 *
 * Every other message is that of the base, written by the rules (as it is, if there are none);
 * placeholders stay.  Dates are written likewise. */
#pragma once
#include "view/language.h"

struct locale_file {
	json_t *root;
	const char *name, *base;
	json_t *texts;
	UChar *rules; /* NULL: none */
};

/* ERR_INPUT "error.locale", in detail what is wrong with it. */
bool locale_read(const char *path, struct locale_file *ret, struct err *e) MUST_USE;
void locale_close(struct locale_file *f);

/* Fills texts and dates of `l`, which is open, from those of `base`. */
bool locale_write(const struct locale_file *f, const struct language *base, struct language *l,
		  struct err *e) MUST_USE;
