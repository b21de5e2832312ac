/* The renderer: what each hole prints, what is refused and where, what a page hides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "world.h"

#include <stdio.h>
#include <string.h>

/* Partials and messages that the rows use. */
static const struct file parts[] = {
	{ "assets/app.css", "x" },
	{ "locale/kk.json", "{\"hi\":\"Сәлем, {name}!\",\"s.sent\":\"жіберілді\",\"s.amp\":\"<&>\","
			    "\"n.one\":\"{count} күн\",\"n.other\":\"{count} күн\","
			    "\"until\":\"{day:d} дейін\",\"deep\":\"{o.x}\"}" },
	{ "pages/arg.html", "[{{@a}}|{{#@b}}{{@b}}{{/@b}}{{^@b}}-{{/@b}}]" },
	{ "pages/deref.html", "{{#*list}}{{.}},{{/*list}}{{^*list}}none{{/*list}}" },
	{ "pages/inner.html", "{{#rows}}{{>show what=@what}};{{/rows}}" },
	{ "pages/show.html", "{{*what}}" },
	{ "pages/field.html", "{{form.@name.value}}" },
	{ "pages/key.html", "{{=@key}} {{=s.@state}}" },
	{ "pages/loop.html", "{{>loop}}" },
	{ "pages/pass.html", "{{>arg a=@a b=@b}}" },
};

#define MODEL                                                                                      \
	"{\"t\":true,\"f\":false,\"z\":0,\"n\":7,\"null\":null,\"e\":\"\",\"s\":\"sent\","         \
	"\"name\":\"Әсем\",\"bad\":\"<a href='x' "                                             \
	"b=\\\"y\\\">&\",\"o\":{\"x\":\"in\",\"y\":{\"z\":"                                        \
	"1}},\"x\":\"out\",\"list\":[\"a\",\"b\"],\"empty\":[],\"rows\":[{\"id\":1,\"name\":"      \
	"\"A\"},"                                                                                  \
	"{\"id\":2,\"x\":null}],\"d\":\"2026-03-26\",\"ms\":1774515900000,\"big\":1234567,"        \
	"\"real\":87.5,\"form\":{\"fam\":{\"value\":\"V\"}},\"one\":1,\"key\":\"hi\","             \
	"\"id\":\"2\",\"price\":\"-1234.50\",\"some\":[2,3]}"

