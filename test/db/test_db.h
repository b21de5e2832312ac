/* test_db.h - a database for a test, on the engine that is asked for.
 *
 * Without KONKURS_TEST_DB it is SQLite.  With it, the URL of a database on a PostgreSQL server
 * where others may be made (script/postgres), it is one of its own there: a copy of a template that
 * was migrated once for the server and this schema, so that a test begins in hundredths of a
 * second. Programs may run side by side.  Failures fail the test. */
#pragma once
#include "db/db.h"

/* Whether it is PostgreSQL. */
bool test_db_is_server(void);

/* For a test that looks at SQLite's own files or ways: whether it has to be passed over, as there
 * is nothing of that on a server.  `why` is printed. */
bool test_db_not_here(const char *why);

/* Nobody else looks into it: in memory, or on the server.  Migrated, without a row but those of the
 * migrations. */
struct db *test_db_open(void);
/* The same without any table. */
struct db *test_db_open_empty(void);
/* Closes it and lets it go; one that this file has not opened is closed only. */
void test_db_close(struct db *db);
void test_db_cleanup(struct db **db); /* for CLEANUP() */

/* What db_open() takes, for a database that several connections or processes open: a file of its
 * own in /tmp that is still empty, or the URL of one that is migrated. */
enum { TEST_DB_WHERE = 256 };
void test_db_place(char ret_where[TEST_DB_WHERE]);
/* The same without any table on either engine. */
void test_db_place_empty(char ret_where[TEST_DB_WHERE]);
/* A copy of another one, to which nobody is connected, with its key. */
void test_db_place_like(const char *where, char ret_where[TEST_DB_WHERE]);
/* The file of its service key: "<file>.key", or one in /tmp. */
void test_db_key(const char *where, char ret_path[TEST_DB_WHERE]);
/* Its tables, "name" of each, but for those that the engine and the migrations keep for themselves.
 */
json_t *test_db_tables(struct db *db, struct arena *a);

/* After rows whose numbers the test has chosen: the engine's next ones are behind them. */
void test_db_number(struct db *db);

/* Removes it with its key, whoever is still connected. */
void test_db_remove(const char *where);
