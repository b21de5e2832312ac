#include "faulty.h"

/* ROLLBACK must always work, or the test would test itself. */
static bool is_rollback(const char *sql)
{
	return strncmp(sql, "ROLLBACK", 8) == 0 || strncmp(sql, "RELEASE", 7) == 0;
}

/* Whether this call may go through. */
static bool pass(struct faulty *f, struct err *e)
{
	if (f->countdown == 0) {
		f->failed = true;
		return err_set(e, ERR_DB, "error.storage", "made to fail");
	}
	if (f->countdown > 0)
		f->countdown--;
	return true;
}

static bool faulty_run(struct db *db, const char *sql, const struct db_value *args, db_row_fn *row,
		       void *user, int64_t *ret_changed, struct err *e)
{
	struct faulty *f = (struct faulty *)db;
	if (!(f->failed && is_rollback(sql)) && !pass(f, e))
		return false;
	const bool ok = f->real->driver->run(f->real, sql, args, row, user, ret_changed, e);
	f->db.spoiled = f->db.spoiled || f->real->spoiled;
	return ok;
}

static bool faulty_begin(struct db *db, enum db_kind kind, struct err *e)
{
	struct faulty *f = (struct faulty *)db;
	f->real->flat = kind == DB_FLAT;
	f->real->spoiled = false;
	return pass(f, e) && f->real->driver->begin(f->real, kind, e);
}

static bool faulty_commit(struct db *db, struct err *e)
{
	struct faulty *f = (struct faulty *)db;
	return pass(f, e) && f->real->driver->commit(f->real, e);
}

static void faulty_rollback(struct db *db)
{
	struct faulty *f = (struct faulty *)db;
	f->real->driver->rollback(f->real);
}

static bool faulty_script(struct db *db, const char *sql, struct err *e)
{
	struct faulty *f = (struct faulty *)db;
	return f->real->driver->script(f->real, sql, e);
}

static bool faulty_scrub(struct db *db, struct err *e)
{
	struct faulty *f = (struct faulty *)db;
	return f->real->driver->scrub(f->real, e);
}

static void faulty_close(struct db *db)
{
	(void)db;
}

static const struct db_driver driver = {
	.begin = faulty_begin,
	.commit = faulty_commit,
	.rollback = faulty_rollback,
	.run = faulty_run,
	.script = faulty_script,
	.scrub = faulty_scrub,
	.close = faulty_close,
};

void faulty_init(struct faulty *f, struct db *real, int countdown)
{
	*f = (struct faulty){ .db = *real, .real = real, .countdown = countdown };
	f->db.driver = &driver; /* the rest, so that transactions nest in what is open already */
}