static const struct {
	const char *why, *page, *want;
} shown[] = {
	{ "text stays as it is", "a { b } c", "a { b } c" },
	{ "a value", "{{name}}", "Әсем" },
	{ "blanks in the braces", "{{ name }}", "Әсем" },
	{ "an integer", "{{n}}", "7" },
	{ "null prints nothing", "[{{null}}]", "[]" },
	{ "a value is escaped", "{{bad}}", "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;" },
	{ "three braces print no raw text: the third is text", "{{{bad}} ", NULL },
	{ "inside", "{{o.y.z}}", "1" },
	{ "may be missing", "[{{nothing?}}{{o.nothing?}}]", "[]" },
	{ "there all the same", "{{name?}}", "Әсем" },
	{ "a day", "{{day:d}}", "2026\u00a0ж. 26\u00a0наурыз" },
	{ "an instant in UTC+5", "{{time:ms}}", "2026\u00a0ж. 26\u00a0наурыз, 14:05" },
	{ "the time alone", "{{clock:ms}}", "14:05" },
	{ "for machines", "{{iso:ms}}", "2026-03-26T14:05:00+05:00" },
	{ "digit groups", "{{number:big}}", "1\u00a0234\u00a0567" },
	{ "decimals", "{{number:real}}", "87,5" },
	{ "a number in a text", "{{number:price}}", "\u22121\u00a0234,50" },
	{ "null has no day", "[{{day:null}}]", "[]" },

	{ "each item", "{{#list}}<{{.}}>{{/list}}", "<a><b>" },
	{ "names of the item", "{{#rows}}{{id}},{{/rows}}", "1,2," },
	{ "outwards when the item has no such name", "{{#rows}}{{name}},{{/rows}}", "A,Әсем," },
	{ "null of the item hides what is outside", "{{#rows}}[{{x}}]{{/rows}}", "[out][]" },
	{ "the innermost alone", "{{#rows}}{{.name?}},{{/rows}}", "A,," },
	{ "an object once", "{{#o}}{{x}}{{/o}}", "in" },
	{ "true once", "{{#t}}y{{/t}}", "y" },
	{ "false never", "{{#f}}y{{/f}}{{^f}}n{{/f}}", "n" },
	{ "zero never", "{{#z}}y{{/z}}{{^z}}n{{/z}}", "n" },
	{ "a number once", "{{#n}}y{{/n}}", "y" },
	{ "an empty text never", "{{#e}}y{{/e}}{{^e}}n{{/e}}", "n" },
	{ "a text once, and it is {{.}}", "{{#s}}{{.}}{{/s}}", "sent" },
	{ "null never", "{{#null}}y{{/null}}{{^null}}n{{/null}}", "n" },
	{ "an empty list never", "{{#empty}}y{{/empty}}{{^empty}}n{{/empty}}", "n" },
	{ "missing, if it may be", "{{#no?}}y{{/no}}{{^no?}}n{{/no}}", "n" },
	{ "nested", "{{#rows}}{{#list}}{{id}}{{.}} {{/list}}{{/rows}}", "1a 1b 2a 2b " },
	{ "equal to a text", "{{#s == \"sent\"}}y{{/s}}{{^s == \"sent\"}}n{{/s}}", "y" },
	{ "not equal", "{{#s == \"draft\"}}y{{/s}}{{^s == \"draft\"}}n{{/s}}", "n" },
	{ "a number equals its digits", "{{#rows}}{{#.id == o.y.z}}y{{/.id}}{{/rows}}", "y" },
	{ "comparing opens no scope", "{{#o}}{{#x == \"in\"}}{{x}}{{/x}}{{/o}}", "in" },
	{ "among a list", "{{#id == some}}y{{/id}}", "y" },
	{ "not among a list", "{{#n == some}}y{{/n}}{{^n == some}}n{{/n}}", "n" },
	{ "true as text", "{{#t == \"true\"}}y{{/t}}", "y" },

	{ "a message with a name", "{{=hi}}", "Сәлем, Әсем!" },
	{ "the name is that of the item", "{{#rows}}{{=hi}}{{/rows}}", "Сәлем, A!Сәлем, Әсем!" },
	{ "a placeholder renamed", "{{=hi name=s}}", "Сәлем, sent!" },
	{ "a placeholder is escaped", "{{=hi name=bad}}",
	  "Сәлем, &lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;!" },
	{ "a message is escaped", "{{=s.amp}}", "&lt;&amp;&gt;" },
	{ "the key is a value", "{{=$key}}", "Сәлем, Әсем!" },
	{ "the end of the key is a value", "{{=s.$s}}", "жіберілді" },
	{ "a day in a message", "{{=until}}", "2026\u00a0ж. 26\u00a0наурыз дейін" },
	{ "a dotted placeholder", "{{=deep}}", "in" },
	{ "plural", "{{=n count=one}} {{=n count=n}}", "1 күн 7 күн" },

	{ "an asset", "{{asset:app.css}}", "/assets/app.01234567.css" },
	{ "arguments", "{{>arg a=word b=\"two words\"}}", "[word|two words]" },
	{ "an argument that is not given", "{{>arg a=x}}", "[x|-]" },
	{ "a value as argument", "{{>arg a=$name b=$o.x}}", "[Әсем|in]" },
	{ "an argument is escaped", "{{>arg a=$bad}}",
	  "[&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;|-]" },
	{ "names in a quoted argument", "{{>arg a=\"/c/{n}/{o.x}\"}}", "[/c/7/in|-]" },
	{ "arguments passed on", "{{>pass a=x}}{{>pass a=x b=y}}", "[x|-][x|y]" },
	{ "an argument that names a list", "{{>deref list=list}}", "a,b," },
	{ "an argument that names nothing", "{{>deref}}", "none" },
	{ "it is looked up where the partial is called", "{{>inner what=x}}", "out;out;" },
	{ "an argument as part of a name", "{{>field name=fam}}", "V" },
	{ "an argument as a key", "{{>key key=hi state=sent}}", "Сәлем, Әсем! жіберілді" },

	{ "a remark", "a{{! remark }}b", "ab" },
	{ "a tag alone on its line leaves no line", "a\n  {{#t}}\nb\n  {{/t}}\nc", "a\nb\nc" },
	{ "a value alone on its line stays", "a\n{{n}}\nc", "a\n7\nc" },
	{ "at the very beginning and end", "{{#t}}\nb\n{{/t}}", "b\n" },
	{ "not alone on its line", "a {{#t}}\nb{{/t}}", "a \nb" },
};

