/* pg_state.c - db/state.h for PostgreSQL. */
#include "db/pg.h"
#include "db/row.h"

/* Of standbys that this account may not see all columns but the name are NULL, so `state` tells
 * whether it may.  A quorum's candidates count as synchronous: a commit waits for enough of them,
 * and so for the one furthest ahead at least. */
static json_t *read_standbys(struct db *db, struct arena *a, struct err *e)
{
	return db_row(
		db, a, e,
		"SELECT COUNT(*) AS standbys, COUNT(state) AS seen,"
		" COUNT(CASE WHEN sync_state IN ('sync', 'quorum') THEN 1 END) AS synchronous,"
		" CAST(MIN(CASE WHEN sync_state IN ('sync', 'quorum') THEN"
		"  pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn) END) AS BIGINT) AS sync_bytes,"
		" CAST(MAX(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)) AS BIGINT) AS bytes,"
		" CAST(EXTRACT(EPOCH FROM MIN(CASE WHEN sync_state IN ('sync', 'quorum') THEN"
		"  COALESCE(flush_lag, INTERVAL '0') END)) * 1000 AS BIGINT) AS sync_ms,"
		" CAST(EXTRACT(EPOCH FROM MAX(flush_lag)) * 1000 AS BIGINT) AS ms"
		"  FROM pg_stat_replication");
}

static void fill_standbys(struct db_state *s, const json_t *row)
{
	const bool some = row_number(row, "standbys") > 0;
	const bool waits = row_number(row, "synchronous") > 0;
	if (some && row_number(row, "seen") == 0)
		return;
	s->standbys = row_number(row, "standbys");
	s->synchronous = row_number(row, "synchronous");
	if (!some)
		return;
	s->behind_bytes = row_number(row, waits ? "sync_bytes" : "bytes");
	s->behind_ms = row_number(row, waits ? "sync_ms" : "ms");
}

bool pg_state(struct db *db, struct db_state *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct db_state s = { .server = true,
			      .standbys = DB_UNKNOWN,
			      .synchronous = DB_UNKNOWN,
			      .behind_bytes = DB_UNKNOWN,
			      .behind_ms = DB_UNKNOWN };
	const json_t *row =
		db_row(db, a, e,
		       "SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END AS writable,"
		       " CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms,"
		       " (SELECT CAST(numbackends AS BIGINT) FROM pg_stat_database"
		       "   WHERE datname = current_database()) AS connections");
	if (!row)
		return false;
	s.writable = row_number(row, "writable") == 1;
	s.now_ms = row_number(row, "now_ms");
	s.connections = row_number(row, "connections");
	if (s.writable) {
		row = read_standbys(db, a, e);
		if (!row)
			return false;
		fill_standbys(&s, row);
	}
	*ret = s;
	return true;
}
