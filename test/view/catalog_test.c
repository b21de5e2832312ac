/* Messages, days and numbers in three languages; the files inside the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world.h"

#include <string.h>

static const struct file files[] = {
	{ "locale/kk.json",
	  "{\"d.one\":\"{count} жұмыс күні\",\"d.other\":\"{count} жұмыс күні\"}" },
	{ "locale/ru.json",
	  "{\"d.one\":\"{count} рабочий день\",\"d.few\":\"{count} рабочих дня\","
	  "\"d.many\":\"{count} рабочих дней\",\"d.other\":\"{count} рабочего дня\","
	  "\"doc.other\":\"иное\",\"a\":\"{x} и {number:y}\",\"open\":\"{x\"}" },
	{ "locale/en.json",
	  "{\"d.one\":\"{count} working day\",\"d.other\":\"{count} working days\"}" },
	{ NULL, NULL },
};

struct world {
	struct arena *arena;
	struct share share;
	struct catalog *catalog;
};

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	w->arena = arena_new();
	w->share = world_share(w->arena, files);
	assert_true(catalog_open(&w->share, &w->catalog, &e));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	catalog_close(w->catalog);
	arena_free(w->arena);
	test_free(w);
	return 0;
}

static void counts_in_words(void **state)
{
	static const struct {
		const char *lang;
		int count;
		const char *want;
	} row[] = {
		{ "ru", 1, "1 рабочий день" },   { "ru", 2, "2 рабочих дня" },
		{ "ru", 5, "5 рабочих дней" },   { "ru", 11, "11 рабочих дней" },
		{ "ru", 21, "21 рабочий день" }, { "ru", 0, "0 рабочих дней" },
		{ "kk", 1, "1 жұмыс күні" },     { "kk", 5, "5 жұмыс күні" },
		{ "en", 1, "1 working day" },    { "en", 0, "0 working days" },
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct buf out = buf_on(w->arena);
		json_t *values = json_pack("{s:i}", "count", row[i].count);
		struct err e = { 0 };
		bool ok = catalog_format(w->catalog, row[i].lang, "d", values, &out, &e);
		json_decref(values);
		if (!ok || strcmp(out.text, row[i].want) != 0)
			fail_msg("%s %d: '%s', wanted '%s'", row[i].lang, row[i].count, out.text,
				 row[i].want);
	}
}

static void knows_its_keys(void **state)
{
	struct world *w = *state;
	assert_true(catalog_has(w->catalog, "ru", "d"));
	assert_true(catalog_has(w->catalog, "ru", "d.one"));
	assert_false(catalog_has(w->catalog, "ru", "doc")); /* .other alone counts nothing */
	assert_false(catalog_has(w->catalog, "kk", "a"));
	assert_false(catalog_has(w->catalog, "de", "d"));
	assert_string_equal(catalog_text(w->catalog, "ru", "doc.other"), "иное");
	assert_null(catalog_text(w->catalog, "ru", "nothing"));
	assert_null(catalog_text(w->catalog, "de", "d.one"));
	assert_true(catalog_has_language("kk"));
	assert_false(catalog_has_language("kz"));
}

static void fills_placeholders(void **state)
{
	struct world *w = *state;
	struct buf out = buf_on(w->arena);
	struct err e = { 0 }, f = { 0 }, g = { 0 };
	json_t *values = json_pack("{s:s,s:i}", "x", "<б>", "y", 120000);
	assert_true(catalog_format(w->catalog, "ru", "a", values, &out, &e));
	assert_string_equal(out.text, "<б> и 120\u00a0000");
	assert_false(catalog_format(w->catalog, "ru", "a", NULL, &out, &f));
	assert_string_equal(f.detail, "message 'a' wants {x}");
	assert_false(catalog_format(w->catalog, "ru", "open", values, &out, &g));
	assert_string_equal(g.detail, "message 'open': { without }");
	json_decref(values);
}

