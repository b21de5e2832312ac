#include "web/list.h"

#include "base/buf.h"
#include "base/text.h"
#include "db/row.h"
#include "web/http/http.h"
#include "web/site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked for ---------------------------------------------------------------------- */

/* `%`, `_` and `\` in what is searched stand for themselves. */
const char *list_pattern(struct arena *a, const char *text)
{
	const char *folded = text_fold(a, text);
	char *out = arena_alloc(a, strlen(folded) * 2 + 3);
	char *to = out;
	*to++ = '%';
	for (const char *from = folded; *from; from++) {
		if (strchr("%_\\", *from))
			*to++ = '\\';
		*to++ = *from;
	}
	*to++ = '%';
	return out;
}

static const struct list_column *column_of(const struct list *list, const char *key)
{
	for (const struct list_column *c = list->columns; c->key; c++) {
		if ((c->how & LIST_SORTS) && strcmp(c->key, key) == 0)
			return c;
	}
	return NULL;
}

/* The column to sort by, or NULL for the list's own order; an unknown name is none. */
static const struct list_column *sorted_by(const struct req *r, bool *ret_down)
{
	const char *sort = in_text(r, "sort");
	const bool down = *sort == '-';
	const struct list_column *by = column_of(r->route->list, sort + down);
	*ret_down = by && down;
	return by;
}

static int64_t page_number(const struct req *r)
{
	return in_has(r, "page") ? in_int(r, "page") : 1;
}

struct list_ask list_ask(const struct req *r)
{
	bool down = false;
	const struct list_column *by = sorted_by(r, &down);
	const int64_t size = r->route->list->page_size;
	return (struct list_ask){
		.pattern = list_pattern(r->arena, in_text(r, "q")),
		.up = by && !down ? by->key : "",
		.down = by && down ? by->key : "",
		.limit = r->file_ending ? INT32_MAX : size,
		.offset = r->file_ending ? 0 : (page_number(r) - 1) * size,
	};
}

