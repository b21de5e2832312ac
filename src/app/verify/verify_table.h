/* verify_table.h - every table of the schema, and how `konkurs verify` knows that its rows are
 * those that were written (F88).
 *
 * A test fails while a migration adds a table that is not here: whoever makes one says how its rows
 * are held, or why nothing rests on them. */
#pragma once
#include "base/err.h"

enum table_hold {
	TABLE_ENTRY, /* each row, or each change, stands beside an entry of its own       */
	TABLE_STATE, /* in "state" of the newest entry of its thing (app/evidence/row_state.h)   */
	TABLE_CLOSE, /* in "rows" of the entry that closes its thing (app/evidence/row_seal.h)   */
	TABLE_CHAIN, /* the journal itself, its tree, and what is signed over them         */
	TABLE_HASH,  /* each row is what its own hash says, and the hash stands elsewhere  */
	TABLE_DERIVED, /* follows from other tables, and is made again                       */
	TABLE_NONE,    /* nothing rests on it                                                */
};

struct table_row {
	const char *table;
	enum table_hold hold;
	const char *how; /* which entry, or why not; for people */
};

/* NULL after the last. */
const struct table_row *verify_table(size_t n);
