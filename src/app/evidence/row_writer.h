/* row_writer.h - which entries may change which rows of a thing (F88).
 *
 * The state in an entry (app/evidence/row_state.h) is of the rows as they stand when it is written.
 * Rows that somebody has doctored before are taken over by it, whatever it is about: a rating that
 * was raised would be told for good by the next vote.  So between two entries of a thing only those
 * tables may differ which an entry of that kind writes. */
#pragma once
#include "base/err.h"

/* Whether an entry of `kind` about "application/12" may come with changed rows of `table`.  Of
 * tables that are not listed here any may. */
bool row_writer_may(const char *kind, const char *subject, const char *table);

/* The n-th line of the list: thing, table, and kinds; NULL after the last. */
const char *row_writer_row(size_t n, const char **ret_table, const char *const **ret_kinds);
