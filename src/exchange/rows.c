#include "exchange/rows.h"

#include "base/text.h"

#include <string.h>

const char *const row_names[COLUMN_COUNT] = {
	"code", "act",  "article", "text_date", "key",  "enemies", "kk",   "kk_a", "kk_b",
	"kk_c", "kk_d", "kk_e",    "ru",        "ru_a", "ru_b",    "ru_c", "ru_d", "ru_e",
};

static void clear(struct rows *t)
{
	t->broken = NULL;
	for (int i = 0; i < COLUMN_COUNT; i++)
		t->cell[i] = "";
	for (int i = 0; i < COLUMNS_MOST; i++)
		t->text[i] = "";
	for (int i = 0; i < COLUMNS_MOST && !t->headed; i++)
		t->column[i] = -1;
}

void rows_begin(struct rows *t, struct reader *r)
{
	*t = (struct rows){ .reader = r,
			    .plain = strcmp(r->options->language, EXCHANGE_TABLE) == 0 };
	clear(t);
}

/* Spreadsheets make the first letter of a cell a capital. */
static int column_of(const char *text)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (strcasecmp(text, row_names[i]) == 0)
			return i;
	}
	return -1;
}

void rows_cell(struct rows *t, size_t at, const char *text)
{
	if (at >= COLUMNS_MOST)
		return;
	if (t->plain)
		t->text[at] = text;
	else if (!t->headed)
		t->column[at] = column_of(text);
	else if (t->column[at] >= 0)
		t->cell[t->column[at]] = text;
}

/* The key and the text of a language, at the least. */
static bool has_names(const struct rows *t)
{
	bool key = false;
	bool text = false;
	for (int i = 0; i < COLUMNS_MOST; i++) {
		key = key || t->column[i] == COLUMN_KEY;
		text = text || t->column[i] == COLUMN_KK || t->column[i] == COLUMN_RU;
	}
	return key && text;
}

static int take_language(const char *const *cell, struct item_text *ret)
{
	int count = ITEM_OPTIONS_MOST;
	while (count > 0 && !*cell[count])
		count--;
	if (!*cell[0] && count == 0)
		return 0;
	ret->stem = cell[0];
	for (int i = 0; i < count; i++)
		ret->option[i] = cell[i + 1];
	return count;
}

/* "2025-05-01", or "01.05.2025" as it is written here. */
static bool parse_date(const char *text, day *ret)
{
	char iso[] = "YYYY-MM-DD";
	if (strlen(text) != strlen(iso) || text[2] != '.' || text[5] != '.')
		return day_parse(text, ret);
	memcpy(iso, text + 6, 4);
	memcpy(iso + 5, text + 3, 2);
	memcpy(iso + 8, text, 2);
	return day_parse(iso, ret);
}

static void take_item(struct rows *t, int line)
{
	struct reader *r = t->reader;
	struct exchange_item *item = reader_add(r, line);
	if (!item)
		return;
	item->code = t->cell[COLUMN_CODE];
	item->act = *t->cell[COLUMN_ACT] ? t->cell[COLUMN_ACT] : item->act;
	item->article = t->cell[COLUMN_ARTICLE];
	item->enemies = t->cell[COLUMN_ENEMIES];
	const int kk = take_language(&t->cell[COLUMN_KK], &item->kk);
	const int ru = take_language(&t->cell[COLUMN_RU], &item->ru);
	item->options = kk > ru ? kk : ru;
	if (item->kk.stem && item->ru.stem && kk != ru)
		reader_note(r, item, line, true, "exchange.pairs", "");
	if (t->broken)
		reader_note(r, item, line, true, "exchange.cell", t->broken);
	const char *date = t->cell[COLUMN_TEXT_DATE];
	item->dated = *date && parse_date(date, &item->text_date);
	if (*date && !item->dated)
		reader_note(r, item, line, true, "exchange.date", date);
	const char *key = t->cell[COLUMN_KEY];
	if (strlen(key) == 1)
		item->answer = (key[0] | 0x20) - 'a';
}

static bool is_empty(const struct rows *t)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (*t->cell[i])
			return false;
	}
	return true;
}

/* A cell that is an error of the workbook says so: it is never what somebody meant. */
static void take_plain(struct rows *t, int line)
{
	struct reader *r = t->reader;
	struct exchange_row *row = NULL;
	int count = COLUMNS_MOST;
	while (count > 0 && !*t->text[count - 1])
		count--;
	if (count > 0)
		row = reader_add_row(r, line);
	for (int i = 0; row && i < count; i++) {
		const char *text = t->text[i];
		if (!text_accept(r->arena, text, strlen(text), &row->cell[i], NULL) ||
		    strlen(row->cell[i]) > EXCHANGE_CELL_MOST)
			row->cell[i] = "\xef\xbf\xbd"; /* U+FFFD: no text, or far too long */
	}
	if (row)
		row->count = count;
	t->headed = t->headed || count > 0;
}

void rows_end(struct rows *t, int line)
{
	if (t->plain)
		take_plain(t, line);
	else if (!t->headed)
		t->headed = has_names(t);
	else if (!is_empty(t))
		take_item(t, line);
	clear(t);
}
