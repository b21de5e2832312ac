/* The text builder. */
#include "base_test.h"

#include "base/buf.h"

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void test_add(void **state)
{
	struct buf b = buf_on(*state);
	assert_string_equal(b.text, "");
	assert_int_equal(b.length, 0);
	buf_add(&b, "қыз");
	buf_add_n(&b, "метXX", 6);
	buf_add_char(&b, '!');
	buf_add_n(&b, NULL, 0);
	buf_add(&b, "");
	buf_print(&b, " %d-%s", 118, "бұйрық");
	assert_string_equal(b.text, "қызмет! 118-бұйрық");
	assert_int_equal(b.length, strlen(b.text));
}

/* Terminated at every length, over each border at which it grows. */
static void test_grow(void **state)
{
	struct buf b = buf_on(*state);
	for (size_t i = 0; i < 5000; i++) {
		buf_add_char(&b, (char)('a' + i % 26));
		assert_int_equal(b.length, i + 1);
		assert_int_equal(b.text[b.length], '\0');
		assert_true(b.length < b.room);
	}
	for (size_t i = 0; i < b.length; i++)
		assert_int_equal(b.text[i], 'a' + i % 26);
}

/* So much at once that one doubling is not enough, and exactly what there is room for. */
static void test_at_once(void **state)
{
	static const int size[] = { 254, 255, 256, 257, 511, 512, 100000 };
	for (size_t i = 0; i < COUNT(size); i++) {
		struct buf b = buf_on(*state);
		buf_print(&b, "%*s", size[i], "x");
		assert_int_equal(b.length, size[i]);
		assert_int_equal(strlen(b.text), size[i]);
		assert_int_equal(b.text[b.length - 1], 'x');
		buf_add(&b, "y");
		assert_int_equal(b.text[b.length - 1], 'y');
	}
}

/* A NUL among the bytes is a byte. */
static void test_bytes(void **state)
{
	struct buf b = buf_on(*state);
	buf_add_n(&b, "a\0b", 3);
	assert_int_equal(b.length, 3);
	assert_memory_equal(b.text, "a\0b", 4);
}

static void test_html(void **state)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "", "" },
		{ "Әділет & заң", "Әділет &amp; заң" },
		{ "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "\" onclick='x'", "&quot; onclick=&#39;x&#39;" },
		{ "&amp;", "&amp;amp;" },
		{ "&<>\"'", "&amp;&lt;&gt;&quot;&#39;" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct buf b = buf_on(*state);
		buf_add_html(&b, row[i].text);
		assert_string_equal(b.text, row[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),     cmocka_unit_test(test_grow),
		cmocka_unit_test(test_at_once), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_html),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
