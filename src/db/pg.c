/* pg.c - statements on PostgreSQL by libpq (db/pg.h).
 *
 * Statements are prepared once and kept: SQL is a literal, so its address is the key.  Parameters
 * go as text, but for bytes; columns come in binary, row by row. */
#include "db/pg.h"

enum { WAIT_MS = 5000, NUMBER_SIZE = 24, NAME_SIZE = 16, BINARY = 1 };

static bool keep_rest(struct pg *p, struct err *e);

/* ---- sending -------------------------------------------------------------------------------- */

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

struct params {
	int count;
	const char *value[PG_PARAMS_MOST];
	int length[PG_PARAMS_MOST], format[PG_PARAMS_MOST];
	char number[PG_PARAMS_MOST][NUMBER_SIZE];
	Oid type[PG_PARAMS_MOST]; /* 0: what the statement makes of it */
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
		/* Compared with a literal, a number would be taken for one of 32 bits. */
		ret->type[n] = v->type == DB_INT ? TYPE_INT8 : 0;
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

static void note_sent(struct pg *p, int kind, size_t slot)
{
	p->sent[p->sent_count].kind = kind;
	p->sent[p->sent_count++].slot = slot;
}

/* A statement that libpq does not take: the connection is broken, and it may have sent it. */
static bool broken(struct pg *p, struct err *e)
{
	return pg_fail(p, NULL, e, "send");
}

static bool send_prepare(struct pg *p, const char *sql, const struct params *params, size_t slot,
			 const char *name, struct err *e)
{
	if (p->prepared[slot] == sql)
		return true;
	if (!PQsendPrepare(p->conn, name, sql, params->count, params->type))
		return broken(p, e);
	p->prepared[slot] = sql;
	note_sent(p, PG_PREPARE, slot);
	return true;
}

/* Sending does not wait there: a server that wants to be read from first does not read itself. */
static bool enter_pipeline(struct pg *p, struct err *e)
{
	return PQpipelineStatus(p->conn) != PQ_PIPELINE_OFF ||
	       (PQsetnonblocking(p->conn, 1) == 0 && PQenterPipelineMode(p->conn)) || broken(p, e);
}

bool pg_send(struct pg *p, const char *sql, const struct db_value *args, struct err *e)
{
	struct params params;
	char name[NAME_SIZE];
	if (!keep_rest(p, e))
		return false;
	if (!p->conn)
		return pg_away(e, "send");
	if (!pg_rows_before(p, sql, e))
		return false;
	/* Three more at most: what is to be prepared, the statement, a sync. */
	if (p->sent_count + 3 > PG_SENT_MOST && !pg_finish(p, NULL, NULL, NULL, e))
		return false;
	const size_t slot = find_slot(p, sql);
	if (slot == PG_SLOTS)
		return err_set(e, ERR_DB, "error.storage", "too many statements");
	(void)snprintf(name, sizeof(name), "s%zu", slot);
	if (!fill_params(args, &params, e) || !enter_pipeline(p, e) ||
	    !send_prepare(p, sql, &params, slot, name, e))
		return false;
	if (!PQsendQueryPrepared(p->conn, name, params.count, params.value, params.length,
				 params.format, BINARY))
		return broken(p, e);
	note_sent(p, PG_STATEMENT, slot);
	return true;
}

/* ---- taking results ------------------------------------------------------------------------- */

/* The next result, or NULL, which ends those of a statement; also NULL if the connection is lost,
 * which `p->conn` tells. */
static PGresult *next_result(struct pg *p)
{
	return p->conn && pg_wait(p) ? PQgetResult(p->conn) : NULL;
}

static bool is_fine(const PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_SINGLE_TUPLE;
}

/* A server that goes away says so in place of an answer, even of COMMIT's, which may have taken
 * place: that is no refusal. */
static bool goes_away(const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

/* Records a failure; of a statement that was skipped for one before it nothing is known. */
static bool refuse(struct pg *p, const PGresult *result, struct err *e)
{
	if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED)
		return err_set(e, ERR_DB, "error.storage", "skipped");
	const bool ok = pg_fail(p, result, e, "run");
	p->refused = p->refused || (p->in_tx && p->conn && !goes_away(result));
	p->db.spoiled = p->db.spoiled || p->flat;
	return ok;
}

/* Takes what belongs to one thing that was sent and gives no rows. */
static bool take_one(struct pg *p, struct pg_sent sent, int64_t *ret_changed, struct err *e)
{
	bool ok = true;
	PGresult *result = NULL;
	while ((result = next_result(p))) {
		const ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return true; /* no NULL follows */
		}
		if (sent.kind == PG_AHEAD && is_fine(result)) {
			pg_ahead_keep(p, sent.slot, result);
			continue;
		}
		if (!is_fine(result))
			ok = refuse(p, result, e);
		else if (ret_changed)
			*ret_changed = strtoll(PQcmdTuples(result), NULL, 10);
		/* COMMIT of what was spoiled says that it is a rollback. */
		if (ok && sent.kind == PG_STATEMENT && p->committing &&
		    strcmp(PQcmdStatus(result), "ROLLBACK") == 0) {
			p->refused = true;
			ok = err_set(e, ERR_DB, "error.storage", "rolled back");
		}
		PQclear(result);
	}
	if (!ok && sent.kind == PG_PREPARE)
		p->prepared[sent.slot] = NULL;
	return p->conn ? ok : pg_away(e, "run");
}

