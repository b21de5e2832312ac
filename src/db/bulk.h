/* bulk.h - whole tables: what a database consists of, and all rows of a table one after another,
 * for code that copies, counts and compares without knowing any table.
 *
 * The list of tables, columns, keys and references is the database's own, so that nothing a
 * migration adds can be forgotten.  Statements are made at run time here and in the engines' part
 * of this alone, and only of names that the database itself gives, quoted. */
#pragma once
#include "db/driver.h"

enum { BULK_COLUMNS_MOST = 64, BULK_KEYS_MOST = 4, BULK_HASH_SIZE = 32 };

struct bulk_column {
	const char *name;
	enum db_type type; /* DB_INT, DB_TEXT, DB_BLOB                               */
	bool narrow;       /* a number of 32 bits                                    */
	bool numbered;     /* the engine gives the next number (@id)                 */
	bool own;          /* refers to a row of the same table, by its only key     */
};

/* Columns of one table that name a row of another. */
struct bulk_reference {
	const char *name, *table; /* of the constraint ("" it has none), where it leads */
	size_t size;
	const char *from[BULK_KEYS_MOST], *to[BULK_KEYS_MOST];
};

/* Columns are in the order of their names, the same in both engines. */
struct bulk_table {
	const char *name;
	size_t columns, keys, references;
	struct bulk_column column[BULK_COLUMNS_MOST];
	size_t key[BULK_KEYS_MOST]; /* columns of the primary key */
	struct bulk_reference *reference;
};

/* A table comes after those that it refers to. */
struct bulk_schema {
	size_t tables;
	struct bulk_table *table;
};

/* In the arena.  ERR_DB "error.storage" where something has no place here: a table without a
 * primary key, a type that is none of the four, references in a circle. */
bool bulk_describe(struct db *db, struct arena *a, struct bulk_schema *ret, struct err *e) MUST_USE;

/* NULL: it has no such table. */
const struct bulk_table *bulk_find(const struct bulk_schema *schema, const char *name);

bool bulk_count(struct db *db, const struct bulk_table *t, int64_t *ret, struct err *e) MUST_USE;

/* Calls `row` for each row as it arrives, in the order of the primary key, numbers as numbers and
 * bytes as bytes; after the row whose key is `after`, or from the first if that is NULL. */
bool bulk_read(struct db *db, const struct bulk_table *t, const struct db_value *after,
	       db_row_fn *row, void *user, struct err *e) MUST_USE;

/* The key of the last row in that order; none: `ret_some` is false. */
bool bulk_last(struct db *db, struct arena *a, const struct bulk_table *t,
	       struct db_value ret[BULK_KEYS_MOST], bool *ret_some, struct err *e) MUST_USE;

/* One hash over all values of all rows, types and NULLs too, in the order of the key: the same in
 * both engines exactly if the rows are. */
bool bulk_hash(struct db *db, const struct bulk_table *t, unsigned char ret[BULK_HASH_SIZE],
	       int64_t *ret_rows, struct err *e) MUST_USE;

/* Takes all rows out. */
bool bulk_clear(struct db *db, const struct bulk_table *t, struct err *e) MUST_USE;

/* Takes the table itself away. */
bool bulk_drop(struct db *db, const struct bulk_table *t, struct err *e) MUST_USE;

/* A row of `t` that leads nowhere by `r`: whether there is one. */
bool bulk_dangles(struct db *db, const struct bulk_table *t, const struct bulk_reference *r,
		  bool *ret, struct err *e) MUST_USE;

/* ---- putting rows in, as fast as the engine takes them, within a transaction ---- */

struct bulk_load; /* the engine's */

bool bulk_load_begin(struct db *db, const struct bulk_table *t, struct bulk_load **ret,
		     struct err *e) MUST_USE;
/* ERR_INPUT "error.storage" names table and column if the engine has no such value. */
bool bulk_load_row(struct db *db, struct bulk_load *load, const struct db_column *row,
		   struct err *e) MUST_USE;
/* The rows are in the table; `load` is gone, also on failure. */
bool bulk_load_end(struct db *db, struct bulk_load *load, struct err *e) MUST_USE;
/* Gives it up; what the rows have become is the transaction's. */
void bulk_load_drop(struct db *db, struct bulk_load *load);

/* The next number that the engine gives is behind the greatest there is. */
bool bulk_number(struct db *db, const struct bulk_table *t, struct err *e) MUST_USE;

/* Adds a name of the database to a statement, quoted. */
struct buf;
void bulk_name(struct buf *sql, const char *name);

/* ---- what an engine has to offer for it ---- */

struct db_bulk {
	/* All columns: table_name, name, type (int, small, text, blob), key (place in the primary
	 * key from 1, else 0), numbered; and all references: table_name, constraint_name,
	 * other_name, from_name, to_name, a row for each column. */
	const char *columns, *references;
	/* What orders text by its bytes. */
	const char *by_bytes;
	/* Runs a statement that is not kept; rows come as they are read, not all at once. */
	bool (*query)(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		      void *user, struct err *e);
	bool (*load_begin)(struct db *db, const struct bulk_table *t, struct bulk_load **ret,
			   struct err *e);
	bool (*load_row)(struct bulk_load *load, const struct db_column *row, struct err *e);
	bool (*load_end)(struct bulk_load *load, struct err *e);
	void (*load_drop)(struct bulk_load *load);
	bool (*number)(struct db *db, const struct bulk_table *t, struct err *e);
};
