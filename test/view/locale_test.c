/* Languages that an installation adds are data: Kazakh in Latin letters (locale/kk-Latn.json). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct file files[] = {
	{ "locale/kk.json",
	  "{\"d.one\":\"{count} жұмыс күні\",\"d.other\":\"{count} жұмыс күні\","
	  "\"a\":\"Іріктеу: {day:when} күніне дейін\",\"language.name\":\"Қазақша\"}" },
	{ NULL, NULL },
};

struct world {
	struct arena *arena;
	struct share share;
	struct catalog *catalog;
	char path[32];
};

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	w->arena = arena_new();
	w->share = world_share(w->arena, files);
	assert_true(catalog_open(&w->share, &w->catalog, &e));
	(void)snprintf(w->path, sizeof(w->path), "/tmp/localeXXXXXX");
	const int fd = mkstemp(w->path);
	assert_true(fd >= 0);
	(void)close(fd);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	(void)unlink(w->path);
	catalog_close(w->catalog);
	arena_free(w->arena);
	test_free(w);
	return 0;
}

/* Why a file of this text is refused; "" if it is not. */
static const char *refusal(struct world *w, const char *text)
{
	struct err e = { 0 };
	FILE *file = fopen(w->path, "w");
	assert_non_null(file);
	(void)fputs(text, file);
	assert_int_equal(fclose(file), 0);
	if (catalog_add(w->catalog, w->path, &e))
		return "";
	assert_string_equal(e.key, "error.locale");
	return arena_copy(w->arena, e.detail);
}

static void latin_kazakh(void **state)
{
	struct world *w = *state;
	struct buf out = buf_on(w->arena);
	struct err e = { 0 };
	json_t *values = json_pack("{s:s,s:i}", "when", "2026-03-26", "count", 5);
	assert_true(catalog_add(w->catalog, LOCALE_DIR "/kk-Latn.json", &e));
	assert_string_equal(catalog_nth(w->catalog, 3), "kk-Latn");
	assert_null(catalog_nth(w->catalog, 4));
	assert_string_equal(catalog_base(w->catalog, "kk-Latn"), "kk");
	assert_string_equal(catalog_base(w->catalog, "fr"), "kk");
	assert_null(catalog_language(w->catalog, "kk-latn"));
	assert_true(catalog_format(w->catalog, "kk-Latn", "a", values, &out, &e));
	assert_string_equal(out.text, "Irıkteu: 2026\u00a0j. 26\u00a0nauryz künıne deiın");
	out = buf_on(w->arena);
	assert_true(catalog_format(w->catalog, "kk-Latn", "d", values, &out, &e));
	assert_string_equal(out.text, "5 jūmys künı");
	assert_string_equal(catalog_text(w->catalog, "kk-Latn", "language.name"),
			    "Qazaqşa (latyn)");
	assert_string_equal(catalog_text(w->catalog, "kk", "language.name"), "Қазақша");
	json_decref(values);
}

static void only_texts(void **state)
{
	struct world *w = *state;
	assert_string_equal(
		refusal(w, "{\"language\":\"qps\",\"base\":\"kk\",\"texts\":{\"d.one\":\"[x]\"}}"),
		"");
	assert_string_equal(catalog_text(w->catalog, "qps", "d.one"), "[x]");
	assert_string_equal(catalog_text(w->catalog, "qps", "d.other"), "{count} жұмыс күні");
}

static void what_is_no_locale_is_refused(void **state)
{
	static const struct {
		const char *why, *text;
	} row[] = {
		{ "no JSON", "{" },
		{ "no language", "{\"base\":\"kk\"}" },
		{ "no base", "{\"language\":\"qps\"}" },
		{ "an unknown base", "{\"language\":\"qps\",\"base\":\"fr\"}" },
		{ "one that is there", "{\"language\":\"ru\",\"base\":\"kk\"}" },
		{ "a tag that could end a cookie", "{\"language\":\"q; a\",\"base\":\"kk\"}" },
		{ "a tag that is too long",
		  "{\"language\":\"kk-Latn-KZ-latinpr\",\"base\":\"kk\"}" },
		{ "a text that is none",
		  "{\"language\":\"q\",\"base\":\"kk\",\"texts\":{\"a\":1}}" },
		{ "rules that are no list",
		  "{\"language\":\"qps\",\"base\":\"kk\",\"rules\":\"a\"}" },
		{ "a rule that is no text",
		  "{\"language\":\"qps\",\"base\":\"kk\",\"rules\":[1]}" },
		{ "a rule of no meaning",
		  "{\"language\":\"qps\",\"base\":\"kk\",\"rules\":[\"а >\",\"> > [\"]}" },
		{ "rules that make too much",
		  "{\"language\":\"qps\",\"base\":\"kk\",\"rules\":[\"а > "
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;\"]}" },
	};
	struct world *w = *state;
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(row); i++) {
		if (!*refusal(w, row[i].text))
			fail_msg("%s: taken", row[i].why);
	}
	assert_false(catalog_add(w->catalog, "/nowhere/locale.json", &e));
	assert_null(catalog_nth(w->catalog, 3));
	for (int i = 0; i < LOCALES_MOST; i++)
		assert_string_equal(
			refusal(w, arena_print(w->arena, "{\"language\":\"q%c\",\"base\":\"kk\"}",
					       'a' + i)),
			"");
	assert_true(*refusal(w, "{\"language\":\"qz\",\"base\":\"kk\"}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(latin_kazakh, setup, teardown),
		cmocka_unit_test_setup_teardown(only_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_locale_is_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
