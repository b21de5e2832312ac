/* pg_turn.c - transactions on PostgreSQL, and whether the newest one took place when the server
 * went away meanwhile (db/pg.h).
 *
 * Every transaction that has written leaves its mark in the same go as COMMIT: the row of this
 * connection's random name in commit_mark gets the number of the transaction.  Whoever does not
 * hear what became of COMMIT looks at the row, after taking the lock that the transaction held: it
 * lets go of it only when it has ended. */
#include "base/clock.h"
#include "db/pg.h"

#include <sys/random.h>
#include <unistd.h>

enum { PAUSE_MS = 50, ID_SIZE = 16 };

static const char lock_sql[] = "SELECT pg_advisory_xact_lock(118)";

#define NOW_MS "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"

static void end(struct pg *p)
{
	p->in_tx = p->flat = p->wrote = p->refused = p->committing = false;
	pg_rows_drop(p);
	pg_ahead_over(&p->db);
}

/* ---- begin ---------------------------------------------------------------------------------- */

/* That of a flat one is sent with its first statement; what is wrong with it spoils the turn. */
static bool begin_once(struct pg *p, enum db_kind kind, struct err *e)
{
	if (!p->conn && !pg_connect(p, true, e))
		return false;
	p->in_tx = true;
	p->flat = kind == DB_FLAT;
	p->wrote = p->refused = false;
	bool ok = false;
	if (kind == DB_SNAPSHOT)
		ok = pg_send(p, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", DB_ARGS(), e);
	else
		ok = pg_send(p, "BEGIN", DB_ARGS(), e) && pg_send(p, lock_sql, DB_ARGS(), e);
	if (ok && (p->flat || pg_finish(p, NULL, NULL, NULL, e))) {
		p->doubt = false;
		return true;
	}
	pg_rollback(&p->db);
	return false;
}

/* A connection that died while nothing was asked of it is noticed here: nothing has been done yet,
 * so that trying again with a new one is harmless. */
bool pg_begin(struct db *db, enum db_kind kind, struct err *e)
{
	struct pg *p = (struct pg *)db;
	struct err why = { 0 };
	const bool had = p->conn != NULL;
	if (begin_once(p, kind, &why) ||
	    (had && !p->conn && (err_clear(&why), begin_once(p, kind, &why))))
		return true;
	if (e)
		*e = why;
	return false;
}

void pg_rollback(struct db *db)
{
	struct pg *p = (struct pg *)db;
	if (p->conn && p->in_tx && pg_recover(p))
		(void)(pg_send(p, "ROLLBACK", DB_ARGS(), NULL) &&
		       pg_finish(p, NULL, NULL, NULL, NULL));
	end(p);
}

/* ---- commit --------------------------------------------------------------------------------- */

static void make_owner(struct pg *p)
{
	unsigned char id[ID_SIZE];
	if (getentropy(id, sizeof(id)) != 0)
		abort(); /* the kernel has no other answer to so few bytes */
	for (size_t i = 0; i < sizeof(id); i++)
		(void)snprintf(p->owner + 2 * i, 3, "%02x", id[i]);
}

static bool note_there(void *user, const struct db_column *column, size_t count, struct err *e)
{
	(void)count;
	(void)e;
	*(bool *)user = column[0].value.number != 0;
	return true;
}

/* Migrations before 0037 commit without a mark.  Marks of connections that are long gone are taken
 * away by the first commit of a new one. */
static bool find_marks(struct pg *p, struct err *e)
{
	if (p->has_marks)
		return true;
	if (!pg_run(&p->db, "SELECT to_regclass('commit_mark') IS NOT NULL", DB_ARGS(), note_there,
		    &p->has_marks, NULL, e))
		return false;
	make_owner(p);
	return !p->has_marks ||
	       pg_send(p, "DELETE FROM commit_mark WHERE made_ms < " NOW_MS " - 604800000",
		       DB_ARGS(), e);
}

static bool send_mark(struct pg *p, struct err *e)
{
	if (!find_marks(p, e))
		return false;
	p->mark++;
	return !p->has_marks ||
	       pg_send(p,
		       "INSERT INTO commit_mark (owner, mark, made_ms) VALUES ($1, $2, " NOW_MS
		       ") ON CONFLICT (owner) DO UPDATE SET mark = EXCLUDED.mark,"
		       " made_ms = EXCLUDED.made_ms",
		       DB_ARGS(db_text(p->owner), db_int(p->mark)), e);
}

/* Asks what became of it for as long as the caller is willing to wait; false if it did not take
 * place, or if that is still not known. */
static bool settle_soon(struct pg *p, struct err *e)
{
	const int64_t until = clock_monotonic_ms() + p->wait_ms;
	bool committed = false;
	while (!pg_settle(&p->db, &committed, NULL)) {
		if (clock_monotonic_ms() + PAUSE_MS >= until)
			return pg_away(e, "commit");
		(void)usleep(PAUSE_MS * 1000);
	}
	return committed || pg_away(e, "commit");
}

/* What the server refused did not take place, nor what it was not asked for; a warning means that
 * it did, but perhaps here alone. */
bool pg_commit(struct db *db, struct err *e)
{
	struct pg *p = (struct pg *)db;
	if (!p->conn)
		return pg_away(e, "commit");
	if (!pg_rows_send(p, e) || (p->wrote && !send_mark(p, e)))
		return false;
	const bool wrote = p->wrote;
	struct err why = { 0 };
	p->warned = false;
	p->committing = true;
	const bool ok =
		pg_send(p, "COMMIT", DB_ARGS(), &why) && pg_finish(p, NULL, NULL, NULL, &why);
	p->committing = false;
	if (ok && !(wrote && p->warned)) {
		end(p);
		return true;
	}
	if (!wrote || p->refused) {
		if (e)
			*e = why;
		return false;
	}
	end(p);
	p->doubt = true;
	return settle_soon(p, e);
}

/* ---- doubt ---------------------------------------------------------------------------------- */

bool pg_is_lost(const struct db *db)
{
	return !((const struct pg *)db)->conn;
}

bool pg_in_doubt(const struct db *db)
{
	return ((const struct pg *)db)->doubt;
}

static bool take_mark(void *user, const struct db_column *column, size_t count, struct err *e)
{
	(void)count;
	(void)e;
	*(int64_t *)user = column[0].value.number;
	return true;
}

/* Looks by writing: the commit of that waits for the standby, which then has the other one too. */
static bool look(struct pg *p, int64_t *ret_mark, struct err *e)
{
	p->warned = false;
	return pg_send(p, "BEGIN", DB_ARGS(), e) && pg_send(p, lock_sql, DB_ARGS(), e) &&
	       pg_send(p,
		       "INSERT INTO commit_mark (owner, mark, made_ms) VALUES ($1, 0, " NOW_MS
		       ") ON CONFLICT (owner) DO UPDATE SET made_ms = EXCLUDED.made_ms"
		       " RETURNING mark",
		       DB_ARGS(db_text(p->owner)), e) &&
	       pg_finish(p, take_mark, ret_mark, NULL, e) && pg_send(p, "COMMIT", DB_ARGS(), e) &&
	       pg_finish(p, NULL, NULL, NULL, e) && (!p->warned || pg_away(e, "settle"));
}

bool pg_settle(struct db *db, bool *ret_committed, struct err *e)
{
	struct pg *p = (struct pg *)db;
	int64_t mark = 0;
	if (!p->doubt) {
		*ret_committed = true;
		return true;
	}
	if (p->in_tx)
		return err_set(e, ERR_DB, "error.storage", "settling within a transaction");
	if (!p->conn && !pg_connect(p, false, e))
		return false;
	p->in_tx = true;
	const bool known = look(p, &mark, e);
	if (known)
		p->in_tx = false;
	else
		pg_rollback(db);
	if (!known)
		return false;
	p->doubt = false;
	*ret_committed = mark == p->mark;
	return true;
}
