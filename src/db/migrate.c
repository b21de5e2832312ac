/* migrate.c - brings a database to the schema of this program. */
#include "base/buf.h"
#include "db/driver.h"
#include "db/migrations.h"

#include <string.h>

/* Puts the engine's words for @id, @big, @blob and @strict into a text. */
static const char *fill_words(struct arena *a, const struct db_driver *d, const char *sql)
{
	const struct {
		const char *word, *stands_for;
	} row[] = {
		{ "@id", d->word_id },
		{ "@big", d->word_big },
		{ "@blob", d->word_blob },
		{ "@strict", d->word_strict },
	};
	struct buf out = buf_on(a);
	while (*sql) {
		size_t taken = 0;
		for (size_t i = 0; *sql == '@' && i < COUNT(row); i++) {
			if (strncmp(sql, row[i].word, strlen(row[i].word)) == 0) {
				buf_add(&out, row[i].stands_for);
				taken = strlen(row[i].word);
			}
		}
		if (taken == 0)
			buf_add_char(&out, *sql);
		sql += taken ? taken : 1;
	}
	return out.text;
}

static bool make_table(struct db *db, struct err *e)
{
	return db_exec(db, e, NULL,
		       "CREATE TABLE IF NOT EXISTS schema_done ("
		       " number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)");
}

static bool apply(struct db *db, struct arena *a, const struct db_migration *m, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(db, &tx, e) &&
	       db->driver->script(db, fill_words(a, db->driver, m->sql), e) &&
	       db_exec(db, e, NULL, "INSERT INTO schema_done (number, name) VALUES ($1, $2)",
		       db_int(m->number), db_text(m->name)) &&
	       db_commit(&tx, e);
}

bool db_migrate(struct db *db, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	int64_t done = 0;
	if (!make_table(db, e) ||
	    !db_number(db, e, &done, "SELECT COALESCE(MAX(number), 0) FROM schema_done"))
		return false;
	if (done > db_migration_count)
		return err_set(e, ERR_DB, "error.database.newer",
			       "the database is of a newer version of the program");
	for (int i = (int)done; i < db_migration_count; i++) {
		if (!apply(db, a, &db_migrations[i], e))
			return false;
	}
	return true;
}
