#include "test_db.h"

#include "db/bulk.h"
#include "db/migrations.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAME_SIZE = 40, SQL_SIZE = 1024, OPEN_MOST = 64 };

/* The databases of this program that are open: test_db_close() finds their names here. */
static struct {
	struct db *db;
	char name[NAME_SIZE];
} opened[OPEN_MOST];

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

static const char *server(void)
{
	const char *url = getenv("KONKURS_TEST_DB");
	return url && *url ? url : NULL;
}

bool test_db_is_server(void)
{
	return server() != NULL;
}

bool test_db_not_here(const char *why)
{
	if (server())
		(void)printf("# not on PostgreSQL: %s\n", why);
	return server() != NULL;
}

/* ---- the server ----------------------------------------------------------------------------- */

/* The connection that makes databases and drops them: one for the program, which ends with it. */
static PGconn *administer(void)
{
	static PGconn *conn;
	static pid_t owner; /* a child that goes on as the test has its own */
	if (!conn || owner != getpid()) {
		conn = PQconnectdb(server());
		owner = getpid();
		if (PQstatus(conn) != CONNECTION_OK)
			fail_msg("KONKURS_TEST_DB: %s", PQerrorMessage(conn));
		PQclear(PQexec(conn, "SET client_min_messages = error"));
	}
	return conn;
}

/* Whether the statement has given a row. */
static bool administer_run(const char *sql)
{
	PGresult *result = PQexec(administer(), sql);
	const ExecStatusType status = PQresultStatus(result);
	const bool row = PQntuples(result) > 0;
	PQclear(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(administer()));
	return row;
}

static void administer_name(const char *before, const char *name, const char *after)
{
	char sql[SQL_SIZE];
	const int size = snprintf(sql, sizeof(sql), "%s %s %s", before, name, after);
	assert_true(size > 0 && size < SQL_SIZE);
	(void)administer_run(sql);
}

/* KONKURS_TEST_DB with another database in its path. */
static void url_of(const char *name, char ret[TEST_DB_WHERE])
{
	const char *url = server();
	const char *host = strstr(url, "://");
	assert_non_null(host);
	host += strlen("://");
	const char *path = host + strcspn(host, "/?");
	const char *rest = path + strcspn(path, "?");
	const int size =
		snprintf(ret, TEST_DB_WHERE, "%.*s/%s%s", (int)(path - url), url, name, rest);
	assert_true(size > 0 && size < TEST_DB_WHERE);
}

static void name_of(const char *url, char ret[NAME_SIZE])
{
	const char *path = strchr(strstr(url, "://") + strlen("://"), '/') + 1;
	(void)snprintf(ret, NAME_SIZE, "%.*s", (int)strcspn(path, "?"), path);
}

/* The name of the template, which belongs to the migrations as this program has them: FNV-1a over
 * their texts. */
static const char *template_name(void)
{
	static char name[NAME_SIZE];
	uint64_t hash = 14695981039346656037ULL;
	for (int i = 0; !*name && i < db_migration_count; i++)
		for (const char *c = db_migrations[i].sql; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
	if (!*name)
		(void)snprintf(name, sizeof(name), "template_%016llx", (unsigned long long)hash);
	return name;
}

static bool have_template(void)
{
	char sql[SQL_SIZE];
	(void)snprintf(sql, sizeof(sql), "SELECT 1 FROM pg_database WHERE datname = '%s'",
		       template_name());
	return administer_run(sql);
}

static void random_name(const char *before, char ret[NAME_SIZE])
{
	uint64_t number = 0;
	assert_int_equal(getrandom(&number, sizeof(number), 0), sizeof(number));
	(void)snprintf(ret, NAME_SIZE, "%s_%016llx", before, (unsigned long long)number);
}

/* A word of SQLite's that tests write. */
static bool add_words(struct db *db, struct err *e)
{
	return db_exec(db, e, NULL,
		       "CREATE FUNCTION zeroblob(n INTEGER) RETURNS BYTEA LANGUAGE sql IMMUTABLE"
		       " AS $$ SELECT decode(repeat('00', n), 'hex') $$");
}

/* Under another name until it is whole; a program that comes meanwhile waits. */
static const char *migrated(void)
{
	static bool made;
	char name[NAME_SIZE];
	char where[TEST_DB_WHERE];
	char rename[SQL_SIZE];
	struct err e = { 0 };
	struct db *db = NULL;
	if (made || have_template()) {
		made = true;
		return template_name();
	}
	(void)administer_run("SELECT pg_advisory_lock(118)");
	if (!have_template()) {
		random_name("half", name);
		administer_name("CREATE DATABASE", name, "");
		url_of(name, where);
		must(db_open(where, &db, &e) && db_migrate(db, &e) && add_words(db, &e), &e);
		db_close(db);
		(void)snprintf(rename, sizeof(rename), "ALTER DATABASE %s RENAME TO %s", name,
			       template_name());
		(void)administer_run(rename);
	}
	(void)administer_run("SELECT pg_advisory_unlock(118)");
	made = true;
	return template_name();
}

static void make_database(const char *like, char ret_name[NAME_SIZE])
{
	char sql[SQL_SIZE];
	random_name("test", ret_name);
	/* Files are copied as they are: quicker than through the log, page by page. */
	const int size =
		snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY",
			 ret_name, like);
	assert_true(size > 0 && size < SQL_SIZE);
	(void)administer_run(sql);
}

