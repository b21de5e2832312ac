/* csv.c - one question a row, by the names of the first row; libcsv parses. */
#include "exchange/reader.h"

#include <csv.h>
#include <string.h>

enum { COLUMNS_MOST = 64 };

static const char *const names[] = { "code", "act",  "article", "text_date", "key",  "enemies",
				     "kk",   "kk_a", "kk_b",    "kk_c",      "kk_d", "kk_e",
				     "ru",   "ru_a", "ru_b",    "ru_c",      "ru_d", "ru_e" };
enum {
	CODE,
	ACT,
	ARTICLE,
	TEXT_DATE,
	KEY,
	ENEMIES,
	KK,
	RU = KK + 1 + ITEM_OPTIONS_MOST,
	NAMES = RU + 1 + ITEM_OPTIONS_MOST
};
_Static_assert(COUNT(names) == NAMES, "a name for each column");

struct table {
	struct reader *reader;
	int column[COLUMNS_MOST]; /* the name of each; -1 for others */
	const char *cell[NAMES];
	int width, at, line;
	bool headed, full;
};

static void take_cell(void *bytes, size_t size, void *user)
{
	struct table *t = user;
	const char *text = arena_copy_n(t->reader->arena, bytes ? bytes : "", size);
	if (t->at >= COLUMNS_MOST)
		return;
	if (!t->headed) {
		t->column[t->at] = -1;
		for (int i = 0; i < NAMES; i++) {
			if (strcmp(text, names[i]) == 0)
				t->column[t->at] = i;
		}
		t->width = t->at + 1;
	} else if (t->at < t->width && t->column[t->at] >= 0) {
		t->cell[t->column[t->at]] = text;
	}
	t->at++;
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

static void take_item(struct table *t)
{
	struct reader *r = t->reader;
	struct exchange_item *item = reader_add(r, t->line);
	if (!item) {
		t->full = true;
		return;
	}
	item->code = t->cell[CODE];
	item->act = *t->cell[ACT] ? t->cell[ACT] : item->act;
	item->article = t->cell[ARTICLE];
	item->enemies = t->cell[ENEMIES];
	const int kk = take_language(&t->cell[KK], &item->kk);
	const int ru = take_language(&t->cell[RU], &item->ru);
	item->options = kk > ru ? kk : ru;
	if (item->kk.stem && item->ru.stem && kk != ru)
		reader_note(r, item, t->line, true, "exchange.pairs", "");
	if (*t->cell[TEXT_DATE]) {
		item->dated = day_parse(t->cell[TEXT_DATE], &item->text_date);
		if (!item->dated)
			reader_note(r, item, t->line, true, "exchange.date", t->cell[TEXT_DATE]);
	}
	const char *key = t->cell[KEY];
	if (strlen(key) == 1)
		item->answer = (key[0] | 0x20) - 'a';
}

static void take_row(int end, void *user)
{
	struct table *t = user;
	(void)end;
	if (t->headed) {
		take_item(t);
	} else {
		t->headed = true;
	}
	for (int i = 0; i < NAMES; i++)
		t->cell[i] = "";
	t->at = 0;
	t->line++;
}

static bool is_headed(const struct table *t)
{
	bool key = false;
	bool text = false;
	for (int i = 0; i < t->width; i++) {
		key = key || t->column[i] == KEY;
		text = text || t->column[i] == KK || t->column[i] == RU;
	}
	return key && text;
}

bool read_csv(struct reader *r, const char *text, size_t size, struct err *e)
{
	struct table t = { .reader = r, .line = 1 };
	struct csv_parser parser;
	for (int i = 0; i < NAMES; i++)
		t.cell[i] = "";
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libcsv");
	/* spreadsheets of the region write semicolons */
	const size_t head = strcspn(text, "\n");
	if (memchr(text, ';', head) && !memchr(text, ',', head))
		csv_set_delim(&parser, ';');
	bool ok = csv_parse(&parser, text, size, take_cell, take_row, &t) == size &&
		  csv_fini(&parser, take_cell, take_row, &t) == 0;
	csv_free(&parser);
	if (!ok)
		return err_input(e, "file", "exchange.error.csv", "line %d", t.line);
	if (!is_headed(&t))
		return err_input(e, "file", "exchange.error.head", "no row of names");
	return !t.full || err_input(e, "file", "exchange.error.many", "too many questions");
}
