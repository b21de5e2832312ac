/* What db/db.h promises of a server that goes away, of notices, and of what PostgreSQL alone can
 * say.  On SQLite there is nothing of that but an address that leads nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "proxy.h"
#include "test_db.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum { SHORT_MS = 100, LONG_MS = 5000, LONGER_MS = 10000 };

struct world {
	struct db *db, *other;
	struct arena *arena;
	char where[TEST_DB_WHERE];
};

/* One database for all tests: to make one takes longer than to empty it. */
static char place[TEST_DB_WHERE];

static int setup_all(void **state)
{
	(void)state;
	test_db_place(place);
	return 0;
}

static int teardown_all(void **state)
{
	(void)state;
	test_db_remove(place);
	return 0;
}

static int setup(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct err e = { 0 };
	w->arena = arena_new();
	memcpy(w->where, place, sizeof(place));
	if (test_db_is_server())
		assert_true(db_open(w->where, &w->db, &e) && db_open(w->where, &w->other, &e));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(!w->other || db_exec(w->other, &e, NULL, "DELETE FROM secret"));
	db_close(w->db);
	db_close(w->other);
	arena_free(w->arena);
	test_free(w);
	return 0;
}

static bool add(struct db *db, const char *name, struct err *e)
{
	return db_exec(db, e, NULL, "INSERT INTO secret (name, value) VALUES ($1, $2)",
		       db_text(name), db_blob(name, strlen(name)));
}

static int64_t count(struct db *db)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(db, &e, &n, "SELECT COUNT(*) FROM secret"));
	return n;
}

static int64_t process_of(struct db *db)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(db, &e, &n, "SELECT pg_backend_pid()"));
	return n;
}

/* Ends the process that serves a connection, and waits until it has. */
static void terminate(struct world *w, int64_t process)
{
	struct err e = { 0 };
	bool there = true;
	assert_true(db_exists(w->other, &e, &there,
			      "SELECT pg_terminate_backend(CAST($1 AS INTEGER))", db_int(process)));
	while (there) {
		(void)usleep(5000);
		assert_true(db_exists(w->other, &e, &there,
				      "SELECT 1 FROM pg_stat_activity WHERE pid = $1",
				      db_int(process)));
	}
}

/* The address of a host, the others of the database as they are. */
static const char *through(struct world *w, const char *host)
{
	char *where = arena_alloc(w->arena, TEST_DB_WHERE);
	const char *rest = strstr(w->where, "?host=");
	assert_non_null(rest);
	(void)snprintf(where, TEST_DB_WHERE, "%.*s?host=%s", (int)(rest - w->where), w->where,
		       host);
	return where;
}

static const char *host_of(struct world *w)
{
	return strstr(w->where, "?host=") + strlen("?host=");
}

