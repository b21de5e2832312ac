/* ready.h - what every harness of one program begins with, made once.
 *
 * The law and the pages are read-only (view/view.h), so all harnesses look at the same; the schema
 * is copied page by page from a database that was migrated once.  Reading and migrating anew took
 * nine tenths of the time of a test of use cases.  Lives as long as the program. */
#pragma once
#include "rules/bank_file.h"
#include "rules/law_book.h"
#include "view/view.h"

#include "db/db.h"

struct ready {
	struct law_book *book;
	struct view *view;
};

/* Fails the test when something is broken. */
struct ready ready_now(void);

/* The files of sample/bank. */
enum { READY_BANK_FILES = 10 };
const struct bank_file *ready_bank(void);

/* A database with today's schema that is nobody else's, as test_db_open() makes them. */
struct db *ready_db(void);
/* Gives `db` today's schema: at once where it is empty, by its migrations where it is not. */
bool ready_migrate(struct db *db, struct err *e) MUST_USE;
