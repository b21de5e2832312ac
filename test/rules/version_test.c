/* What has to agree between the files; files and folders that cannot be read. */
#include "rules_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RULES "order-118/2025-05-17.yaml"

/* O-4, R5-2: one version a day, one text an id. */
static void test_versions(void **state)
{
	static const struct {
		const char *file, *key;
		struct change change;
	} row[] = {
		{ RULES,
		  "rules.twice",
		  { "an id that another has", "id: \"118/2025-05-17\"", "id: \"118/2018-10-10\"",
		    NULL } },
		{ RULES,
		  "rules.twice",
		  { "another begins on that day", "in_force_from: \"2025-05-17\"",
		    "in_force_from: \"2018-10-10\"", NULL } },
		{ "qualification/2026-02-18.yaml",
		  "rules.twice",
		  { "an id that another has", "id: \"26/2026-02-18\"", "id: \"90/2013-08-28\"",
		    NULL } },
		{ "qualification/2026-02-18.yaml",
		  "rules.twice",
		  { "another begins on that day", "in_force_from: \"2026-02-18\"",
		    "in_force_from: \"2013-08-28\"", NULL } },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		struct law_book *book = NULL;
		struct err e = { 0 };
		int line = 0;
		const char *body = changed(a, shipped(a, arena_print(a, "rules/%s", row[i].file)),
					   &row[i].change, &line);
		assert_false(load_with(a, row[i].file, body, &book, &e));
		refused_at(row[i].change.why, &e, row[i].key, row[i].file, line);
		arena_free(a);
	}
}

static struct law_source source(struct arena *a, const char *name, const char *path)
{
	return (struct law_source){ name, shipped(a, arena_print(a, "rules/%s", path)) };
}

static void test_kinds(void **state)
{
	struct arena *a = arena_new();
	struct law_source all[] = {
		source(a, RULES, RULES),
		source(a, "qualification/q.yaml", "qualification/2026-02-18.yaml"),
		source(a, "calendar.yaml", "calendar.yaml"),
		source(a, "organs.yaml", "organs.yaml"),
		source(a, "posts.yaml", "posts.yaml"),
		source(a, "posts.yaml", "posts.yaml"),
	};
	struct law_book *book = NULL;
	struct err e = { 0 };
	(void)state;
	/* The last one is one too many. */
	assert_true(law_book_load(all, COUNT(all) - 1, a, &book, &e));
	assert_false(law_book_load(all, COUNT(all), a, &book, &e));
	refused_at("two files of posts", &e, "rules.twice", "posts.yaml", 1);
	all[4].name = "posters.yaml";
	err_clear(&e);
	assert_false(law_book_load(all, COUNT(all) - 1, a, &book, &e));
	refused_at("a file that is none of the law", &e, "rules.name", "posters.yaml", 1);
	err_clear(&e);
	assert_false(law_book_load(all, COUNT(all) - 2, a, &book, &e));
	assert_string_equal(e.key, "rules.missing");
	assert_string_equal(e.value, "posts");
	err_clear(&e);
	assert_false(law_book_load(all, 0, a, &book, &e));
	assert_string_equal(e.key, "rules.missing");
	arena_free(a);
}

/* Bytes that a competition has pinned: the name of the refusal is the caller's. */
static void test_pinned(void **state)
{
	struct arena *a = arena_new();
	const struct rule_set *rules = NULL;
	const struct qualification_table *table = NULL;
	struct err e = { 0 };
	(void)state;
	assert_false(law_book_read_rule_set(a, "law_text", "id: x\n", &rules, &e));
	assert_string_equal(e.key, "rules.schema");
	assert_non_null(strstr(e.detail, "law_text:"));
	err_clear(&e);
	assert_false(law_book_read_qualification(a, "law_text", "", &table, &e));
	assert_string_equal(e.key, "rules.schema");
	assert_string_equal(e.value, "law_text:1");
	assert_null(rules);
	assert_null(table);
	arena_free(a);
}

/* O-4: what was pinned before a key came into being is still read. */
static void test_without_later_keys(void **state)
{
	static const char *const later[] = { "questions: 120", "ru_unofficial: true",
					     "\nsources: #",   "\ncriteria: #",
					     "\nparts: [",     "\nadmission: [",
					     "\nstudies: #" };
	struct arena *a = arena_new();
	const char *body = shipped(a, "rules/" RULES);
	const struct rule_set *rules = NULL;
	struct err e = { 0 };
	(void)state;
	for (size_t i = 0; i < COUNT(later); i++)
		assert_non_null(strstr(body, later[i]));
	/* All of them but the sum stand at the end. */
	const char *end = strstr(body, "\nru_unofficial: true");
	const char *sum = strstr(body, "questions: 120");
	const char *behind = strchr(sum, '\n') + 1;
	const char *old =
		arena_print(a, "%.*s%.*s\n", (int)(sum - body), body, (int)(end - behind), behind);
	assert_true(law_book_read_rule_set(a, "law_text", old, &rules, &e));
	assert_int_equal(rule_set_questions(rules), 120);
	arena_free(a);
}

static void write_file(const char *path, const char *bytes, size_t size)
{
	FILE *file = fopen(path, "wbe");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void test_folders(void **state)
{
	char dir[] = "/tmp/konkurs-rules-XXXXXX";
	struct arena *a = arena_new();
	struct law_book *book = NULL;
	struct bank_file *files = NULL;
	size_t count = 0;
	struct err e = { 0 };
	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_false(law_book_load_dir("no/such/folder", a, &book, &e));
	assert_string_equal(e.key, "rules.unreadable");
	err_clear(&e);
	/* Nothing in it, and no folders in it. */
	assert_false(law_book_load_dir(dir, a, &book, &e));
	assert_string_equal(e.key, "rules.unreadable");
	err_clear(&e);
	const char *path = arena_print(a, "%s/nul.yaml", dir);
	write_file(path, "a: b\0c", 6);
	assert_false(bank_load_dir(dir, a, &files, &count, &e));
	assert_string_equal(e.key, "rules.unreadable");
	assert_string_equal(e.value, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_pinned),   cmocka_unit_test(test_without_later_keys),
		cmocka_unit_test(test_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
