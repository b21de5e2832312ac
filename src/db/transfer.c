#include "db/transfer.h"

#include "db/row.h"

#include <string.h>

/* A piece is whole at the target, or not there: large enough that the commit costs little, small
 * enough that little is done again. */
enum { PIECE_ROWS = 20 * 1000, PIECE_BYTES = 16 * 1024 * 1024 };

struct copying {
	const struct transfer *transfer;
	const struct bulk_table *table; /* the target's */
	struct transfer_progress progress;
	struct db_tx tx;
	struct bulk_load *load; /* NULL: no piece is open */
	int64_t piece_rows, piece_bytes;
	int64_t key, refers; /* of the last row; the greatest that rows of the table refer to */
};

static bool is_left(const struct transfer *t, const char *table)
{
	for (const char *const *name = t->leave; name && *name; name++) {
		if (strcmp(*name, table) == 0)
			return true;
	}
	return false;
}

static void tell(const struct copying *c)
{
	if (c->transfer->tell)
		c->transfer->tell(c->transfer->user, &c->progress);
}

/* ---- before ---------------------------------------------------------------------------------- */

static bool same_table(const struct bulk_table *a, const struct bulk_table *b)
{
	if (!a || !b || a->columns != b->columns || a->keys != b->keys)
		return false;
	for (size_t i = 0; i < a->columns; i++) {
		if (strcmp(a->column[i].name, b->column[i].name) != 0 ||
		    a->column[i].type != b->column[i].type)
			return false;
	}
	return memcmp(a->key, b->key, a->keys * sizeof(*a->key)) == 0;
}

static bool other_schema(struct err *e, const char *table)
{
	return err_set(e, ERR_INPUT, "transfer.error.schema", "table %.60s is not the same in both",
		       table);
}

/* Both descriptions, if they are of the same tables. */
static bool describe(const struct transfer *t, struct arena *a, struct bulk_schema *ret_from,
		     struct bulk_schema *ret_to, struct err *e)
{
	if (!bulk_describe(t->from, a, ret_from, e) || !bulk_describe(t->to, a, ret_to, e))
		return false;
	for (size_t i = 0; i < ret_from->tables; i++) {
		const struct bulk_table *table = &ret_from->table[i];
		if (!same_table(table, bulk_find(ret_to, table->name)))
			return other_schema(e, table->name);
	}
	for (size_t i = 0; i < ret_to->tables; i++) {
		if (!bulk_find(ret_from, ret_to->table[i].name))
			return other_schema(e, ret_to->table[i].name);
	}
	return true;
}

bool transfer_fits(const struct transfer *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bulk_schema from = { 0 };
	struct bulk_schema to = { 0 };
	return describe(t, a, &from, &to, e);
}

static bool clear_table(const struct transfer *t, const struct bulk_table *table,
			const struct bulk_schema *from, struct err *e)
{
	int64_t rows = 0;
	if (!bulk_find(from, table->name))
		return bulk_drop(t->to, table, e);
	return is_left(t, table->name) ||
	       (bulk_count(t->to, table, &rows, e) && (rows == 0 || bulk_clear(t->to, table, e)));
}

/* Those that refer to others first. */
bool transfer_clear(const struct transfer *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bulk_schema from = { 0 };
	struct bulk_schema to = { 0 };
	if (!bulk_describe(t->from, a, &from, e) || !db_begin(t->to, &tx, e) ||
	    !bulk_describe(t->to, a, &to, e))
		return false;
	for (size_t i = to.tables; i > 0; i--) {
		if (!clear_table(t, &to.table[i - 1], &from, e))
			return false;
	}
	return db_commit(&tx, e);
}

/* ---- copying --------------------------------------------------------------------------------- */

static void give_up(struct copying *c)
{
	bulk_load_drop(c->transfer->to, c->load);
	db_rollback(&c->tx);
}

static bool open_piece(struct copying *c, struct err *e)
{
	c->piece_rows = c->piece_bytes = 0;
	return db_begin(c->transfer->to, &c->tx, e) &&
	       bulk_load_begin(c->transfer->to, c->table, &c->load, e);
}

static bool close_piece(struct copying *c, struct err *e)
{
	struct bulk_load *load = c->load;
	if (!load)
		return true;
	c->load = NULL;
	if (!bulk_load_end(c->transfer->to, load, e) || !db_commit(&c->tx, e))
		return false;
	c->progress.rows += c->piece_rows;
	c->progress.now += c->piece_rows;
	c->progress.table_rows += c->piece_rows;
	tell(c);
	return true;
}