static void drop(const char *name)
{
	administer_name("DROP DATABASE IF EXISTS", name, "WITH (FORCE)");
}

/* ---- open ----------------------------------------------------------------------------------- */

static struct db *open_on_server(const char *like)
{
	struct err e = { 0 };
	char where[TEST_DB_WHERE];
	size_t i = 0;
	while (i < OPEN_MOST && opened[i].db)
		i++;
	assert_true(i < OPEN_MOST);
	make_database(like, opened[i].name);
	url_of(opened[i].name, where);
	must(db_open(where, &opened[i].db, &e), &e);
	return opened[i].db;
}

struct db *test_db_open_empty(void)
{
	struct err e = { 0 };
	struct db *db = NULL;
	if (server())
		return open_on_server("template0");
	must(db_open(":memory:", &db, &e), &e);
	return db;
}

struct db *test_db_open(void)
{
	struct err e = { 0 };
	if (server())
		return open_on_server(migrated());
	struct db *db = test_db_open_empty();
	must(db_migrate(db, &e), &e);
	return db;
}

void test_db_close(struct db *db)
{
	db_close(db);
	for (size_t i = 0; db && i < OPEN_MOST; i++) {
		if (opened[i].db == db) {
			drop(opened[i].name);
			opened[i].db = NULL;
		}
	}
}

void test_db_cleanup(struct db **db)
{
	test_db_close(*db);
}

json_t *test_db_tables(struct db *db, struct arena *a)
{
	struct err e = { 0 };
	json_t *rows =
		server() ? db_rows(db, a, &e,
				   "SELECT tablename AS name FROM pg_tables"
				   " WHERE schemaname = 'public' AND tablename <> 'schema_done'"
				   " ORDER BY tablename COLLATE \"C\"")
			 : db_rows(db, a, &e,
				   "SELECT name FROM sqlite_master WHERE type = 'table'"
				   " AND name NOT LIKE 'sqlite%' AND name <> 'schema_done'"
				   " ORDER BY name");
	must(rows != NULL, &e);
	return rows;
}

/* ---- places --------------------------------------------------------------------------------- */

static void place(const char *like, char ret_where[TEST_DB_WHERE])
{
	char name[NAME_SIZE];
	if (server()) {
		make_database(like, name);
		url_of(name, ret_where);
		return;
	}
	(void)snprintf(ret_where, TEST_DB_WHERE, "/tmp/konkurs-test-XXXXXX");
	const int fd = mkstemp(ret_where);
	assert_true(fd >= 0);
	(void)close(fd);
}

void test_db_place(char ret_where[TEST_DB_WHERE])
{
	place(server() ? migrated() : NULL, ret_where);
}

void test_db_place_empty(char ret_where[TEST_DB_WHERE])
{
	place("template0", ret_where);
}

static void copy_file(const char *from, const char *to)
{
	char bytes[4096];
	size_t size = 0;
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(fchmod(fileno(out), S_IRUSR | S_IWUSR), 0); /* as keys want it */
	while ((size = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, size, out), size);
	(void)fclose(in);
	assert_int_equal(fclose(out), 0);
}

void test_db_place_like(const char *where, char ret_where[TEST_DB_WHERE])
{
	char from[TEST_DB_WHERE];
	char to[TEST_DB_WHERE];
	char name[NAME_SIZE];
	if (server()) {
		name_of(where, from);
		make_database(from, name);
		url_of(name, ret_where);
	} else {
		test_db_place(ret_where);
		copy_file(where, ret_where);
	}
	test_db_key(where, from);
	test_db_key(ret_where, to);
	copy_file(from, to);
}

void test_db_key(const char *where, char ret_path[TEST_DB_WHERE])
{
	char name[NAME_SIZE];
	int size = 0;
	if (db_is_server(where)) {
		name_of(where, name);
		size = snprintf(ret_path, TEST_DB_WHERE, "/tmp/konkurs-%s.key", name);
	} else {
		size = snprintf(ret_path, TEST_DB_WHERE, "%s.key", where);
	}
	assert_true(size > 0 && size < TEST_DB_WHERE);
}

void test_db_remove(const char *where)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[TEST_DB_WHERE + 8];
	char key[TEST_DB_WHERE];
	test_db_key(where, key);
	(void)unlink(key);
	if (db_is_server(where)) {
		char name[NAME_SIZE];
		name_of(where, name);
		drop(name);
		return;
	}
	for (size_t i = 0; i < COUNT(suffix); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", where, suffix[i]);
		(void)unlink(path);
	}
}

void test_db_number(struct db *db)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct bulk_schema schema = { 0 };
	struct err e = { 0 };
	bool ok = bulk_describe(db, a, &schema, &e);
	for (size_t i = 0; ok && i < schema.tables; i++)
		ok = bulk_number(db, &schema.table[i], &e);
	if (!ok)
		fail_msg("%s: %s", e.key, e.detail);
}
