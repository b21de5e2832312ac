/* Lines of what a path names; what every YAML text has to keep. */
#include "rules_test.h"

#include "rules/place.h"

static void lines(void **state)
{
	static const char text[] = "# head\n"
				   "id: one\n"
				   "acts:\n"
				   "  - code: a\n"
				   "    name: { kk: x,\n"
				   "            ru: y }\n"
				   "  - { code: b, name: z }\n"
				   "list: [ p,\n"
				   "        q ]\n";
	static const struct {
		const char *path;
		int line;
	} row[] = {
		{ "", 1 },
		{ "id", 2 },
		{ "acts", 3 },
		{ "acts.0", 4 },
		{ "acts.0.code", 4 },
		{ "acts.0.name", 5 },
		{ "acts.0.name.ru", 6 },
		{ "acts.1.code", 7 },
		{ "acts.code=b.name", 7 },
		{ "acts.code=a.name.ru", 6 },
		{ "list.1", 9 },
		/* the nearest above what is not there */
		{ "acts.0.name.en", 5 },
		{ "acts.2.code", 3 },
		{ "acts.code=c.name", 3 },
		{ "nothing", 1 },
		{ "id.deeper", 2 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (place_line(text, row[i].path) != row[i].line)
			fail_msg("'%s': line %d, wanted %d", row[i].path,
				 place_line(text, row[i].path), row[i].line);
	}
	assert_int_equal(place_line("a: [", "a"), 1);
	assert_int_equal(place_line("", "a"), 1);
}

static void texts(void **state)
{
	static const struct {
		const char *why, *text, *key;
		int line;
	} row[] = {
		{ "sound", "a: b\nclause: \"\"\n", NULL, 0 },
		{ "nothing at all", "", NULL, 0 },
		{ "a sound tail", "a: b\n...\n", NULL, 0 },
		{ "line feeds within a text", "a: \"x\\ny\"\n", NULL, 0 },
		{ "not closed", "a: [b\nc: d\n", "rules.syntax", 2 },
		{ "a tab", "a:\n\t- b\n", "rules.syntax", 2 },
		{ "a second document", "a: b\n---\nc: d\n", "rules.syntax", 3 },
		{ "garbage behind the document", "a: b\n...\n[\n", "rules.syntax", 3 },
		{ "bytes that are no UTF-8", "a: \"\xff\"\n", "rules.syntax", 1 },
		{ "a key twice", "a: b\nc: d\na: e\n", "rules.twice", 3 },
		{ "a key twice, deep", "a:\n  - b: 1\n    b: 2\n", "rules.twice", 3 },
		{ "an empty text", "a: b\nc: \"\"\n", "rules.empty", 2 },
		{ "no value", "a:\nc: d\n", "rules.empty", 1 },
		{ "an empty entry", "a:\n  - b\n  - ''\n", "rules.empty", 3 },
		{ "not in normal form: и and a breve", "a: b\nc: \"\xd0\xb8\xcc\x86\"\n",
		  "rules.text", 2 },
		{ "white space at the end", "a: \"b \"\n", "rules.text", 1 },
		{ "a control character", "a: \"b\\u0007\"\n", "rules.text", 1 },
		{ "a NUL within", "a: \"b\\0c\"\n", "rules.text", 1 },
	};
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct place_fault fault = { 0 };
		bool ok = place_check(a, row[i].text, &fault);
		if (ok != !row[i].key)
			fail_msg("%s: %s", row[i].why, ok ? "accepted" : fault.reason);
		if (!ok && (strcmp(fault.key, row[i].key) != 0 || fault.line != row[i].line))
			fail_msg("%s: %s in line %d, wanted %s in %d", row[i].why, fault.key,
				 fault.line, row[i].key, row[i].line);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
