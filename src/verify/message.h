/* message.h - the words of the findings, from locale/verify.*.po (tools/verify_messages.py). */
#pragma once
#include "verify/report.h"

enum verify_language { VERIFY_KK, VERIFY_RU, VERIFY_EN, VERIFY_LANGUAGES };

struct verify_message {
	const char *key;
	const char *text[VERIFY_LANGUAGES];
};

/* Sorted by key. */
extern const struct verify_message verify_messages[];
extern const size_t verify_message_count;

/* "kk", "ru_RU.UTF-8": English for others and NULL. */
enum verify_language verify_language_of(const char *locale);

/* The message with its {names} put in, of `kind` the words for it.  The key itself if there is no
 * such message.  Control characters of what was read are left out: it goes to a terminal. */
const char *verify_say(struct arena *a, enum verify_language language, const char *key,
		       const json_t *values);
