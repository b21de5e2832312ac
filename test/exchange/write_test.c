/* What is written is read back without a loss, by every format that holds both languages (F27). */
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 12 };

static void same(const char *got, const char *want)
{
	assert_string_equal(got ? got : "(none)", want ? want : "(none)");
}

static void check(const struct exchange_item *got, const struct exchange_item *want)
{
	const struct item_text *const left[] = { &got->kk, &got->ru };
	const struct item_text *const right[] = { &want->kk, &want->ru };
	same(got->code, want->code);
	same(got->act, want->act);
	same(got->article, want->article);
	same(got->enemies, want->enemies);
	assert_int_equal(got->dated, want->dated);
	assert_int_equal(got->dated ? got->text_date.n : 0, want->dated ? want->text_date.n : 0);
	assert_int_equal(got->options, want->options);
	assert_int_equal(got->answer, want->answer);
	assert_false(got->bad);
	for (size_t l = 0; l < COUNT(left); l++) {
		same(left[l]->stem, right[l]->stem);
		for (int o = 0; right[l]->stem && o < want->options; o++)
			same(left[l]->option[o], right[l]->option[o]);
	}
}

static const struct {
	const char *name;
	enum exchange_format format;
	int version;
} formats[] = { { "csv", EXCHANGE_CSV, 0 },
		{ "xlsx", EXCHANGE_XLSX, 0 },
		{ "moodle", EXCHANGE_MOODLE, 0 },
		{ "qti2", EXCHANGE_QTI, 2 },
		{ "qti3", EXCHANGE_QTI, 3 } };

static const struct exchange_options assumed = { "ru", "" };

static struct exchange_set there_and_back(struct arena *a, const struct exchange_set *set, size_t f)
{
	struct exchange_set back = { .items = NULL };
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	assert_true(
		exchange_write(a, set, formats[f].format, formats[f].version, &bytes, &size, &e));
	if (!exchange_read(a, bytes, size, &assumed, &back, &e))
		fail_msg("%s: %s %s", formats[f].name, e.key, e.detail);
	assert_int_equal(back.format, formats[f].format);
	return back;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < ROUNDS; seed++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const struct exchange_set set = made_set(a, seed);
		for (size_t f = 0; f < COUNT(formats); f++) {
			const struct exchange_set back = there_and_back(a, &set, f);
			for (size_t k = 0; k < back.finding_count; k++) {
				if (strcmp(back.findings[k].key, "exchange.language") != 0)
					fail_msg("%s: %s of %s", formats[f].name,
						 back.findings[k].key, back.findings[k].code);
			}
			assert_int_equal(back.item_count, MADE_ITEMS);
			for (size_t k = 0; k < MADE_ITEMS; k++)
				check(&back.items[k], &set.items[k]);
		}
	}
}

/* A text that a spreadsheet would run is not there as it is. */
static void test_formula(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const char *const texts[] = { "=1+1", "+7", "-5", "@x", "'=2" };
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct exchange_set set = exchange_example(a);
		const void *bytes = NULL;
		size_t size = 0;
		struct err e = { 0 };
		set.items[0].ru.stem = texts[i];
		assert_true(exchange_write(a, &set, EXCHANGE_CSV, 0, &bytes, &size, &e));
		assert_non_null(strstr(bytes, arena_print(a, "\"'%s\"", texts[i])));
		assert_null(strstr(bytes, arena_print(a, "\"%s\"", texts[i])));
		same(there_and_back(a, &set, 0).items[0].ru.stem, texts[i]);
	}
}

/* What the empty file holds is itself a question, so that nobody starts from one that fails. */
static void test_example(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct exchange_set set = exchange_example(a);
	(void)state;
	for (size_t f = 0; f < COUNT(formats); f++) {
		const struct exchange_set back = there_and_back(a, &set, f);
		assert_int_equal(back.item_count, 1);
		assert_int_equal(back.finding_count, 0);
		check(&back.items[0], &set.items[0]);
	}
}

static void test_others(void **state)
{
	struct arena *a = arena_new();
	const struct exchange_set set = made_set(a, 1);
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	(void)state;
	assert_false(exchange_write(a, &set, EXCHANGE_GIFT, 0, &bytes, &size, &e));
	assert_string_equal(e.field, "format");
	assert_false(exchange_write(a, &set, EXCHANGE_AIKEN, 0, &bytes, &size, &e));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip),
					    cmocka_unit_test(test_formula),
					    cmocka_unit_test(test_example),
					    cmocka_unit_test(test_others) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
