/* catalog.h - messages, days and numbers in Kazakh, Russian and English.
 *
 * Messages are locale/AREA.LANG.po in the repository: msgid is a key such as
 * "application.send", msgstr the text.  A test (tools/embed.py --check) refuses a key that
 * one language lacks, an empty text and placeholders that differ.
 *
 * A text may hold placeholders: {name}, {day:name}, {time:name}, {clock:name},
 * {number:name}.  A message that counts something exists as key.one and key.other
 * (in Russian also key.few and key.many) and is asked for as `key`; the value
 * {count} chooses by the plural rules of the language.
 *
 * An installation may offer further languages, which are data alone (docs/languages.md): a locale
 * is a file that says of which of the three it is another writing, by which rules of ICU or with
 * which texts of its own; so Kazakh comes in Latin letters.  What is no message, a name or a
 * question, stays as it is. */
#pragma once
#include "base/buf.h"
#include "view/share.h"
#include "view/template.h"

#include <jansson.h>

struct catalog;

/* Reads locale/{kk,ru,en}.json of `s`.  Read-only afterwards: any thread may use it. */
bool catalog_open(const struct share *s, struct catalog **ret, struct err *e) MUST_USE;
void catalog_close(struct catalog *c);

/* Adds the locale in file `path`, before anybody uses the catalog.  ERR_INPUT "error.locale": it is
 * none, or there are LOCALES_MOST of them. */
enum { LOCALES_MOST = 5 };
bool catalog_add(struct catalog *c, const char *path, struct err *e) MUST_USE;

/* The languages of this catalog by number: those built in, then those added; NULL behind the last.
 */
const char *catalog_nth(const struct catalog *c, size_t n);

/* `lang` as the catalog spells it, which lives as long as it; NULL: there is no such language. */
const char *catalog_language(const struct catalog *c, const char *lang);

/* In which of the three data is told to readers of `lang`: "kk" of "kk-Latn"; "kk" of what is
 * unknown. */
const char *catalog_base(const struct catalog *c, const char *lang);
void catalog_cleanup(struct catalog **c);

/* Those built in: "kk", "ru" and "en", NULL last. */
extern const char *const catalog_languages[];
bool catalog_has_language(const char *lang);

/* The text as it stands in the files, or NULL if there is none (also for an unknown
 * language).  Lives as long as the catalog. */
const char *catalog_text(const struct catalog *c, const char *lang, const char *key);

/* Adds the message with its placeholders filled from the object `values` (may be NULL
 * if it has none); plain text, not HTML.  Fails with ERR_SYSTEM "error.page" if there
 * is no such message, or a placeholder has no value. */
bool catalog_format(const struct catalog *c, const char *lang, const char *key,
		    const json_t *values, struct buf *out, struct err *e) MUST_USE;

/* How placeholders are found: the value of `name`, or NULL. */
typedef const json_t *catalog_lookup(void *context, const char *name);
bool catalog_format_with(const struct catalog *c, const char *lang, const char *key,
			 catalog_lookup *lookup, void *context, struct buf *out,
			 struct err *e) MUST_USE;

/* Is there a message (or a family of plural forms) of this key? */
bool catalog_has(const struct catalog *c, const char *lang, const char *key);

/* Adds a value as a person of this language reads it; see enum format for what each
 * wants.  null adds nothing.  False if the value is of another kind. */
bool catalog_value(const struct catalog *c, const char *lang, enum format format,
		   const json_t *value, struct buf *out) MUST_USE;
