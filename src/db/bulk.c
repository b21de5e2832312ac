#include "db/bulk.h"

#include "base/buf.h"
#include "db/row.h"

#include <sodium.h>
#include <string.h>

static const struct db_bulk *engine(const struct db *db)
{
	return db->driver->bulk;
}

/* ---- what there is --------------------------------------------------------------------------- */

struct describing {
	struct arena *arena;
	struct bulk_schema schema; /* by name */
	struct bulk_schema ordered;
};

static bool no_place(struct err *e, const char *table, const char *what)
{
	return err_set(e, ERR_DB, "error.storage", "table %.60s: %s", table, what);
}

static struct bulk_table *table_of(const struct describing *d, const char *name)
{
	for (size_t i = 0; i < d->schema.tables; i++) {
		if (strcmp(d->schema.table[i].name, name) == 0)
			return &d->schema.table[i];
	}
	return NULL;
}

static bool type_of(const char *word, struct bulk_column *ret)
{
	static const struct {
		const char *word;
		enum db_type type;
		bool narrow;
	} row[] = {
		{ "int", DB_INT, false },
		{ "small", DB_INT, true },
		{ "text", DB_TEXT, false },
		{ "blob", DB_BLOB, false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(word, row[i].word) == 0) {
			ret->type = row[i].type;
			ret->narrow = row[i].narrow;
			return true;
		}
	}
	return false;
}

static bool add_column(struct bulk_table *t, const json_t *row, struct err *e)
{
	const size_t key = (size_t)row_number(row, "key");
	struct bulk_column *column = &t->column[t->columns];
	if (t->columns == BULK_COLUMNS_MOST || key > BULK_KEYS_MOST)
		return no_place(e, t->name, "too many columns");
	column->name = row_text(row, "name");
	column->numbered = row_number(row, "numbered") != 0;
	if (!type_of(row_text(row, "type"), column))
		return no_place(e, t->name, "a column of another type");
	if (key > 0) {
		t->key[key - 1] = t->columns;
		t->keys += 1;
	}
	t->columns++;
	return true;
}

/* Rows come by table, then by column. */
static bool add_tables(struct describing *d, const json_t *rows, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	struct bulk_table *t = NULL;
	d->schema.table = arena_array(d->arena, json_array_size(rows) + 1, sizeof(*t));
	json_array_foreach (rows, i, row) {
		const char *name = row_text(row, "table_name");
		if (!t || strcmp(t->name, name) != 0) {
			t = &d->schema.table[d->schema.tables++];
			t->name = name;
		}
		if (!add_column(t, row, e))
			return false;
	}
	for (i = 0; i < d->schema.tables; i++) {
		if (d->schema.table[i].keys == 0)
			return no_place(e, d->schema.table[i].name, "no primary key");
	}
	return true;
}

static const char *key_of(const struct bulk_table *t)
{
	return t->keys == 1 ? t->column[t->key[0]].name : NULL;
}

static void mark_own(struct bulk_table *t, const struct bulk_reference *r)
{
	const char *key = key_of(t);
	if (strcmp(r->table, t->name) != 0 || r->size != 1 || !key || strcmp(key, r->to[0]) != 0)
		return;
	for (size_t i = 0; i < t->columns; i++)
		t->column[i].own = t->column[i].own || strcmp(t->column[i].name, r->from[0]) == 0;
}

/* Rows come by table and constraint. */
static bool add_references(struct describing *d, const json_t *rows, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const char *constraint = NULL;
	const struct bulk_table *last = NULL;
	struct bulk_reference *room =
		arena_array(d->arena, json_array_size(rows) + 1, sizeof(*room));
	struct bulk_reference *r = room;
	json_array_foreach (rows, i, row) {
		struct bulk_table *t = table_of(d, row_text(row, "table_name"));
		const struct bulk_table *other = table_of(d, row_text(row, "other_name"));
		const char *name = row_text(row, "constraint_name");
		if (!t || !other)
			return no_place(e, row_text(row, "table_name"), "a reference leads out");
		if (t != last || strcmp(constraint, name) != 0) {
			t->reference = t == last ? t->reference : room;
			r = room++;
			*r = (struct bulk_reference){ .name = name, .table = other->name };
			t->references++;
		}
		last = t;
		constraint = name;
		if (r->size == BULK_KEYS_MOST)
			return no_place(e, t->name, "a reference of too many columns");
		/* SQLite says nothing where the key of the other is meant */
		const char *to = row_text(row, "to_name");
		r->from[r->size] = row_text(row, "from_name");
		r->to[r->size++] = *to || !key_of(other) ? to : key_of(other);
		mark_own(t, r);
	}
	return true;
}

const struct bulk_table *bulk_find(const struct bulk_schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->tables; i++) {
		if (strcmp(schema->table[i].name, name) == 0)
			return &schema->table[i];
	}
	return NULL;
}

