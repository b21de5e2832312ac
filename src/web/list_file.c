/* list_file.c - the rows of a list as a file: the handler's own model, all of it, in the columns of
 * the list. */
#include "web/list.h"

#include "db/row.h"
#include "export/table.h"
#include "web/site.h"

#include <string.h>

static const char *said(const struct req *r, const char *key)
{
	const char *text = catalog_text(view_catalog(r->site->view), r->language, key);
	return text ? text : key;
}

static size_t columns_of(const struct req *r, const struct list_column **ret)
{
	size_t count = 0;
	for (const struct list_column *c = r->route->list->columns; c->key; c++) {
		if (!(c->how & LIST_MUTE))
			ret[count++] = c;
	}
	return count;
}

static struct table_column head_of(const struct req *r, const struct list_column *c)
{
	static const enum cell_kind kind[] = {
		[LIST_TEXT] = CELL_TEXT,       [LIST_NUMBER] = CELL_NUMBER, [LIST_DAY] = CELL_DAY,
		[LIST_TIME] = CELL_TIME,       [LIST_CODE] = CELL_TEXT,     [LIST_FLAG] = CELL_TEXT,
		[LIST_DECIMAL] = CELL_DECIMAL,
	};
	return (struct table_column){ .title = said(r, c->title), .kind = kind[c->kind] };
}

static struct cell cell_of(const struct req *r, const struct list_column *c, const json_t *row)
{
	const json_t *value = json_object_get(row, c->key);
	day d = { 0 };
	if (!value || json_is_null(value))
		return (struct cell){ .filled = false };
	switch (c->kind) {
	case LIST_NUMBER:
	case LIST_TIME:
		return (struct cell){ .filled = json_is_number(value),
				      .number = (int64_t)json_number_value(value) };
	case LIST_DAY:
		return (struct cell){ .filled = day_parse(row_text(row, c->key), &d),
				      .number = d.n };
	case LIST_FLAG:
		return (struct cell){ .filled = true,
				      .text = said(r,
						   json_is_true(value) ? "list.yes" : "list.no") };
	case LIST_CODE:
		return (struct cell){ .filled = *row_text(row, c->key) != '\0',
				      .text = said(r, arena_print(r->arena, "%s.%s", c->said,
								  row_text(row, c->key))) };
	default: return (struct cell){ .filled = true, .text = row_text(row, c->key) };
	}
}

static struct table table_of(const struct req *r, const json_t *rows)
{
	const struct list_column *from[32];
	const size_t columns = columns_of(r, from);
	const size_t count = json_array_size(rows);
	struct table_column *head = arena_array(r->arena, columns, sizeof(*head));
	struct cell *cells = arena_array(r->arena, count * columns + 1, sizeof(*cells));
	for (size_t c = 0; c < columns; c++)
		head[c] = head_of(r, from[c]);
	for (size_t i = 0; i < count * columns; i++)
		cells[i] = cell_of(r, from[i % columns], json_array_get(rows, i / columns));
	return (struct table){ .name = said(r, r->route->list->title),
			       .columns = head,
			       .column_count = columns,
			       .cells = cells,
			       .row_count = count };
}

/* "competitions-2026-03-02.csv" */
static const char *file_name(const struct req *r)
{
	const char *last = strrchr(r->route->path, '/') + 1;
	char today[DAY_TEXT_SIZE];
	day_print(day_of_instant(r->now_ms), today);
	return arena_print(r->arena, "%s-%s.%s", *last == ':' ? "list" : last, today,
			   r->file_ending);
}

bool list_file(struct req *r, json_t *model, struct err *e)
{
	const bool csv = strcmp(r->file_ending, "csv") == 0;
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	if (!r->route->handler(r, model, e))
		return false;
	const json_t *rows = json_object_get(model, r->route->list->rows);
	const struct table t = table_of(r, rows);
	file->file_name = file_name(r);
	file->media = csv ? "text/csv; charset=utf-8; header=present"
			  : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	r->file_rows = (int64_t)t.row_count;
	r->download = file;
	return csv ? table_csv(r->arena, &t, &file->bytes, &file->size, e)
		   : table_xlsx(r->arena, &t, &file->bytes, &file->size, e);
}
