/* Names of requests, as W3C Trace Context (level 1, 3.2) has them. */
#include "base_test.h"

#include "base/trace.h"

#include <string.h>

#define ID   "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void test_read(void **state)
{
	static const struct {
		const char *why, *header;
		bool good;
	} row[] = {
		{ "as it should be", "00-" ID "-" SPAN "-01", true },
		{ "not sampled is no reason of ours", "00-" ID "-" SPAN "-00", true },
		{ "a later version, with more behind", "cc-" ID "-" SPAN "-01-what", true },
		{ "a later version, with nothing behind", "01-" ID "-" SPAN "-01", true },
		{ "none", NULL, false },
		{ "empty", "", false },
		{ "version 00 has nothing behind", "00-" ID "-" SPAN "-01-what", false },
		{ "a later version that goes on without a mark", "cc-" ID "-" SPAN "-01.x", false },
		{ "version ff is none", "ff-" ID "-" SPAN "-01", false },
		{ "a trace of zeros", "00-00000000000000000000000000000000-" SPAN "-01", false },
		{ "a span of zeros", "00-" ID "-0000000000000000-01", false },
		{ "capital letters", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", false },
		{ "something else than digits", "00-" ID "-00f067aa0ba90\"b7-01", false },
		{ "a mark within the trace", "00-4bf92f3577b34da6-3ce929d0e0e4736-" SPAN "-01",
		  false },
		{ "too short", "00-" ID "-" SPAN "-0", false },
		{ "flags that are none", "00-" ID "-" SPAN "-zz", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct trace t = { "before", "before" };
		if (trace_read(row[i].header, &t) != row[i].good)
			fail_msg("%s", row[i].why);
		assert_string_equal(t.id, row[i].good ? ID : "before");
		assert_string_equal(t.span, row[i].good ? SPAN : "before");
	}
}

static void test_begin(void **state)
{
	struct trace a, b, again;
	char text[TRACE_TEXT_SIZE];
	char name[TRACE_SHORT_SIZE];
	(void)state;
	trace_begin("00-" ID "-" SPAN "-01", &a);
	assert_string_equal(a.id, ID);
	assert_string_not_equal(a.span, SPAN); /* our own part of it */
	trace_begin("rubbish", &a);
	trace_begin(NULL, &b);
	assert_string_not_equal(a.id, b.id);
	trace_text(&a, text);
	assert_true(trace_read(text, &again)); /* what we make is well-formed */
	assert_string_equal(again.id, a.id);
	assert_string_equal(again.span, a.span);
	trace_short(&a, name);
	assert_int_equal(strlen(name), 8);
	assert_memory_equal(name, a.id, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
