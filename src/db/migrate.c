/* migrate.c - brings a database to the schema of this program. */
#include "base/buf.h"
#include "db/driver.h"
#include "db/migrations.h"

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

/* Puts the engine's words for @id, @big, @blob, @strict and @append_only into a text. */
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
		size_t taken = *sql == '@' ? fill_append_only(&out, d, sql) : 0;
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
	return db_migrate_as_far_as(db, db_migration_count, e);
}

bool db_migrate_as_far_as(struct db *db, int64_t number, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	int64_t done = 0;
	if (!make_table(db, e) ||
	    !db_number(db, e, &done, "SELECT COALESCE(MAX(number), 0) FROM schema_done"))
		return false;
	if (done > db_migration_count || number > db_migration_count)
		return err_set(e, ERR_DB, "error.database.newer",
			       "the database is of a newer version of the program");
	for (int i = (int)done; i < number; i++) {
		if (!apply(db, a, &db_migrations[i], e))
			return false;
	}
	return true;
}
