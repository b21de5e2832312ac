#include "app/installation/table.h"

#include "base/text.h"

#include <string.h>

static const char broken[] = "\xef\xbf\xbd"; /* exchange/rows.c */

static bool is_called(const struct table_column *c, const char *folded)
{
	if (strcmp(c->field, folded) == 0)
		return true;
	for (size_t i = 0; i < TABLE_NAMES_MOST && c->names[i]; i++) {
		if (strcmp(c->names[i], folded) == 0)
			return true;
	}
	return false;
}

static bool take_name(struct table *t, int cell, struct err *e)
{
	const char *name = t->set->rows[0].cell[cell];
	const char *folded = text_fold(t->arena, name);
	if (!*name)
		return true;
	for (int i = 0; t->columns[i].field; i++) {
		if (!is_called(&t->columns[i], folded))
			continue;
		if (t->at[i] >= 0) {
			(void)err_input(e, "file", "table.error.twice", "a column twice");
			return err_value(e, name);
		}
		t->at[i] = cell;
		return true;
	}
	(void)err_input(e, "file", "table.error.column", "a column that nobody knows");
	return err_value(e, name);
}

bool table_open(struct arena *a, const struct exchange_set *set, const struct table_column *columns,
		struct table *ret, struct err *e)
{
	struct table t = { .arena = a, .set = set, .columns = columns, .rows = json_array() };
	json_in_arena(a, t.rows);
	for (int i = 0; i < EXCHANGE_CELLS_MOST; i++)
		t.at[i] = -1;
	for (int i = 0; i < set->rows[0].count; i++) {
		if (!take_name(&t, i, e))
			return false;
	}
	for (int i = 0; columns[i].field; i++) {
		if (columns[i].needed && t.at[i] < 0) {
			(void)err_input(e, "file", "table.error.missing", "a column is missing");
			return err_value(e, columns[i].field);
		}
	}
	*ret = t;
	return true;
}

static int column_of(const struct table *t, const char *field)
{
	for (int i = 0; t->columns[i].field; i++) {
		if (strcmp(t->columns[i].field, field) == 0)
			return t->at[i];
	}
	return -1;
}

const char *table_cell(const struct table *t, const struct exchange_row *row, const char *field)
{
	const int at = column_of(t, field);
	return at >= 0 ? row->cell[at] : "";
}

bool table_row_sound(const struct table *t, const struct exchange_row *row, struct err *e)
{
	for (int i = 0; t->columns[i].field; i++) {
		const char *field = t->columns[i].field;
		if (strcmp(table_cell(t, row, field), broken) == 0)
			return err_input(e, field, "table.error.cell", "a cell that is no text");
	}
	return true;
}

static void count(struct table *t, const char *what)
{
	const struct {
		const char *what;
		int64_t *count;
	} counts[] = { { "added", &t->added },
		       { "changed", &t->changed },
		       { "unchanged", &t->unchanged },
		       { "removed", &t->removed },
		       { "bad", &t->bad } };
	for (size_t i = 0; i < COUNT(counts); i++)
		*counts[i].count += strcmp(counts[i].what, what) == 0;
}

void table_note(struct table *t, int line, const char *what, const char *name, const char *fields)
{
	count(t, what);
	(void)json_array_append_new(t->rows,
				    json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "line", line, "what",
					      what, "name", name, "column", "", "key", "", "value",
					      "", "fields", fields));
}

void table_note_bad(struct table *t, const struct exchange_row *row, const char *name,
		    const struct err *why)
{
	const int at = column_of(t, why->field);
	count(t, "bad");
	(void)json_array_append_new(t->rows,
				    json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "line", row->line,
					      "what", "bad", "name", name, "column",
					      at >= 0 ? t->set->rows[0].cell[at] : why->field,
					      "key", why->key, "value", why->value, "fields", ""));
}

json_t *table_told(const struct table *t)
{
	return json_pack("{s:O,s:I,s:I,s:I,s:I,s:I}", "rows", t->rows, "added",
			 (json_int_t)t->added, "changed", (json_int_t)t->changed, "unchanged",
			 (json_int_t)t->unchanged, "removed", (json_int_t)t->removed, "bad",
			 (json_int_t)t->bad);
}

/* [[line, cell, cell ...] ...] */
json_t *table_pack(const struct exchange_set *set)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < set->row_count; i++) {
		const struct exchange_row *row = &set->rows[i];
		json_t *list = json_array();
		(void)json_array_append_new(list, json_integer(row->line));
		for (int k = 0; k < row->count; k++)
			(void)json_array_append_new(list, json_string(row->cell[k]));
		(void)json_array_append_new(rows, list);
	}
	return rows;
}

bool table_unpack(struct arena *a, const json_t *packed, struct exchange_set *ret)
{
	const size_t count = json_array_size(packed);
	struct exchange_row *rows = arena_array(a, count + 1, sizeof(*rows));
	for (size_t i = 0; i < count; i++) {
		const json_t *list = json_array_get(packed, i);
		const size_t size = json_array_size(list);
		rows[i].place = "";
		rows[i].line = (int)json_integer_value(json_array_get(list, 0));
		rows[i].count = size > 0 ? (int)size - 1 : 0;
		for (size_t k = 0; k < EXCHANGE_CELLS_MOST; k++) {
			const char *text = json_string_value(json_array_get(list, k + 1));
			rows[i].cell[k] = text ? text : "";
		}
	}
	*ret = (struct exchange_set){ .format = EXCHANGE_CSV, .rows = rows, .row_count = count };
	return count > 0;
}