bool list_down(const struct req *r)
{
	bool down = false;
	return !sorted_by(r, &down) || down;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static const char *value_of(const struct req *r, const struct param *p)
{
	if (p->type == P_INT)
		return arena_print(r->arena, "%lld", (long long)in_int(r, p->name));
	if (p->type == P_FLAG)
		return "on";
	return http_encode(r->arena, in_text(r, p->name));
}

/* The route of the page: this one, or of a refused POST the GET that shows the same list. */
static const struct route *page_of(const struct req *r)
{
	const struct route *route = NULL;
	for (struct route_walk w = { 0 }; r->route->method == POST && (route = route_next(&w));) {
		if (route->method == GET && route->list == r->route->list)
			return route;
	}
	return r->route;
}

static bool is_of_path(const struct req *r, const struct param *p)
{
	const char *at = strstr(page_of(r)->path, arena_print(r->arena, "/:%s", p->name));
	const char *after = at ? at + 2 + strlen(p->name) : "";
	return at && (*after == '\0' || *after == '/');
}

static const struct param *param_of(const struct req *r, const char *name, size_t size)
{
	const struct param *p = r->route->params;
	while (p->name && (strlen(p->name) != size || memcmp(p->name, name, size) != 0))
		p++;
	return p;
}

static void add_path(const struct req *r, struct buf *out)
{
	for (const char *at = page_of(r)->path; *at;) {
		const size_t size = strcspn(at + 1, "/");
		buf_add_char(out, '/');
		if (at[1] == ':')
			buf_add(out, value_of(r, param_of(r, at + 2, size - 1)));
		else
			buf_add_n(out, at + 1, size);
		at += 1 + size;
	}
}

/* What says where in the list one is, or in which order. */
static bool is_place(const char *name)
{
	static const char *const places[] = { "page", "sort", LIST_AFTER, LIST_BEFORE };
	bool is = false;
	for (size_t i = 0; i < COUNT(places); i++)
		is = is || strcmp(name, places[i]) == 0;
	return is;
}

/* This list with another order, at another place (`name` says which, `value` 0: its beginning) or
 * as a file; what is searched and chosen stays. */
static const char *link_at(const struct req *r, const char *ending, const char *sort,
			   const char *name, int64_t value)
{
	struct buf out = buf_on(r->arena);
	char mark = '?';
	add_path(r, &out);
	buf_add(&out, ending);
	for (const struct param *p = page_of(r)->params; p->name; p++) {
		if (is_place(p->name) || !in_has(r, p->name) || is_of_path(r, p))
			continue;
		buf_print(&out, "%c%s=%s", mark, p->name, value_of(r, p));
		mark = '&';
	}
	if (*sort) {
		buf_print(&out, "%csort=%s", mark, http_encode(r->arena, sort));
		mark = '&';
	}
	if (value > 0)
		buf_print(&out, "%c%s=%lld", mark, name, (long long)value);
	return out.text;
}

static const char *link_to(const struct req *r, const char *ending, const char *sort, int64_t page)
{
	return link_at(r, ending, sort, "page", page > 1 ? page : 0);
}

/* ---- the model ------------------------------------------------------------------------------ */

/* The first click sorts upwards, the second downwards, the third as the list is by itself. */
static json_t *columns_model(const struct req *r)
{
	bool down = false;
	const struct list_column *by = sorted_by(r, &down);
	json_t *columns = json_array();
	for (const struct list_column *c = r->route->list->columns; c->key; c++) {
		if (c->how & LIST_HIDDEN)
			continue;
		const char *next = c != by ? c->key
				   : down  ? ""
					   : arena_print(r->arena, "-%s", c->key);
		(void)json_array_append_new(
			columns, json_pack("{s:s,s:b,s:b,s:b,s:s?}", "title", c->title, "number",
					   c->kind == LIST_NUMBER || c->kind == LIST_DECIMAL, "up",
					   c == by && !down, "down", c == by && down, "href",
					   c->how & LIST_SORTS ? link_to(r, "", next, 1) : NULL));
	}
	return columns;
}

static json_t *paging_model(const struct req *r, const char *sort, int64_t total)
{
	const int64_t page = page_number(r);
	const int64_t size = r->route->list->page_size;
	const int64_t from = (page - 1) * size + 1;
	const int64_t to = from + size - 1 < total ? from + size - 1 : total;
	if (total == 0 || from > total)
		return json_null();
	return json_pack("{s:I,s:I,s:I,s:s?,s:s?}", "from", (json_int_t)from, "to", (json_int_t)to,
			 "total", (json_int_t)total, "previous",
			 page > 1 ? link_to(r, "", sort, page - 1) : NULL, "next",
			 to < total ? link_to(r, "", sort, page + 1) : NULL);
}

/* Everything but the places around this one. */
static void add_list(const struct req *r, json_t *model, const char *sort, json_t *rows,
		     int64_t total)
{
	json_t *list =
		json_pack("{s:s,s:I,s:s,s:s}", "sort", sort, "total", (json_int_t)total, "csv",
			  link_to(r, ".csv", sort, 1), "xlsx", link_to(r, ".xlsx", sort, 1));
	(void)json_object_set_new(list, "columns", columns_model(r));
	(void)json_object_set_new(model, r->route->list->rows, rows);
	(void)json_object_set_new(model, "q", json_string(in_text(r, "q")));
	(void)json_object_set_new(model, "listing", list);
}

static const char *order_of(const struct req *r)
{
	bool down = false;
	return sorted_by(r, &down) ? in_text(r, "sort") : "";
}

void list_page(const struct req *r, json_t *model, json_t *rows, int64_t total)
{
	const char *sort = order_of(r);
	add_list(r, model, sort, rows, total);
	(void)json_object_set_new(model, "paging", paging_model(r, sort, total));
}

void list_keyed(const struct req *r, json_t *model, json_t *rows, int64_t total,
		const struct list_ends *ends)
{
	const char *sort = order_of(r);
	add_list(r, model, sort, rows, total);
	const char *first = in_has(r, LIST_AFTER) || in_has(r, LIST_BEFORE)
				    ? link_at(r, "", sort, LIST_AFTER, 0)
				    : NULL;
	const char *previous =
		ends->before ? link_at(r, "", sort, LIST_BEFORE, ends->before) : NULL;
	const char *next = ends->after ? link_at(r, "", sort, LIST_AFTER, ends->after) : NULL;
	(void)json_object_set_new(model, "paging",
				  first || previous || next
					  ? json_pack("{s:s?,s:s?,s:s?}", "first", first,
						      "previous", previous, "next", next)
					  : json_null());
}

/* ---- few rows ------------------------------------------------------------------------------- */

/* A code in the reader's language; the code itself if there is no word for it. */
static const char *word_of(const struct req *r, const struct list_column *c, const json_t *row)
{
	const char *code = row_text(row, c->key);
	const char *word = catalog_text(view_catalog(r->site->view), r->language,
					arena_print(r->arena, "%s.%s", c->said, code));
	return word ? word : code;
}

static bool is_wanted(const struct req *r, const json_t *row, const char *words)
{
	struct buf hay = buf_on(r->arena);
	if (!*words)
		return true;
	buf_print(&hay, "%lld", (long long)row_number(row, "id"));
	for (const struct list_column *c = r->route->list->columns; c->key; c++) {
		if (c->kind == LIST_TEXT)
			buf_print(&hay, " %s", row_text(row, c->key));
		else if (c->kind == LIST_CODE)
			buf_print(&hay, " %s", word_of(r, c, row));
	}
	return strstr(text_fold(r->arena, hay.text), words) != NULL;
}

struct place {
	json_t *row;
	const char *text; /* "" for numbers */
	double number;
	size_t at; /* equal ones stay as they were */
};

static int compare(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	const int text = strcmp(x->text, y->text);
	if (text != 0)
		return text;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void place_row(const struct req *r, const struct list_column *by, struct place *p)
{
	if (!by)
		return;
	if (by->kind == LIST_NUMBER || by->kind == LIST_TIME)
		p->number = (double)row_number(p->row, by->key);
	else if (by->kind == LIST_DECIMAL)
		p->number = json_is_null(json_object_get(p->row, by->key))
				    ? -HUGE_VAL /* not known: below all */
				    : strtod(row_text(p->row, by->key), NULL);
	else if (by->kind == LIST_FLAG)
		p->number = json_is_true(json_object_get(p->row, by->key));
	else if (by->kind == LIST_DAY)
		p->text = row_text(p->row, by->key);
	else
		p->text =
			text_sort_key(r->arena, by->kind == LIST_CODE ? word_of(r, by, p->row)
								      : row_text(p->row, by->key));
}

void list_rows(const struct req *r, json_t *model, json_t *rows)
{
	bool down = false;
	const struct list_column *by = sorted_by(r, &down);
	const struct list_ask ask = list_ask(r);
	const char *words = text_fold(r->arena, in_text(r, "q"));
	struct place *places = arena_array(r->arena, json_array_size(rows) + 1, sizeof(*places));
	json_t *shown = json_array();
	int64_t total = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		if (!is_wanted(r, row, words))
			continue;
		places[total] = (struct place){ .row = row, .text = "", .at = i };
		place_row(r, by, &places[total++]);
	}
	if (by)
		qsort(places, (size_t)total, sizeof(*places), compare);
	for (int64_t n = ask.offset; n < total && n - ask.offset < ask.limit; n++)
		(void)json_array_append(shown, places[down ? total - 1 - n : n].row);
	list_page(r, model, shown, total);
}

void list_plain(json_t *model, const char *key, json_t *rows)
{
	(void)json_object_set_new(model, key, rows);
	(void)json_object_set_new(model, "q", json_string(""));
	(void)json_object_set_new(model, "listing", json_null());
	(void)json_object_set_new(model, "paging", json_null());
}
