/* pg_rows.c - rows that wait for each other (db_add() of db.h): each would cost a statement of its
 * own, which is most of what it costs at all; so those of a turn go as arrays, a statement for each
 * table.
 *
 * An array in binary format (array_recv() of PostgreSQL): dimensions, whether there may be NULLs,
 * the elements' type, their number, the number of the first; then length and bytes of each. */
#include "base/buf.h"
#include "db/pg.h"

#include <endian.h>
#include <stdlib.h>

enum {
	TABLES_MOST = 4,
	COLUMNS_MOST = 16,
	ROWS_MOST = 256, /* that wait, of all tables */
};

struct table {
	const char *one;         /* the caller's statement */
	const char *many, *name; /* the same for arrays; the table */
	size_t columns, rows;
	struct buf column[COLUMNS_MOST];
};

struct pg_rows {
	struct arena *texts; /* of the statements, whose addresses are keys (pg.c) */
	struct arena *rows;
	struct table table[TABLES_MOST];
	size_t tables, waiting;
};

/* Of a value that is not there, too: db_no_int(). */
static enum db_type kind_of(const struct db_value *v)
{
	return v->type == DB_NULL ? (enum db_type)v->number : v->type;
}

static uint32_t type_of(const struct db_value *v)
{
	switch (kind_of(v)) {
	case DB_INT: return TYPE_INT8;
	case DB_TEXT: return TYPE_TEXT;
	case DB_BLOB: return TYPE_BYTEA;
	default: return 0;
	}
}

static const char *type_name(const struct db_value *v)
{
	const enum db_type kind = kind_of(v);
	return kind == DB_INT ? "bigint" : kind == DB_TEXT ? "text" : "bytea";
}

/* ---- tables ---------------------------------------------------------------------------------- */

static struct pg_rows *rows_of(struct pg *p)
{
	if (p->rows)
		return p->rows;
	struct arena *a = arena_new();
	p->rows = arena_alloc(a, sizeof(*p->rows));
	*p->rows = (struct pg_rows){ .texts = a, .rows = arena_new() };
	return p->rows;
}

/* "INSERT INTO t (a, b) VALUES ($1, $2)" becomes "INSERT INTO t (a, b) SELECT * FROM unnest(...)".
 */
static bool make_many(struct pg_rows *r, struct table *t, const struct db_value *args)
{
	static const char begin[] = "INSERT INTO ";
	const char *values = strstr(t->one, " VALUES ");
	const char *name = t->one + strlen(begin);
	if (!values || strncmp(t->one, begin, strlen(begin)) != 0)
		return false;
	struct buf sql = buf_on(r->texts);
	buf_add_n(&sql, t->one, (size_t)(values - t->one));
	buf_add(&sql, " SELECT * FROM unnest(");
	for (; args[t->columns].type != DB_END; t->columns++) {
		if (t->columns == COLUMNS_MOST)
			return false;
		buf_print(&sql, "%s$%zu::%s[]", t->columns ? ", " : "", t->columns + 1,
			  type_name(&args[t->columns]));
	}
	buf_add_char(&sql, ')');
	t->many = sql.text;
	t->name = arena_print(r->texts, "%.*s", (int)strcspn(name, " "), name);
	return true;
}

static struct table *table_of(struct pg_rows *r, const char *one, const struct db_value *args)
{
	for (size_t i = 0; i < r->tables; i++) {
		if (r->table[i].one == one)
			return &r->table[i];
	}
	if (r->tables == TABLES_MOST)
		return NULL;
	struct table *t = &r->table[r->tables];
	*t = (struct table){ .one = one };
	return make_many(r, t, args) ? (r->tables++, t) : NULL;
}

/* ---- columns --------------------------------------------------------------------------------- */

static void add_number(struct buf *b, uint32_t number)
{
	const uint32_t bytes = htobe32(number);
	buf_add_n(b, &bytes, sizeof(bytes));
}

#define NO_VALUE UINT32_MAX /* as a length */

