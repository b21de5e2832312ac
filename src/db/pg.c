/* pg.c - PostgreSQL by libpq (db/pg.h).
 *
 * Statements are prepared once and kept: SQL is a literal, so its address is the key.  Parameters
 * go as text, but for bytes; columns come in binary. */
#include "db/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 5000, NUMBER_SIZE = 24, NAME_SIZE = 16, BINARY = 1 };

/* ---- failures ------------------------------------------------------------------------------- */

/* By SQLSTATE (PostgreSQL, appendix A). */
static enum err_kind kind_of(const char *state)
{
	static const struct {
		const char *begin;
		enum err_kind kind;
	} row[] = {
		{ "23", ERR_CONFLICT }, /* a key, a reference, NOT NULL       */
		{ "40001", ERR_BUSY },  /* serialization failure              */
		{ "40P01", ERR_BUSY },  /* deadlock                           */
		{ "55P03", ERR_BUSY },  /* lock_timeout                       */
		{ "57P", ERR_BUSY },    /* the server goes down, or comes up  */
		{ "08", ERR_BUSY },     /* the connection                     */
		{ "53300", ERR_BUSY },  /* too many connections               */
		{ "25006", ERR_BUSY },  /* it is a standby now                */
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strncmp(state, row[i].begin, strlen(row[i].begin)) == 0)
			return row[i].kind;
	}
	return ERR_DB;
}

bool pg_fail(struct pg *p, const PGresult *result, struct err *e, const char *what)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	if (PQstatus(p->conn) != CONNECTION_OK || !state)
		return err_set(e, ERR_BUSY, "error.busy", "%s: the database is away", what);
	/* Class 22 quotes what could not be read. */
	if (!text || strncmp(state, "22", 2) == 0)
		text = "";
	const enum err_kind kind = kind_of(state);
	const char *key = kind == ERR_CONFLICT ? "error.conflict"
			  : kind == ERR_BUSY   ? "error.busy"
					       : "error.storage";
	return err_set(e, kind, key, "%s: postgresql %s: %s", what, state, text);
}

/* ---- statements ----------------------------------------------------------------------------- */

/* Open addressing by the literal's address; PG_SLOTS if there is no room, which is a programming
 * mistake, as the program has a fixed number of literals. */
static size_t find_slot(const struct pg *p, const char *sql)
{
	const size_t at = ((uintptr_t)sql >> 3) % PG_SLOTS;
	for (size_t i = 0; i < PG_SLOTS; i++) {
		const size_t slot = (at + i) % PG_SLOTS;
		if (!p->prepared[slot] || p->prepared[slot] == sql)
			return slot;
	}
	return PG_SLOTS;
}

static bool prepare(struct pg *p, const char *sql, char ret_name[NAME_SIZE], struct err *e)
{
	const size_t slot = find_slot(p, sql);
	if (slot == PG_SLOTS)
		return err_set(e, ERR_DB, "error.storage", "too many statements");
	(void)snprintf(ret_name, NAME_SIZE, "s%zu", slot);
	if (p->prepared[slot] == sql)
		return true;
	PGresult *result = PQprepare(p->conn, ret_name, sql, 0, NULL);
	const bool ok =
		PQresultStatus(result) == PGRES_COMMAND_OK || pg_fail(p, result, e, "prepare");
	PQclear(result);
	if (ok)
		p->prepared[slot] = sql;
	return ok;
}

struct params {
	int count;
	const char *value[PG_PARAMS_MOST];
	int length[PG_PARAMS_MOST], format[PG_PARAMS_MOST];
	char number[PG_PARAMS_MOST][NUMBER_SIZE];
};

static bool fill_params(const struct db_value *args, struct params *ret, struct err *e)
{
	int n = 0;
	for (; args[n].type != DB_END; n++) {
		if (n == PG_PARAMS_MOST)
			return err_set(e, ERR_DB, "error.storage", "too many parameters");
		const struct db_value *v = &args[n];
		ret->format[n] = v->type == DB_BLOB;
		ret->length[n] = (int)v->size;
		switch (v->type) {
		case DB_INT:
			(void)snprintf(ret->number[n], NUMBER_SIZE, "%lld", (long long)v->number);
			ret->value[n] = ret->number[n];
			break;
		case DB_TEXT: ret->value[n] = v->bytes; break;
		case DB_BLOB: ret->value[n] = v->size ? v->bytes : ""; break;
		default: ret->value[n] = NULL; break;
		}
	}
	ret->count = n;
	return true;
}

