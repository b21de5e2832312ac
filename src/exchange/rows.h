/* rows.h - questions in rows under a row of names, in any order: of CSV and of workbooks; or, of a
 * table, the rows as they stand. */
#pragma once
#include "exchange/reader.h"

enum {
	COLUMN_CODE,
	COLUMN_ACT,
	COLUMN_ARTICLE,
	COLUMN_TEXT_DATE,
	COLUMN_KEY,
	COLUMN_ENEMIES,
	COLUMN_KK,
	COLUMN_RU = COLUMN_KK + 1 + ITEM_OPTIONS_MOST,
	COLUMN_COUNT = COLUMN_RU + 1 + ITEM_OPTIONS_MOST,
	COLUMNS_MOST = 64, /* that are looked at */
};

extern const char *const row_names[COLUMN_COUNT];

struct rows {
	struct reader *reader;
	int column[COLUMNS_MOST]; /* the name of each; -1 for others */
	const char *cell[COLUMN_COUNT];
	const char *broken; /* a cell of this row is an error: what it says; NULL none */
	bool headed;
	/* of a table */
	bool plain;
	const char *text[COLUMNS_MOST];
};

void rows_begin(struct rows *t, struct reader *r);

/* A cell of the row that is being read: of the row of names until rows_end() has found one. */
void rows_cell(struct rows *t, size_t at, const char *text);

/* The row is at its end; it stood in this line.  An empty row is nothing. */
void rows_end(struct rows *t, int line);
