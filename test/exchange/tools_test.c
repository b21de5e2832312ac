/* Files as Moodle, Canvas, TAO, Inspera, Excel and LibreOffice write them: every question that is
 * taken over, and every finding with its line, against files/NAME.expected (F26).
 *
 * `KONKURS_GOLDEN=update build/test/exchange/exchange_tools_test` writes them anew. */
#include "files.h"

#include "base/buf.h"
#include "exchange/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_words(struct buf *b, const char *language, const struct item_text *text,
		      int options)
{
	if (!text->stem)
		return;
	buf_print(b, "    %s: %s\n", language, text->stem);
	for (int i = 0; i < options; i++)
		buf_print(b, "      %c. %s\n", 'a' + i, text->option[i]);
}

static void add_item(struct buf *b, const struct exchange_item *item)
{
	char date[DAY_TEXT_SIZE] = "-";
	if (item->dated)
		day_print(item->text_date, date);
	buf_print(b, "%s%s%d: %s, act %s, article %s, text of %s, enemies %s", item->place,
		  *item->place ? ":" : "", item->line, item->code, item->act, item->article, date,
		  item->enemies);
	if (item->bad)
		buf_print(b, ": BAD\n");
	else
		buf_print(b, ", key %c\n", 'a' + item->answer);
	add_words(b, "kk", &item->kk, item->options);
	add_words(b, "ru", &item->ru, item->options);
}

static const char *dump(struct arena *a, const struct exchange_set *s)
{
	struct buf b = buf_on(a);
	buf_print(&b, "format %s\n\n", exchange_format_name(s->format));
	for (size_t i = 0; i < s->item_count; i++)
		add_item(&b, &s->items[i]);
	buf_add(&b, "\n");
	for (size_t i = 0; i < s->finding_count; i++) {
		const struct exchange_finding *f = &s->findings[i];
		buf_print(&b, "%s%s%d: %s %s %s %s\n", f->place, *f->place ? ":" : "", f->line,
			  f->fatal ? "bad" : "note", f->code, f->key, f->detail);
	}
	return b.text;
}

static void test_tools(void **state)
{
	static const struct exchange_options options = { "ru", "civil-code" };
	const char *golden = getenv("KONKURS_GOLDEN");
	(void)state;
	for (size_t i = 0; fixture_files[i].name; i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const char *expected = arena_print(a, "%s.expected", fixture_files[i].name);
		struct exchange_set s;
		struct err e = { 0 };
		size_t size = 0;
		const void *bytes = fixture_bytes(a, &fixture_files[i], &size);
		if (!exchange_read(a, bytes, size, &options, &s, &e))
			fail_msg("%s: %s %s", fixture_files[i].name, e.key, e.detail);
		const char *got = dump(a, &s);
		if (golden && strcmp(golden, "update") == 0)
			fixture_write(a, expected, got);
		else if (strcmp(got, fixture_text(a, expected)) != 0)
			fail_msg("%s:\n%s", fixture_files[i].name, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tools) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
