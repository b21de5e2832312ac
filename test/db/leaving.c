#include "leaving.h"

static bool gone(struct err *e)
{
	return err_set(e, ERR_BUSY, "error.busy", "the database is away");
}

/* Outside of a transaction a lost connection is made anew. */
static bool reach(struct leaving *l, struct err *e)
{
	if (!l->lost)
		return true;
	if (l->away > 0) {
		l->away--;
		return gone(e);
	}
	l->lost = false;
	return true;
}

/* True: this is the call at which it goes away. */
static bool leaves(struct leaving *l)
{
	if (l->countdown != 0) {
		l->countdown -= l->countdown > 0;
		return false;
	}
	l->countdown = -1;
	l->lost = l->left = true;
	return true;
}

static bool leaving_begin(struct db *db, enum db_kind kind, struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	l->doubt = false;
	if (!reach(l, e))
		return false;
	return leaves(l) ? gone(e) : l->real->driver->begin(l->real, kind, e);
}

static bool leaving_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
			void *user, int64_t *ret_changed, struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	const bool inside = db->depth > 0;
	if (inside && l->lost)
		return gone(e);
	if (!inside && !reach(l, e))
		return false;
	if (!leaves(l))
		return l->real->driver->run(l->real, sql, args, row, user, ret_changed, e);
	if (inside)
		l->real->driver->rollback(l->real);
	return gone(e);
}

/* Within a transaction: whether it is still there after this call. */
static bool stays(struct leaving *l, struct err *e)
{
	if (l->lost)
		return gone(e);
	if (!leaves(l))
		return true;
	l->real->driver->rollback(l->real);
	return gone(e);
}

static bool leaving_add(struct db *db, const char *sql, const struct db_value *args, struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	return stays(l, e) && l->real->driver->add(l->real, sql, args, e);
}

static bool leaving_ahead(struct db *db, const char *sql, const struct db_value *args,
			  struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	return stays(l, e) && l->real->driver->ahead(l->real, sql, args, e);
}

static void leaving_ahead_over(struct db *db)
{
	struct leaving *l = (struct leaving *)db;
	l->real->driver->ahead_over(l->real);
}

static bool leaving_commit(struct db *db, struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	if (l->lost)
		return gone(e);
	if (!leaves(l))
		return l->real->driver->commit(l->real, e);
	l->doubt = true;
	l->committed = l->stores && l->real->driver->commit(l->real, e);
	if (!l->committed)
		l->real->driver->rollback(l->real);
	return gone(e);
}

static void leaving_rollback(struct db *db)
{
	struct leaving *l = (struct leaving *)db;
	if (!l->lost)
		l->real->driver->rollback(l->real);
}

static bool leaving_is_lost(const struct db *db)
{
	return ((const struct leaving *)db)->lost;
}

static bool leaving_in_doubt(const struct db *db)
{
	return ((const struct leaving *)db)->doubt;
}

static bool leaving_settle(struct db *db, bool *ret_committed, struct err *e)
{
	struct leaving *l = (struct leaving *)db;
	if (!reach(l, e))
		return false;
	*ret_committed = l->committed;
	l->doubt = false;
	return true;
}

void leaving_init(struct leaving *l, struct db *real, int countdown, bool stores, int away)
{
	*l = (struct leaving){ .db = *real,
			       .own = *real->driver,
			       .real = real,
			       .countdown = countdown,
			       .stores = stores,
			       .away = away };
	l->own.begin = leaving_begin;
	l->own.run = leaving_run;
	l->own.add = real->driver->add ? leaving_add : NULL;
	l->own.ahead = real->driver->ahead ? leaving_ahead : NULL;
	l->own.ahead_over = real->driver->ahead_over ? leaving_ahead_over : NULL;
	l->own.commit = leaving_commit;
	l->own.rollback = leaving_rollback;
	l->own.is_lost = leaving_is_lost;
	l->own.in_doubt = leaving_in_doubt;
	l->own.settle = leaving_settle;
	l->db.driver = &l->own;
}