/* Takes what was sent from the `from`-th on; the first failure counts. */
static bool take_from(struct pg *p, size_t from, int64_t *ret_changed, struct err *e)
{
	bool ok = true;
	for (size_t i = from; p->conn && i < p->sent_count; i++)
		ok = take_one(p, p->sent[i], ret_changed, ok ? e : NULL) && ok;
	p->sent_count = 0;
	return p->conn ? ok : ok && pg_away(e, "run");
}

/* ---- rows ----------------------------------------------------------------------------------- */

static bool hand_row(const PGresult *result, int at, db_row_fn *row, void *user, struct err *e)
{
	struct db_column column[PG_COLUMNS_MOST];
	const int columns = PQnfields(result);
	if (columns > PG_COLUMNS_MOST)
		return err_set(e, ERR_DB, "error.storage", "too many columns");
	for (int i = 0; i < columns; i++) {
		column[i].name = PQfname(result, i);
		if (!pg_value(result, at, i, &column[i].value, e))
			return false;
	}
	return row(user, column, (size_t)columns, e);
}

/* The end of the rows, and the sync behind it. */
static void end_rows(struct pg *p, struct pg_stream *s)
{
	p->stream = NULL;
	s->ended = true;
	if (!p->conn)
		s->ok = pg_away(s->ok ? &s->why : NULL, "rows");
	else
		s->ok = take_from(p, p->sent_count - 1, NULL, s->ok ? &s->why : NULL) && s->ok;
}

/* The next row of the stream, or NULL when it has ended. */
static PGresult *next_row(struct pg *p, struct pg_stream *s)
{
	PGresult *result = NULL;
	while ((result = next_result(p))) {
		if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
			return result;
		if (!is_fine(result))
			s->ok = refuse(p, result, s->ok ? &s->why : NULL);
		else
			s->changed = strtoll(PQcmdTuples(result), NULL, 10);
		PQclear(result);
	}
	if (!s->ended) /* losing the connection has ended it */
		end_rows(p, s);
	return NULL;
}

static bool keep_row(struct pg_stream *s, const PGresult *row)
{
	if (!s->rest)
		s->rest = PQcopyResult(row, PG_COPYRES_ATTRS);
	const int at = s->rest ? PQntuples(s->rest) : 0;
	for (int i = 0; s->rest && i < PQnfields(row); i++) {
		const int size = PQgetisnull(row, 0, i) ? -1 : PQgetlength(row, 0, i);
		if (!PQsetvalue(s->rest, at, i, PQgetvalue(row, 0, i), size))
			return false;
	}
	return s->rest != NULL;
}

/* Makes room on the connection for a statement within a row function. */
static bool keep_rest(struct pg *p, struct err *e)
{
	struct pg_stream *s = p->stream;
	PGresult *result = NULL;
	bool ok = true;
	while (s && !s->ended && (result = next_row(p, s))) {
		ok = ok && keep_row(s, result);
		PQclear(result);
	}
	return ok || err_set(e, ERR_SYSTEM, "error.storage", "out of memory");
}

