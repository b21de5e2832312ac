/* What a page asks its model for, as far as that is seen without a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world.h"

#include "view/names.h"

#include <stdlib.h>

static const struct file parts[] = {
	{ "locale/en.json",
	  "{\"hi\":\"Hello, {name}!\",\"until\":\"{day:last}, {count}\","
	  "\"n.one\":\"{count} day of {all}\",\"n.other\":\"{count} days of {all}\"}" },
	{ "pages/part.html",
	  "{{=@label}}{{#*list}}{{.id}}{{/*list}}{{@text}}{{form.@text.value}}" },
	{ "pages/passing.html", "{{>part label=@label list=@list text=x}}" },
	{ "pages/key.html", "{{*value}}" },
};

static const struct {
	const char *why, *page, *want;
} row[] = {
	{ "a value", "{{a}}{{day:b}}{{c?}}", "{\"a\":{},\"b\":{},\"c\":{}}" },
	{ "a value inside another", "{{a.b.c}}", "{\"a\":{\"b\":{\"c\":{}}}}" },
	{ "inside a section", "{{#rows}}{{id}}{{.}}{{/rows}}", "{\"rows\":{\"id\":{}}}" },
	{ "what is known outside stands there", "{{id}}{{#rows}}{{id}}{{x}}{{/rows}}",
	  "{\"id\":{},\"rows\":{\"x\":{}}}" },
	{ "a dot in front: only inside", "{{id}}{{#rows}}{{.id}}{{/rows}}",
	  "{\"id\":{},\"rows\":{\"id\":{}}}" },
	{ "what is not, and what is compared, opens nothing",
	  "{{^rows}}{{a}}{{/rows}}{{#b == c}}{{d}}{{/b}}{{#e == \"f\"}}{{g}}{{/e}}",
	  "{\"rows\":{},\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{},\"g\":{}}" },
	{ "a message's placeholders", "{{=hi}}{{=until count=total}}",
	  "{\"name\":{},\"last\":{},\"total\":{}}" },
	{ "of one that counts", "{{=n}}", "{\"count\":{},\"all\":{}}" },
	{ "a key that is a value", "{{=x.$state}}", "{\"state\":{}}" },
	{ "arguments: a path, a message, a text", "{{>part label=hi list=o.rows text=x}}",
	  "{\"name\":{},\"o\":{\"rows\":{\"id\":{}}},\"form\":{}}" },
	{ "arguments that are passed on", "{{#o}}{{>passing label=hi list=.rows}}{{/o}}",
	  "{\"o\":{\"rows\":{\"id\":{}},\"name\":{},\"form\":{}}}" },
	{ "an argument's value, and a text with a name in it",
	  "{{>key value=$v}}{{>key value=\"/x/{id}/y\"}}", NULL },
};

static void names_of_a_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		CLEANUP(view_cleanup) struct view *view = NULL;
		struct file files[COUNT(parts) + 2] = { 0 };
		struct err e = { 0 };
		for (size_t k = 0; k < COUNT(parts); k++)
			files[k] = parts[k];
		files[COUNT(parts)] = (struct file){ "pages/shown.html", row[i].page };
		const struct share share = world_share(a, files);
		json_t *names = json_object();
		assert_true(view_open(&share, &view, &e));
		if (!view_names(view, "shown", names, &e))
			fail_msg("%s: %s", row[i].why, e.detail);
		json_t *want = row[i].want ? json_loads(row[i].want, 0, NULL) : NULL;
		char *got = json_dumps(names, JSON_COMPACT);
		if (want && !json_equal(names, want))
			fail_msg("%s: %s", row[i].why, got);
		if (!want) /* at least these */
			assert_true(json_object_get(names, "v") && json_object_get(names, "id"));
		free(got);
		json_decref(want);
		json_decref(names);
	}
}

static void a_page_that_is_not_there(void **state)
{
	(void)state;
	CLEANUP(view_cleanup) struct view *view = NULL;
	struct err e = { 0 };
	json_t *names = json_object();
	assert_true(view_open(&share_built_in, &view, &e));
	assert_false(view_names(view, "no/page", names, &e));
	assert_string_equal(e.key, "error.page");
	json_decref(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_page),
		cmocka_unit_test(a_page_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
