/* The load generator's reader of HTTP answers. */
#include "bench/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WHOLE "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

static void test_states(void **state)
{
	static const struct {
		const char *why, *text;
		enum reply_state wanted;
		int status;
		size_t body;
		bool keeps;
	} row[] = {
		{ "whole", WHOLE, REPLY_WHOLE, 200, 5, true },
		{ "names in any case",
		  "HTTP/1.1 303 See Other\r\ncontent-LENGTH:0\r\nLocation: /a\r\n\r\n", REPLY_WHOLE,
		  303, 0, true },
		{ "the connection ends",
		  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", REPLY_WHOLE,
		  200, 0, false },
		{ "the connection stays",
		  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		  REPLY_WHOLE, 200, 0, true },
		{ "no body by status", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
		  REPLY_WHOLE, 304, 0, true },
		{ "no reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", REPLY_WHOLE, 200,
		  0, true },
		{ "nothing yet", "", REPLY_MORE, 0, 0, false },
		{ "no length", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", REPLY_BROKEN, 0, 0, false },
		{ "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", REPLY_BROKEN,
		  0, 0, false },
		{ "two lengths",
		  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nab",
		  REPLY_BROKEN, 0, 0, false },
		{ "a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na",
		  REPLY_BROKEN, 0, 0, false },
		{ "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
		  REPLY_BROKEN, 0, 0, false },
		{ "a length beyond reason",
		  "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\na", REPLY_BROKEN,
		  0, 0, false },
		{ "an empty length", "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", REPLY_BROKEN, 0,
		  0, false },
		{ "another version", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", REPLY_BROKEN,
		  0, 0, false },
		{ "an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", REPLY_BROKEN, 0, 0, false },
		{ "no status", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", REPLY_BROKEN, 0, 0,
		  false },
		{ "a header without a name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", REPLY_BROKEN, 0, 0,
		  false },
		{ "a header without a colon", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n", REPLY_BROKEN, 0,
		  0, false },
		{ "no HTTP at all", "220 mail.test ESMTP\r\n\r\n", REPLY_BROKEN, 0, 0, false },
		{ "an empty head", "\r\n\r\n", REPLY_BROKEN, 0, 0, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct reply r = { 0 };
		if (reply_read(row[i].text, strlen(row[i].text), &r) != row[i].wanted)
			fail_msg("%s", row[i].why);
		if (row[i].wanted != REPLY_WHOLE)
			continue;
		if (r.status != row[i].status || r.body_size != row[i].body ||
		    r.keeps != row[i].keeps || r.size != strlen(row[i].text))
			fail_msg("%s: status %d", row[i].why, r.status);
	}
}

/* However the network cuts it. */
static void test_every_cut(void **state)
{
	struct reply r = { 0 };
	(void)state;
	for (size_t size = 0; size < strlen(WHOLE); size++)
		assert_int_equal(reply_read(WHOLE, size, &r), REPLY_MORE);
	assert_int_equal(reply_read(WHOLE, strlen(WHOLE), &r), REPLY_WHOLE);
	assert_memory_equal(r.body, "hello", 5);
}

/* What follows is the next answer's. */
static void test_two_in_a_row(void **state)
{
	static const char two[] = WHOLE WHOLE;
	struct reply r = { 0 };
	(void)state;
	assert_int_equal(reply_read(two, strlen(two), &r), REPLY_WHOLE);
	assert_int_equal(r.size, strlen(WHOLE));
	assert_int_equal(reply_read(two + r.size, strlen(two) - r.size, &r), REPLY_WHOLE);
}

static void test_head_without_end(void **state)
{
	static char endless[65 * 1024];
	struct reply r = { 0 };
	(void)state;
	memset(endless, 'a', sizeof(endless));
	assert_int_equal(reply_read(endless, 1000, &r), REPLY_MORE);
	assert_int_equal(reply_read(endless, sizeof(endless), &r), REPLY_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_two_in_a_row),
		cmocka_unit_test(test_head_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
