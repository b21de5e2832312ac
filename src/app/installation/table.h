/* table.h - columns of a table that somebody has filled in, found by their names (people, posts).
 *
 * The table is what exchange_read_confined() gives of a file with EXCHANGE_TABLE.  Names of columns
 * are Kazakh, Russian or English, in any order, in capital letters or not.  What is wrong with a
 * row is told with its line and the name of the column as it stands in the file:
 *
 *   {line, what, name, column, key, value, fields}
 *
 * what: "added", "changed", "unchanged", "removed", "bad"; column, key, value: why it is bad, ""
 * otherwise; fields: what changes, by name, with blanks.  A name and not a number tells who it is:
 * such a list is read by people and printed. */
#pragma once
#include "app/act.h"
#include "exchange/exchange.h"

enum { TABLE_NAMES_MOST = 8 };

struct table_column {
	const char *field;                   /* "family"                      */
	bool needed;                         /* the column has to be there    */
	const char *names[TABLE_NAMES_MOST]; /* folded; the field itself counts too */
};

struct table {
	struct arena *arena;
	const struct exchange_set *set;
	const struct table_column *columns; /* field NULL last */
	int at[EXCHANGE_CELLS_MOST];        /* of each column: where it stands; -1 nowhere */
	json_t *rows;                       /* what was found, in the arena */
	int64_t added, changed, unchanged, removed, bad;
};

/* ERR_INPUT at "file": "table.error.column" for a name that nobody knows (in `value`),
 * "table.error.twice" for one that stands twice, "table.error.missing" for a needed one that is not
 * there. */
bool table_open(struct arena *a, const struct exchange_set *set, const struct table_column *columns,
		struct table *ret, struct err *e) MUST_USE;

/* The text of a row in that column, "" if there is none. */
const char *table_cell(const struct table *t, const struct exchange_row *row, const char *field);

/* "table.error.cell" at the first cell that is no text or too long. */
bool table_row_sound(const struct table *t, const struct exchange_row *row, struct err *e) MUST_USE;

/* Notes what comes of a row; `fields` is "" but for "changed".  `line` 0: of none. */
void table_note(struct table *t, int line, const char *what, const char *name, const char *fields);

/* Notes that it is bad, by the failure. */
void table_note_bad(struct table *t, const struct exchange_row *row, const char *name,
		    const struct err *why);

/* The rows of a table as JSON, a new object, and back; false if `packed` is none. */
json_t *table_pack(const struct exchange_set *set);
bool table_unpack(struct arena *a, const json_t *packed, struct exchange_set *ret) MUST_USE;

/* {rows, added, changed, unchanged, removed, bad}; a new object. */
json_t *table_told(const struct table *t);