static void add_value(struct buf *b, const struct db_value *v)
{
	if (v->type == DB_NULL) {
		add_number(b, NO_VALUE);
	} else if (v->type == DB_INT) {
		const uint64_t bytes = htobe64((uint64_t)v->number);
		add_number(b, sizeof(bytes));
		buf_add_n(b, &bytes, sizeof(bytes));
	} else {
		add_number(b, (uint32_t)v->size);
		buf_add_n(b, v->bytes, v->size);
	}
}

/* What is before the elements; their number is filled in when it is known. */
enum { COUNT_AT = 3 * sizeof(uint32_t) };

static struct buf new_column(struct arena *a, const struct db_value *v)
{
	struct buf b = buf_on(a);
	const uint32_t head[] = { 1, 1, type_of(v), 0, 1 };
	for (size_t i = 0; i < COUNT(head); i++)
		add_number(&b, head[i]);
	return b;
}

static bool fits(const struct table *t, const struct db_value *args)
{
	size_t n = 0;
	while (args[n].type != DB_END && type_of(&args[n]) != 0 && n < t->columns)
		n++;
	return n == t->columns && args[n].type == DB_END;
}

/* ---- rows ------------------------------------------------------------------------------------ */

bool pg_add(struct db *db, const char *sql, const struct db_value *args, struct err *e)
{
	struct pg *p = (struct pg *)db;
	struct pg_rows *r = rows_of(p);
	if (!p->conn)
		return pg_away(e, "add");
	if (p->db.spoiled)
		return err_set(e, ERR_BUSY, "error.busy", "the transaction is spoiled");
	struct table *t = table_of(r, sql, args);
	if (!t || !fits(t, args))
		return err_set(e, ERR_DB, "error.storage", "no statement for db_add()");
	p->wrote = true;
	for (size_t i = 0; i < t->columns; i++) {
		if (t->rows == 0)
			t->column[i] = new_column(r->rows, &args[i]);
		add_value(&t->column[i], &args[i]);
	}
	t->rows++;
	return ++r->waiting < ROWS_MOST || pg_rows_send(p, e);
}

static bool send_table(struct pg *p, struct table *t, struct err *e)
{
	struct db_value args[COLUMNS_MOST + 1] = { 0 };
	const uint32_t count = htobe32((uint32_t)t->rows);
	for (size_t i = 0; i < t->columns; i++) {
		memcpy(t->column[i].text + COUNT_AT, &count, sizeof(count));
		args[i] = db_blob(t->column[i].text, t->column[i].length);
	}
	args[t->columns].type = DB_END;
	return pg_send(p, t->many, args, e);
}

bool pg_rows_send(struct pg *p, struct err *e)
{
	struct pg_rows *r = p->rows;
	if (!r || r->waiting == 0)
		return true;
	r->waiting = 0; /* what is sent does not wait: pg_send() asks */
	bool ok = true;
	for (size_t i = 0; ok && i < r->tables; i++)
		ok = r->table[i].rows == 0 || send_table(p, &r->table[i], e);
	pg_rows_drop(p);
	return ok;
}

bool pg_rows_before(struct pg *p, const char *sql, struct err *e)
{
	const struct pg_rows *r = p->rows;
	if (!r || r->waiting == 0)
		return true;
	for (size_t i = 0; i < r->tables; i++) {
		if (r->table[i].rows > 0 && strstr(sql, r->table[i].name))
			return pg_rows_send(p, e);
	}
	return true;
}

void pg_rows_drop(struct pg *p)
{
	struct pg_rows *r = p->rows;
	if (!r)
		return;
	r->waiting = 0;
	for (size_t i = 0; i < r->tables; i++)
		r->table[i].rows = 0;
	arena_reset(r->rows);
}

void pg_rows_close(struct pg *p)
{
	if (!p->rows)
		return;
	arena_free(p->rows->rows);
	arena_free(p->rows->texts);
	p->rows = NULL;
}