static void writes_days(void **state)
{
	static const struct {
		const char *lang, *day, *want;
	} row[] = {
		{ "kk", "2026-03-26", "2026\u00a0ж. 26\u00a0наурыз" },
		{ "ru", "2026-03-26", "26\u00a0марта 2026\u00a0г." },
		{ "en", "2026-03-26", "26\u00a0March 2026" },
		{ "kk", "2024-01-01", "2024\u00a0ж. 1\u00a0қаңтар" },
		{ "ru", "2024-12-31", "31\u00a0декабря 2024\u00a0г." },
		{ "ru", "2025-05-02", "2\u00a0мая 2025\u00a0г." },
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct buf out = buf_on(w->arena);
		json_t *value = json_string(row[i].day);
		assert_true(catalog_value(w->catalog, row[i].lang, FORMAT_DAY, value, &out));
		json_decref(value);
		assert_string_equal(out.text, row[i].want);
	}
}

static void refuses_bad_files(void **state)
{
	static const struct file no_json[] = { { "locale/ru.json", "{\"a\":" }, { NULL, NULL } };
	static const struct file twice[] = { { "locale/ru.json", "{\"a\":\"1\",\"a\":\"2\"}" },
					     { NULL, NULL } };
	struct world *w = *state;
	const struct share none = { NULL, 0 };
	const struct share first = world_share(w->arena, no_json);
	const struct share second = world_share(w->arena, twice);
	struct catalog *c = NULL;
	struct err e = { 0 };
	assert_false(catalog_open(&none, &c, &e));
	assert_string_equal(e.detail, "locale/kk.json is missing");
	assert_false(catalog_open(&first, &c, NULL));
	assert_false(catalog_open(&second, &c, NULL));
	assert_null(c);
}

static void assets_have_addresses(void **state)
{
	(void)state;
	char address[128], small[8];
	assert_true(share_address(&share_built_in, "tabler.css", address, sizeof(address)));
	const struct share_item *item = share_by_address(&share_built_in, address);
	assert_non_null(item);
	assert_string_equal(item->path, "assets/tabler.css");
	assert_true(item->gzip != NULL && item->gzip_size < item->size);
	assert_int_equal(item->bytes[item->size], 0);
	assert_false(share_address(&share_built_in, "none.css", address, sizeof(address)));
	assert_false(share_address(&share_built_in, "tabler.css", small, sizeof(small)));

	static const char *const wrong[] = {
		"/assets/tabler.00000000.css",
		"/assets/tabler.css",
		"/assets/.00000000.css",
		"/assets/",
		"/assets/../pages/error.00000000.html",
		"",
		"/other/tabler.00000000.css",
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (share_by_address(&share_built_in, wrong[i]))
			fail_msg("'%s' is an asset", wrong[i]);
	}
}

static void shares_are_found(void **state)
{
	(void)state;
	size_t count = 0;
	const struct share_item *pages = share_below(&share_built_in, "pages/layout/", &count);
	assert_true(count > 3);
	assert_int_equal(strncmp(pages[0].path, "pages/layout/", 13), 0);
	assert_int_equal(strncmp(pages[count - 1].path, "pages/layout/", 13), 0);
	assert_non_null(share_find("pages/layout/head.html"));
	assert_null(share_find("pages/layout/none.html"));
	(void)share_below(&share_built_in, "none/", &count);
	assert_int_equal(count, 0);
	assert_string_equal(share_media("a/b.css"), "text/css; charset=utf-8");
	assert_string_equal(share_media("a/b.unheard"), "application/octet-stream");
	assert_string_equal(share_media("none"), "application/octet-stream");
	for (size_t i = 1; i < share_built_in.count; i++) {
		const struct share_item *item = &share_built_in.items[i];
		if (strcmp(item[-1].path, item->path) >= 0)
			fail_msg("%s is not in its place", item->path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_in_words, setup, teardown),
		cmocka_unit_test_setup_teardown(knows_its_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(fills_placeholders, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_days, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_bad_files, setup, teardown),
		cmocka_unit_test(assets_have_addresses),
		cmocka_unit_test(shares_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