/* A piece does not end while a row of it refers to one of the same table that is to come. */
static void look_at_row(struct copying *c, const struct db_column *row)
{
	const struct bulk_table *t = c->table;
	for (size_t i = 0; i < t->columns; i++) {
		const struct db_value *v = &row[i].value;
		c->piece_bytes += (int64_t)v->size;
		if (t->column[i].own && v->type == DB_INT && v->number > c->refers)
			c->refers = v->number;
	}
	const struct db_value *key = &row[t->key[0]].value;
	c->key = key->type == DB_INT ? key->number : INT64_MAX;
}

static bool copy_row(void *user, const struct db_column *row, size_t count, struct err *e)
{
	struct copying *c = user;
	(void)count;
	if (!c->load && !open_piece(c, e))
		return false;
	look_at_row(c, row);
	c->piece_rows++;
	if (!bulk_load_row(c->transfer->to, c->load, row, e))
		return false;
	const int64_t most = c->transfer->piece > 0 ? c->transfer->piece : PIECE_ROWS;
	return (c->piece_rows < most && c->piece_bytes < PIECE_BYTES) || c->refers > c->key ||
	       close_piece(c, e);
}

static bool copy_table(struct copying *c, const struct bulk_table *from, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct db_value after[BULK_KEYS_MOST];
	bool some = false;
	c->refers = INT64_MIN;
	c->progress.table = from->name;
	if (!bulk_count(c->transfer->from, from, &c->progress.table_of, e) ||
	    !bulk_count(c->transfer->to, c->table, &c->progress.table_rows, e) ||
	    !bulk_last(c->transfer->to, a, c->table, after, &some, e))
		return false;
	c->progress.rows += c->progress.table_rows;
	if (c->progress.table_of > c->progress.table_rows &&
	    (!bulk_read(c->transfer->from, from, some ? after : NULL, copy_row, c, e) ||
	     !close_piece(c, e)))
		return false;
	if (c->progress.table_rows != c->progress.table_of)
		return err_set(e, ERR_CONFLICT, "transfer.error.ahead",
			       "table %.60s has rows of another origin", from->name);
	return bulk_number(c->transfer->to, c->table, e);
}

static bool count_all(const struct transfer *t, const struct bulk_schema *schema, int64_t *ret,
		      struct err *e)
{
	for (size_t i = 0; i < schema->tables; i++) {
		int64_t rows = 0;
		if (is_left(t, schema->table[i].name))
			continue;
		if (!bulk_count(t->from, &schema->table[i], &rows, e))
			return false;
		*ret += rows;
	}
	return true;
}

bool transfer_rows(const struct transfer *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bulk_schema from = { 0 };
	struct bulk_schema to = { 0 };
	CLEANUP(give_up) struct copying c = { .transfer = t, .progress = { .table = "" } };
	if (!describe(t, a, &from, &to, e) || !count_all(t, &from, &c.progress.of, e))
		return false;
	for (size_t i = 0; i < from.tables; i++) {
		if (is_left(t, from.table[i].name))
			continue;
		c.table = bulk_find(&to, from.table[i].name);
		if (!copy_table(&c, &from.table[i], e))
			return false;
	}
	c.progress.table = "";
	tell(&c);
	return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool compare_table(struct copying *c, const struct bulk_table *from, json_t *differ,
			  struct err *e)
{
	unsigned char is[BULK_HASH_SIZE];
	unsigned char wanted[BULK_HASH_SIZE];
	int64_t rows = 0;
	c->progress.table = from->name;
	if (!bulk_hash(c->transfer->from, from, wanted, &c->progress.table_of, e) ||
	    !bulk_hash(c->transfer->to, c->table, is, &rows, e))
		return false;
	c->progress.table_rows = c->progress.table_of;
	c->progress.rows += c->progress.table_of;
	c->progress.now += c->progress.table_of;
	tell(c);
	if (rows == c->progress.table_of && memcmp(is, wanted, sizeof(is)) == 0)
		return true;
	return json_array_append_new(differ, json_pack("{s:s,s:I,s:I}", "table", from->name, "from",
						       (json_int_t)c->progress.table_of, "to",
						       (json_int_t)rows)) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

bool transfer_compare(const struct transfer *t, struct arena *a, json_t **ret_differ,
		      int64_t *ret_rows, struct err *e)
{
	struct bulk_schema from = { 0 };
	struct bulk_schema to = { 0 };
	struct copying c = { .transfer = t, .progress = { .table = "", .comparing = true } };
	json_t *differ = json_array();
	json_in_arena(a, differ);
	if (!describe(t, a, &from, &to, e) || !count_all(t, &from, &c.progress.of, e))
		return false;
	for (size_t i = 0; i < from.tables; i++) {
		if (is_left(t, from.table[i].name))
			continue;
		c.table = bulk_find(&to, from.table[i].name);
		if (!compare_table(&c, &from.table[i], differ, e))
			return false;
	}
	c.progress.table = "";
	tell(&c);
	*ret_differ = differ;
	*ret_rows = c.progress.rows;
	return true;
}