static bool is_next(const struct describing *d, const struct bulk_table *t)
{
	for (size_t i = 0; i < t->references; i++) {
		const char *other = t->reference[i].table;
		if (strcmp(other, t->name) != 0 && !bulk_find(&d->ordered, other))
			return false;
	}
	return !bulk_find(&d->ordered, t->name);
}

static bool put_in_order(struct describing *d, struct err *e)
{
	d->ordered.table = arena_array(d->arena, d->schema.tables + 1, sizeof(*d->ordered.table));
	while (d->ordered.tables < d->schema.tables) {
		const size_t before = d->ordered.tables;
		for (size_t i = 0; i < d->schema.tables; i++) {
			if (is_next(d, &d->schema.table[i]))
				d->ordered.table[d->ordered.tables++] = d->schema.table[i];
		}
		if (d->ordered.tables == before)
			return err_set(e, ERR_DB, "error.storage", "references in a circle");
	}
	return true;
}

bool bulk_describe(struct db *db, struct arena *a, struct bulk_schema *ret, struct err *e)
{
	struct describing d = { .arena = a };
	const json_t *columns = db_rows_(db, a, e, engine(db)->columns, DB_ARGS());
	const json_t *references =
		columns ? db_rows_(db, a, e, engine(db)->references, DB_ARGS()) : NULL;
	if (!references || !add_tables(&d, columns, e) || !add_references(&d, references, e) ||
	    !put_in_order(&d, e))
		return false;
	*ret = d.ordered;
	return true;
}

/* ---- statements ------------------------------------------------------------------------------ */

void bulk_name(struct buf *sql, const char *name)
{
	buf_add_char(sql, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_add_char(sql, '"');
		buf_add_char(sql, *name);
	}
	buf_add_char(sql, '"');
}

static void add_list(struct buf *sql, const struct bulk_table *t)
{
	for (size_t i = 0; i < t->columns; i++) {
		if (i > 0)
			buf_add(sql, ", ");
		bulk_name(sql, t->column[i].name);
	}
}

/* The columns of the key; by their bytes where they are text. */
static void add_key(struct buf *sql, const struct db *db, const struct bulk_table *t,
		    const char *ending)
{
	for (size_t i = 0; i < t->keys; i++) {
		const struct bulk_column *column = &t->column[t->key[i]];
		if (i > 0)
			buf_add(sql, ", ");
		bulk_name(sql, column->name);
		if (column->type == DB_TEXT)
			buf_add(sql, engine(db)->by_bytes);
		buf_add(sql, ending);
	}
}

static bool keep_number(void *user, const struct db_column *column, size_t count, struct err *e)
{
	(void)count;
	(void)e;
	*(int64_t *)user = column[0].value.number;
	return true;
}

bool bulk_count(struct db *db, const struct bulk_table *t, int64_t *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf sql = buf_on(a);
	buf_add(&sql, "SELECT COUNT(*) FROM ");
	bulk_name(&sql, t->name);
	return engine(db)->query(db, sql.text, DB_ARGS(), keep_number, ret, e);
}

static bool run_on(struct db *db, const char *verb, const struct bulk_table *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf sql = buf_on(a);
	buf_add(&sql, verb);
	bulk_name(&sql, t->name);
	return db->driver->script(db, sql.text, e);
}

bool bulk_clear(struct db *db, const struct bulk_table *t, struct err *e)
{
	return run_on(db, "DELETE FROM ", t, e);
}

bool bulk_drop(struct db *db, const struct bulk_table *t, struct err *e)
{
	return run_on(db, "DROP TABLE ", t, e);
}

bool bulk_read(struct db *db, const struct bulk_table *t, const struct db_value *after,
	       db_row_fn *row, void *user, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct db_value args[BULK_KEYS_MOST + 1] = { { DB_END, 0, NULL, 0 } };
	struct buf sql = buf_on(a);
	buf_add(&sql, "SELECT ");
	add_list(&sql, t);
	buf_add(&sql, " FROM ");
	bulk_name(&sql, t->name);
	if (after) {
		buf_add(&sql, " WHERE (");
		add_key(&sql, db, t, "");
		buf_add(&sql, ") > (");
		for (size_t i = 0; i < t->keys; i++) {
			buf_print(&sql, "%s$%zu", i > 0 ? ", " : "", i + 1);
			args[i] = after[i];
		}
		args[t->keys] = (struct db_value){ DB_END, 0, NULL, 0 };
		buf_add(&sql, ")");
	}
	buf_add(&sql, " ORDER BY ");
	add_key(&sql, db, t, "");
	return engine(db)->query(db, sql.text, args, row, user, e);
}

struct last {
	struct arena *arena;
	struct db_value *key;
	bool some;
};

