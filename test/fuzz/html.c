/* html.c - HTML of questions as text: what comes out of clean text is clean. */
#include "fuzz.h"

#include "base/text.h"
#include "exchange/reader.h"

#include <stdlib.h>
#include <string.h>

static void check(const char *text)
{
	for (size_t at = 0, size = text ? strlen(text) : 0; at < size;) {
		if (door_next(text, size, &at) <= 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct err e = { 0 };
	const char *html = NULL;
	const char *lost = NULL;
	struct language_part parts[LANGUAGE_PARTS];
	size_t length = 0;
	if (!door_text(a, bytes, size, &html, &length, &e))
		return 0;
	check(plain_text(a, html, &lost));
	(void)language_parts(a, html, parts);
	check(parts[0].text);
	check(parts[1].text);
	return 0;
}
