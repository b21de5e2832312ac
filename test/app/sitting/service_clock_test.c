/* The clock that counts: jumps of the wall clock, restarts, another start of the machine (F51). */
#include "hall.h"

#include "app/sitting/service_clock.h"
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR = 3600 * 1000 };

/* A moment of the machine: how long after its start, and what its wall clock says then. */
static struct clock_reading reading(const char *boot, int64_t since_boot, int64_t wall)
{
	struct clock_reading r = { .since_boot_ms = since_boot, .wall_ms = wall };
	(void)snprintf(r.boot_id, sizeof(r.boot_id), "%s", boot);
	return r;
}

static int64_t line_at(const struct clock *c, int64_t since_boot)
{
	return c->fixed_ms + since_boot - c->since_boot_ms;
}

/* The wall clock jumps, the process is started again: the line goes on. */
static void test_restart(void **state)
{
	struct harness *h = *state;
	const int64_t begin = h->site.clock.fixed_ms + HOUR;
	static const int64_t jump[] = { 0, HOUR, -HOUR, 400, 5LL * 24 * HOUR };
	struct clock_reading at = reading("boot-1", 1000, begin);
	struct clock clock;
	struct err e = { 0 };
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	assert_int_equal(line_at(&clock, 1000), begin);
	for (size_t i = 0; i < COUNT(jump); i++) {
		const int64_t later = 2000 + (int64_t)i * 1000;
		at = reading("boot-1", later, begin + later + jump[i]);
		assert_true(service_clock_open(h->site.db, &at, &clock, &e));
		assert_int_equal(line_at(&clock, later), begin + later - 1000);
	}
}

/* Two machines over one database: each goes on along its own line. */
static void test_two_machines(void **state)
{
	struct harness *h = *state;
	const int64_t begin = h->site.clock.fixed_ms + HOUR;
	struct clock clock;
	struct err e = { 0 };
	struct clock_reading one = reading("boot-1", 1000, begin);
	struct clock_reading two = reading("boot-2", 900000, begin + 40);
	assert_true(service_clock_open(h->site.db, &one, &clock, &e));
	assert_true(service_clock_open(h->site.db, &two, &clock, &e));
	assert_int_equal(line_at(&clock, 900000), begin + 40);
	one = reading("boot-1", 3000, begin + HOUR); /* its wall clock has jumped */
	assert_true(service_clock_open(h->site.db, &one, &clock, &e));
	assert_int_equal(line_at(&clock, 3000), begin + 2000);
	two = reading("boot-2", 902000, begin + 2040);
	assert_true(service_clock_open(h->site.db, &two, &clock, &e));
	assert_int_equal(line_at(&clock, 902000), begin + 2040);
}

/* Another start of the machine: from the wall clock; while somebody writes not before the journal.
 */
static void test_reboot(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct clock clock;
	struct err e = { 0 };
	const int64_t newest = h->site.clock.fixed_ms;
	int64_t instant = 0;
	struct clock_reading at = reading("boot-1", 400, newest - HOUR);
	assert_true(service_clock_instant(h->site.db, &at, &instant, &e));
	assert_int_equal(instant, newest - HOUR);
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	assert_int_equal(line_at(&clock, 400), newest - HOUR);
	/* a line that begins before the journal says so: else the entries look antedated */
	assert_int_equal(stage_journalled(h, "clock.set"), 1);
	hall_start(&w);
	at = reading("boot-2", 500, newest - HOUR);
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	assert_int_equal(line_at(&clock, 500), newest);
	at = reading("boot-2", 1500, newest + 5LL * HOUR);
	assert_true(service_clock_instant(h->site.db, &at, &instant, &e));
	assert_int_equal(instant, newest + 1000);
	at = reading("boot-3", 700, newest + HOUR);
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	assert_int_equal(line_at(&clock, 700), newest + HOUR);
	/* a machine that does not tell its starts apart has a line for each process */
	at = reading("", 900, newest + 2LL * HOUR);
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	assert_int_equal(line_at(&clock, 900), newest + 2LL * HOUR);
}

/* It is set when it is off and nobody is at a test, and that is journalled. */
static void test_keep(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const int64_t begin = h->site.clock.fixed_ms;
	struct act act = harness_act(h, 0);
	struct clock_reading at = reading("boot-1", 0, begin);
	struct clock clock;
	int64_t deviation = 0;
	int64_t told = 0;
	struct err e = { 0 };
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	at = reading("boot-1", 1000, begin + 1000 + CLOCK_DEVIATION_MS);
	assert_true(service_clock_keep(&act, &at, &clock, &told, &e));
	assert_int_equal(line_at(&clock, 1000), begin + 1000);
	at = reading("boot-1", 1000, begin + 1000 + CLOCK_DEVIATION_MS + 1);
	assert_true(service_clock_deviation(h->site.db, &at, &deviation, &e));
	assert_int_equal(deviation, CLOCK_DEVIATION_MS + 1);
	assert_true(service_clock_keep(&act, &at, &clock, &told, &e));
	assert_int_equal(line_at(&clock, 1000), at.wall_ms);
	assert_int_equal(stage_journalled(h, "clock.set"), 1);
	hall_start(&w);
	at = reading("boot-1", 2000, begin + 2000 + HOUR);
	assert_true(service_clock_keep(&act, &at, &clock, &told, &e));
	assert_int_equal(line_at(&clock, 2000), begin + 2000 + CLOCK_DEVIATION_MS + 1);
	assert_int_equal(stage_journalled(h, "clock.set"), 1);
	struct act candidate = hall_candidate(&w);
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	assert_true(service_clock_keep(&act, &at, &clock, &told, &e));
	assert_int_equal(line_at(&clock, 2000), at.wall_ms);
}

static bool run_keep(const struct act *act, void *user, struct err *e)
{
	struct clock clock = *(struct clock *)user;
	int64_t told = 0;
	struct clock_reading at = reading("boot-1", 1000, clock.fixed_ms + HOUR);
	return service_clock_keep(act, &at, &clock, &told, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct clock clock;
	struct err e = { 0 };
	struct clock_reading at = reading("boot-1", 0, h->site.clock.fixed_ms);
	assert_true(service_clock_open(h->site.db, &at, &clock, &e));
	stage_all_or_nothing(h, 0, run_keep, &clock);
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(test_restart),
					    HARNESS_TEST(test_two_machines),
					    HARNESS_TEST(test_reboot), HARNESS_TEST(test_keep),
					    HARNESS_TEST(test_all_or_nothing) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