static bool hand_rows(const PGresult *result, db_row_fn *row, void *user, struct err *e)
{
	struct db_column column[PG_COLUMNS_MOST];
	const int columns = PQnfields(result);
	if (columns > PG_COLUMNS_MOST)
		return err_set(e, ERR_DB, "error.storage", "too many columns");
	for (int r = 0; r < PQntuples(result); r++) {
		for (int i = 0; i < columns; i++) {
			column[i].name = PQfname(result, i);
			if (!pg_value(result, r, i, &column[i].value, e))
				return false;
		}
		if (!row(user, column, (size_t)columns, e))
			return false;
	}
	return true;
}

static bool pg_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		   void *user, int64_t *ret_changed, struct err *e)
{
	struct pg *p = (struct pg *)db;
	struct params params;
	char name[NAME_SIZE];
	if (!fill_params(args, &params, e) || !prepare(p, sql, name, e))
		return false;
	PGresult *result = PQexecPrepared(p->conn, name, params.count, params.value, params.length,
					  params.format, BINARY);
	const ExecStatusType status = PQresultStatus(result);
	bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
		  pg_fail(p, result, e, "run");
	ok = ok && (!row || hand_rows(result, row, user, e));
	if (ok && ret_changed)
		*ret_changed = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return ok;
}

bool pg_script(struct db *db, const char *sql, struct err *e)
{
	struct pg *p = (struct pg *)db;
	PGresult *result = PQexec(p->conn, sql);
	const ExecStatusType status = PQresultStatus(result);
	const bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
			status == PGRES_EMPTY_QUERY || pg_fail(p, result, e, "script");
	PQclear(result);
	return ok;
}

/* ---- life ----------------------------------------------------------------------------------- */

static bool pg_wait_most(struct db *db, int ms, struct err *e)
{
	char sql[64];
	(void)snprintf(sql, sizeof(sql), "SET lock_timeout = %d", ms);
	return pg_script(db, sql, e);
}

/* Nothing lies in free pages of ours alone: autovacuum and the log of the server are the
 * installation's (docs/ha.md). */
static bool pg_scrub(struct db *db, struct err *e)
{
	return pg_script(db, "VACUUM", e);
}

static void pg_close(struct db *db)
{
	struct pg *p = (struct pg *)db;
	PQfinish(p->conn);
	free(p);
}

static const struct db_driver driver = {
	.run = pg_run,
	.script = pg_script,
	.wait_most = pg_wait_most,
	.scrub = pg_scrub,
	.size = pg_size,
	.copy = pg_copy,
	.check = pg_check,
	.row_counts = pg_row_counts,
	.disarm = pg_disarm,
	.state = pg_state,
	.mark = "SELECT set_config('application_name', $1, true)",
	.close = pg_close,
	.begin = "BEGIN",
	.lock = "SELECT pg_advisory_xact_lock(118)",
	.snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.word_id = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
	.word_big = "BIGINT",
	.word_blob = "BYTEA",
	.word_strict = "",
	/* A trigger's WHEN has no sub-queries, so the condition is in a function of the table. */
	.append_only =
		"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql "
		"AS"
		" $$ BEGIN IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN"
		"  IF ({unless}) THEN RETURN OLD; END IF; END IF;"
		"  RAISE EXCEPTION '{table} is append-only'; END $$;"
		"DROP TRIGGER IF EXISTS {table}_no_change ON {table};"
		"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table};"
		"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
		" EXECUTE FUNCTION {table}_append_only();"
		"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
		" EXECUTE FUNCTION {table}_append_only();",
};

/* Notices are for people at a terminal. */
static void ignore_notice(void *user, const PGresult *result)
{
	(void)user;
	(void)result;
}

bool db_pg_open(const char *where, bool read_only, struct db **ret, struct err *e)
{
	struct pg *p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, ERR_SYSTEM, "error.storage", "out of memory");
	p->db.driver = &driver;
	p->conn = PQconnectdb(where);
	/* The text of the failure quotes host, user and database: not even that goes into a log. */
	bool ok = PQstatus(p->conn) == CONNECTION_OK ||
		  err_set(e, ERR_BUSY, "error.busy", "the database is away");
	if (ok) {
		(void)PQsetNoticeReceiver(p->conn, ignore_notice, NULL);
		ok = pg_script(&p->db,
			       "SET client_encoding = 'UTF8'; SET timezone = 'UTC';"
			       "SET standard_conforming_strings = on",
			       e) &&
		     pg_wait_most(&p->db, WAIT_MS, e) &&
		     (!read_only || pg_script(&p->db, "SET default_transaction_read_only = on", e));
	}
	if (!ok) {
		pg_close(&p->db);
		return false;
	}
	*ret = &p->db;
	return true;
}
