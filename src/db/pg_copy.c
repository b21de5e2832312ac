/* pg_copy.c - db/copy.h for PostgreSQL. */
#include "db/pg.h"
#include "db/row.h"

bool pg_size(struct db *db, int64_t *ret, struct err *e)
{
	return db_number(db, e, ret, "SELECT pg_database_size(current_database())");
}

bool pg_copy(struct db *db, const char *to, struct err *e)
{
	(void)db;
	(void)to;
	return err_set(e, ERR_DB, "error.storage", "no copy");
}

bool pg_check(struct db *db, struct arena *a, const char **ret_why, struct err *e)
{
	(void)db;
	(void)a;
	(void)ret_why;
	return err_set(e, ERR_DB, "error.storage", "no check");
}

json_t *pg_row_counts(struct db *db, struct arena *a, struct err *e)
{
	(void)db;
	(void)a;
	(void)err_set(e, ERR_DB, "error.storage", "no counts");
	return NULL;
}

bool pg_disarm(struct db *db, struct err *e)
{
	(void)db;
	return err_set(e, ERR_DB, "error.storage", "no disarming");
}
