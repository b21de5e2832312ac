/* What is written is read back without a loss, by every format that holds both languages (F27). */
#include "base/text.h"
#include "exchange/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 25, ROUNDS = 12 };

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

/* Words with all that a format must not stumble over; at both ends what is no white space. */
static const char *words(struct arena *a, uint32_t *seed, int number)
{
	static const char *const pieces[] = {
		"Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі",
		"<b>&amp;</b>",
		"«тырнақша» \u201cx\u201d \u2014",
		"\"a\", 'b'",
		"{=x ~y}",
		"a;b,c\td",
		"100 % \\n \\\\",
		"]]>",
		"строка\nвторая",
		"№ 1-VIII",
		"два  пробела",
		"пустая\n\nстрока",
		" \n отступ",
		"_x0041_ _x000D_",
		"{mlang kk}x{mlang}",
		"<span lang=\"kk\" class=\"multilang\">y</span>",
		"<pre>\nz</pre>",
		"\u00a0неразрывный\u00a0пробел",
		"\U0001F600 \u0301",
		"&nbsp;&#65;&lt;",
		"%50%",
		"->",
		"#",
	};
	static const char *const begins[] = { "",    "=1+1 ",  "+7 ",  "-5 ", "@A1 ",   "'=x ",
					      "''-", "'",      "<i>",  "&",   "\"",     "::",
					      "//",  "ANSWER", "$CAT", "<",   "_x0041_" };
	static const char *const ends[] = {
		"", "'", "\"", "\\", ">", "&", ";", "=", "{", "}", "_"
	};
	struct err e = { 0 };
	const char *text = begins[dice(seed, COUNT(begins))];
	for (uint32_t i = 0; i < 1 + dice(seed, 4); i++)
		text = arena_print(a, "%s%s ", text, pieces[dice(seed, COUNT(pieces))]);
	text = arena_print(a, "%s%d%s", text, number, ends[dice(seed, COUNT(ends))]);
	assert_true(text_accept(a, text, strlen(text), &text, &e));
	return text;
}

static void fill(struct arena *a, uint32_t *seed, struct exchange_item *item, int number)
{
	struct item_text *const texts[] = { &item->kk, &item->ru };
	const uint32_t missing = dice(seed, 7); /* 0 or 1: that language */
	for (uint32_t l = 0; l < COUNT(texts); l++) {
		if (l == missing)
			continue;
		texts[l]->stem = words(a, seed, number);
		for (int o = 0; o < item->options; o++)
			texts[l]->option[o] = words(a, seed, o);
	}
}

static struct exchange_set make(struct arena *a, uint32_t seed)
{
	static const char *const enemies[] = { "", "civ-002", "civ-002, civ-003, a&b" };
	static const char *const articles[] = { "", "15", "15-1", "<7>", "=3", "Жалпы \"8\"" };
	struct exchange_item *items = arena_array(a, ITEMS, sizeof(*items));
	for (int i = 0; i < ITEMS; i++) {
		struct exchange_item *item = &items[i];
		*item = (struct exchange_item){
			.code = arena_print(a, "civ-%03d%s", i, i % 4 == 1 ? " <&\"'ң" : ""),
			.act = i < ITEMS / 2 ? "civil-code" : "criminal-code",
			.article = articles[dice(&seed, COUNT(articles))],
			.enemies = enemies[dice(&seed, COUNT(enemies))],
			.place = "",
			.text_date = { 20000 + i },
			.dated = dice(&seed, 3) != 0,
			.options = 2 + (int)dice(&seed, 4),
		};
		item->answer = (int)dice(&seed, (uint32_t)item->options);
		fill(a, &seed, item, i);
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
		const struct exchange_set set = make(a, seed);
		for (size_t f = 0; f < COUNT(formats); f++) {
			const struct exchange_set back = there_and_back(a, &set, f);
			for (size_t k = 0; k < back.finding_count; k++) {
				if (strcmp(back.findings[k].key, "exchange.language") != 0)
					fail_msg("%s: %s of %s", formats[f].name,
						 back.findings[k].key, back.findings[k].code);
			}
			assert_int_equal(back.item_count, ITEMS);
			for (size_t k = 0; k < ITEMS; k++)
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
	const struct exchange_set set = make(a, 1);
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
