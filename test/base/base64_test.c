/* Base64 of which each value has one text, whatever libsodium takes. */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 8 };

static const struct {
	const char *why;
	enum base64 kind;
	const char *text;
	const char *want; /* NULL: refused */
} rows[] = {
	{ "nothing", BASE64_PLAIN, "", "" },
	{ "one byte", BASE64_PLAIN, "YQ==", "a" },
	{ "two bytes", BASE64_PLAIN, "YWI=", "ab" },
	{ "three bytes", BASE64_PLAIN, "YWJj", "abc" },
	{ "the last letters", BASE64_PLAIN, "+/8=", "\xfb\xff" },
	{ "the last letters of addresses", BASE64_PLAIN, "-_8=", NULL },
	{ "without its padding", BASE64_PLAIN, "YWI", NULL },
	{ "bits that nothing prints", BASE64_PLAIN, "YWJ=", NULL },
	{ "something behind it", BASE64_PLAIN, "YWI=Y", NULL },
	{ "a line end", BASE64_PLAIN, "YWJj\n", NULL },
	{ "more than there is room for", BASE64_PLAIN, "YWJjYWJjYWJj", NULL },
	{ "lines", BASE64_LINES, "YW\r\n Jj\tYQ==\n", "abca" },
	{ "another letter in lines", BASE64_LINES, "YW!Jj", NULL },
	{ "bare", BASE64_BARE, "YWI", "ab" },
	{ "bare with padding", BASE64_BARE, "YWI=", NULL },
	{ "of an address", BASE64_URL, "-_8", "\xfb\xff" },
	{ "of an address with padding", BASE64_URL, "-_8=", NULL },
	{ "the other alphabet in an address", BASE64_URL, "+/8", NULL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char bytes[ROOM] = "";
		size_t size = 0;
		const bool read = base64_read(rows[i].text, strlen(rows[i].text), rows[i].kind,
					      bytes, sizeof(bytes), &size);
		if (read != (rows[i].want != NULL) ||
		    (read &&
		     (size != strlen(rows[i].want) || memcmp(bytes, rows[i].want, size) != 0)))
			fail_msg("%s", rows[i].why);
	}
}

/* Every byte above 0x7f, in place of each letter, of the padding, of a blank, and behind it all: of
 * no alphabet is any of them a letter. */
static void test_no_letter(void **state)
{
	static const struct {
		enum base64 kind;
		const char *text;
	} whole[] = {
		{ BASE64_PLAIN, "////////" }, { BASE64_PLAIN, "/w==" },
		{ BASE64_PLAIN, "//8=" },     { BASE64_LINES, "//// //8=\n" },
		{ BASE64_BARE, "////////" },  { BASE64_BARE, "//8" },
		{ BASE64_URL, "________" },   { BASE64_URL, "__8" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(whole); i++) {
		const size_t length = strlen(whole[i].text);
		unsigned char bytes[ROOM];
		size_t size = 0;
		assert_true(base64_read(whole[i].text, length, whole[i].kind, bytes, sizeof(bytes),
					&size));
		for (size_t at = 0; at <= length; at++) {
			for (int byte = 0x80; byte <= 0xff; byte++) {
				char text[ROOM * 2];
				(void)snprintf(text, sizeof(text), "%s", whole[i].text);
				text[at] = (char)byte;
				if (base64_read(text, at < length ? length : length + 1,
						whole[i].kind, bytes, sizeof(bytes), &size))
					fail_msg("%s: 0x%x at %zu is taken", whole[i].text,
						 (unsigned)byte, at);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_letter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
