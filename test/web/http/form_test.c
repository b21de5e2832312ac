/* What comes in: urlencoded, multipart and JSON bodies, and the check against declared parameters.
 */
#include "web/http/form.h"
#include "web/http/http.h"
#include "web/http/param.h"
#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* "a=1|b=2", a file as "a=<name>bytes", or "refused". */
static const char *show(struct arena *a, bool ok, const struct fields *f)
{
	struct buf out = buf_on(a);
	if (!ok)
		return "refused";
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->list[i];
		buf_print(&out, "%s%s=", i ? "|" : "", field->name);
		if (field->file_name)
			buf_print(&out, "<%s>", field->file_name);
		buf_add_n(&out, field->bytes, field->size);
	}
	return out.text;
}

static void urlencoded_bodies(void **state)
{
	static const struct {
		const char *why, *body, *want;
	} row[] = {
		{ "two fields", "a=1&b=2", "a=1|b=2" },
		{ "plus is a space, escapes are bytes", "a=x+y%20z%D2%9B", "a=x y zқ" },
		{ "a name without a value", "a&b=", "a=|b=" },
		{ "empty pairs are nothing", "&&a=1&", "a=1" },
		{ "an escape without digits", "a=%zz", "refused" },
		{ "an escape cut off", "a=%4", "refused" },
		{ "a zero byte", "a=%00", "refused" },
		{ "a value without a name", "=1", "refused" },
		{ "a name of broken UTF-8", "%ff=1", "refused" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct fields f = fields_on(a);
		bool ok = form_urlencoded(&f, row[i].body, strlen(row[i].body), NULL);
		const char *got = show(a, ok, &f);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
}

#define PART(name, rest) "--B\r\nContent-Disposition: form-data; name=\"" name "\"" rest

static void multipart_bodies(void **state)
{
	static const char type[] = "multipart/form-data; boundary=B";
	static const struct {
		const char *why, *type, *body, *want;
	} row[] = {
		{ "a text and a file", type,
		  PART("a", "\r\n\r\n1\r\n")
			  PART("f", "; filename=\"x.pdf\"\r\nContent-Type: a/b\r\n\r\n"
				    "%PDF\r\n") "--B--\r\n",
		  "a=1|f=<x.pdf>%PDF" },
		{ "line ends inside a part stay", type, PART("a", "\r\n\r\n1\r\n\r\n2\r\n") "--B--",
		  "a=1\r\n\r\n2" },
		{ "a quoted boundary", "multipart/form-data; boundary=\"B\"",
		  PART("a", "\r\n\r\n1\r\n") "--B--", "a=1" },
		{ "an empty file", type, PART("f", "; filename=\"\"\r\n\r\n\r\n") "--B--", "f=<>" },
		{ "a quote in a name", type, PART("a\\\"b", "\r\n\r\n1\r\n") "--B--", "a\"b=1" },
		{ "no parts", type, "--B--", "" },
		{ "no boundary", "multipart/form-data", PART("a", "\r\n\r\n1\r\n") "--B--",
		  "refused" },
		{ "an empty boundary", "multipart/form-data; boundary=", "----", "refused" },
		{ "no end", type, PART("a", "\r\n\r\n1"), "refused" },
		{ "no last boundary", type, PART("a", "\r\n\r\n1\r\n") "--B\r\n", "refused" },
		{ "a head without an end", type, PART("a", "\r\n"), "refused" },
		{ "a part that is no form data", type,
		  "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--B--",
		  "refused" },
		{ "a part without a name", type,
		  "--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--", "refused" },
		{ "something before the first boundary", type,
		  "x" PART("a", "\r\n\r\n1\r\n") "--B--", "refused" },
		{ "nothing at all", type, "", "refused" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct fields f = fields_on(a);
		bool ok = form_multipart(&f, row[i].type, row[i].body, strlen(row[i].body), NULL);
		const char *got = show(a, ok, &f);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
}

static void json_bodies(void **state)
{
	static const struct {
		const char *why, *body, *want;
	} row[] = {
		{ "text, number, true", "{\"a\":\"x\",\"b\":-7,\"c\":true}", "a=x|b=-7|c=1" },
		{ "false and null are absent", "{\"a\":false,\"b\":null}", "" },
		{ "a list", "{\"a\":[\"x\",2]}", "a=x|a=2" },
		{ "a fraction", "{\"a\":1.5}", "refused" },
		{ "an object inside", "{\"a\":{}}", "refused" },
		{ "a list inside a list", "{\"a\":[[1]]}", "refused" },
		{ "the same name twice", "{\"a\":1,\"a\":2}", "refused" },
		{ "a list at the top", "[1]", "refused" },
		{ "a zero byte", "{\"a\":\"\\u0000\"}", "refused" },
		{ "no JSON", "a=1", "refused" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct fields f = fields_on(a);
		bool ok = form_json(&f, row[i].body, strlen(row[i].body), NULL);
		const char *got = show(a, ok, &f);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
}

static void too_many_fields(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct fields f = fields_on(a);
	struct buf body = buf_on(a);
	for (int i = 0; i < FIELDS_MOST; i++)
		buf_add(&body, "a=1&");
	assert_true(form_urlencoded(&f, body.text, body.length, NULL));
	assert_int_equal(f.count, FIELDS_MOST);
	assert_false(form_urlencoded(&f, "a=1", 3, NULL));
}

/* ---- declared parameters --------------------------------------------------- */

static const char *const colours[] = { "red", "blue", NULL };
static const char *const pdf_only[] = { "application/pdf", NULL };
static const struct param params[] = {
	{ "id", P_INT, 1, 100, true, NULL },
	{ "name", P_TEXT, 2, 5, false, NULL },
	{ "day", P_DAY, 0, 0, false, NULL },
	{ "time", P_TIME, 0, 0, false, NULL },
	{ "colour", P_CHOICE, 0, 0, false, colours },
	{ "agreed", P_FLAG, 0, 0, false, NULL },
	{ "member", P_LIST, 0, 3, false, NULL },
	{ "paper", P_FILE, 0, 10, false, pdf_only },
	PARAMS_END,
};
static const struct route route = { .method = POST, .path = "/things/:id", .params = params };

static struct req request(struct arena *a)
{
	struct req r = { .arena = a, .route = &route, .in = json_object() };
	json_in_arena(a, r.in);
	return r;
}

/* What is left of a body after the checks, or "field key". */
static const char *check(struct arena *a, const char *body)
{
	struct fields f = fields_on(a);
	struct req r = request(a);
	struct err e = { 0 };
	bool ok = form_urlencoded(&f, body, strlen(body), &e) && params_known(&route, &f, &e) &&
		  params_read(&r, &f, &e);
	if (!ok)
		return arena_print(a, "%s %s %s", e.field, e.key, e.value);
	char *text = json_dumps(r.in, JSON_COMPACT | JSON_SORT_KEYS);
	const char *copy = arena_copy(a, text);
	free(text);
	return copy;
}

static void declared_parameters(void **state)
{
	static const struct {
		const char *why, *body, *want;
	} row[] = {
		{ "a number in its range", "id=100", "{\"id\":100,\"member\":[]}" },
		{ "the form token is nobody's parameter", "id=1&csrf=x",
		  "{\"id\":1,\"member\":[]}" },
		{ "a required one is absent", "name=abc", "id error.required " },
		{ "a required one is empty", "id=+", "id error.required " },
		{ "not a number", "id=1x", "id error.number " },
		{ "too large for 64 bits", "id=99999999999999999999", "id error.number " },
		{ "below", "id=0", "id error.number.range 1-100" },
		{ "above", "id=101", "id error.number.range 1-100" },
		{ "text is trimmed and composed", "id=1&name=+%D0%B8%CC%86a+",
		  "{\"id\":1,\"member\":[],\"name\":\"йa\"}" },
		{ "characters are counted, not bytes", "id=1&name=%D2%9B%D2%9B%D2%9B%D2%9B%D2%9B",
		  "{\"id\":1,\"member\":[],\"name\":\"қққққ\"}" },
		{ "too short", "id=1&name=a", "name error.text.short 2" },
		{ "too long", "id=1&name=abcdef", "name error.text.long 5" },
		{ "broken UTF-8", "id=1&name=%ff%fe", "name error.text.encoding " },
		{ "a day", "id=1&day=2026-03-02",
		  "{\"day\":\"2026-03-02\",\"id\":1,\"member\":[]}" },
		{ "no such day", "id=1&day=2026-02-30", "day error.day " },
		{ "a time becomes milliseconds", "id=1&time=1970-01-01T05:01",
		  "{\"id\":1,\"member\":[],\"time\":60000}" },
		{ "no such time", "id=1&time=1970-01-01T25:01", "time error.time " },
		{ "a choice", "id=1&colour=red", "{\"colour\":\"red\",\"id\":1,\"member\":[]}" },
		{ "no such choice", "id=1&colour=green", "colour error.choice " },
		{ "a check box", "id=1&agreed=on", "{\"agreed\":true,\"id\":1,\"member\":[]}" },
		{ "a list", "id=1&member=a&member=b", "{\"id\":1,\"member\":[\"a\",\"b\"]}" },
		{ "a list with an item too long", "id=1&member=abcd", "member error.text.long 3" },
		{ "not declared", "id=1&role=admin", "role error.param.unknown role" },
		{ "sent twice", "id=1&id=2", "id error.param.twice " },
		{ "a text where a file belongs", "id=1&paper=abc", "paper error.form " },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const char *got = check(a, row[i].body);
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
}

static void uploads(void **state)
{
	static const struct {
		const char *why, *bytes, *file_name, *want;
	} row[] = {
		{ "told from the content", "%PDF-1.7", "a.exe", "application/pdf a.exe.pdf" },
		{ "the sender's path is dropped", "%PDF-1.7", "C:\\x\\..\\a.pdf",
		  "application/pdf a.pdf" },
		{ "a name that is no text", "%PDF-1.7", "\xff", "application/pdf file.pdf" },
		{ "another kind in disguise", "PK\x03\x04", "a.pdf", "paper error.file.media" },
		{ "a kind that is not declared", "\xff\xd8\xff", "a.pdf",
		  "paper error.file.media" },
		{ "too large", "%PDF-1.7xxx", "a.pdf", "paper error.file.size" },
		{ "nothing chosen", "", "", "none" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct fields f = fields_on(a);
		struct req r = request(a);
		struct err e = { 0 };
		const struct field id = { "id", "1", 1, NULL };
		const struct field paper = { "paper", row[i].bytes, strlen(row[i].bytes),
					     row[i].file_name };
		assert_true(form_add(&f, id, &e) && form_add(&f, paper, &e));
		bool ok = params_known(&route, &f, &e) && params_read(&r, &f, &e);
		const struct upload *up = ok ? in_file(&r, "paper") : NULL;
		const char *got = !ok  ? arena_print(a, "%s %s", e.field, e.key)
				  : up ? arena_print(a, "%s %s", up->media, up->file_name)
				       : "none";
		if (strcmp(got, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, got);
	}
}

/* A refused form is shown with what was typed, and what is right is still there. */
static void typed_again(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct fields f = fields_on(a);
	struct req r = request(a);
	struct err e = { 0 };
	static const char body[] = "name=toolong&id=7&agreed=on&member=a";
	assert_true(form_urlencoded(&f, body, strlen(body), &e));
	assert_false(params_read(&r, &f, &e));
	assert_int_equal(in_int(&r, "id"), 7);
	json_t *form = params_typed(&r, &f, &e, "too long");
	char *text = json_dumps(form, JSON_COMPACT);
	assert_string_equal(text, "{\"id\":{\"value\":\"7\",\"error\":null},"
				  "\"name\":{\"value\":\"toolong\",\"error\":\"too long\"},"
				  "\"day\":{\"value\":\"\",\"error\":null},"
				  "\"time\":{\"value\":\"\",\"error\":null},"
				  "\"colour\":{\"value\":\"\",\"error\":null},"
				  "\"agreed\":{\"value\":true,\"error\":null},"
				  "\"member\":{\"value\":[\"a\"],\"error\":null},"
				  "\"paper\":{\"value\":\"\",\"error\":null}}");
	free(text);
}

/* ---- paths ----------------------------------------------------------------- */

static void paths(void **state)
{
	static const struct {
		const char *why, *path;
		int parts; /* -1: refused */
	} row[] = {
		{ "the first page", "/", 0 },
		{ "two parts", "/a/b%20c", 2 },
		{ "no slash in front", "a", -1 },
		{ "a slash behind", "/a/", -1 },
		{ "an empty part", "/a//b", -1 },
		{ "a broken escape", "/a%2", -1 },
		{ "a zero byte", "/a%00", -1 },
		{ "broken UTF-8", "/%ff", -1 },
		{ "too deep", "/1/2/3/4/5/6/7/8/9/10/11/12/13", -1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct path path = { .count = 0 };
		bool ok = path_read(a, row[i].path, &path);
		if ((ok ? (int)path.count : -1) != row[i].parts)
			fail_msg("%s", row[i].why);
	}
}

static void cookies(void **state)
{
	static const struct {
		const char *why, *header, *want;
	} row[] = {
		{ "the only one", "a=1", "1" },
		{ "the second", "b=2; a=1", "1" },
		{ "a name that only ends so", "ba=2; a=1", "1" },
		{ "another name", "b=1", NULL },
		{ "no cookies", NULL, NULL },
		{ "no value", "a", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const char *got = http_cookie(a, row[i].header, "a");
		if ((got == NULL) != (row[i].want == NULL) ||
		    (got && strcmp(got, row[i].want) != 0))
			fail_msg("%s", row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urlencoded_bodies),
		cmocka_unit_test(multipart_bodies),
		cmocka_unit_test(json_bodies),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(declared_parameters),
		cmocka_unit_test(uploads),
		cmocka_unit_test(typed_again),
		cmocka_unit_test(paths),
		cmocka_unit_test(cookies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