static const struct {
	const char *why, *page, *want;
} refused[] = {
	{ "unknown name", "a\nb {{nothing}}", "page:2: unknown name 'nothing'" },
	{ "unknown inside", "{{o.nothing}}", "page:1: unknown name 'o.nothing'" },
	{ "unknown section", "{{#nothing}}{{/nothing}}", "page:1: unknown name 'nothing'" },
	{ "unknown to compare with", "{{#s == nothing}}{{/s}}", "page:1: unknown name 'nothing'" },
	{ "not outwards with a dot", "{{#o}}{{.name}}{{/o}}", "page:1: unknown name '.name'" },
	{ "an object does not print", "{{o}}", "page:1: 'o' is of a kind that does not print so" },
	{ "a list does not print", "{{list}}",
	  "page:1: 'list' is of a kind that does not print so" },
	{ "true does not print", "{{t}}", "page:1: 't' is of a kind that does not print so" },
	{ "no day", "{{day:name}}", "page:1: 'name' is of a kind that does not print so" },
	{ "no number", "{{number:name}}", "page:1: 'name' is of a kind that does not print so" },
	{ "no instant", "{{time:d}}", "page:1: 'd' is of a kind that does not print so" },
	{ "unknown message", "{{=nothing}}", "page:1: no message 'nothing' in kk" },
	{ "unknown message by value", "{{=s.$name}}", "page:1: no message 's.Әсем' in kk" },
	{ "a placeholder without a value", "{{#rows}}{{=hi name=nothing}}{{/rows}}",
	  "page:1: message 'hi' wants {name}" },
	{ "a count that is none", "{{=n count=s}}", "page:1: message 'n' wants a whole {count}" },
	{ "unknown asset", "{{asset:nothing.css}}", "page:1: no asset 'nothing.css'" },
	{ "unknown partial", "\n\n{{>nothing}}", "page:3: there is no page 'nothing'" },
	{ "an argument that is missing", "{{>arg}}", "arg:1: unknown name '@a'" },
	{ "an unknown name in quotes", "{{>arg a=\"{nothing}\"}}",
	  "page:1: unknown name 'nothing'" },
	{ "a partial inside itself", "{{>loop}}", "loop:1: too deep" },
	{ "not closed", "{{#list}}\n\n", "page:3: {{#list}} of line 1 is not closed" },
	{ "closed wrongly", "{{#list}}\n{{/rows}}",
	  "page:2: {{/rows}} where {{/list}} of line 1 was expected" },
	{ "closes nothing", "{{/list}}", "page:1: {{/list}} closes nothing" },
	{ "no end", "a\n{{name", "page:2: {{ without }}" },
	{ "no name", "{{}}", "page:1: a name was expected at ''" },
	{ "a raw form", "{{&name}}", "page:1: a name was expected at '&name'" },
	{ "three braces", "{{{name}}}", "page:1: a name was expected at '{name'" },
	{ "too much", "{{name other}}", "page:1: 'other' is too much" },
	{ "too many parts", "{{a.a.a.a.a.a.a.a.a}}", "page:1: a name has too many parts" },
	{ "an argument without a value", "{{>arg a}}", "page:1: name=value was expected at 'a'" },
	{ "an open quotation", "{{>arg a=\"x}}", "page:1: a quotation mark is missing" },
	{ "a key with another letter", "{{=a/b}}", "page:1: '/b' in a message key" },
	{ "no key", "{{=}}", "page:1: a message key was expected at ''" },
};

/* `parts` and this page, as page "page". */
static struct view *open_page(struct arena *a, const char *page)
{
	struct file files[COUNT(parts) + 2] = { { 0 } };
	memcpy(files, parts, sizeof(parts));
	files[COUNT(parts)] = (struct file){ "pages/page.html", page };
	struct share *share = arena_alloc(a, sizeof(*share));
	*share = world_share(a, files);
	struct view *v;
	struct err e = { 0 };
	if (!view_open(share, &v, &e))
		fail_msg("%s", e.detail);
	return v;
}

static bool render(struct arena *a, const char *page, struct buf *out, struct err *e)
{
	CLEANUP(view_cleanup) struct view *v = open_page(a, page);
	json_t *model = json_loads(MODEL, 0, NULL);
	assert_non_null(model);
	bool ok = view_render(v, "kk", "page", model, out, e);
	json_decref(model);
	return ok;
}

