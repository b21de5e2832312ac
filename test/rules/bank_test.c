/* Files of questions: the sample bank, and each way in which a file can be wrong. */
#include "rules_test.h"

static const char good[] = "act: civil-code\n"
			   "sample: true\n"
			   "text_date: 2025-05-01\n"
			   "items:\n"
			   "  - id: cc-1\n"
			   "    article: \"1\"\n"
			   "    key: b\n"
			   "    kk:\n"
			   "      stem: \"Сұрақ?\"\n"
			   "      options: [\"бір\", \"екі\", \"үш\", \"төрт\"]\n"
			   "    ru:\n"
			   "      stem: \"Вопрос?\"\n"
			   "      options: [\"один\", \"два\", \"три\", \"четыре\"]\n"
			   "  - id: cc-2\n"
			   "    article: \"2\"\n"
			   "    enemies: [cc-3, other-9]\n"
			   "    key: d\n"
			   "    kk:\n"
			   "      stem: \"Екінші?\"\n"
			   "      options: [\"а\", \"ә\", \"б\", \"в\"]\n"
			   "    ru:\n"
			   "      stem: \"Второй?\"\n"
			   "      options: [\"а\", \"я\", \"б\", \"в\"]\n";

static void test_reads(void **state)
{
	struct arena *a = arena_new();
	struct bank_file file = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_true(bank_file_read(a, "cc.yaml", good, &file, &e));
	assert_string_equal(file.act, "civil-code");
	assert_true(file.sample);
	assert_int_equal(file.text_date.n, on("2025-05-01").n);
	assert_int_equal(file.item_count, 2);
	assert_string_equal(file.items[0].id, "cc-1");
	assert_int_equal(file.items[0].answer, 1);
	assert_int_equal(file.items[1].answer, 3);
	assert_int_equal(file.items[0].ru.option_count, 4);
	assert_string_equal(file.items[0].ru.options[1], "два");
	assert_string_equal(file.items[1].kk.options[1], "ә");
	/* F30 */
	assert_int_equal(file.items[0].enemy_count, 0);
	assert_int_equal(file.items[1].enemy_count, 2);
	assert_string_equal(file.items[1].enemies[1], "other-9");
	arena_free(a);
}

