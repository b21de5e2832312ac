/* transfer.h - all rows of one database into another of the same schema, whichever engines they are
 * of.
 *
 * Tables go one after another, those first that others refer to; rows in the order of their primary
 * key, and a piece of them is one transaction at the target.  So the target itself tells how far
 * it has come: whatever ended a transfer, the next one goes on behind the last row that is there,
 * provided that the source has not changed meanwhile, which the caller sees to. */
#pragma once
#include "db/bulk.h"

struct transfer_progress {
	const char *table; /* that is at work, "" none any more  */
	int64_t rows, of;  /* of all tables                      */
	int64_t now;       /* of `rows`, those that this call has copied or compared */
	int64_t table_rows, table_of;
	bool comparing; /* else copying                       */
};

struct transfer {
	struct db *from, *to;     /* `from` within db_begin_snapshot()  */
	const char *const *leave; /* tables that are left alone; NULL last */
	int64_t piece;            /* rows of a transaction; 0: as many as are good */
	void (*tell)(void *user, const struct transfer_progress *p); /* NULL: nobody asks */
	void *user;
};

/* ERR_INPUT "transfer.error.schema" unless both have the same tables, columns and keys. */
bool transfer_fits(const struct transfer *t, struct err *e) MUST_USE;

/* Makes the target, which is as the migrations leave a new database, ready: takes out the rows that
 * they have put there themselves, and the tables that the source has given up since. */
bool transfer_clear(const struct transfer *t, struct err *e) MUST_USE;

/* Copies what is not there yet; then the numbers that the target gives are behind those it has.
 * ERR_CONFLICT "transfer.error.ahead" if the target has rows that the source cannot have given. */
bool transfer_rows(const struct transfer *t, struct err *e) MUST_USE;

/* Compares all rows of all tables: [{table, from, to}], the numbers of rows, of those that differ
 * in whatever, an array in the arena; and how many rows there are in all. */
bool transfer_compare(const struct transfer *t, struct arena *a, json_t **ret_differ,
		      int64_t *ret_rows, struct err *e) MUST_USE;
