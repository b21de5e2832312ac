/* csv.c - one question a row; libcsv parses. */
#include "exchange/rows.h"

#include <csv.h>
#include <string.h>

struct table {
	struct rows rows;
	size_t at;
	int line, row_line; /* that is being read; where its row began */
	bool open;          /* a row has begun and goes on */
};

/* An apostrophe before what a spreadsheet would take for a formula: ours, and theirs. */
static const char *without_guard(const char *text)
{
	const size_t guards = strspn(text, "'");
	return guards > 0 && text[guards] && strchr("=+-@\t\r", text[guards]) ? text + 1 : text;
}

static void take_cell(void *bytes, size_t size, void *user)
{
	struct table *t = user;
	const char *text = arena_copy_n(t->rows.reader->arena, bytes ? bytes : "", size);
	rows_cell(&t->rows, t->at++, without_guard(text));
}

static void take_row(int end, void *user)
{
	struct table *t = user;
	(void)end;
	rows_end(&t->rows, t->row_line);
	t->at = 0;
	t->open = false;
}

/* To its line feed, which belongs to it. */
static size_t line_size(const char *text, size_t size)
{
	const size_t plain = strcspn(text, "\r\n");
	if (plain >= size)
		return size;
	return plain + (text[plain] == '\r' && text[plain + 1] == '\n' ? 2 : 1);
}

/* Line by line, so that each row knows where it began. */
static bool parse(struct csv_parser *parser, struct table *t, const char *text, size_t size)
{
	while (size > 0) {
		const size_t part = line_size(text, size);
		const bool blank = strspn(text, " \t\r\n") >= part;
		if (!t->open)
			t->row_line = t->line;
		t->open = t->open || !blank;
		if (csv_parse(parser, text, part, take_cell, take_row, t) != part)
			return false;
		text += part;
		size -= part;
		t->line++;
	}
	return csv_fini(parser, take_cell, take_row, t) == 0;
}

/* Spreadsheets of the region write semicolons, and tabs as "Unicode text". */
static unsigned char delimiter_of(const char *text)
{
	const size_t head = strcspn(text, "\r\n");
	if (memchr(text, ',', head))
		return ',';
	return memchr(text, ';', head) ? ';' : '\t';
}

bool read_csv(struct reader *r, const char *text, size_t size, struct err *e)
{
	struct table t = { .line = 1, .row_line = 1 };
	struct csv_parser parser;
	rows_begin(&t.rows, r);
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libcsv");
	csv_set_delim(&parser, delimiter_of(text));
	const bool ok = parse(&parser, &t, text, size);
	csv_free(&parser);
	if (ok && t.rows.headed)
		return true;
	if (ok)
		return err_input(e, "file", "exchange.error.head", "no row of names");
	(void)err_input(e, "file", "exchange.error.csv", "line %d", t.line);
	return err_value(e, arena_print(r->arena, "%d", t.line));
}
