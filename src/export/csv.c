/* csv.c - own code: a writer of CSV is ten lines, and no library in Debian is one for C. */
#include "export/table.h"

#include "base/buf.h"

#include <string.h>

static void add_text(struct buf *out, const char *text)
{
	/* OWASP, "CSV injection": these begin a formula */
	const bool formula = *text && strchr("=+-@\t\r", *text);
	if (!formula && !strpbrk(text, ",\"\r\n")) {
		buf_add(out, text);
		return;
	}
	buf_add(out, formula ? "\"'" : "\"");
	for (const char *at = text; *at; at++) {
		if (*at == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *at);
	}
	buf_add_char(out, '"');
}

static void add_cell(struct buf *out, enum cell_kind kind, const struct cell *cell)
{
	char text[INSTANT_TEXT_SIZE];
	if (!cell->filled)
		return;
	switch (kind) {
	case CELL_TEXT: add_text(out, cell->text); break;
	case CELL_DECIMAL: buf_add(out, cell->text); break;
	case CELL_NUMBER: buf_print(out, "%lld", (long long)cell->number); break;
	case CELL_DAY:
		day_print((day){ (int32_t)cell->number }, text);
		buf_add(out, text);
		break;
	case CELL_TIME:
		instant_print(cell->number, text);
		buf_add(out, text);
		break;
	}
}

bool table_csv(struct arena *a, const struct table *t, const void **ret, size_t *ret_size,
	       struct err *e)
{
	struct buf out = buf_on(a);
	(void)e;
	buf_add(&out, "\xEF\xBB\xBF");
	for (size_t c = 0; c < t->column_count; c++) {
		buf_add(&out, c ? "," : "");
		add_text(&out, t->columns[c].title);
	}
	buf_add(&out, "\r\n");
	for (size_t i = 0; i < t->row_count * t->column_count; i++) {
		const size_t c = i % t->column_count;
		buf_add(&out, c ? "," : "");
		add_cell(&out, t->columns[c].kind, &t->cells[i]);
		if (c + 1 == t->column_count)
			buf_add(&out, "\r\n");
	}
	*ret = out.text;
	*ret_size = out.length;
	return true;
}
