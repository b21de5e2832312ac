/* table.h - rows as a file that other programs open.
 *
 * CSV is RFC 4180 in UTF-8 with a byte order mark (spreadsheets take it for UTF-8 by that); XLSX
 * is made by libxlsxwriter.  Times are civil times in the one zone, days and times in CSV are ISO
 * 8601.  Text that a spreadsheet would take for a formula is kept from it: what a candidate has
 * typed must not run on an officer's machine. */
#pragma once
#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_DECIMAL, CELL_DAY, CELL_TIME };

struct cell {
	bool filled;
	const char *text; /* CELL_TEXT; CELL_DECIMAL: "0.51"                               */
	int64_t number;   /* CELL_NUMBER; CELL_DAY: days since 1970; CELL_TIME: milliseconds */
};

struct table_column {
	const char *title;
	enum cell_kind kind;
};

struct table {
	const char *name; /* of the sheet */
	const struct table_column *columns;
	size_t column_count;
	const struct cell *cells; /* row by row */
	size_t row_count;
};

/* The bytes of the file, in the arena. */
bool table_csv(struct arena *a, const struct table *t, const void **ret, size_t *ret_size,
	       struct err *e) MUST_USE;

/* ERR_SYSTEM if the file cannot be made. */
bool table_xlsx(struct arena *a, const struct table *t, const void **ret, size_t *ret_size,
		struct err *e) MUST_USE;
