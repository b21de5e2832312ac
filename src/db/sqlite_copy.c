/* sqlite_copy.c - copies of a database file, and what somebody does who has one.
 *
 * Names of tables and triggers come from the file itself here, so these few statements are made at
 * run time; SQLite quotes the names (%w). */
#include "db/row.h"
#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void finish(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement);
}

static void free_text(char **text)
{
	sqlite3_free(*text);
}

static void close_handle(sqlite3 **handle)
{
	(void)sqlite3_close(*handle);
}

static bool prepare(struct sqlite *s, const char *sql, sqlite3_stmt **ret, struct err *e)
{
	return sqlite3_prepare_v2(s->handle, sql, -1, ret, NULL) == SQLITE_OK ||
	       sqlite_fail(s, e, "prepare");
}

/* The number in the first column of the only row. */
static bool number_of(struct sqlite *s, const char *sql, int64_t *ret, struct err *e)
{
	CLEANUP(finish) sqlite3_stmt *statement = NULL;
	if (!prepare(s, sql, &statement, e))
		return false;
	if (sqlite3_step(statement) != SQLITE_ROW)
		return sqlite_fail(s, e, "step");
	*ret = sqlite3_column_int64(statement, 0);
	return true;
}

bool sqlite_size(struct db *db, int64_t *ret, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	int64_t pages = 0;
	int64_t size = 0;
	if (!number_of(s, "PRAGMA page_count", &pages, e) ||
	    !number_of(s, "PRAGMA page_size", &size, e))
		return false;
	*ret = pages * size;
	return true;
}

/* The log can be given up only by the last one who has the database open, whose locks are those of
 * the file from then on. */
bool sqlite_alone(struct db *db, struct err *e)
{
	return sqlite_script(db,
			     "PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE;"
			     "BEGIN EXCLUSIVE; COMMIT;",
			     e);
}

/* ---- copy ------------------------------------------------------------------------------------ */

/* What SQLite says about the copy, not about the database that is copied. */
static bool copy_failed(sqlite3 *to, struct err *e)
{
	const int code = sqlite3_extended_errcode(to);
	return err_set(e, ERR_SYSTEM, "error.storage", "copy: sqlite %d: %s", code,
		       sqlite3_errmsg(to));
}

/* All pages in one step, which reads as of one moment: a database that is written to all the time
 * would begin again and again between two steps.  Who writes does not wait for it (WAL). */
static bool copy_pages(sqlite3 *from, sqlite3 *to, struct err *e)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return copy_failed(to, e);
	const int code = sqlite3_backup_step(backup, -1);
	const int end = sqlite3_backup_finish(backup);
	return (code == SQLITE_DONE && end == SQLITE_OK) ||
	       err_set(e, ERR_SYSTEM, "error.storage", "copy: sqlite %d",
		       end == SQLITE_OK ? code : end);
}

/* Nobody's but the owner's, and never over another file. */
static bool make_file(const char *path, struct err *e)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (file < 0)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM, "error.conflict",
			       "%.180s: %s", path, strerror(errno));
	return close(file) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", path, strerror(errno));
}

bool sqlite_copy(struct db *db, const char *to, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	CLEANUP(close_handle) sqlite3 *copy = NULL;
	if (!make_file(to, e))
		return false;
	if (sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return copy_failed(copy, e);
	/* The log of the database in use is no part of it: the copy is one file. */
	if (!copy_pages(s->handle, copy, e))
		return false;
	return sqlite3_exec(copy, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;", NULL,
			    NULL, NULL) == SQLITE_OK ||
	       copy_failed(copy, e);
}

/* ---- look ------------------------------------------------------------------------------------ */

bool sqlite_check(struct db *db, struct arena *a, const char **ret_why, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	CLEANUP(finish) sqlite3_stmt *pages = NULL;
	CLEANUP(finish) sqlite3_stmt *references = NULL;
	if (!prepare(s, "PRAGMA integrity_check(1)", &pages, e) ||
	    !prepare(s, "PRAGMA foreign_key_check", &references, e))
		return false;
	if (sqlite3_step(pages) != SQLITE_ROW)
		return sqlite_fail(s, e, "integrity_check");
	const char *said = (const char *)sqlite3_column_text(pages, 0);
	if (!said || strcmp(said, "ok") != 0) {
		*ret_why = arena_copy(a, said ? said : "no answer");
		return true;
	}
	const int code = sqlite3_step(references);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sqlite_fail(s, e, "foreign_key_check");
	*ret_why = code == SQLITE_DONE ? "" : "a reference leads nowhere";
	return true;
}

static bool count_table(struct sqlite *s, const char *table, json_t *counts, struct err *e)
{
	CLEANUP(free_text) char *sql = sqlite3_mprintf("SELECT COUNT(*) FROM \"%w\"", table);
	int64_t rows = 0;
	if (!sql || !number_of(s, sql, &rows, e))
		return false;
	return json_object_set_new(counts, table, json_integer((json_int_t)rows)) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

json_t *sqlite_row_counts(struct db *db, struct arena *a, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	CLEANUP(finish) sqlite3_stmt *names = NULL;
	json_t *counts = json_object();
	json_in_arena(a, counts);
	if (!prepare(s,
		     "SELECT name FROM sqlite_master WHERE type = 'table'"
		     " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
		     &names, e))
		return NULL;
	int code = SQLITE_ROW;
	while ((code = sqlite3_step(names)) == SQLITE_ROW) {
		if (!count_table(s, (const char *)sqlite3_column_text(names, 0), counts, e))
			return NULL;
	}
	if (code != SQLITE_DONE && !sqlite_fail(s, e, "tables"))
		return NULL;
	return counts;
}

/* ---- the drill ------------------------------------------------------------------------------- */

/* The next one, or "" when all are gone. */
static bool next_trigger(struct sqlite *s, struct arena *a, const char **ret, struct err *e)
{
	CLEANUP(finish) sqlite3_stmt *names = NULL;
	if (!prepare(s, "SELECT name FROM sqlite_master WHERE type = 'trigger'", &names, e))
		return false;
	const int code = sqlite3_step(names);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sqlite_fail(s, e, "triggers");
	*ret = code == SQLITE_DONE ? ""
				   : arena_copy(a, (const char *)sqlite3_column_text(names, 0));
	return true;
}

static bool drop_triggers(struct sqlite *s, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *name = "";
	while (next_trigger(s, a, &name, e)) {
		CLEANUP(free_text) char *sql = sqlite3_mprintf("DROP TRIGGER \"%w\"", name);
		if (!*name)
			return true;
		if (!sql || !sqlite_script(&s->db, sql, e))
			return false;
	}
	return false;
}

bool sqlite_disarm(struct db *db, struct err *e)
{
	struct sqlite *s = (struct sqlite *)db;
	/* pragmas do nothing within a transaction; nobody needs the copy after a power cut */
	return sqlite_script(db,
			     "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;"
			     " BEGIN IMMEDIATE;",
			     e) &&
	       drop_triggers(s, e) && sqlite_script(db, "COMMIT;", e);
}
