#include "made.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

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

struct exchange_set made_set(struct arena *a, uint32_t seed)
{
	static const char *const enemies[] = { "", "civ-002", "civ-002, civ-003, a&b" };
	static const char *const articles[] = { "", "15", "15-1", "<7>", "=3", "Жалпы \"8\"" };
	struct exchange_item *items = arena_array(a, MADE_ITEMS, sizeof(*items));
	for (int i = 0; i < MADE_ITEMS; i++) {
		struct exchange_item *item = &items[i];
		*item = (struct exchange_item){
			.code = arena_print(a, "civ-%03d%s", i, i % 4 == 1 ? " <&\"'ң" : ""),
			.act = i < MADE_ITEMS / 2 ? "civil-code" : "criminal-code",
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
	return (struct exchange_set){ .items = items, .item_count = MADE_ITEMS };
}
