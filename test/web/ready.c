#include "ready.h"

#include "db/sqlite.h"
#include "test_db.h"
#include "web/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct ready ready;
static struct arena *texts; /* holds the law and the bank */
static struct db *migrated; /* without a row but those of the migrations */

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

static struct arena *for_texts(void)
{
	if (!texts)
		texts = arena_new();
	return texts;
}

struct ready ready_now(void)
{
	struct err e = { 0 };
	if (!ready.view) {
		must(site_built_in_law(for_texts(), &ready.book, &e), &e);
		must(view_open(&share_built_in, &ready.view, &e) &&
			     view_add_locale(ready.view, LOCALE_FILES "/en-XA.json", &e),
		     &e);
	}
	return ready;
}

const struct bank_file *ready_bank(void)
{
	static struct bank_file bank[READY_BANK_FILES];
	static size_t done;
	struct err e = { 0 };
	size_t count = 0;
	const struct share_item *files = share_below(&share_built_in, "sample/bank/", &count);
	assert_int_equal(count, READY_BANK_FILES);
	for (; done < count; done++) {
		must(bank_file_read(for_texts(), files[done].path, (const char *)files[done].bytes,
				    &bank[done], &e),
		     &e);
	}
	return bank;
}

static bool copy_schema(struct db *db, struct err *e)
{
	sqlite3 *to = ((struct sqlite *)db)->handle;
	sqlite3_backup *backup =
		sqlite3_backup_init(to, "main", ((struct sqlite *)migrated)->handle, "main");
	const int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
	const int end = sqlite3_backup_finish(backup);
	return (code == SQLITE_DONE && end == SQLITE_OK) ||
	       err_set(e, ERR_DB, "error.storage", "copy of the schema: sqlite %d", code);
}

bool ready_migrate(struct db *db, struct err *e)
{
	int64_t tables = 0;
	if (test_db_is_server())
		return db_migrate(db, e); /* its template has been */
	if (!db_number(db, e, &tables, "SELECT COUNT(*) FROM sqlite_master"))
		return false;
	if (tables > 0)
		return db_migrate(db, e);
	if (!migrated)
		must(db_open(":memory:", &migrated, e) && db_migrate(migrated, e), e);
	return copy_schema(db, e);
}

struct db *ready_db(void)
{
	struct err e = { 0 };
	if (test_db_is_server())
		return test_db_open();
	struct db *db = test_db_open_empty();
	must(ready_migrate(db, &e), &e);
	return db;
}
