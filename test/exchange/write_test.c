/* What is written is read back without a loss, by every format that holds both languages (F27). */
#include "exchange/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 40 };

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

/* Words with all that a format must not stumble over. */
static const char *words(struct arena *a, uint32_t *seed, int number)
{
	static const char *const pieces[] = { "Сұрақ",          "<b>&amp;</b>", "«тырнақша»",
					      "\"a\", 'b'",     "{=x ~y}",      "a;b,c",
					      "ҢҒҮҰҚӨҺІ",       "100 % \\n",    "]]>",
					      "строка\nвторая", "№ 1-VIII" };
	const char *text = arena_print(a, "%d", number);
	for (uint32_t i = 0; i < 1 + dice(seed, 4); i++)
		text = arena_print(a, "%s %s", text, pieces[dice(seed, COUNT(pieces))]);
	return text;
}

static struct exchange_set make(struct arena *a)
{
	uint32_t seed = 11;
	struct exchange_item *items = arena_array(a, ITEMS, sizeof(*items));
	for (int i = 0; i < ITEMS; i++) {
		struct exchange_item *item = &items[i];
		*item = (struct exchange_item){
			.code = arena_print(a, "civ-%03d", i),
			.act = i < ITEMS / 2 ? "civil-code" : "criminal-code",
			.article = "15-1",
			.enemies = i % 5 == 0 ? "civ-002, civ-003" : "",
			.text_date = { 20000 + i },
			.dated = i % 3 != 0,
			.options = 2 + (int)dice(&seed, 4),
		};
		item->answer = (int)dice(&seed, (uint32_t)item->options);
		struct item_text *const texts[] = { &item->kk, &item->ru };
		for (size_t l = 0; l < COUNT(texts); l++) {
			if (i % 7 == 3 && l == 0)
				continue; /* a language is missing */
			texts[l]->stem = words(a, &seed, i);
			for (int o = 0; o < item->options; o++)
				texts[l]->option[o] = words(a, &seed, o);
		}
	}
	return (struct exchange_set){ .items = items, .item_count = ITEMS };
}

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

static void test_round_trip(void **state)
{
	static const struct {
		enum exchange_format format;
		int version;
	} row[] = { { EXCHANGE_CSV, 0 },
		    { EXCHANGE_MOODLE, 0 },
		    { EXCHANGE_QTI, 2 },
		    { EXCHANGE_QTI, 3 } };
	static const struct exchange_options assumed = { "ru", "" };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct arena *a = arena_new();
		const struct exchange_set set = make(a);
		struct exchange_set back;
		struct err e = { 0 };
		const void *bytes = NULL;
		size_t size = 0;
		assert_true(
			exchange_write(a, &set, row[i].format, row[i].version, &bytes, &size, &e));
		if (!exchange_read(a, bytes, size, &assumed, &back, &e))
			fail_msg("%s: %s %s", exchange_format_name(row[i].format), e.key, e.detail);
		assert_int_equal(back.format, row[i].format);
		assert_int_equal(back.item_count, ITEMS);
		for (size_t k = 0; k < ITEMS; k++)
			check(&back.items[k], &set.items[k]);
		arena_free(a);
	}
}

static void test_others(void **state)
{
	struct arena *a = arena_new();
	const struct exchange_set set = make(a);
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	(void)state;
	assert_false(exchange_write(a, &set, EXCHANGE_GIFT, 0, &bytes, &size, &e));
	assert_string_equal(e.field, "format");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip),
					    cmocka_unit_test(test_others) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
