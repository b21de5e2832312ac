#include "app/evidence/move.h"

#include "journal/state.h"

#include <sodium.h>
#include <string.h>

enum { NAME_BYTES = 16 };

/* What a connection has left on one server, the schema of each, and the move itself. */
const char *const move_leaves[] = { "commit_mark", "schema_done", "move", NULL };

static bool is(const struct move *m, const char *way, const char *state)
{
	return strcmp(m->way, way) == 0 && strcmp(m->state, state) == 0;
}

bool move_read(struct db *db, struct arena *a, struct move *ret, struct err *e)
{
	const json_t *rows =
		db_rows(db, a, e,
			"SELECT name, way, state, begun_ms, COALESCE(done_ms, 0) AS done_ms"
			" FROM move WHERE id = 1");
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	*ret = (struct move){ row_text(row, "name"), row_text(row, "way"), row_text(row, "state"),
			      row_number(row, "begun_ms"), row_number(row, "done_ms") };
	return true;
}

bool move_allows(struct db *db, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct move m = { 0 };
	bool can_move = false;
	/* one of an older schema is refused by nobody before it is migrated */
	if (!db_exists(db, e, &can_move,
		       "SELECT 1 FROM schema_done WHERE name LIKE '%!_move' ESCAPE '!'"))
		return false;
	if (!can_move)
		return true;
	if (!move_read(db, a, &m, e))
		return false;
	if (is(&m, "out", "under_way"))
		return err_set(e, ERR_CONFLICT, "move.error.under_way",
			       "this database is being moved to another one: end that with konkurs"
			       " migrate-to, or give it up with --give-up");
	if (is(&m, "out", "done"))
		return err_set(e, ERR_CONFLICT, "move.error.gone",
			       "this database was moved to another one, which is in use: two must"
			       " not be served");
	if (is(&m, "in", "under_way"))
		return err_set(e, ERR_CONFLICT, "move.error.half",
			       "not all rows have been copied into this database: run konkurs"
			       " migrate-to again");
	return true;
}

/* ---- the steps ------------------------------------------------------------------------------- */

static bool store(const struct act *act, const char *name, const char *way, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO move (id, name, way, state, begun_ms) VALUES"
		       " (1, $1, $2, 'under_way', $3) ON CONFLICT (id) DO UPDATE SET"
		       " name = excluded.name, way = excluded.way, state = excluded.state,"
		       " begun_ms = excluded.begun_ms, done_ms = NULL",
		       db_text(name), db_text(way), db_int(act->now_ms));
}

static bool end(const struct act *act, const char *state, struct err *e)
{
	return db_exec(act->db, e, NULL, "UPDATE move SET state = $1, done_ms = $2 WHERE id = 1",
		       db_text(state), db_int(act->now_ms));
}

bool move_leave(const struct act *act, const char **ret_name, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	unsigned char bytes[NAME_BYTES];
	struct move m = { 0 };
	if (!db_begin(act->db, &tx, e) || !move_read(act->db, act->arena, &m, e))
		return false;
	if (is(&m, "in", "under_way"))
		return move_allows(act->db, e);
	if (is(&m, "out", "under_way") || is(&m, "out", "done")) {
		*ret_name = m.name;
		return true;
	}
	randombytes_buf(bytes, sizeof(bytes));
	*ret_name = act_hex(act->arena, bytes, sizeof(bytes));
	return store(act, *ret_name, "out", e) && db_commit(&tx, e);
}

bool move_arrive(const struct act *act, const char *name, const struct transfer *t, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && transfer_clear(t, e) && store(act, name, "in", e) &&
	       db_commit(&tx, e);
}

bool move_left(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && end(act, "done", e) && db_commit(&tx, e);
}

bool move_settle(const struct act *act, int64_t rows, const struct journal_state *came,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct move m = { 0 };
	return db_begin(act->db, &tx, e) && move_read(act->db, act->arena, &m, e) &&
	       end(act, "done", e) &&
	       act_journal(act, "installation.moved", 0, "",
			   json_pack("{s:s,s:I,s:I,s:s}", "move", m.name, "rows", (json_int_t)rows,
				     "entries", (json_int_t)came->size, "root",
				     act_hex(act->arena, came->root, JOURNAL_HASH_SIZE)),
			   e) &&
	       db_commit(&tx, e);
}

bool move_give_up(const struct act *act, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct move m = { 0 };
	if (!db_begin(act->db, &tx, e) || !move_read(act->db, act->arena, &m, e))
		return false;
	if (!is(&m, "out", "under_way") && !is(&m, "out", "done"))
		return err_set(e, ERR_CONFLICT, "move.error.none", "this database does not move");
	return end(act, "given_up", e) &&
	       act_journal(
		       act, "installation.move_given_up", 0, "",
		       json_pack("{s:s,s:s,s:s}", "move", m.name, "was", m.state, "reason", reason),
		       e) &&
	       db_commit(&tx, e);
}
