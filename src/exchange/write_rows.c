/* write_rows.c - one question a row, under the names that rows.h reads. */
#include "exchange/rows.h"
#include "exchange/writer.h"

#include "export/table.h"

#include <string.h>

struct row {
	const char *cell[COLUMN_COUNT];
};

static void add_language(struct row *row, int column, const struct item_text *text, int options)
{
	row->cell[column] = text->stem ? text->stem : "";
	for (int i = 0; i < ITEM_OPTIONS_MOST; i++)
		row->cell[column + 1 + i] = text->stem && i < options ? text->option[i] : "";
}

static struct row row_of(struct arena *a, const struct exchange_item *item)
{
	static const char *const letters[ITEM_OPTIONS_MOST] = { "a", "b", "c", "d", "e" };
	struct row row = { .cell = { [COLUMN_CODE] = item->code,
				     [COLUMN_ACT] = item->act,
				     [COLUMN_ARTICLE] = item->article,
				     [COLUMN_KEY] = letters[item->answer],
				     [COLUMN_ENEMIES] = item->enemies } };
	char date[DAY_TEXT_SIZE] = "";
	if (item->dated)
		day_print(item->text_date, date);
	row.cell[COLUMN_TEXT_DATE] = arena_copy(a, date);
	add_language(&row, COLUMN_KK, &item->kk, item->options);
	add_language(&row, COLUMN_RU, &item->ru, item->options);
	return row;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* OWASP, "CSV injection": these begin a formula.  An apostrophe keeps the cell a text, and one that
 * the text has itself stays one more. */
static bool is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text && strchr("=+-@\t\r", *text);
}

static void add_cell(struct buf *b, const char *text, bool last)
{
	buf_add(b, is_formula(text) ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_add_char(b, '"');
		buf_add_char(b, *text);
	}
	buf_add(b, last ? "\"\r\n" : "\",");
}

void write_csv(struct buf *b, const struct exchange_set *set)
{
	buf_add(b, "\xef\xbb\xbf"); /* spreadsheets take it for UTF-8 by that */
	for (int c = 0; c < COLUMN_COUNT; c++)
		buf_print(b, "%s%s", row_names[c], c + 1 == COLUMN_COUNT ? "\r\n" : ",");
	for (size_t i = 0; i < set->item_count; i++) {
		const struct row row = row_of(b->arena, &set->items[i]);
		for (int c = 0; c < COLUMN_COUNT; c++)
			add_cell(b, row.cell[c], c + 1 == COLUMN_COUNT);
	}
}

/* ---- a workbook ------------------------------------------------------------------------------ */

/* Two characters of a text in a workbook may mean one ("_x0041_"): such a mark is itself marked. */
static const char *marked(struct arena *a, const char *text)
{
	struct buf b = { 0 };
	if (!strstr(text, "_x"))
		return text;
	b = buf_on(a);
	for (; *text; text++) {
		if (text[0] == '_' && text[1] == 'x' &&
		    strspn(text + 2, "0123456789ABCDEFabcdef") >= 4 && text[6] == '_')
			buf_add(&b, "_x005F");
		buf_add_char(&b, *text);
	}
	return b.text;
}

bool write_xlsx(struct arena *a, const struct exchange_set *set, const void **ret, size_t *ret_size,
		struct err *e)
{
	struct table_column columns[COLUMN_COUNT];
	struct cell *cells = arena_array(a, set->item_count * COLUMN_COUNT + 1, sizeof(*cells));
	for (int c = 0; c < COLUMN_COUNT; c++)
		columns[c] = (struct table_column){ row_names[c],
						    c == COLUMN_TEXT_DATE ? CELL_DAY : CELL_TEXT };
	for (size_t i = 0; i < set->item_count; i++) {
		const struct exchange_item *item = &set->items[i];
		const struct row row = row_of(a, item);
		for (int c = 0; c < COLUMN_COUNT; c++)
			cells[i * COLUMN_COUNT + (size_t)c] = (struct cell){
				.filled = c == COLUMN_TEXT_DATE ? item->dated : *row.cell[c],
				.text = marked(a, row.cell[c]),
				.number = item->text_date.n,
			};
	}
	const struct table table = { "questions", columns, COLUMN_COUNT, cells, set->item_count };
	return table_xlsx(a, &table, ret, ret_size, e);
}

/* ---- an empty file --------------------------------------------------------------------------- */

struct exchange_set exchange_example(struct arena *a)
{
	struct exchange_item *item = arena_alloc(a, sizeof(*item));
	*item = (struct exchange_item){
		.code = "example-001",
		.act = "civil-code",
		.article = "15",
		.enemies = "",
		.place = "",
		.options = 4,
		.answer = 1,
		.kk = { "Мысал: сұрақтың мәтіні?",
			{ "бірінші нұсқа", "дұрыс нұсқа", "үшінші нұсқа", "төртінші нұсқа" } },
		.ru = { "Пример: текст вопроса?",
			{ "первый вариант", "правильный вариант", "третий вариант",
			  "четвёртый вариант" } },
	};
	item->dated = day_parse("2025-05-01", &item->text_date);
	return (struct exchange_set){ .format = EXCHANGE_CSV, .items = item, .item_count = 1 };
}