static void prints(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct buf out = buf_on(a);
		struct err e = { 0 };
		bool ok = render(a, shown[i].page, &out, &e);
		if (!shown[i].want) {
			if (ok)
				fail_msg("%s: '%s' was printed", shown[i].why, out.text);
		} else if (!ok || strcmp(out.text, shown[i].want) != 0) {
			fail_msg("%s: '%s', wanted '%s' (%s)", shown[i].why, out.text,
				 shown[i].want, e.detail);
		}
	}
}

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct buf out = buf_on(a);
		struct err e = { 0 };
		if (render(a, refused[i].page, &out, &e))
			fail_msg("%s: '%s' was printed", refused[i].why, out.text);
		if (strcmp(e.detail, refused[i].want) != 0 || strcmp(e.key, "error.page") != 0)
			fail_msg("%s: '%s', wanted '%s'", refused[i].why, e.detail,
				 refused[i].want);
	}
}

static void refuses_unknown_page_and_language(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *v = open_page(a, "x");
	struct buf out = buf_on(a);
	struct err e = { 0 }, f = { 0 };
	assert_false(view_render(v, "kk", "nothing", json_null(), &out, &e));
	assert_string_equal(e.detail, "there is no page 'nothing'");
	assert_false(view_render(v, "de", "page", json_null(), &out, &f));
	assert_string_equal(f.detail, "no language 'de'");
}

static const struct {
	const char *why, *page, *model, *want; /* the names left over, with blanks between */
} hidden[] = {
	{ "all is used", "{{a}}{{#r}}{{x}}{{/r}}", "{\"a\":1,\"r\":[{\"x\":1}]}", "" },
	{ "a name that nobody prints", "{{a}}", "{\"a\":1,\"key\":\"B\"}", "key" },
	{ "inside a list, once", "{{#r}}{{x}}{{/r}}",
	  "{\"r\":[{\"x\":1,\"y\":1},{\"x\":1,\"y\":2}]}", "r.y" },
	{ "a branch that is not taken still uses", "{{#f}}{{a}}{{/f}}{{^t}}{{b}}{{/t}}",
	  "{\"f\":false,\"t\":true,\"a\":1,\"b\":2}", "" },
	{ "the same name inside and outside", "{{#r}}{{x}}{{/r}}", "{\"x\":1,\"r\":[{\"x\":2}]}",
	  "x" },
	{ "a placeholder uses", "{{=hi}}", "{\"name\":\"x\"}", "" },
	{ "a condition uses", "{{#a == b}}{{/a}}", "{\"a\":1,\"b\":2,\"c\":3}", "c" },
	{ "an argument uses", "{{>deref list=l}}{{>arg a=\"{q}\" b=$w}}",
	  "{\"l\":[\"a\"],\"q\":1,\"w\":2}", "" },
	{ "a list of texts", "{{#l}}{{.}}{{/l}}", "{\"l\":[\"a\"],\"m\":[\"b\"]}", "m" },
};

static void finds_what_is_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hidden); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		CLEANUP(view_cleanup) struct view *v = open_page(a, hidden[i].page);
		json_t *model = json_loads(hidden[i].model, 0, NULL), *unused = json_array();
		struct buf got = buf_on(a);
		struct err e = { 0 };
		assert_non_null(model);
		assert_true(view_unused(v, "kk", "page", model, unused, &e));
		for (size_t k = 0; k < json_array_size(unused); k++)
			buf_print(&got, "%s%s", k ? " " : "",
				  json_string_value(json_array_get(unused, k)));
		json_decref(model);
		json_decref(unused);
		if (strcmp(got.text, hidden[i].want) != 0)
			fail_msg("%s: '%s', wanted '%s'", hidden[i].why, got.text, hidden[i].want);
	}
}

static void check_names_what_is_missing(void **state)
{
	(void)state;
	static const char *const want[] = {
		"page:1: kk 'no.such'",        "page:1: ru 'no.such'",      "page:1: en 'no.such'",
		"page:2: no asset 'none.css'", "page:3: no partial 'none'",
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup)
	struct view *v = open_page(a, "{{=no.such}}\n{{asset:none.css}}\n{{>none}}\n{{>loop}}");
	json_t *faults = json_array();
	view_check(v, faults);
	for (size_t i = 0; i < COUNT(want); i++) {
		if (i >= json_array_size(faults))
			fail_msg("'%s' is missing", want[i]);
		assert_string_equal(json_string_value(json_array_get(faults, i)), want[i]);
	}
	assert_int_equal(json_array_size(faults), COUNT(want));
	json_decref(faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_unknown_page_and_language),
		cmocka_unit_test(finds_what_is_hidden),
		cmocka_unit_test(check_names_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