static bool keep_last(void *user, const struct db_column *column, size_t count, struct err *e)
{
	struct last *l = user;
	(void)e;
	l->some = true;
	for (size_t i = 0; i < count; i++) {
		l->key[i] = column[i].value;
		if (l->key[i].bytes)
			l->key[i].bytes = arena_copy_n(l->arena, l->key[i].bytes, l->key[i].size);
	}
	return true;
}

bool bulk_last(struct db *db, struct arena *a, const struct bulk_table *t,
	       struct db_value ret[BULK_KEYS_MOST], bool *ret_some, struct err *e)
{
	struct last last = { a, ret, false };
	struct buf sql = buf_on(a);
	buf_add(&sql, "SELECT ");
	for (size_t i = 0; i < t->keys; i++) {
		if (i > 0)
			buf_add(&sql, ", ");
		bulk_name(&sql, t->column[t->key[i]].name);
	}
	buf_add(&sql, " FROM ");
	bulk_name(&sql, t->name);
	buf_add(&sql, " ORDER BY ");
	add_key(&sql, db, t, " DESC");
	buf_add(&sql, " LIMIT 1");
	if (!engine(db)->query(db, sql.text, DB_ARGS(), keep_last, &last, e))
		return false;
	*ret_some = last.some;
	return true;
}

/* ---- hashes ---------------------------------------------------------------------------------- */

struct hashing {
	crypto_generichash_state state;
	int64_t rows;
};

static bool hash_row(void *user, const struct db_column *column, size_t count, struct err *e)
{
	struct hashing *h = user;
	(void)e;
	h->rows++;
	for (size_t i = 0; i < count; i++) {
		const struct db_value *v = &column[i].value;
		unsigned char head[1 + sizeof(uint64_t)] = { (unsigned char)v->type };
		uint64_t number = v->type == DB_INT ? (uint64_t)v->number : (uint64_t)v->size;
		for (size_t k = 1; k < sizeof(head); k++, number >>= 8)
			head[k] = (unsigned char)number;
		(void)crypto_generichash_update(&h->state, head, sizeof(head));
		if (v->size > 0 && v->type != DB_INT)
			(void)crypto_generichash_update(&h->state, v->bytes, v->size);
	}
	return true;
}

bool bulk_hash(struct db *db, const struct bulk_table *t, unsigned char ret[BULK_HASH_SIZE],
	       int64_t *ret_rows, struct err *e)
{
	struct hashing h = { .rows = 0 };
	(void)crypto_generichash_init(&h.state, NULL, 0, BULK_HASH_SIZE);
	if (!bulk_read(db, t, NULL, hash_row, &h, e))
		return false;
	(void)crypto_generichash_final(&h.state, ret, BULK_HASH_SIZE);
	*ret_rows = h.rows;
	return true;
}

/* ---- references ------------------------------------------------------------------------------ */

/* As SQL has it: one that is NULL in a column leads nowhere, and need not. */
bool bulk_dangles(struct db *db, const struct bulk_table *t, const struct bulk_reference *r,
		  bool *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf sql = buf_on(a);
	int64_t rows = 0;
	buf_add(&sql, "SELECT COUNT(*) FROM ");
	bulk_name(&sql, t->name);
	buf_add(&sql, " f WHERE NOT EXISTS (SELECT 1 FROM ");
	bulk_name(&sql, r->table);
	buf_add(&sql, " t WHERE ");
	for (size_t i = 0; i < r->size; i++) {
		buf_add(&sql, i > 0 ? " AND t." : "t.");
		bulk_name(&sql, r->to[i]);
		buf_add(&sql, " = f.");
		bulk_name(&sql, r->from[i]);
	}
	buf_add(&sql, ")");
	for (size_t i = 0; i < r->size; i++) {
		buf_add(&sql, " AND f.");
		bulk_name(&sql, r->from[i]);
		buf_add(&sql, " IS NOT NULL");
	}
	if (!engine(db)->query(db, sql.text, DB_ARGS(), keep_number, &rows, e))
		return false;
	*ret = rows > 0;
	return true;
}

/* ---- putting in ------------------------------------------------------------------------------ */

bool bulk_load_begin(struct db *db, const struct bulk_table *t, struct bulk_load **ret,
		     struct err *e)
{
	db->writes++;
	return engine(db)->load_begin(db, t, ret, e);
}

bool bulk_load_row(struct db *db, struct bulk_load *load, const struct db_column *row,
		   struct err *e)
{
	return engine(db)->load_row(load, row, e);
}

bool bulk_load_end(struct db *db, struct bulk_load *load, struct err *e)
{
	return engine(db)->load_end(load, e);
}

void bulk_load_drop(struct db *db, struct bulk_load *load)
{
	if (load)
		engine(db)->load_drop(load);
}

bool bulk_number(struct db *db, const struct bulk_table *t, struct err *e)
{
	return engine(db)->number(db, t, e);
}
