/* CSV byte by byte; XLSX as far as bytes tell (opened_test.py opens it). */
#include "export/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct table_column columns[] = {
	{ "Аты", CELL_TEXT },
	{ "Саны", CELL_NUMBER },
	{ "Күні", CELL_DAY },
	{ "Уақыты", CELL_TIME },
};

static struct table table_of(const struct cell *cells, size_t rows)
{
	return (struct table){ "Тізім", columns, COUNT(columns), cells, rows };
}

static void test_csv(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct {
		const char *why, *text, *there;
	} row[] = {
		{ "plain", "Әлия", "Әлия" },
		{ "a comma", "a,b", "\"a,b\"" },
		{ "a quotation mark", "a\"b", "\"a\"\"b\"" },
		{ "two lines", "a\nb", "\"a\nb\"" },
		{ "a formula", "=1+1", "\"'=1+1\"" },
		{ "a formula behind a sign", "-2+3", "\"'-2+3\"" },
		{ "a formula by @", "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "a formula behind a tab", "\t=1", "\"'\t=1\"" },
		{ "a formula inside is none", "1=1", "1=1" },
		{ "nothing", "", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct cell cells[] = {
			{ true, row[i].text, 0 },
			{ true, NULL, -7 },
			{ true, NULL, 20514 },           /* 2 March 2026 */
			{ true, NULL, 1772428500000LL }, /* 10:15 in the zone */
		};
		const struct table t = table_of(cells, 1);
		const void *bytes = NULL;
		size_t size = 0;
		assert_true(table_csv(a, &t, &bytes, &size, NULL));
		const char *want = arena_print(
			a,
			"\xEF\xBB\xBF"
			"Аты,Саны,Күні,Уақыты\r\n%s,-7,2026-03-02,2026-03-02T10:15:00+05:00\r\n",
			row[i].there);
		if (size != strlen(want) || memcmp(bytes, want, size) != 0)
			fail_msg("%s: %.*s", row[i].why, (int)size, (const char *)bytes);
	}
}

static void test_empty_cells(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const struct cell cells[8] = { { .filled = false } };
	const struct table t = table_of(cells, 2);
	const void *bytes = NULL;
	size_t size = 0;
	(void)state;
	assert_true(table_csv(a, &t, &bytes, &size, NULL));
	assert_non_null(strstr(bytes, "\r\n,,,\r\n,,,\r\n"));
	const struct table none = table_of(cells, 0);
	assert_true(table_csv(a, &none, &bytes, &size, NULL));
	assert_true(table_xlsx(a, &none, &bytes, &size, NULL));
	assert_true(size > 1000);
	assert_memory_equal(bytes, "PK\x03\x04", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_empty_cells),
	};
	return cmocka_run_group_tests_name("export table", tests, NULL, NULL);
}
