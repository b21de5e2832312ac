/* The head of a request as it comes in: where it ends, however it is cut. */
#include "web/http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 200 };

#define A "POST /a/b?c=1 HTTP/1.1\r\nHost: x\r\n"

static void heads(void **state)
{
	(void)state;
	static const struct {
		const char *why, *text;
		enum head_state state;
		size_t rest;
		const char *path;
		size_t length;
		bool chunked;
	} row[] = {
		{ "whole", A "\r\n", HEAD_WHOLE, 0, "/a/b", 0, false },
		{ "a body behind it", A "Content-Length: 3\r\n\r\na=1", HEAD_WHOLE, 3, "/a/b", 3,
		  false },
		{ "ends without CR", "GET / HTTP/1.1\nHost: x\n\nrest", HEAD_WHOLE, 4, "/", 0,
		  false },
		{ "mixed ends", "GET / HTTP/1.1\nHost: x\n\r\n", HEAD_WHOLE, 0, "/", 0, false },
		{ "no end", A "a: b\r\n", HEAD_COMES, 0, NULL, 0, false },
		{ "a CR alone ends nothing", A "a: b\r\r\r", HEAD_COMES, 0, NULL, 0, false },
		{ "small letters", A "content-length:12\r\n\r\n", HEAD_WHOLE, 0, "/a/b", 12,
		  false },
		{ "another header", A "X-Content-Length: 12\r\n\r\n", HEAD_WHOLE, 0, "/a/b", 0,
		  false },
		{ "no number", A "Content-Length: x\r\n\r\n", HEAD_WHOLE, 0, "/a/b", SIZE_MAX,
		  false },
		{ "less than nothing", A "Content-Length: -3\r\n\r\n", HEAD_WHOLE, 0, "/a/b",
		  SIZE_MAX, false },
		{ "a number and more", A "Content-Length: 3 4\r\n\r\n", HEAD_WHOLE, 0, "/a/b",
		  SIZE_MAX, false },
		{ "in pieces", A "Transfer-Encoding: chunked\r\n\r\n", HEAD_WHOLE, 0, "/a/b", 0,
		  true },
		{ "no target", "nonsense\r\n\r\n", HEAD_WHOLE, 0, "", 0, false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		/* cut everywhere, and once not at all */
		for (size_t cut = 0; cut <= strlen(row[i].text); cut++) {
			struct head h = { 0 };
			size_t rest = 0;
			char room[32];
			const size_t all = strlen(row[i].text);
			enum head_state s = head_add(&h, row[i].text, cut, MOST, &rest);
			if (s == HEAD_COMES)
				s = head_add(&h, row[i].text + cut, all - cut, MOST, &rest);
			else
				rest += all - cut;
			if (s != row[i].state || rest != row[i].rest)
				fail_msg("%s, cut at %zu: %d %zu", row[i].why, cut, s, rest);
			if (s == HEAD_WHOLE) {
				assert_string_equal(head_path(&h, room, sizeof(room)), row[i].path);
				assert_int_equal(head_length(&h), row[i].length);
				assert_int_equal(head_is_chunked(&h), row[i].chunked);
			}
			head_free(&h);
		}
	}
}

/* What two readers may take for two things is no request. */
static void soundness(void **state)
{
	(void)state;
#define OK "POST / HTTP/1.1\r\nHost: x\r\n"
	static const struct {
		const char *why, *text;
		size_t size; /* 0: to its end */
		enum head_state state;
		bool sound;
	} row[] = {
		{ "as it should be", OK "\r\n", 0, HEAD_WHOLE, true },
		{ "a length", OK "Content-Length: \t3 \r\n\r\n", 0, HEAD_WHOLE, true },
		{ "a value of any bytes", OK "Cookie: \xd0\x9f=\t(1) \"\r\n\r\n", 0, HEAD_WHOLE,
		  true },
		{ "an empty value", OK "Accept:\r\n\r\n", 0, HEAD_WHOLE, true },
		{ "ends without CR", "GET / HTTP/1.1\nHost: x\n\n", 0, HEAD_WHOLE, true },
		{ "no host", "GET / HTTP/1.1\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "two hosts", OK "host: y\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "two lengths", OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 0, HEAD_WHOLE,
		  false },
		{ "the same length twice", OK "Content-Length: 3\r\ncontent-length: 3\r\n\r\n", 0,
		  HEAD_WHOLE, false },
		{ "a sign", OK "Content-Length: +3\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "no number", OK "Content-Length: x\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "no length", OK "Content-Length:\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a list", OK "Content-Length: 3, 3\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a blank before the colon", OK "Transfer-Encoding : chunked\r\n\r\n", 0,
		  HEAD_WHOLE, false },
		{ "a folded line", OK "Content-Length: 3\r\n 4\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a line without a name", OK ": a\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a line without a colon", OK "Transfer-Encoding\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a CR inside", OK "a: b\rTransfer-Encoding: chunked\r\n\r\n", 0, HEAD_WHOLE,
		  false },
		{ "a control character", OK "a: \x01\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "two words", "GET /\r\nHost: x\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "four words", "GET / b HTTP/1.1\r\nHost: x\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "two blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "an empty line first", "\r\n" OK "\r\n", 0, HEAD_WHOLE, false },
		{ "empty lines alone", "\r\n\r\n", 0, HEAD_WHOLE, false },
		{ "a NUL", OK "a: \0\r\n\r\n", sizeof(OK "a: \0\r\n\r\n") - 1, HEAD_BROKEN, false },
		{ "a line of NUL", OK "\0\r\nTransfer-Encoding: chunked\r\n\r\n",
		  sizeof(OK "\0\r\nTransfer-Encoding: chunked\r\n\r\n") - 1, HEAD_BROKEN, false },
		{ "a NUL of the body", OK "\r\n\0", sizeof(OK "\r\n\0") - 1, HEAD_WHOLE, true },
	};
#undef OK
	for (size_t i = 0; i < COUNT(row); i++) {
		const size_t all = row[i].size ? row[i].size : strlen(row[i].text);
		for (size_t cut = 0; cut <= all; cut++) {
			struct head h = { 0 };
			size_t rest = 0;
			enum head_state s = head_add(&h, row[i].text, cut, MOST, &rest);
			if (s == HEAD_COMES)
				s = head_add(&h, row[i].text + cut, all - cut, MOST, &rest);
			if (s != row[i].state ||
			    (s == HEAD_WHOLE && head_is_sound(&h) != row[i].sound))
				fail_msg("%s, cut at %zu: %d", row[i].why, cut, s);
			head_free(&h);
		}
	}
}

static void cookies(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool there;
	} row[] = {
		{ A "Cookie: a=1; ks=2\r\n\r\n", true },
		{ A "cookie: __Host-ks=2; a=1\r\n\r\n", true },
		{ A "Cookie: ks=; a=1\r\n\r\n", false },
		{ A "Cookie: ks=\r\n\r\n", false },
		{ A "Cookie: ks2=1; ks=1\r\n\r\n", true },
		{ A "Cookie: a=1\r\nX: ks=1\r\n\r\n", false },
		{ A "X: ks=1\r\n\r\n", false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct head h = { 0 };
		size_t rest = 0;
		assert_int_equal(head_add(&h, row[i].text, strlen(row[i].text), MOST, &rest),
				 HEAD_WHOLE);
		if (head_has_cookie(&h, "ks") != row[i].there)
			fail_msg("%s", row[i].text);
		head_free(&h);
	}
}

/* So many bytes of a head are whole, one more is too many, a body behind does not count. */
static void the_most(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		struct head h = { 0 };
		size_t rest = 0;
		char text[2 * MOST];
		const size_t size = (size_t)(MOST + more);
		memset(text, 'a', sizeof(text));
		memcpy(text + size - 4, "\r\n\r\n", 4);
		assert_int_equal(head_add(&h, text, size, MOST, &rest),
				 more <= 0 ? HEAD_WHOLE : HEAD_LARGE);
		head_free(&h);
		assert_int_equal(head_add(&h, text, sizeof(text), MOST, &rest),
				 more <= 0 ? HEAD_WHOLE : HEAD_LARGE);
		if (more <= 0)
			assert_int_equal(rest, sizeof(text) - size);
		head_free(&h);
	}
	/* without an end it is too large as soon as it is */
	struct head h = { 0 };
	size_t rest = 0;
	for (int i = 0; i < MOST; i++)
		assert_int_equal(head_add(&h, "a", 1, MOST, &rest), HEAD_COMES);
	assert_int_equal(head_add(&h, "a", 1, MOST, &rest), HEAD_LARGE);
	head_free(&h);
}

/* Nothing is held between two requests. */
static void memory(void **state)
{
	(void)state;
	struct head h = { 0 };
	size_t rest = 0;
	static const char small[] = "GET / HTTP/1.1\r\n\r\n";
	for (int i = 0; i < 2; i++) {
		assert_int_equal(head_add(&h, small, strlen(small), 32768, &rest), HEAD_WHOLE);
		assert_non_null(h.bytes);
		head_free(&h);
		assert_null(h.bytes);
		assert_int_equal(h.room, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(heads), cmocka_unit_test(soundness),
					    cmocka_unit_test(cookies), cmocka_unit_test(the_most),
					    cmocka_unit_test(memory) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
