/* Leases: one of several processes holds one, another takes over when it dies or is stopped, and
 * what the stopped one still wants to write is refused. */
#include "test_db.h"

#include "app/lease.h"
#include "base/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { DEAD_MS = 600, OUT_OF_TIME_MS = 20 * 1000, LOST = 7 };

struct world {
	char where[TEST_DB_WHERE];
	struct db *db;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = { 0 };
	assert_non_null(w);
	test_db_place(w->where);
	if (!db_open(w->where, &w->db, &e) || !db_migrate(w->db, &e))
		fail_msg("%s", e.detail);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	db_close(w->db);
	test_db_remove(w->where);
	free(w);
	return 0;
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };
	(void)nanosleep(&t, NULL);
}

static struct lease quick(const char *name)
{
	struct lease l = lease_of(name);
	l.dead_ms = DEAD_MS;
	return l;
}

static bool keep(struct db *db, struct lease *l)
{
	struct err e = { 0 };
	bool mine = false;
	if (!lease_keep(db, l, &mine, &e))
		fail_msg("%s", e.detail);
	return mine;
}

static bool write_one(struct db *db, struct err *e)
{
	return db_exec(db, e, NULL,
		       "INSERT INTO service_clock (name, boot_id, since_boot_ms, instant_ms)"
		       " SELECT CAST(COUNT(*) AS TEXT), '', 0, 0 FROM service_clock");
}

static bool write_in_transaction(struct db *db, bool flat, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return (flat ? db_begin_flat(db, &tx, e) : db_begin(db, &tx, e)) && write_one(db, e) &&
	       db_commit(&tx, e);
}

static int64_t rows(struct db *db)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(db, &e, &n, "SELECT COUNT(*) FROM service_clock"));
	return n;
}

/* ---- in one process ------------------------------------------------------------------------- */

static void one_holds_it(void **state)
{
	struct world *w = *state;
	struct lease one = quick("mail");
	struct lease two = quick("mail");
	struct lease other = quick("scan");
	assert_true(keep(w->db, &one));
	assert_false(keep(w->db, &two));
	assert_true(keep(w->db, &other)); /* one name says nothing of another */
	assert_true(keep(w->db, &one));
	lease_give(w->db, &one);
	assert_true(keep(w->db, &two)); /* at once */
	assert_false(keep(w->db, &one));
	assert_true(two.epoch == 2);
}

/* It beats, so that it keeps it for longer than whoever is silent would. */
static void who_lives_keeps_it(void **state)
{
	struct world *w = *state;
	struct lease one = quick("mail");
	struct lease two = quick("mail");
	for (int i = 0; i < 10; i++) {
		assert_true(keep(w->db, &one));
		assert_false(keep(w->db, &two));
		pause_ms(DEAD_MS / LEASE_BEATS);
	}
}

static void who_was_taken_over_does_not_write(void **state)
{
	struct world *w = *state;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct lease one = quick("mail");
	struct lease two = quick("mail");
	struct err e = { 0 };
	assert_true(db_open(w->where, &db, &e));
	assert_true(keep(w->db, &one));
	assert_true(write_one(w->db, &e));
	assert_true(write_in_transaction(w->db, false, &e));
	assert_true(write_in_transaction(w->db, true, &e));
	assert_false(keep(db, &two));
	pause_ms(DEAD_MS + DEAD_MS / LEASE_BEATS);
	assert_true(keep(db, &two));
	assert_int_equal(rows(w->db), 3); /* it may read */
	for (int how = 0; how < 3; how++) {
		struct err why = { 0 };
		assert_false(how == 0 ? write_one(w->db, &why)
				      : write_in_transaction(w->db, how == 2, &why));
		assert_string_equal(why.key, "error.lease");
		assert_int_equal(why.kind, ERR_BUSY);
		one.epoch = 1;
		assert_true(lease_was_lost(&one, &why));
		assert_true(one.epoch == 0);
	}
	assert_int_equal(rows(w->db), 3);
	assert_true(write_one(db, &e)); /* the new holder may */
	assert_false(keep(w->db, &one));
	assert_true(write_one(w->db, &e)); /* what is no work of the lease goes on */
}

