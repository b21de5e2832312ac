/* list.h - what every list has in common: words, sorting, pages, and the same rows as a file.
 *
 * A route that shows a list names it (`.list`) and takes LIST_PARAMS.  Its page draws the head of
 * the table with list/head, count and files with list/tools, the pages with layout/paging.  The
 * same address with .csv or .xlsx behind its path gives all rows that are found; who took which
 * list away is journalled, unless everybody may read it.
 *
 *   few rows    list_rows() looks for the words, sorts and cuts
 *   many        the handler's SQL does, with what list_ask() gives; list_page() shows the page */
#pragma once
#include "web/web.h"

enum list_kind {
	LIST_TEXT,
	LIST_NUMBER,
	LIST_DECIMAL, /* a text as decimal_json() makes it (row.h)           */
	LIST_DAY,     /* "YYYY-MM-DD"                                          */
	LIST_TIME,    /* milliseconds                                         */
	LIST_CODE,    /* a code; `said` is the message key in front of it     */
	LIST_FLAG     /* true or false                                        */
};

enum list_how {
	LIST_SORTS = 1,  /* its heading sorts                                 */
	LIST_HIDDEN = 2, /* in the file, without a column on the page         */
	LIST_MUTE = 4    /* a column on the page, but none of the file        */
};

struct list_column {
	const char *key;   /* of the row; NULL after the last */
	const char *title; /* message key                     */
	enum list_kind kind;
	unsigned how;
	const char *said;
};

struct list {
	const char *rows;  /* key of the array in the model              */
	const char *title; /* message key: of the file and of its sheet  */
	const struct list_column *columns;
	int64_t page_size; /* 10 to 100, or LIST_WHOLE */
};

/* All rows on one page: those of a picture, which has no second one. */
enum { LIST_WHOLE = 1000 };

/* For the parameters of the route. */
#define LIST_PARAMS                                                                                \
	{ "q", P_TEXT, 0, 100, false, NULL }, { "sort", P_TEXT, 0, 32, false, NULL },              \
	{                                                                                          \
		"page", P_INT, 1, 100000, false, NULL                                              \
	}

/* What is asked for, for SQL:
 *
 *   WHERE x.search LIKE $2 ESCAPE '\' ORDER BY CASE WHEN $3 = 'name' THEN x.sort_key END,
 *   CASE WHEN $4 = 'name' THEN x.sort_key END DESC, x.id LIMIT $5 OFFSET $6 */
struct list_ask {
	const char *pattern;   /* "%words%", folded as text_fold() does; "%%" for none */
	const char *up, *down; /* the key to sort by in one of them, "" in the other   */
	int64_t limit, offset; /* of the page; for a file all                          */
};
struct list_ask list_ask(const struct req *r);

/* `text` as a LIKE pattern: what contains it, folded. */
const char *list_pattern(struct arena *a, const char *text);

/* Puts into the model: the rows (taken over) under their key, q, listing {sort, total, csv, xlsx,
 * columns} and paging {from, to, total, previous, next} or null. */
void list_page(const struct req *r, json_t *model, json_t *rows, int64_t total);

/* ---- lists that grow without end --------------------------------------------------------------
 *
 * Numbers of pages cost what stands before them, and move with each row that is added.  Such a list
 * is read from a key on instead: the place is LIST_AFTER or LIST_BEFORE and the key of a row, in
 * the order of the list. */
#define LIST_AFTER  "after"
#define LIST_BEFORE "before"
#define LIST_KEY_PARAMS                                                                            \
	{ "q", P_TEXT, 0, 100, false, NULL }, { "sort", P_TEXT, 0, 32, false, NULL },              \
		{ LIST_AFTER, P_INT, 1, INT64_MAX, false, NULL },                                  \
	{                                                                                          \
		LIST_BEFORE, P_INT, 1, INT64_MAX, false, NULL                                      \
	}

/* Whether the largest key comes first: in the list's own order, too. */
bool list_down(const struct req *r);

/* As list_page(); paging is {first, previous, next} or null, for list/keys.  The keys of the first
 * row if there are rows before it, and of the last if there are rows behind it; 0 there are none.
 */
struct list_ends {
	int64_t before, after;
};
void list_keyed(const struct req *r, json_t *model, json_t *rows, int64_t total,
		const struct list_ends *ends);

/* The same of all rows there are (borrowed): words are looked for in texts, codes and "id". */
void list_rows(const struct req *r, json_t *model, json_t *rows);

/* On a page that a refused POST of another address shows again: all rows (taken over), without
 * order, pages and files. */
void list_plain(json_t *model, const char *key, json_t *rows);

/* Runs the handler of the route for all rows and makes r->download of them; r->found is their
 * number.  On a worker; the handler of a route with `slow` finds r->found NULL then and reads for
 * itself. */
bool list_file(struct req *r, json_t *model, struct err *e) MUST_USE;
