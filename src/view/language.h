/* language.h - what catalog.c knows of one language.  Only for view/. */
#pragma once
#include "view/catalog.h"

#include <unicode/upluralrules.h>

enum { MONTH_SIZE = 48, SIGN_SIZE = 8 };

struct language {
	const char *name;
	json_t *texts; /* key -> text                                      */
	UPluralRules *plurals;
	char months[12][MONTH_SIZE]; /* as they stand in a date: "наурыз", "марта"       */
	char group[SIGN_SIZE];       /* between thousands                                */
	char decimal[SIGN_SIZE];
};

/* Fills the months, the signs of numbers and the plural rules from ICU. */
bool language_open(struct language *l, const char *name, struct err *e) MUST_USE;
void language_close(struct language *l);

/* "one", "few", "many" or "other". */
bool language_plural(const struct language *l, json_int_t count, char *ret, size_t size) MUST_USE;

bool language_value(const struct language *l, enum format format, const json_t *value,
		    struct buf *out) MUST_USE;
