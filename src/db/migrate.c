/* migrate.c - brings a database to the schema of this program. */
#include "base/buf.h"
#include "db/driver.h"
#include "db/migrations.h"

#include <ctype.h>
#include <string.h>

/* Adds `text` with {table} and {unless} filled in. */
static void add_filled(struct buf *out, const char *text, const char *table, const char *unless)
{
	static const char table_mark[] = "{table}";
	static const char unless_mark[] = "{unless}";
	while (*text) {
		if (strncmp(text, table_mark, strlen(table_mark)) == 0) {
			buf_add(out, table);
			text += strlen(table_mark);
		} else if (strncmp(text, unless_mark, strlen(unless_mark)) == 0) {
			buf_add(out, unless);
			text += strlen(unless_mark);
		} else {
			buf_add_char(out, *text++);
		}
	}
}

/* "@append_only TABLE;" or "@append_only TABLE UNLESS CONDITION;"; how much of the text that is. */
static size_t fill_append_only(struct buf *out, const struct db_driver *d, const char *sql)
{
	static const char word[] = "@append_only ";
	static const char unless[] = "UNLESS";
	if (strncmp(sql, word, strlen(word)) != 0)
		return 0;
	const char *table = sql + strlen(word);
	const char *end = strchr(table, ';');
	if (!end)
		return 0;
	const size_t size = strcspn(table, " ;");
	const char *condition = table + size + (table[size] == ' ');
	const bool some = strncmp(condition, unless, strlen(unless)) == 0;
	condition += some ? strlen(unless) : 0;
	add_filled(out, d->append_only, arena_copy_n(out->arena, table, size),
		   some ? arena_copy_n(out->arena, condition, (size_t)(end - condition)) : "1 = 0");
	return (size_t)(end - sql) + 1;
}

/* The type of a column, TEXT, not of a CAST; how much of the text that is. */
static size_t fill_text(struct buf *out, const struct db_driver *d, const char *sql,
			const char *begin)
{
	static const char word[] = " TEXT";
	static const char cast[] = " AS";
	const size_t size = strlen(word);
	if (strncmp(sql, word, size) != 0 || isalnum((unsigned char)sql[size]) || sql[size] == '_')
		return 0;
	if (sql - begin >= (ptrdiff_t)strlen(cast) &&
	    strncmp(sql - strlen(cast), cast, strlen(cast)) == 0)
		return 0;
	buf_add_char(out, ' ');
	buf_add(out, d->word_text);
	return size;
}

/* Puts the engine's words for @id, @big, @blob, @strict, @append_only and columns of TEXT into a
 * text. */
static const char *fill_words(struct arena *a, const struct db_driver *d, const char *sql)
{
	const char *begin = sql;
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
		size_t taken = *sql == '@'   ? fill_append_only(&out, d, sql)
			       : *sql == ' ' ? fill_text(&out, d, sql, begin)
					     : 0;
		for (size_t i = 0; *sql == '@' && taken == 0 && i < COUNT(row); i++) {
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

/* Whether a migration up to this one has made the column. */
static bool may_tell(const struct db_migration *m)
{
	static const char maker[] = "_nodes";
	for (const struct db_migration *at = db_migrations; at <= m; at++) {
		if (strstr(at->name, maker))
			return true;
	}
	return false;
}

static bool note_done(struct db *db, const struct db_migration *m, struct err *e)
{
	if (!may_tell(m))
		return db_exec(db, e, NULL,
			       "INSERT INTO schema_done (number, name) VALUES ($1, $2)",
			       db_int(m->number), db_text(m->name));
	return db_exec(
		db, e, NULL, "INSERT INTO schema_done (number, name, bears) VALUES ($1, $2, $3)",
		db_int(m->number), db_text(m->name), m->bears ? db_int(m->bears) : db_null());
}

/* ---- older and newer ------------------------------------------------------------------------- */

static bool newest(struct db *db, int64_t *ret, struct err *e)
{
	return db_number(db, e, ret, "SELECT COALESCE(MAX(number), 0) FROM schema_done");
}

bool db_is_too_new(struct db *db, bool *ret, struct err *e)
{
	int64_t done = 0;
	*ret = false;
	if (!newest(db, &done, e))
		return false;
	return done <= db_migration_count || db_exists(db, e, ret,
						       "SELECT 1 FROM schema_done WHERE number > $1"
						       " AND (bears IS NULL OR bears > $1)",
						       db_int(db_migration_count));
}

static bool require_not_too_new(struct db *db, struct err *e)
{
	bool too_new = false;
	if (!db_is_too_new(db, &too_new, e))
		return false;
	return !too_new || err_set(e, ERR_DB, "error.database.newer",
				   "the database is of a newer version of the program");
}

bool db_is_migrated(struct db *db, struct err *e)
{
	int64_t done = 0;
	if (!newest(db, &done, e))
		return false;
	if (done < db_migration_count)
		return err_set(e, ERR_DB, "error.database.older",
			       "the database is of an older version: konkurs migrate");
	return require_not_too_new(db, e);
}

/* Looks and applies the next one, if it is to go on, with nobody else doing so meanwhile: several
 * nodes may begin at once. */
static bool step(struct db *db, struct arena *a, int64_t most, bool *ret_more, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t done = 0;
	if (!db_begin(db, &tx, e) || !make_table(db, e) || !newest(db, &done, e) ||
	    !require_not_too_new(db, e))
		return false;
	if (most > db_migration_count)
		return err_set(e, ERR_DB, "error.database.newer",
			       "the database is of a newer version of the program");
	*ret_more = done < most;
	const struct db_migration *m = *ret_more ? &db_migrations[done] : NULL;
	return (!m || (db->driver->script(db, fill_words(a, db->driver, m->sql), e) &&
		       note_done(db, m, e))) &&
	       db_commit(&tx, e);
}

/* What most programs find, without waiting for who writes; false also if there is no table yet. */
static bool is_current(struct db *db)
{
	int64_t done = 0;
	return db_number(db, NULL, &done, "SELECT MAX(number) FROM schema_done") &&
	       done == db_migration_count;
}

bool db_migrate(struct db *db, struct err *e)
{
	return is_current(db) || db_migrate_as_far_as(db, db_migration_count, e);
}

bool db_migrate_as_far_as(struct db *db, int64_t number, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	bool more = true;
	while (more) {
		if (!step(db, a, number, &more, e))
			return false;
	}
	return true;
}
