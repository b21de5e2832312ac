/* Failure as a value. */
#include "base_test.h"

#include "base/err.h"

static void test_set(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_false(err_set(&e, ERR_CONFLICT, "exam.bank.shortage", "act %d is %s", 3, "short"));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_string_equal(e.key, "exam.bank.shortage");
	assert_string_equal(e.detail, "act 3 is short");
	assert_string_equal(e.clause, "");
	assert_string_equal(e.field, "");
	assert_string_equal(e.value, "");
}

static void test_input_and_law(void **state)
{
	struct err input = { 0 };
	struct err law = { 0 };
	(void)state;
	assert_false(err_input(&input, "iin", "law.iin.check", "wrong check digit"));
	assert_int_equal(input.kind, ERR_INPUT);
	assert_string_equal(input.field, "iin");
	assert_string_equal(input.clause, "");
	assert_false(err_law(&law, "44", "law.admission.test", "below the mark"));
	assert_int_equal(law.kind, ERR_LAW);
	assert_string_equal(law.clause, "44");
	assert_string_equal(law.field, "");
}

/* The reason nearest to the cause survives, whole. */
static void test_first_wins(void **state)
{
	struct err e = { 0 };
	struct err first;
	(void)state;
	assert_false(err_law(&e, "28", "law.sitting.hall", "a hall of another kind"));
	first = e;
	assert_false(err_set(&e, ERR_DB, "error.storage", "later"));
	assert_false(err_input(&e, "hall", "error.other", "later"));
	assert_false(err_law(&e, "44", "error.other", "later"));
	assert_memory_equal(&e, &first, sizeof(e));
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
	assert_false(err_set(&e, ERR_DB, "error.storage", "now"));
	assert_string_equal(e.key, "error.storage");
	assert_string_equal(e.clause, "");
}

static void test_value_and_field(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_false(err_set(&e, ERR_INPUT, "error.file", "a bad file"));
	assert_false(err_value(&e, "rules.yaml"));
	assert_false(err_value(&e, "another"));
	assert_false(err_field(&e, "file"));
	assert_false(err_field(&e, "another"));
	assert_string_equal(e.value, "rules.yaml");
	assert_string_equal(e.field, "file");
}

static void test_nobody_listens(void **state)
{
	(void)state;
	assert_false(err_set(NULL, ERR_DB, "error.storage", "x"));
	assert_false(err_input(NULL, "field", "key", "x"));
	assert_false(err_law(NULL, "44", "key", "x"));
	assert_false(err_value(NULL, "x"));
	assert_false(err_field(NULL, "x"));
}

static void test_null_texts(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_false(err_law(&e, NULL, NULL, "x"));
	assert_false(err_value(&e, NULL));
	assert_string_equal(e.clause, "");
	assert_string_equal(e.key, "");
	assert_string_equal(e.value, "");
}

/* `before` letters x, then `text` again and again until it is far too long. */
static void fill(char *to, size_t size, size_t before, const char *text)
{
	size_t n = strlen(text);
	memset(to, 'x', before);
	for (; before + n < size; before += n)
		memcpy(to + before, text, n);
	to[before] = '\0';
}

/* A long value ends between characters, wherever the border falls: half a letter would break the
 * page and the JSON it stands in. */
static void test_cut_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} row[] = {
		{ "a", 1 },
		{ "ұ", 2 },
		{ "\xe2\x84\x96", 3 },
		{ "\xf0\x9f\x99\x82", 4 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		for (size_t before = 0; before < 4; before++) {
			struct err e = { 0 };
			char text[400];
			const size_t room = sizeof(e.value) - 1;
			fill(text, sizeof(text), before, row[i].text);
			assert_false(err_set(&e, ERR_INPUT, "key", "%s", text));
			assert_false(err_value(&e, text));
			size_t want = room - (room - before) % row[i].size;
			assert_int_equal(strlen(e.value), want);
			assert_memory_equal(e.value, text, want);
			assert_string_equal(e.detail, e.value);
		}
	}
}

/* What fits is left alone, to the last letter; so are bytes that were no text before. */
static void test_not_cut(void **state)
{
	struct err e = { 0 };
	char text[256];
	char stray[300];
	(void)state;
	fill(text, sizeof(text), 1, "ұ");
	assert_int_equal(strlen(text), 255);
	assert_false(err_value(&e, text));
	assert_string_equal(e.value, text);
	memset(stray, 0x80, sizeof(stray));
	stray[299] = '\0';
	err_clear(&e);
	assert_false(err_value(&e, stray));
	assert_int_equal(strlen(e.value), 255);
}

static void test_names(void **state)
{
	static const struct {
		enum err_kind kind;
		const char *name;
	} row[] = {
		{ ERR_NONE, "none" },       { ERR_INPUT, "input" },
		{ ERR_LAW, "law" },         { ERR_DENIED, "denied" },
		{ ERR_MISSING, "missing" }, { ERR_CONFLICT, "conflict" },
		{ ERR_BUSY, "busy" },       { ERR_DB, "storage" },
		{ ERR_SYSTEM, "system" },   { (enum err_kind)99, "none" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(err_kind_name(row[i].kind), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_input_and_law),
		cmocka_unit_test(test_first_wins),
		cmocka_unit_test(test_value_and_field),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_null_texts),
		cmocka_unit_test(test_cut_between_characters),
		cmocka_unit_test(test_not_cut),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
