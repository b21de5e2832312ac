/* The pages that are built in: whole, translated, free of inline script and style. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

static void nothing_is_missing(void **state)
{
	(void)state;
	CLEANUP(view_cleanup) struct view *v = NULL;
	struct err e = { 0 };
	if (!view_open(&share_built_in, &v, &e))
		fail_msg("%s", e.detail);
	json_t *faults = json_array();
	view_check(v, faults);
	size_t count = json_array_size(faults);
	for (size_t i = 0; i < count; i++)
		print_error("%s\n", json_string_value(json_array_get(faults, i)));
	json_decref(faults);
	assert_int_equal(count, 0);
}

/* The Content-Security-Policy would keep these from working, silently. */
static void nothing_inline(void **state)
{
	static const struct {
		const char *what, *pattern;
	} row[] = {
		{ "a style attribute", "<[^>]* style=" },
		{ "an event attribute", "<[^>]* on[a-z]+=" },
		{ "a style element", "<style" },
		{ "an inline script", "<script( type=\"[a-z]+\")?>" },
		{ "a script address", "javascript:" },
		{ "an address of another site", "(src|href|action)=\"(https?:)?//" },
	};
	(void)state;
	size_t count;
	const struct share_item *pages = share_below(&share_built_in, "pages/", &count);
	for (size_t i = 0; i < COUNT(row); i++) {
		regex_t re;
		assert_int_equal(regcomp(&re, row[i].pattern, REG_EXTENDED | REG_NOSUB), 0);
		for (size_t k = 0; k < count; k++) {
			if (regexec(&re, (const char *)pages[k].bytes, 0, NULL, 0) == 0)
				fail_msg("%s in %s", row[i].what, pages[k].path);
		}
		regfree(&re);
	}
}

/* What has method="post" brings the token. */
static void every_form_has_its_token(void **state)
{
	(void)state;
	size_t count;
	const struct share_item *pages = share_below(&share_built_in, "pages/", &count);
	for (size_t k = 0; k < count; k++) {
		const char *at = (const char *)pages[k].bytes;
		while ((at = strstr(at, "method=\"post\""))) {
			const char *end = strstr(at, "</form>");
			const char *token = strstr(at, "{{>csrf}}");
			if (!token || (end && token > end))
				fail_msg("a form without {{>csrf}} in %s", pages[k].path);
			at = token;
		}
	}
}

static const struct {
	const char *lang, *want[6];
} shown[] = {
	{ "kk",
	  { "<html lang=\"kk\">", "2026\u00a0ж. 26\u00a0наурыз", "15-тармақ",
	    "value=\"&lt;Ә&quot;лі&gt;\"", "<option value=\"2\" selected>", "Шығу" } },
	{ "ru",
	  { "Перейти к основному содержанию", "26\u00a0марта 2026\u00a0г.", "п. 15",
	    "value=\"t&quot;oken\"", "action=\"/competitions/12/close\"", "Выйти" } },
	{ "en",
	  { "Skip to the main content", "26\u00a0March 2026", "cl. 15",
	    "value=\"/parts?x=1&amp;y=2\"", "1–20 of 1,234", "Sign out" } },
};

static void all_parts_in_all_languages(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *v = NULL;
	const struct share share = world_with_page(a, PARTS_DIR "/parts.html");
	struct err e = { 0 };
	json_error_t why;
	json_t *model = json_load_file(PARTS_DIR "/parts.json", 0, &why);
	assert_non_null(model);
	assert_true(view_open(&share, &v, &e));
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct buf out = buf_on(a);
		json_t *page = json_object_get(model, "page");
		json_object_set_new(page, "lang", json_string(shown[i].lang));
		if (!view_render(v, shown[i].lang, "shown", model, &out, &e))
			fail_msg("%s: %s", shown[i].lang, e.detail);
		for (size_t k = 0; k < COUNT(shown[i].want); k++) {
			if (!strstr(out.text, shown[i].want[k]))
				fail_msg("%s: no '%s'", shown[i].lang, shown[i].want[k]);
		}
	}
	json_decref(model);
}

/* A page for somebody who is not signed in, with nothing to say. */
static void a_quiet_page(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *v = NULL;
	const struct file files[] = { { "pages/x.html", "{{>layout/messages}}{{>layout/person}}" },
				      { NULL, NULL } };
	struct share share = world_share(a, files);
	struct err e = { 0 };
	struct buf out = buf_on(a);
	assert_true(view_open(&share, &v, &e));
	json_t *model = json_pack("{s:{s:n,s:n,s:b,s:b},s:{}}", "page", "notice", "error",
				  "signed_in", 0, "unknown", 0, "form");
	assert_non_null(model);
	assert_false(view_render(v, "kk", "x", model, &out, &e)); /* no such partial here */
	view_close(v);
	assert_true(view_open(&share_built_in, &v, &e));
	out = buf_on(a);
	memset(&e, 0, sizeof(e));
	if (!view_render(v, "kk", "layout/messages", model, &out, &e))
		fail_msg("%s", e.detail);
	assert_string_equal(out.text, "");
	if (!view_render(v, "kk", "layout/person", model, &out, &e))
		fail_msg("%s", e.detail);
	assert_non_null(strstr(out.text, "href=\"/sign-in\""));
	assert_null(strstr(out.text, "/sign-out"));
	json_decref(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_missing),
		cmocka_unit_test(nothing_inline),
		cmocka_unit_test(every_form_has_its_token),
		cmocka_unit_test(all_parts_in_all_languages),
		cmocka_unit_test(a_quiet_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