/* Hands over the rows of the statement whose turn it is; reads them all in any case. */
static bool take_rows(struct pg *p, db_row_fn *row, void *user, int64_t *ret_changed, struct err *e)
{
	struct pg_stream s = { .ok = true };
	PGresult *result = NULL;
	bool ok = true;
	if (!PQsetSingleRowMode(p->conn))
		return broken(p, e);
	p->stream = &s;
	while (!s.ended && (result = next_row(p, &s))) {
		ok = ok && hand_row(result, 0, row, user, e);
		PQclear(result);
	}
	for (int i = 0; ok && i < PQntuples(s.rest); i++)
		ok = hand_row(s.rest, i, row, user, e);
	PQclear(s.rest);
	if (ok && !s.ok && e)
		*e = s.why;
	if (ok && s.ok && ret_changed)
		*ret_changed = s.changed;
	return ok && s.ok;
}

bool pg_finish(struct pg *p, db_row_fn *row, void *user, int64_t *ret_changed, struct err *e)
{
	if (!p->conn)
		return pg_away(e, "run");
	if (!PQpipelineSync(p->conn))
		return broken(p, e);
	note_sent(p, PG_SYNC, 0);
	if (!row)
		return take_from(p, 0, ret_changed, e);
	/* Before the newest statement, whose rows they are, and the sync. */
	const size_t before = p->sent_count - 2;
	bool ok = true;
	for (size_t i = 0; p->conn && i < before; i++)
		ok = take_one(p, p->sent[i], NULL, ok ? e : NULL) && ok;
	if (!p->conn)
		return ok && pg_away(e, "run");
	return ok ? take_rows(p, row, user, ret_changed, e)
		  : (take_from(p, before, NULL, NULL), false);
}

bool pg_recover(struct pg *p)
{
	const bool fine = p->sent_count == 0 || pg_finish(p, NULL, NULL, NULL, NULL);
	return fine || p->conn;
}

/* ---- run ------------------------------------------------------------------------------------ */

static bool begins_with(const char *sql, const char *word)
{
	return strncmp(sql, word, strlen(word)) == 0;
}

/* Whether nobody waits for it: within a flat transaction, what has no result; and savepoints, with
 * which nothing can be wrong. */
static bool is_deferred(const struct pg *p, const char *sql)
{
	return p->in_tx &&
	       (p->flat || begins_with(sql, "SAVEPOINT") || begins_with(sql, "RELEASE"));
}

/* The rows of a query that was sent ahead. */
static bool run_ahead(struct pg *p, size_t at, db_row_fn *row, void *user, struct err *e)
{
	PGresult *result = pg_ahead_take(p, at, e);
	bool ok = result != NULL;
	for (int i = 0; ok && i < PQntuples(result); i++)
		ok = hand_row(result, i, row, user, e);
	PQclear(result);
	return ok;
}

static bool run_once(struct pg *p, const char *sql, const struct db_value *args, db_row_fn *row,
		     void *user, int64_t *ret_changed, struct err *e)
{
	if (!p->conn && (p->in_tx ? !pg_away(e, "run") : !pg_connect(p, true, e)))
		return false;
	if (p->flat && p->db.spoiled)
		return err_set(e, ERR_BUSY, "error.busy", "the transaction is spoiled");
	size_t at = 0;
	if (row && p->flat && pg_ahead_find(p, sql, args, &at))
		return run_ahead(p, at, row, user, e);
	if (!pg_send(p, sql, args, e))
		return false;
	if (!row && !ret_changed && is_deferred(p, sql))
		return true;
	return pg_finish(p, row, user, ret_changed, e);
}

struct counted {
	db_row_fn *row;
	void *user;
	bool any;
};

static bool count_row(void *user, const struct db_column *column, size_t count, struct err *e)
{
	struct counted *c = user;
	c->any = true;
	return c->row(c->user, column, count, e);
}

/* A query outside of a transaction that finds the connection dead is harmless to repeat, if it has
 * not given a row yet. */
bool pg_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row, void *user,
	    int64_t *ret_changed, struct err *e)
{
	struct pg *p = (struct pg *)db;
	if (p->in_tx) {
		p->wrote = p->wrote || !begins_with(sql, "SELECT");
		return run_once(p, sql, args, row, user, ret_changed, e);
	}
	if (!p->conn || !begins_with(sql, "SELECT") || !row)
		return run_once(p, sql, args, row, user, ret_changed, e);
	struct counted c = { row, user, false };
	struct err why = { 0 };
	if (run_once(p, sql, args, count_row, &c, ret_changed, &why) ||
	    (!p->conn && !c.any && run_once(p, sql, args, row, user, ret_changed, e)))
		return true;
	if (e && e->kind == ERR_NONE)
		*e = why;
	return false;
}