static void test_refusals(void **state)
{
	static const struct {
		struct change change;
		const char *key;
	} row[] = {
		{ { "no day", "2025-05-01", "yesterday", NULL }, "rules.day" },
		{ { "no code of an act", "civil-code", "civil code", NULL }, "rules.code" },
		{ { "an id twice", "cc-2", "cc-1", NULL }, "rules.twice" },
		{ { "an id that is no code", "cc-2", "cc 2", NULL }, "rules.code" },
		{ { "an enemy that is no code", "other-9", "other 9", NULL }, "rules.code" },
		{ { "an enemy of itself", "other-9", "cc-2", NULL }, "rules.reference" },
		{ { "a key behind the options", "key: d", "key: e", NULL }, "rules.key" },
		{ { "a key that is a capital", "key: d", "key: D", NULL }, "rules.key" },
		{ { "a key of two letters", "key: d", "key: ab", NULL }, "rules.key" },
		{ { "a key that is a number", "key: d", "key: 1", NULL }, "rules.key" },
		{ { "an empty question", "\"Вопрос?\"", "\"\"", NULL }, "rules.empty" },
		{ { "an empty option", "\"два\"", "\"\"", NULL }, "rules.empty" },
		{ { "white space", "\"два\"", "\"два \"", NULL }, "rules.text" },
		{ { "no normal form", "\"бір\"", "\"и\xcc\x86\"", NULL }, "rules.text" },
		{ { "two equal options", "\"три\"", "\"два\"", NULL }, "rules.twice" },
		{ { "two that differ by a capital alone", "\"три\"", "\"Два\"", NULL },
		  "rules.twice" },
		{ { "an option more in one language", "\"четыре\"]", "\"четыре\", \"пять\"]",
		    NULL },
		  "rules.options" },
		{ { "one option", "[\"бір\", \"екі\", \"үш\", \"төрт\"]", "[\"бір\"]", NULL },
		  "rules.bounds" },
		{ { "six options", "\"төрт\"]", "\"төрт\", \"бес\", \"алты\"]", NULL },
		  "rules.bounds" },
		{ { "one language alone", "    ru:\n      stem: \"Второй?\"",
		    "    en:\n      stem: \"Second?\"", NULL },
		  "rules.schema" },
		{ { "a field nobody knows", "key: d", "level: 3", NULL }, "rules.schema" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		struct bank_file file = { 0 };
		struct err e = { 0 };
		int line = 0;
		const char *body = changed(a, good, &row[i].change, &line);
		if (bank_file_read(a, "cc.yaml", body, &file, &e))
			fail_msg("%s: accepted", row[i].change.why);
		refused_at(row[i].change.why, &e, row[i].key, "cc.yaml", line);
		assert_int_equal(file.item_count, 0);
		arena_free(a);
	}
}

static void test_options(void **state)
{
	/* Letters that only look like others of the alphabet are other letters. */
	static const struct change kazakh = { "ә is not а", "\"ә\", \"б\"", "\"ғ\", \"г\"", NULL };
	struct arena *a = arena_new();
	struct bank_file file = { 0 };
	struct err e = { 0 };
	int line = 0;
	(void)state;
	assert_true(bank_file_read(a, "cc.yaml", changed(a, good, &kazakh, &line), &file, &e));
	arena_free(a);
}

/* A5-1 and the parameters of section 4 (options_least, options_most). */
static void test_fits(void **state)
{
	static const struct change act = { "an act outside the programme", "civil-code", "tax-code",
					   NULL };
	static const struct change three = {
		"three options where the rules want four",
		"\"ә\", \"б\", \"в\"]\n    ru:\n      stem: \"Второй?\"\n"
		"      options: [\"а\", \"я\", \"б\", \"в\"]",
		"\"ә\", \"б\"]\n    ru:\n      stem: \"Второй?\"\n"
		"      options: [\"а\", \"я\", \"б\"]",
		NULL
	};
	static const struct change key = { "a key within three", "key: d", "key: c", NULL };
	struct arena *a = arena_new();
	const struct rule_set *rules =
		law_book_rule_set_on(shipped_book(a), on("2026-03-26"))->rule_set;
	struct bank_file file = { 0 };
	struct err e = { 0 };
	int line = 0;
	(void)state;
	assert_true(bank_file_read(a, "cc.yaml", good, &file, &e));
	assert_true(bank_file_fits(&file, rules, a, &e));

	assert_true(bank_file_read(a, "cc.yaml", changed(a, good, &act, &line), &file, &e));
	assert_false(bank_file_fits(&file, rules, a, &e));
	refused_at(act.why, &e, "rules.reference", "cc.yaml", line);

	err_clear(&e);
	const char *body = changed(a, changed(a, good, &key, &line), &three, &line);
	assert_true(bank_file_read(a, "cc.yaml", body, &file, &e));
	assert_false(bank_file_fits(&file, rules, a, &e));
	refused_at(three.why, &e, "rules.options", "cc.yaml", line);

	err_clear(&e);
	struct rule_set silent = *rules;
	silent.params[PARAM_OPTIONS_LEAST].set = false;
	silent.params[PARAM_OPTIONS_MOST].set = false;
	assert_true(bank_file_fits(&file, &silent, a, &e));
	arena_free(a);
}

static int questions_of(const struct rule_set *rules, const char *act)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (strcmp(rules->acts[i].code, act) == 0)
			return rules->acts[i].questions;
	}
	return 0;
}

/* Every file of the sample: read, of the programme (A5-1), marked as a sample, and half as large
 * again as a form needs, so that forms differ. */
static void test_sample(void **state)
{
	struct arena *a = arena_new();
	const struct rule_set *rules =
		law_book_rule_set_on(shipped_book(a), on("2026-03-26"))->rule_set;
	struct bank_file *files = NULL;
	size_t count = 0;
	struct err e = { 0 };
	(void)state;
	if (!bank_load_dir("sample/bank", a, &files, &count, &e))
		fail_msg("%s: %s", e.key, e.detail);
	assert_in_range(count, 1, rules->act_count);
	for (size_t i = 0; i < count; i++) {
		if (!bank_file_fits(&files[i], rules, a, &e))
			fail_msg("%s: %s", e.key, e.detail);
		assert_true(files[i].sample);
		if (2 * (int)files[i].item_count < 3 * questions_of(rules, files[i].act))
			fail_msg("%s: %zu questions are too few", files[i].name,
				 files[i].item_count);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),   cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_options), cmocka_unit_test(test_fits),
		cmocka_unit_test(test_sample),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
