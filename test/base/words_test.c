/* Words taken and added between two texts. */
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* "=same -taken +added" */
static const char *told(struct arena *a, const char *before, const char *after)
{
	size_t count = 0;
	const char *text = "";
	const struct word_piece *p = words_compare(a, before, after, &count);
	for (size_t i = 0; i < count; i++)
		text = arena_print(a, "%s%c%s|", text, "=-+"[p[i].kind], p[i].text);
	return text;
}

static void test_cases(void **state)
{
	static const struct {
		const char *why, *before, *after, *want;
	} row[] = {
		{ "nothing at all", "", "", "" },
		{ "the same", "бір екі", "бір екі", "=бір екі|" },
		{ "one word is another", "бір екі үш", "бір төрт үш", "=бір |-екі |+төрт |=үш|" },
		{ "added at the end", "a b", "a b c", "=a b |+c|" },
		{ "taken at the beginning", "a b", "b", "-a |=b|" },
		{ "all is new", "", "x y", "+x y|" },
		{ "all is gone", "x y", "", "-x y|" },
		{ "white space is no change", "a  b", "a b", "=a b|" },
		{ "words change places", "a b c", "c a b", "+c |=a b|-c|" },
	};
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *got = told(a, row[i].before, row[i].after);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
	arena_free(a);
}

/* What was not taken is the text after, whatever the texts. */
static void test_whole(void **state)
{
	struct arena *a = arena_new();
	uint32_t seed = 7;
	(void)state;
	for (int round = 0; round < 300; round++) {
		char text[2][64];
		for (int t = 0; t < 2; t++) {
			for (int i = 0; i < 63; i++) {
				seed = seed * 1664525u + 1013904223u;
				text[t][i] = " abc"[seed >> 30];
			}
			text[t][63] = '\0';
			text[t][0] = 'a';
		}
		size_t count = 0;
		const char *joined = "";
		const struct word_piece *p = words_compare(a, text[0], text[1], &count);
		for (size_t i = 0; i < count; i++) {
			if (p[i].kind != WORD_TAKEN)
				joined = arena_print(a, "%s%s", joined, p[i].text);
		}
		assert_string_equal(joined, text[1]);
	}
	arena_free(a);
}

static void test_too_long(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_alloc(a, 4 * WORDS_MOST);
	(void)state;
	for (size_t i = 0; i < 4 * WORDS_MOST - 1; i++)
		text[i] = i % 2 ? ' ' : 'a';
	text[4 * WORDS_MOST - 1] = '\0';
	size_t count = 0;
	const struct word_piece *p = words_compare(a, text, "b", &count);
	assert_int_equal(count, 2);
	assert_int_equal(p[0].kind, WORD_TAKEN);
	assert_string_equal(p[1].text, "b");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