bool pg_plain(struct pg *p, struct err *e)
{
	if (!keep_rest(p, e))
		return false;
	if (!p->conn && (p->in_tx ? !pg_away(e, "script") : !pg_connect(p, true, e)))
		return false;
	if (!pg_rows_send(p, e))
		return false;
	if (p->sent_count > 0 && !pg_finish(p, NULL, NULL, NULL, e))
		return false;
	return (PQexitPipelineMode(p->conn) && PQsetnonblocking(p->conn, 0) == 0) || broken(p, e);
}

bool pg_script(struct db *db, const char *sql, struct err *e)
{
	struct pg *p = (struct pg *)db;
	if (!pg_plain(p, e))
		return false;
	p->wrote = p->wrote || p->in_tx;
	if (!PQsendQuery(p->conn, sql))
		return broken(p, e);
	PGresult *result = NULL;
	bool ok = true;
	while ((result = next_result(p))) {
		if (!is_fine(result) && PQresultStatus(result) != PGRES_EMPTY_QUERY)
			ok = refuse(p, result, ok ? e : NULL);
		PQclear(result);
	}
	return p->conn ? ok : ok && pg_away(e, "script");
}

/* ---- life ----------------------------------------------------------------------------------- */

static bool set_number(struct pg *p, const char *name, int number, struct err *e)
{
	char sql[80];
	(void)snprintf(sql, sizeof(sql), "SET %s = %d", name, number);
	return !p->conn || pg_script(&p->db, sql, e);
}

int pg_lock_ms(const struct pg *p)
{
	enum { LEAST_MS = 2000 };
	return p->wait_ms > LEAST_MS ? p->wait_ms : LEAST_MS;
}

static bool pg_wait_most(struct db *db, int ms, struct err *e)
{
	struct pg *p = (struct pg *)db;
	p->wait_ms = ms;
	return set_number(p, "lock_timeout", pg_lock_ms(p), e);
}

static bool pg_answer_most(struct db *db, int ms, struct err *e)
{
	struct pg *p = (struct pg *)db;
	p->answer_ms = ms;
	return set_number(p, "statement_timeout", ms, e) &&
	       set_number(p, "idle_in_transaction_session_timeout", ms, e);
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
	pg_ahead_close(p);
	pg_rows_close(p);
	free(p->where);
	free(p);
}

static const struct db_driver driver = {
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.run = pg_run,
	.add = pg_add,
	.ahead = pg_ahead,
	.ahead_over = pg_ahead_over,
	.script = pg_script,
	.wait_most = pg_wait_most,
	.answer_most = pg_answer_most,
	.is_lost = pg_is_lost,
	.in_doubt = pg_in_doubt,
	.settle = pg_settle,
	.notify = pg_notify,
	.listen = pg_listen,
	.listen_fd = pg_listen_fd,
	.hear = pg_hear,
	.scrub = pg_scrub,
	.size = pg_size,
	.copy = pg_copy,
	.check = pg_check,
	.row_counts = pg_row_counts,
	.disarm = pg_disarm,
	.state = pg_state,
	.mark = "SELECT set_config('application_name', $1, true)",
	.close = pg_close,
	.bulk = &pg_bulk,
	/* Which transactions have ended, and which that have begun before have not. */
	.version = "SELECT hashtextextended(CAST(pg_current_snapshot() AS TEXT), 0)",
	.numbers = "SELECT setval(s.name, nextval(s.name) + $2 - 1) - $2 + 1 FROM"
		   " (SELECT CAST(pg_get_serial_sequence($1, 'id') AS regclass) AS name) s",
	.word_id = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
	.word_big = "BIGINT",
	.word_blob = "BYTEA",
	.word_strict = "",
	.word_text = "TEXT COLLATE \"C\"",
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

bool db_pg_open(const char *where, bool read_only, struct db **ret, struct err *e)
{
	struct pg *p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, ERR_SYSTEM, "error.storage", "out of memory");
	p->db.driver = &driver;
	p->where = strdup(where);
	p->read_only = read_only;
	p->wait_ms = WAIT_MS;
	/* The first time each host gets its turn. */
	struct err why = { 0 };
	bool ok = pg_connect(p, false, &why);
	for (size_t i = 1; !ok && i < p->hosts; i++) {
		err_clear(&why);
		p->failed_ms = 0;
		ok = pg_connect(p, false, &why);
	}
	if (ok) {
		*ret = &p->db;
		return true;
	}
	if (e)
		*e = why;
	pg_close(&p->db);
	return false;
}
