#include "db/state.h"

#include "db/driver.h"
#include "db/migrations.h"

bool db_state(struct db *db, struct db_state *ret, struct err *e)
{
	if (db->driver->state)
		return db->driver->state(db, ret, e);
	*ret = (struct db_state){ .writable = true,
				  .standbys = DB_UNKNOWN,
				  .synchronous = DB_UNKNOWN,
				  .behind_bytes = DB_UNKNOWN,
				  .behind_ms = DB_UNKNOWN,
				  .connections = DB_UNKNOWN };
	return true;
}

bool db_mark(struct db *db, const char *text, struct err *e)
{
	const char *sql = db->driver->mark;
	/* not counted as something written: it changes no row */
	return !sql || db->driver->run(db, sql, DB_ARGS(db_text(text)), NULL, NULL, NULL, e);
}

bool db_schema(struct db *db, int64_t *ret_there, int64_t *ret_ours, struct err *e)
{
	if (!db_number(db, e, ret_there, "SELECT COALESCE(MAX(number), 0) FROM schema_done"))
		return false;
	*ret_ours = db_migration_count;
	return true;
}