/* A connection that others use too asks by itself. */
static void a_job_of_a_turn_asks(void **state)
{
	struct world *w = *state;
	struct lease one = quick("jobs");
	struct lease two = quick("jobs");
	struct err e = { 0 };
	assert_true(keep(w->db, &one));
	assert_true(lease_require(w->db, &one, &e));
	lease_give(w->db, &one);
	assert_true(keep(w->db, &two));
	one.epoch = 1;
	assert_false(lease_require(w->db, &one, &e));
	assert_string_equal(e.key, "error.lease");
	assert_true(lease_require(w->db, &two, &(struct err){ 0 }));
}

/* ---- with another process ------------------------------------------------------------------- */

/* Works while it holds the lease, and says so on `out` between two transactions: a process that is
 * stopped inside of one holds up everybody, whoever has the lease. */
static void work(const char *where, int out)
{
	struct db *db = NULL;
	struct lease l = quick("work");
	struct err e = { 0 };
	bool mine = false;
	if (!db_open(where, &db, &e))
		_exit(1);
	for (;;) {
		if (!mine && !lease_keep(db, &l, &mine, &e))
			_exit(2);
		/* it does not look again: as one that was stopped right after it had looked */
		if (mine && !write_in_transaction(db, false, &e))
			_exit(lease_was_lost(&l, &e) ? LOST : 3);
		if (write(out, ".", 1) != 1)
			_exit(4);
		pause_ms(DEAD_MS / 4);
	}
}

static pid_t start(struct world *w, int *ret_out)
{
	int end[2];
	assert_int_equal(pipe(end), 0);
	db_close(w->db); /* a connection is one process's */
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		work(w->where, end[1]);
	(void)close(end[1]);
	struct err e = { 0 };
	assert_true(db_open(w->where, &w->db, &e));
	*ret_out = end[0];
	return child;
}

static void wait_for_writes(struct world *w, int out, int64_t least)
{
	char sign = 0;
	while (rows(w->db) < least)
		assert_int_equal(read(out, &sign, 1), 1);
	assert_int_equal(read(out, &sign, 1), 1); /* it sleeps now */
}

/* How long that took. */
static int64_t take_over(struct world *w, struct lease *l)
{
	const int64_t begin = clock_monotonic_ms();
	while (!keep(w->db, l)) {
		assert_true(clock_monotonic_ms() - begin < OUT_OF_TIME_MS);
		pause_ms(20);
	}
	return clock_monotonic_ms() - begin;
}

static void a_killed_one_is_taken_over(void **state)
{
	struct world *w = *state;
	int out = -1;
	int status = 0;
	struct lease mine = quick("work");
	const pid_t child = start(w, &out);
	wait_for_writes(w, out, 2);
	assert_false(keep(w->db, &mine));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	const int64_t took = take_over(w, &mine);
	assert_true(took >= DEAD_MS / 2);
	assert_true(mine.epoch == 2);
	(void)close(out);
}

static void a_stopped_one_writes_nothing_when_it_wakes_up(void **state)
{
	struct world *w = *state;
	int out = -1;
	int status = 0;
	struct lease mine = quick("work");
	const pid_t child = start(w, &out);
	wait_for_writes(w, out, 2);
	assert_int_equal(kill(child, SIGSTOP), 0);
	(void)take_over(w, &mine);
	const int64_t before = rows(w->db);
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), LOST);
	assert_int_equal(rows(w->db), before);
	assert_true(keep(w->db, &mine));
	(void)close(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_holds_it, setup, teardown),
		cmocka_unit_test_setup_teardown(who_lives_keeps_it, setup, teardown),
		cmocka_unit_test_setup_teardown(who_was_taken_over_does_not_write, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_of_a_turn_asks, setup, teardown),
		cmocka_unit_test_setup_teardown(a_killed_one_is_taken_over, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stopped_one_writes_nothing_when_it_wakes_up,
						setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
