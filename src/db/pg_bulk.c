/* pg_bulk.c - db/bulk.h for PostgreSQL: rows go in by COPY in binary format, and come out one by
 * one. */
#include "base/buf.h"
#include "db/bulk.h"
#include "db/pg.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 24, BINARY = 1, PIECE = 256 * 1024 };

/* ---- rows out -------------------------------------------------------------------------------- */

/* Keys of a table, all there are of parameters here. */
struct params {
	int count;
	const char *value[BULK_KEYS_MOST];
	int length[BULK_KEYS_MOST], format[BULK_KEYS_MOST];
	char number[BULK_KEYS_MOST][NUMBER_SIZE];
};

static void fill_params(const struct db_value *args, struct params *ret)
{
	for (int i = 0; i < BULK_KEYS_MOST && args[i].type != DB_END; i++) {
		ret->count = i + 1;
		ret->format[i] = args[i].type == DB_BLOB;
		ret->length[i] = (int)args[i].size;
		ret->value[i] = args[i].bytes;
		if (args[i].type == DB_INT) {
			(void)snprintf(ret->number[i], NUMBER_SIZE, "%lld",
				       (long long)args[i].number);
			ret->value[i] = ret->number[i];
		}
	}
}

static bool hand_row(const PGresult *result, db_row_fn *row, void *user, struct err *e)
{
	struct db_column column[PG_COLUMNS_MOST];
	const int columns = PQnfields(result);
	if (columns > PG_COLUMNS_MOST)
		return err_set(e, ERR_DB, "error.storage", "too many columns");
	for (int i = 0; i < columns; i++) {
		column[i].name = PQfname(result, i);
		if (!pg_value(result, 0, i, &column[i].value, e))
			return false;
	}
	return !row || row(user, column, (size_t)columns, e);
}

/* Nobody wants the rest. */
static void cancel(struct pg *p)
{
	char why[256];
	PGcancel *cancel = PQgetCancel(p->conn);
	if (cancel)
		(void)PQcancel(cancel, why, sizeof(why));
	PQfreeCancel(cancel);
}

/* The next result; NULL after the last, and if the connection is lost. */
static PGresult *next_result(struct pg *p)
{
	return p->conn && pg_wait(p) ? PQgetResult(p->conn) : NULL;
}

