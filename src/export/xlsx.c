#include "export/table.h"

#include "base/buf.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum {
	NAME_MOST = 31, /* characters of a sheet's name, by Excel */
	WIDTH_LEAST = 8,
	WIDTH_MOST = 60,
	DAYS_TO_1970 = 25569 /* from Excel's day 0 */
};

/* The library writes the time of creation by gmtime(), whose answer all threads share: of two lists
 * that end at once it could be a mixture. */
static pthread_mutex_t closing = PTHREAD_MUTEX_INITIALIZER;

struct sheet {
	lxw_workbook *book;
	lxw_worksheet *at;
	lxw_format *head, *text, *day, *time;
};

/* Excel refuses []:*?/\ in the name of a sheet, and a long one. */
static const char *sheet_name(struct arena *a, const char *name)
{
	struct buf out = buf_on(a);
	int characters = 0;
	for (const char *at = name; *at; at++) {
		characters += ((unsigned char)*at & 0xC0) != 0x80;
		if (characters > NAME_MOST)
			break;
		if (strchr("[]:*?/\\'", *at))
			buf_add_char(&out, ' ');
		else
			buf_add_char(&out, *at);
	}
	return out.text;
}

static double excel_time(int64_t instant_ms)
{
	return (double)(instant_ms + ZONE_OFFSET_MS) / (24.0 * 60 * 60 * 1000) + DAYS_TO_1970;
}

static lxw_error write_cell(const struct sheet *s, lxw_row_t row, lxw_col_t col,
			    enum cell_kind kind, const struct cell *cell)
{
	if (!cell->filled)
		return LXW_NO_ERROR;
	switch (kind) {
	case CELL_NUMBER:
		return worksheet_write_number(s->at, row, col, (double)cell->number, NULL);
	case CELL_DECIMAL:
		return worksheet_write_number(s->at, row, col, strtod(cell->text, NULL), NULL);
	case CELL_DAY:
		return worksheet_write_number(s->at, row, col, (double)cell->number + DAYS_TO_1970,
					      s->day);
	case CELL_TIME:
		return worksheet_write_number(s->at, row, col, excel_time(cell->number), s->time);
	default: /* always a text, never a formula */
		return worksheet_write_string(s->at, row, col, cell->text, s->text);
	}
}

static double width_of(const struct table *t, size_t c)
{
	size_t widest = strlen(t->columns[c].title);
	for (size_t r = 0; t->columns[c].kind == CELL_TEXT && r < t->row_count; r++) {
		const struct cell *cell = &t->cells[r * t->column_count + c];
		const size_t size = cell->filled ? strlen(cell->text) : 0;
		widest = size > widest ? size : widest;
	}
	/* two bytes a letter, mostly */
	const size_t least = t->columns[c].kind == CELL_TIME ? 2 * WIDTH_LEAST : WIDTH_LEAST;
	const size_t width = widest / 2 + 4;
	return (double)(width < least ? least : width > WIDTH_MOST ? WIDTH_MOST : width);
}

static void make_formats(struct sheet *s)
{
	s->head = workbook_add_format(s->book);
	format_set_bold(s->head);
	format_set_text_wrap(s->head);
	format_set_bottom(s->head, LXW_BORDER_THIN);
	s->text = workbook_add_format(s->book);
	format_set_text_wrap(s->text);
	format_set_align(s->text, LXW_ALIGN_VERTICAL_TOP);
	s->day = workbook_add_format(s->book);
	format_set_num_format(s->day, "dd.mm.yyyy");
	s->time = workbook_add_format(s->book);
	format_set_num_format(s->time, "dd.mm.yyyy hh:mm");
}

/* Headings that stay in sight and filter, then the rows. */
static lxw_error fill(const struct sheet *s, const struct table *t)
{
	lxw_error bad = LXW_NO_ERROR;
	for (size_t c = 0; c < t->column_count && !bad; c++) {
		bad = worksheet_set_column(s->at, (lxw_col_t)c, (lxw_col_t)c, width_of(t, c), NULL);
		if (!bad)
			bad = worksheet_write_string(s->at, 0, (lxw_col_t)c, t->columns[c].title,
						     s->head);
	}
	for (size_t i = 0; i < t->row_count * t->column_count && !bad; i++) {
		const size_t c = i % t->column_count;
		bad = write_cell(s, (lxw_row_t)(i / t->column_count + 1), (lxw_col_t)c,
				 t->columns[c].kind, &t->cells[i]);
	}
	worksheet_freeze_panes(s->at, 1, 0);
	if (!bad && t->row_count > 0)
		bad = worksheet_autofilter(s->at, 0, 0, (lxw_row_t)t->row_count,
					   (lxw_col_t)(t->column_count - 1));
	worksheet_set_landscape(s->at);
	worksheet_set_paper(s->at, 9); /* A4 */
	worksheet_fit_to_pages(s->at, 1, 0);
	worksheet_repeat_rows(s->at, 0, 0);
	return bad;
}

/* Closing is what writes; it frees the book, too.  Parts of it lie in files for a moment: in
 * memory, which is also where a fenced server may make any (cli/fence.c). */
static lxw_error make(struct arena *a, const char *path, const struct table *t)
{
	char folder[] = "/dev/shm";
	lxw_workbook_options options = { .tmpdir = access(folder, W_OK) == 0 ? folder : NULL };
	struct sheet s = { .book = workbook_new_opt(path, &options) };
	if (!s.book)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	s.at = workbook_add_worksheet(s.book, sheet_name(a, t->name));
	lxw_error bad = s.at ? LXW_NO_ERROR : LXW_ERROR_MEMORY_MALLOC_FAILED;
	if (!bad) {
		make_formats(&s);
		bad = fill(&s, t);
	}
	(void)pthread_mutex_lock(&closing);
	const lxw_error closed = workbook_close(s.book);
	(void)pthread_mutex_unlock(&closing);
	return bad ? bad : closed;
}

static bool read_all(struct arena *a, int fd, const void **ret, size_t *ret_size)
{
	struct stat st = { 0 };
	if (fstat(fd, &st) != 0)
		return false;
	const size_t size = (size_t)st.st_size;
	char *bytes = arena_alloc(a, size + 1);
	size_t have = 0;
	while (have < size) {
		const ssize_t got = pread(fd, bytes + have, size - have, (off_t)have);
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	*ret = bytes;
	*ret_size = size;
	return true;
}

/* The library writes to a path: one of a file in memory, so that nobody's data is left on a disk.
 */
bool table_xlsx(struct arena *a, const struct table *t, const void **ret, size_t *ret_size,
		struct err *e)
{
	int fd = memfd_create("table.xlsx", MFD_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "memfd_create: %s", strerror(errno));
	const lxw_error bad = make(a, arena_print(a, "/proc/self/fd/%d", fd), t);
	const bool read = !bad && read_all(a, fd, ret, ret_size);
	(void)close(fd);
	return read || err_set(e, ERR_SYSTEM, "error.system", "xlsx: %s",
			       bad ? lxw_strerror(bad) : "cannot be read back");
}
