/* language.h - what catalog.c knows of one language.  Only for view/. */
#pragma once
#include "view/catalog.h"

#include <unicode/upluralrules.h>

enum { DATE_SIZE = 64, SIGN_SIZE = 8, LANGUAGE_SIZE = 16 };

struct language {
	char name[LANGUAGE_SIZE]; /* "kk", "kk-Latn"                                     */
	const char *base;         /* "kk", "ru" or "en": in which data is told           */
	json_t *texts;            /* key -> text                                      */
	UPluralRules *plurals;
	/* A date of each month as ICU writes it, DATE_DAY and DATE_YEAR standing for figures:
	 * Kazakh has the year in front, and each month has another form in a date than alone. */
	char dates[12][DATE_SIZE];
	char group[SIGN_SIZE]; /* between thousands                                */
	char decimal[SIGN_SIZE];
};

enum { DATE_DAY = 1, DATE_YEAR = 2 };

/* Fills dates, the signs of numbers and the plural rules from ICU; `base` is one of the three. */
bool language_open(struct language *l, const char *name, const char *base, struct err *e) MUST_USE;
void language_close(struct language *l);

/* "one", "few", "many" or "other". */
bool language_plural(const struct language *l, json_int_t count, char *ret, size_t size) MUST_USE;

bool language_value(const struct language *l, enum format format, const json_t *value,
		    struct buf *out) MUST_USE;