/* All results have to be taken, also after a failure. */
static bool take_rows(struct pg *p, db_row_fn *row, void *user, struct err *e)
{
	PGresult *result = NULL;
	bool ok = true;
	while ((result = next_result(p)) != NULL) {
		const ExecStatusType status = PQresultStatus(result);
		const bool had = ok;
		if (ok && status == PGRES_SINGLE_TUPLE)
			ok = hand_row(result, row, user, e);
		else if (ok && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
			ok = pg_fail(p, result, e, "read");
		PQclear(result);
		if (had && !ok && p->conn)
			cancel(p);
	}
	return p->conn ? ok : ok && pg_away(e, "read");
}

static bool query(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		  void *user, struct err *e)
{
	struct pg *p = (struct pg *)db;
	struct params params = { 0 };
	fill_params(args, &params);
	if (!pg_plain(p, e))
		return false;
	if (PQsendQueryParams(p->conn, sql, params.count, NULL, params.value, params.length,
			      params.format, BINARY) != 1 ||
	    PQsetSingleRowMode(p->conn) != 1)
		return pg_fail(p, NULL, e, "read");
	return take_rows(p, row, user, e);
}

/* ---- rows in --------------------------------------------------------------------------------- */

struct bulk_load {
	struct pg *pg;
	const struct bulk_table *table;
	size_t length, room;
	char *piece; /* that was not handed over yet */
};

static void free_load(struct bulk_load *load)
{
	free(load->piece);
	free(load);
}

static bool add(struct bulk_load *load, const void *bytes, size_t size, struct err *e)
{
	if (load->length + size > load->room) {
		const size_t room = (load->length + size) * 2;
		char *piece = realloc(load->piece, room);
		if (!piece)
			return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
		load->piece = piece;
		load->room = room;
	}
	if (size > 0)
		memcpy(load->piece + load->length, bytes, size);
	load->length += size;
	return true;
}

static bool add_16(struct bulk_load *load, int16_t number, struct err *e)
{
	const uint16_t n = htobe16((uint16_t)number);
	return add(load, &n, sizeof(n), e);
}

static bool add_32(struct bulk_load *load, int32_t number, struct err *e)
{
	const uint32_t n = htobe32((uint32_t)number);
	return add(load, &n, sizeof(n), e);
}

static bool add_64(struct bulk_load *load, int64_t number, struct err *e)
{
	const uint64_t n = htobe64((uint64_t)number);
	return add(load, &n, sizeof(n), e);
}

static bool hand_over(struct bulk_load *load, struct err *e)
{
	if (PQputCopyData(load->pg->conn, load->piece, (int)load->length) != 1)
		return pg_fail(load->pg, NULL, e, "copy");
	load->length = 0;
	return true;
}

/* Without a value: COPY is given up. */
static bool end_copy(struct pg *p, const char *why, struct err *e)
{
	bool ok = PQputCopyEnd(p->conn, why) == 1 || pg_fail(p, NULL, e, "copy");
	PGresult *result = NULL;
	while ((result = PQgetResult(p->conn)) != NULL) {
		ok = ok &&
		     (PQresultStatus(result) == PGRES_COMMAND_OK || pg_fail(p, result, e, "copy"));
		PQclear(result);
	}
	return ok;
}

static void load_drop(struct bulk_load *load)
{
	struct err why = { 0 };
	if (!end_copy(load->pg, "given up", &why))
		err_clear(&why); /* as it was meant */
	free_load(load);
}

/* "COPY t (a, b) FROM STDIN (FORMAT binary)" */
static bool begin_copy(struct pg *p, const struct bulk_table *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf sql = buf_on(a);
	if (!pg_plain(p, e))
		return false;
	buf_add(&sql, "COPY ");
	bulk_name(&sql, t->name);
	for (size_t i = 0; i < t->columns; i++) {
		buf_add(&sql, i > 0 ? ", " : " (");
		bulk_name(&sql, t->column[i].name);
	}
	buf_add(&sql, ") FROM STDIN (FORMAT binary)");
	if (!pg_plain(p, e))
		return false;
	p->wrote = p->wrote || p->in_tx;
	if (!PQsendQuery(p->conn, sql.text))
		return pg_fail(p, NULL, e, "copy");
	PGresult *result = next_result(p);
	const bool ok = PQresultStatus(result) == PGRES_COPY_IN || pg_fail(p, result, e, "copy");
	PQclear(result);
	/* of a failure there is an end to be taken */
	while (!ok && (result = next_result(p)) != NULL)
		PQclear(result);
	return ok;
}

static bool load_begin(struct db *db, const struct bulk_table *t, struct bulk_load **ret,
		       struct err *e)
{
	static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* no flags, no extension */
	struct bulk_load *load = calloc(1, sizeof(*load));
	if (!load)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*load = (struct bulk_load){ .pg = (struct pg *)db, .table = t };
	if (!begin_copy(load->pg, t, e)) {
		free_load(load);
		return false;
	}
	if (!add(load, head, sizeof(head), e)) {
		load_drop(load);
		return false;
	}
	*ret = load;
	return true;
}

static bool refuse(const struct bulk_load *load, size_t column, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, "error.storage", "table %.60s, column %.60s: %s",
		       load->table->name, load->table->column[column].name, why);
}