static struct proxy *start_proxy(struct world *w)
{
	char path[TEST_DB_WHERE];
	(void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", host_of(w));
	return proxy_start(path);
}

/* ---- what the server refuses ----------------------------------------------------------------- */

static void values_do_not_stand_in_messages(void **state)
{
	static const char secret[] = "Әлия-850101300123";
	struct world *w = *state;
	struct err e = { 0 };
	int64_t n = 0;
	assert_false(db_number(w->db, &e, &n, "SELECT CAST(CAST($1 AS TEXT) AS BIGINT)",
			       db_text(secret)));
	assert_int_equal(e.kind, ERR_DB);
	assert_null(strstr(e.detail, "850101300123"));
	err_clear(&e);
	assert_true(add(w->db, secret, &e));
	assert_false(add(w->db, secret, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_null(strstr(e.detail, "850101300123"));
	err_clear(&e);
	assert_false(
		db_exec(w->db, &e, NULL, "INSERT INTO secret (name) VALUES ($1)", db_text("x")));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

static void an_address_that_cannot_be_reached_is_not_told(void **state)
{
	struct err e = { 0 };
	struct db *db = NULL;
	(void)state;
	assert_false(db_open("postgresql://somebody:secret@/db?host=/nowhere", &db, &e));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_null(strstr(e.detail, "somebody"));
	assert_null(strstr(e.detail, "secret"));
	assert_null(strstr(e.detail, "nowhere"));
	err_clear(&e);
	assert_false(db_open("postgresql://x?nonsense=secret", &db, &e));
	assert_null(strstr(e.detail, "secret"));
}

static void a_writer_waits_for_another_and_then_is_busy(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx first = { 0 };
	assert_true(db_begin(w->db, &first, &e));
	assert_true(db_wait_most(w->other, SHORT_MS, &e));
	{
		CLEANUP(db_rollback) struct db_tx second = { 0 };
		assert_false(db_begin(w->other, &second, &e));
		assert_int_equal(e.kind, ERR_BUSY);
		assert_string_equal(e.key, "error.busy");
	}
	assert_int_equal(count(w->other), 0); /* who only reads waits for nobody */
	assert_true(add(w->db, "one", &e) && db_commit(&first, &e));
	err_clear(&e);
	CLEANUP(db_rollback) struct db_tx second = { 0 };
	assert_true(db_begin(w->other, &second, &e));
	assert_int_equal(count(w->other), 1);
}

static void a_statement_may_not_take_too_long(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_answer_most(w->db, SHORT_MS, &e));
	assert_false(db_exec(w->db, &e, NULL, "SELECT pg_sleep(30)"));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_false(db_is_lost(w->db));
	assert_int_equal(count(w->db), 0);
}

static void who_stands_still_loses_the_lock(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	assert_true(db_answer_most(w->db, SHORT_MS, &e));
	CLEANUP(db_rollback) struct db_tx first = { 0 };
	CLEANUP(db_rollback) struct db_tx second = { 0 };
	assert_true(db_begin(w->db, &first, &e) && add(w->db, "one", &e));
	assert_true(db_begin(w->other, &second, &e) && add(w->other, "two", &e) &&
		    db_commit(&second, &e));
	assert_false(db_commit(&first, &e));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_false(db_in_doubt(w->db));
	db_rollback(&first);
	assert_int_equal(count(w->db), 1);
}

/* ---- a connection that is lost ----------------------------------------------------------------
 */

static void a_dead_connection_is_made_anew(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	terminate(w, process_of(w->db));
	assert_int_equal(count(w->db), 0);
	terminate(w, process_of(w->db));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(w->db, &tx, &e) && add(w->db, "one", &e) && db_commit(&tx, &e));
	CLEANUP(db_cleanup) struct db *reader = NULL;
	assert_true(db_open_read_only(w->where, &reader, &e));
	terminate(w, process_of(reader));
	assert_int_equal(count(reader), 1);
	assert_false(add(reader, "two", &e));
}

static void within_a_transaction_it_undoes_that(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	for (int flat = 0; flat < 2; flat++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(flat ? db_begin_flat(w->db, &tx, &e) : db_begin(w->db, &tx, &e));
		assert_true(add(w->db, "one", &e));
		terminate(w, process_of(w->db));
		int64_t n = 0;
		assert_false(db_number(w->db, &e, &n, "SELECT COUNT(*) FROM secret"));
		assert_int_equal(e.kind, ERR_BUSY);
		assert_true(db_is_lost(w->db));
		assert_true(!flat || db_is_spoiled(w->db));
		err_clear(&e);
		/* It does not go on in another one as if nothing had been. */
		assert_false(add(w->db, "two", &e));
		assert_false(db_commit(&tx, &e));
		assert_false(db_in_doubt(w->db));
		db_rollback(&tx);
		err_clear(&e);
		assert_int_equal(count(w->db), 0);
	}
}

struct killing {
	struct world *w;
	int64_t rows;
};

static bool kill_at_first(void *user, const struct db_value *column, size_t columns, struct err *e)
{
	struct killing *k = user;
	(void)columns;
	(void)e;
	if (k->rows++ == 0)
		terminate(k->w, column[0].number);
	return true;
}

static void rows_that_are_cut_off_are_not_all(void **state)
{
	struct world *w = *state;
	struct killing k = { w, 0 };
	struct err e = { 0 };
	assert_false(db_each(w->db, &e, kill_at_first, &k,
			     "SELECT pg_backend_pid(), repeat('x', 1000)"
			     " FROM generate_series(1, 100000)"));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_true(k.rows > 0 && k.rows < 100000);
	assert_int_equal(count(w->db), 0);
}

static void another_host_of_the_address_is_tried(void **state)
{
	struct world *w = *state;
	char hosts[TEST_DB_WHERE];
	struct err e = { 0 };
	(void)snprintf(hosts, sizeof(hosts), "/nowhere,%s,/nowhere", host_of(w));
	CLEANUP(db_cleanup) struct db *db = NULL;
	assert_true(db_open(through(w, hosts), &db, &e));
	for (int i = 0; i < 4; i++) {
		terminate(w, process_of(db));
		assert_int_equal(count(db), 0);
	}
}

/* A host that takes connections and says nothing costs one attempt, not all of them. */
static void a_silent_host_does_not_hold_up_for_ever(void **state)
{
	struct world *w = *state;
	char hosts[TEST_DB_WHERE];
	struct err e = { 0 };
	struct proxy *proxy = start_proxy(w);
	proxy_set(proxy, PROXY_SILENT);
	(void)snprintf(hosts, sizeof(hosts), "%s,%s", proxy_folder(proxy), host_of(w));
	CLEANUP(db_cleanup) struct db *db = NULL;
	const int64_t begin = clock_monotonic_ms();
	assert_true(db_open(through(w, hosts), &db, &e));
	assert_true(clock_monotonic_ms() - begin < LONGER_MS);
	proxy_stop(proxy);
}

/* After the network has come back, which a connection looks for once in a while. */
static int64_t count_when_back(struct db *db)
{
	int64_t n = -1;
	for (int i = 0; i < 200 && !db_number(db, NULL, &n, "SELECT COUNT(*) FROM secret"); i++)
		(void)usleep(50000);
	return n;
}

static void a_loop_is_not_held_up(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct proxy *proxy = start_proxy(w);
	CLEANUP(db_cleanup) struct db *db = NULL;
	assert_true(db_open(through(w, proxy_folder(proxy)), &db, &e));
	assert_true(db_wait_most(db, SHORT_MS, &e) && db_answer_most(db, SHORT_MS, &e));
	proxy_set(proxy, PROXY_SILENT);
	int64_t begin = clock_monotonic_ms();
	int64_t n = 0;
	assert_false(db_number(db, &e, &n, "SELECT COUNT(*) FROM secret"));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_true(clock_monotonic_ms() - begin < 4000);
	/* While it is away, one attempt in a while. */
	begin = clock_monotonic_ms();
	for (int i = 0; i < 100; i++)
		assert_false(db_number(db, NULL, &n, "SELECT COUNT(*) FROM secret"));
	assert_true(clock_monotonic_ms() - begin < 2000);
	proxy_set(proxy, PROXY_PASS);
	assert_int_equal(count_when_back(db), 0);
	proxy_stop(proxy);
}

/* ---- doubt
 * --------------------------------------------------------------------------------------- */

/* Whether it gets to know what became of its commit, soon after the network has come back. */
static bool settles(struct db *db, bool *ret_committed)
{
	for (int i = 0; i < 200 && !db_settle(db, ret_committed, NULL); i++)
		(void)usleep(50000);
	return !db_in_doubt(db);
}

/* COMMIT was heard or not, and nobody answered. */
static void try_commit(struct world *w, enum proxy_mode mode, bool expected)
{
	struct err e = { 0 };
	struct proxy *proxy = start_proxy(w);
	CLEANUP(db_cleanup) struct db *db = NULL;
	const int64_t before = count(w->db);
	bool committed = !expected;
	assert_true(db_open(through(w, proxy_folder(proxy)), &db, &e));
	assert_true(db_wait_most(db, SHORT_MS, &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e));
	assert_true(add(db, expected ? "kept" : "lost", &e));
	proxy_set(proxy, mode);
	assert_false(db_commit(&tx, &e));
	assert_int_equal(e.kind, ERR_BUSY);
	assert_true(db_in_doubt(db));
	db_rollback(&tx);
	assert_true(db_in_doubt(db));
	assert_false(db_settle(db, &committed, NULL));
	assert_true(db_in_doubt(db));
	proxy_set(proxy, PROXY_PASS);
	err_clear(&e);
	assert_true(settles(db, &committed));
	assert_int_equal(committed, expected);
	assert_int_equal(count(w->db), before + expected);
	/* The next one is one of its own. */
	assert_true(db_begin(db, &tx, &e) && add(db, "next", &e) && db_commit(&tx, &e));
	assert_int_equal(count(w->db), before + expected + 1);
	assert_true(db_exec(w->db, &e, NULL, "DELETE FROM secret WHERE name = 'next'"));
	proxy_stop(proxy);
}

static void what_was_committed_unheard_is_found_out(void **state)
{
	try_commit(*state, PROXY_CUT_REPLY, true);
	try_commit(*state, PROXY_CUT_REQUEST, false);
}

/* What was said stays in the network while the client gives up, and arrives after that: settling
 * waits for it. */
static void a_late_commit_is_waited_for(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	bool committed = false;
	struct proxy *proxy = start_proxy(w);
	CLEANUP(db_cleanup) struct db *db = NULL;
	assert_true(db_open(through(w, proxy_folder(proxy)), &db, &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && add(db, "one", &e) && db_commit(&tx, &e));
	assert_true(db_wait_most(db, 2 * SHORT_MS, &e) && db_answer_most(db, 10 * SHORT_MS, &e));
	assert_true(db_begin(db, &tx, &e) && add(db, "two", &e));
	proxy_set(proxy, PROXY_SILENT);
	assert_false(db_commit(&tx, &e));
	assert_true(db_in_doubt(db));
	db_rollback(&tx);
	proxy_set(proxy, PROXY_PASS);
	assert_true(settles(db, &committed));
	const int64_t then = count(w->db);
	assert_int_equal(then, 1 + committed);
	(void)usleep(200000);
	assert_int_equal(count(w->db), then);
	proxy_stop(proxy);
}

static void *pass_soon(void *user)
{
	(void)usleep(300000);
	proxy_set(user, PROXY_PASS);
	return NULL;
}

/* A program that is willing to wait hears from db_commit() itself what it wants to know. */
static void who_waits_is_told_by_commit(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct proxy *proxy = start_proxy(w);
	CLEANUP(db_cleanup) struct db *db = NULL;
	pthread_t thread;
	assert_true(db_open(through(w, proxy_folder(proxy)), &db, &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(db, &tx, &e) && add(db, "one", &e));
	proxy_set(proxy, PROXY_CUT_REPLY);
	assert_int_equal(pthread_create(&thread, NULL, pass_soon, proxy), 0);
	assert_true(db_commit(&tx, &e));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(db_in_doubt(db));
	assert_int_equal(count(w->db), 1);
	proxy_stop(proxy);
}

static void *take_lock(void *user)
{
	struct world *w = user;
	struct err e = { 0 };
	struct db_tx tx = { 0 };
	if (!db_begin(w->other, &tx, &e))
		return NULL;
	(void)usleep(3500000); /* longer than anybody waits for it */
	db_rollback(&tx);
	return user;
}

static void until_somebody_waits(struct world *w)
{
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	bool waits = false;
	assert_true(db_open(w->where, &db, &e));
	for (int i = 0; i < 200 && !waits; i++) {
		(void)usleep(50000);
		assert_true(db_exists(db, &e, &waits,
				      "SELECT 1 FROM pg_locks l"
				      " JOIN pg_database d ON d.oid = l.database"
				      " WHERE d.datname = current_database() AND NOT l.granted"));
	}
	assert_true(waits);
}

/* A warning at COMMIT is how the server says that it did not wait for the standby: then it took
 * place here, and must not count before another commit has reached the standby. */
static void a_warning_at_commit_is_doubt(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	bool committed = false;
	pthread_t thread;
	void *done = NULL;
	assert_true(db_exec(w->db, &e, NULL,
			    "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
			    " $$ BEGIN RAISE WARNING 'canceling wait'; RETURN NEW; END $$"));
	assert_true(db_exec(w->db, &e, NULL,
			    "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON secret DEFERRABLE"
			    " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()"));
	assert_true(db_wait_most(w->db, 300, &e));
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(w->db, &tx, &e) && add(w->db, "one", &e));
	/* Somebody who gets the lock next keeps us from settling at once. */
	assert_int_equal(pthread_create(&thread, NULL, take_lock, w), 0);
	until_somebody_waits(w);
	assert_false(db_commit(&tx, &e));
	assert_true(db_in_doubt(w->db));
	assert_false(db_is_lost(w->db));
	db_rollback(&tx);
	assert_int_equal(pthread_join(thread, &done), 0);
	assert_non_null(done);
	err_clear(&e);
	assert_true(db_settle(w->db, &committed, &e));
	assert_true(committed);
	assert_int_equal(count(w->db), 1);
	assert_true(db_exec(w->db, &e, NULL, "DROP FUNCTION warn() CASCADE"));
}

/* ---- notices
 * --------------------------------------------------------------------------------------- */

struct heard {
	int count, missed;
	char last[64];
};

static void hear(void *user, const char *channel, const char *text)
{
	struct heard *h = user;
	h->count += channel != NULL;
	h->missed += channel == NULL;
	if (channel)
		(void)snprintf(h->last, sizeof(h->last), "%s %s", channel, text);
}

static bool is_readable(const struct db *db, int ms)
{
	struct pollfd f = { db_listen_fd(db), POLLIN, 0 };
	return poll(&f, 1, ms) > 0;
}

static void notices_come_with_the_commit(void **state)
{
	static const char *const channels[] = { "board", "job", NULL };
	struct world *w = *state;
	struct heard h = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *listener = NULL;
	assert_true(db_open_read_only(w->where, &listener, &e));
	assert_true(db_listen(listener, channels, &e));
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(w->db, &tx, &e) && db_notify(w->db, "board", "undone", &e));
	}
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin_flat(w->db, &tx, &e) && db_notify(w->db, "board", "7", &e) &&
		    db_notify(w->db, "other", "8", &e) && db_notify(w->db, "job", "9", &e));
	assert_false(is_readable(listener, SHORT_MS));
	assert_true(db_commit(&tx, &e));
	assert_true(is_readable(listener, LONG_MS));
	assert_true(db_hear(listener, hear, &h, &e));
	assert_int_equal(h.count, 2);
	assert_int_equal(h.missed, 0);
	assert_string_equal(h.last, "job 9");

