/* text.h - text as the house knows it: UTF-8 in normal form C, checked at the door.
 *
 * Kazakh and Russian letters are not ASCII: case, search and order go through
 * ICU and never through the C locale (rules.md 6). */
#pragma once
#include "base/arena.h"

/* True for well-formed UTF-8 without NUL or control characters (U+0001 to U+001F,
 * U+007F to U+009F) other than line feed, carriage return and tab. */
bool text_valid(const char *bytes, size_t size) MUST_USE;

/* Checks `bytes` and brings them to normal form C with surrounding white space
 * (Unicode's) removed and CR LF, or CR alone, as LF.  Fails with ERR_INPUT
 * "error.text.encoding". */
bool text_accept(struct arena *a, const char *bytes, size_t size, const char **ret,
		 struct err *e) MUST_USE;

/* The same without taking white space away or changing line ends: of passwords, which are taken as
 * they were typed. */
bool text_accept_secret(struct arena *a, const char *bytes, size_t size, const char **ret,
			struct err *e) MUST_USE;

/* Characters (code points), for limits shown to people. */
size_t text_length(const char *text);

/* Lower case without accents that do not tell letters apart: what a search
 * compares.  Kazakh letters stay themselves (ә is not а). */
const char *text_fold(struct arena *a, const char *text);

/* Hexadecimal ICU sort key for Kazakh: plain byte order of keys is the order of
 * the Kazakh alphabet, in any database. */
const char *text_sort_key(struct arena *a, const char *text);