/* What SQLite takes and PostgreSQL does not. */
static bool add_value(struct bulk_load *load, size_t at, const struct db_value *v, struct err *e)
{
	const struct bulk_column *column = &load->table->column[at];
	if (v->type == DB_NULL)
		return add_32(load, -1, e);
	if (v->type != column->type)
		return refuse(load, at, "a value of another type", e);
	if (v->type == DB_INT && column->narrow && (int32_t)v->number != v->number)
		return refuse(load, at, "a number of more than 32 bits", e);
	if (v->type == DB_INT)
		return column->narrow
			       ? add_32(load, sizeof(int32_t), e) &&
					 add_32(load, (int32_t)v->number, e)
			       : add_32(load, sizeof(int64_t), e) && add_64(load, v->number, e);
	if (v->size > INT32_MAX / 2)
		return refuse(load, at, "more than PostgreSQL takes", e);
	if (v->type == DB_TEXT && v->size > 0 && memchr(v->bytes, '\0', v->size))
		return refuse(load, at, "a text with a zero byte", e);
	return add_32(load, (int32_t)v->size, e) && add(load, v->bytes, v->size, e);
}

static bool load_row(struct bulk_load *load, const struct db_column *row, struct err *e)
{
	if (!add_16(load, (int16_t)load->table->columns, e))
		return false;
	for (size_t i = 0; i < load->table->columns; i++) {
		if (!add_value(load, i, &row[i].value, e))
			return false;
	}
	return load->length < PIECE || hand_over(load, e);
}

static bool load_end(struct bulk_load *load, struct err *e)
{
	if (!add_16(load, -1, e) || !hand_over(load, e)) {
		load_drop(load);
		return false;
	}
	const bool ok = end_copy(load->pg, NULL, e);
	free_load(load);
	return ok;
}

/* Of an empty table the first is the next. */
static bool number(struct db *db, const struct bulk_table *t, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	for (size_t i = 0; i < t->columns; i++) {
		struct buf sql = buf_on(a);
		struct buf name = buf_on(a);
		if (!t->column[i].numbered)
			continue;
		bulk_name(&name, t->column[i].name);
		buf_add(&sql, "SELECT setval(pg_get_serial_sequence($1, $2), COALESCE(MAX(");
		buf_add(&sql, name.text);
		buf_add(&sql, "), 1), MAX(");
		buf_add(&sql, name.text);
		buf_add(&sql, ") IS NOT NULL) FROM ");
		bulk_name(&sql, t->name);
		struct buf table = buf_on(a);
		bulk_name(&table, t->name);
		if (!query(db, sql.text, DB_ARGS(db_text(table.text), db_text(t->column[i].name)),
			   NULL, NULL, e))
			return false;
	}
	return true;
}

const struct db_bulk pg_bulk = {
	.columns =
		"SELECT CAST(c.relname AS TEXT) AS table_name, CAST(a.attname AS TEXT) AS name,"
		" CASE t.typname WHEN 'int8' THEN 'int' WHEN 'int4' THEN 'small' WHEN 'text' THEN"
		" 'text' WHEN 'bytea' THEN 'blob' ELSE '' END AS type,"
		" COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0) AS key,"
		" CASE WHEN a.attidentity = '' THEN 0 ELSE 1 END AS numbered"
		" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
		" AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid"
		" LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
		" WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)"
		" ORDER BY c.relname COLLATE \"C\", a.attname COLLATE \"C\"",
	.references =
		"SELECT CAST(c.relname AS TEXT) AS table_name,"
		" CAST(r.conname AS TEXT) AS constraint_name, CAST(o.relname AS TEXT) AS "
		"other_name,"
		" CAST(f.attname AS TEXT) AS from_name, CAST(t.attname AS TEXT) AS to_name"
		" FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid"
		" JOIN pg_class o ON o.oid = r.confrelid"
		" CROSS JOIN LATERAL unnest(r.conkey, r.confkey) WITH ORDINALITY k (f, t, n)"
		" JOIN pg_attribute f ON f.attrelid = c.oid AND f.attnum = k.f"
		" JOIN pg_attribute t ON t.attrelid = o.oid AND t.attnum = k.t"
		" WHERE r.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace)"
		" ORDER BY c.relname COLLATE \"C\", r.conname COLLATE \"C\", k.n",
	.by_bytes = " COLLATE \"C\"",
	.query = query,
	.load_begin = load_begin,
	.load_row = load_row,
	.load_end = load_end,
	.load_drop = load_drop,
	.number = number,
};
