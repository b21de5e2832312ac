/* /readyz says no, and which check does; what a look at the database sees. */
#include "harness.h"

#include "web/watch/clocks.h"
#include "web/watch/ready.h"

#include "test_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Just this check says no. */
static void expect_no(struct harness *h, enum ready_check check)
{
	struct answer a = harness_get(h, 0, "/readyz");
	assert_int_equal(a.status, 503);
	assert_true(json_is_false(answer_value(&a, "ready")));
	for (size_t i = 0; i < READY_CHECKS; i++) {
		const char *path = arena_print(h->arena, "checks.%s", ready_name[i]);
		if (json_is_true(answer_value(&a, path)) == (i == check))
			fail_msg("%s while %s says no", ready_name[i], ready_name[check]);
	}
}

static void expect_ready(struct harness *h)
{
	struct answer a = harness_get(h, 0, "/readyz");
	assert_int_equal(a.status, 200);
	assert_true(json_is_true(answer_value(&a, "ready")));
	assert_non_null(http_header_of(a.out, "Traceresponse"));
	assert_string_equal(http_header_of(a.out, "Cache-Control"), "no-store");
}

static void test_draining(void **state)
{
	struct harness *h = *state;
	expect_ready(h);
	h->site.draining = true;
	expect_no(h, READY_SERVING);
	/* the loop answers all the same: nobody starts it again */
	assert_int_equal(harness_get(h, 0, "/healthz").status, 200);
	h->site.draining = false;
	expect_ready(h);
}

static void test_key(void **state)
{
	struct harness *h = *state;
	const struct service_key *key = h->site.service_key;
	h->site.service_key = NULL;
	expect_no(h, READY_KEY);
	h->site.service_key = key;
	h->site.key[0] ^= 1; /* the database behind the name is another installation's */
	expect_no(h, READY_KEY);
	h->site.key[0] ^= 1;
	expect_ready(h);
}

static void test_schema(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t newest = 0;
	assert_true(db_number(h->site.db, &e, &newest, "SELECT MAX(number) FROM schema_done"));
	assert_true(db_exec(h->site.db, &e, NULL, "DELETE FROM schema_done WHERE number = $1",
			    db_int(newest)));
	expect_no(h, READY_SCHEMA);
	/* a newer program has been here: what both versions bear is no reason to stop */
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO schema_done (number, name, bears)"
			    " VALUES ($1, '', NULL), ($2, '', $1)",
			    db_int(newest), db_int(newest + 1)));
	expect_ready(h);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO schema_done (number, name) VALUES ($1, '')",
			    db_int(newest + 2)));
	expect_no(h, READY_SCHEMA);
}

static void test_clock(void **state)
{
	struct harness *h = *state;
	const struct clock before = h->site.clock;
	const struct clock machine = clock_real();
	h->site.clock = clock_fixed(clock_now(&machine) - CLOCKS_NEAR_MS - 1000);
	h->site.clock_kept = true;
	expect_ready(h); /* the machine's clock was set: the service's has stayed as it was */
	h->site.clock = before;
	h->site.clock_kept = false;
}

static void wait_ms(int ms)
{
	(void)usleep((useconds_t)ms * 1000);
}

/* What a node says of its clock. */
static struct db *say(const char *where, struct arena *a, int64_t ahead_ms)
{
	struct db *db = NULL;
	struct err e = { 0 };
	assert_true(db_open(where, &db, &e));
	assert_non_null(
		db_rows(db, a, &e, "SELECT set_config('application_name', $1, false) AS name",
			db_text(arena_print(a, "konkurs/other clock %lld", (long long)ahead_ms))));
	return db;
}

/* Three others contradict this one: it goes, in three looks, and comes back likewise. */
static void test_astray(void **state)
{
	char where[TEST_DB_WHERE];
	struct err e = { 0 };
	bool good[READY_CHECKS];
	struct probe *p = NULL;
	(void)state;
	if (!test_db_is_server())
		return;
	test_db_place(where);
	struct harness *h = harness_open_file(where);
	struct probe_options o = { .database = where, .clock = h->site.clock, .node = "this" };
	memcpy(o.key, h->site.key, sizeof(o.key));
	struct db *one = say(where, h->arena, 600000);
	assert_true(probe_open(&o, &p, &e));
	h->site.probe = p;
	assert_true(ready_look(&h->site, good)); /* one against one */
	struct db *two = say(where, h->arena, 601000);
	wait_ms(PROBE_EVERY_MS * 3 / 2);
	assert_true(ready_look(&h->site, good)); /* with the database it is two against two */
	struct db *three = say(where, h->arena, 599000);
	wait_ms(PROBE_EVERY_MS * 3 / 2);
	assert_true(ready_look(&h->site, good)); /* somebody may have set a clock just now */
	wait_ms(PROBE_EVERY_MS * 5 / 2);
	assert_false(ready_look(&h->site, good));
	assert_false(good[READY_CLOCK]);
	assert_true(good[READY_DATABASE]);
	db_close(three);
	wait_ms(PROBE_EVERY_MS * 3 / 2);
	assert_false(ready_look(&h->site, good));
	wait_ms(PROBE_EVERY_MS * 7 / 2);
	assert_true(ready_look(&h->site, good));
	db_close(one);
	db_close(two);
	probe_close(p);
	h->site.probe = NULL;
	harness_close(h);
	test_db_remove(where);
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* A database that goes and comes back, seen from outside: its file has another name for a while. */
static void test_away(void **state)
{
	char path[] = "/tmp/konkurs-ready-XXXXXX";
	char away[sizeof(path) + 5];
	struct err e = { 0 };
	struct probe *p = NULL;
	bool good[READY_CHECKS];
	const int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	(void)snprintf(away, sizeof(away), "%s.away", path);
	struct harness *h = harness_open_file(path);
	assert_int_equal(rename(path, away), 0);
	struct probe_options o = { .database = path, .clock = h->site.clock, .measure = true };
	memcpy(o.key, h->site.key, sizeof(o.key));
	assert_true(probe_open(&o, &p, &e)); /* a server starts while its database is away */
	h->site.probe = p;
	assert_false(ready_look(&h->site, good));
	assert_false(good[READY_DATABASE]);
	assert_false(good[READY_PRIMARY]);
	assert_true(good[READY_SERVING]);
	struct measured measured;
	assert_false(probe_measured(p, &measured));
	assert_int_equal(rename(away, path), 0);
	bool ready = false;
	for (int i = 0; i < 100 && !ready; i++, wait_ms(100))
		ready = ready_look(&h->site, good);
	assert_true(ready);
	assert_true(probe_measured(p, &measured));
	probe_close(p);
	h->site.probe = NULL;
	harness_close(h);
	const char *const ending[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		char name[80];
		(void)snprintf(name, sizeof(name), "%s%s", path, ending[i]);
		(void)unlink(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_draining), HARNESS_TEST(test_key),
		HARNESS_TEST(test_schema),   HARNESS_TEST(test_clock),
		cmocka_unit_test(test_away), cmocka_unit_test(test_astray),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