	terminate(w, process_of(listener));
	while (h.missed == 0) {
		assert_true(is_readable(listener, LONG_MS));
		while (!db_hear(listener, hear, &h, NULL))
			(void)usleep(50000);
	}
	assert_true(db_begin(w->db, &tx, &e) && db_notify(w->db, "board", "10", &e) &&
		    db_commit(&tx, &e));
	assert_true(is_readable(listener, LONG_MS));
	assert_true(db_hear(listener, hear, &h, &e));
	assert_string_equal(h.last, "board 10");
}

int main(void)
{
	const struct CMUnitTest anywhere[] = {
		cmocka_unit_test_setup_teardown(an_address_that_cannot_be_reached_is_not_told,
						setup, teardown),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_do_not_stand_in_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(an_address_that_cannot_be_reached_is_not_told,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_writer_waits_for_another_and_then_is_busy, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_statement_may_not_take_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(who_stands_still_loses_the_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dead_connection_is_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(within_a_transaction_it_undoes_that, setup,
						teardown),
		cmocka_unit_test_setup_teardown(rows_that_are_cut_off_are_not_all, setup, teardown),
		cmocka_unit_test_setup_teardown(another_host_of_the_address_is_tried, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_silent_host_does_not_hold_up_for_ever, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_loop_is_not_held_up, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_committed_unheard_is_found_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_late_commit_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(who_waits_is_told_by_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(a_warning_at_commit_is_doubt, setup, teardown),
		cmocka_unit_test_setup_teardown(notices_come_with_the_commit, setup, teardown),
	};
	return test_db_is_server() ? cmocka_run_group_tests(tests, setup_all, teardown_all)
				   : cmocka_run_group_tests(anywhere, setup_all, teardown_all);
}
