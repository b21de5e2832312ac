/* Jobs of the day: which day is whose, once for each day, all or nothing. */
#include "hall.h"

#include "app/daily.h"
#include "app/result/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct daily_job *job_named(const char *name)
{
	const struct daily_job *job = daily_jobs;
	while (job->name && strcmp(job->name, name) != 0)
		job++;
	assert_non_null(job->name);
	return job;
}

static day day_of(const char *text)
{
	day d = { 0 };
	assert_true(day_parse(text, &d));
	return d;
}

static int64_t instant_of(const char *text)
{
	int64_t ms = 0;
	assert_true(instant_parse(text, &ms));
	return ms;
}

static void test_days(void **state)
{
	static const struct {
		const char *why, *now, *want;
		int minute;
	} row[] = {
		{ "midnight is the new day's", "2026-03-02T00:00", "2026-03-02", 0 },
		{ "before its minute yesterday's is the newest", "2026-03-02T02:29", "2026-03-01",
		  150 },
		{ "from its minute on", "2026-03-02T02:30", "2026-03-02", 150 },
		{ "the whole day long", "2026-03-02T23:59", "2026-03-02", 150 },
		{ "beyond midnight until its minute", "2026-03-03T00:00", "2026-03-02", 150 },
		{ "over the end of a year", "2027-01-01T01:00", "2026-12-31", 150 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct daily_job job = { .name = "test", .minute = row[i].minute };
		const day got = daily_day(&job, instant_of(row[i].now));
		if (got.n != day_of(row[i].want).n)
			fail_msg("%s", row[i].why);
		assert_true(daily_due_ms(&job, got) <= instant_of(row[i].now));
	}
	assert_true(daily_due_ms(job_named("hold"), day_of("2026-03-02")) ==
		    instant_of("2026-03-02T02:30"));
}

/* The table is in order: names are keys of rows. */
static void test_table(void **state)
{
	(void)state;
	for (const struct daily_job *job = daily_jobs; job->name; job++) {
		assert_true((job->run != NULL) != (job->plain != NULL));
		assert_in_range(job->minute, 0, 24 * 60 - 1);
		for (const struct daily_job *other = daily_jobs; other != job; other++)
			assert_string_not_equal(job->name, other->name);
	}
}

/* What a worker would have found: one question of class C. */
static json_t *one_large(struct harness *h)
{
	struct err e = { 0 };
	const json_t *row = db_row(h->site.db, h->arena, &e,
				   "SELECT i.id, i.code FROM bank_item b JOIN item i"
				   " ON i.id = b.used_id ORDER BY i.id LIMIT 1");
	assert_non_null(row);
	return json_pack("[{s:I,s:s,s:f}]", "item", (json_int_t)row_number(row, "id"), "code",
			 row_text(row, "code"), "delta", -2.0);
}

static int64_t number(struct harness *h, const char *what, const char *name, day d)
{
	struct err e = { 0 };
	int64_t n = -1;
	const bool ok = strcmp(what, "done") == 0
				? db_number(h->site.db, &e, &n,
					    "SELECT COUNT(done_ms) FROM daily_job WHERE name = $1"
					    " AND day = $2",
					    db_text(name), db_int(d.n))
			: strcmp(what, "failed") == 0
				? db_number(h->site.db, &e, &n,
					    "SELECT COUNT(failed_ms) FROM daily_job WHERE name = $1"
					    " AND day = $2 AND error = 'error.storage'",
					    db_text(name), db_int(d.n))
				: db_number(h->site.db, &e, &n,
					    "SELECT COALESCE(SUM(affected), 0) FROM daily_job"
					    " WHERE name = $1 AND day = $2",
					    db_text(name), db_int(d.n));
	assert_true(ok);
	return n;
}

/* F66: the row of the day and what the job did are one thing. */
static void test_once(void **state)
{
	struct harness *h = *state;
	const day d = day_of("2026-03-02");
	const struct daily_job *hold = job_named("hold");
	struct act system = harness_act(h, 0);
	struct act admin = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct err e = { 0 };
	bool done = true;
	hall_add_bank(h);
	json_t *large = one_large(h);
	stage_refused("not the system", daily_do(&admin, hold, d, large, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(daily_is_done(&system, hold, d, &done, &e));
	assert_false(done);
	assert_true(daily_do(&system, hold, d, large, &e));
	assert_int_equal(number(h, "affected", "hold", d), 1);
	assert_int_equal(stage_journalled(h, "bank.held"), 1);
	assert_true(daily_is_done(&system, hold, d, &done, &e));
	assert_true(done);
	/* a second process has found the same, and that day is done: nothing is done, also with
	 * what would have an effect */
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE item SET held_ms = NULL"));
	assert_true(daily_do(&system, hold, d, large, &e));
	assert_int_equal(stage_journalled(h, "bank.held"), 1);
	assert_int_equal(number(h, "affected", "hold", d), 1);
	/* another day is another matter */
	assert_true(daily_do(&system, hold, (day){ d.n + 1 }, large, &e));
	assert_int_equal(stage_journalled(h, "bank.held"), 2);
	json_decref(large);
}

/* A failure is noted beside the day, which stays to be done; done is done. */
static void test_failure(void **state)
{
	struct harness *h = *state;
	const day d = day_of("2026-03-02");
	const struct daily_job *job = job_named("imports");
	const struct act system = harness_act(h, 0);
	const struct err why = { .kind = ERR_DB, .key = "error.storage", .detail = "test" };
	struct err e = { 0 };
	bool done = true;
	assert_true(daily_fail(&system, job, d, &why, &e));
	assert_true(daily_fail(&system, job, d, &why, &e));
	assert_int_equal(number(h, "failed", job->name, d), 1);
	assert_true(daily_is_done(&system, job, d, &done, &e));
	assert_false(done);
	assert_true(daily_do(&system, job, d, NULL, &e));
	assert_int_equal(number(h, "done", job->name, d), 1);
	const struct daily_job *other = job_named("minutes");
	assert_true(daily_do(&system, other, d, NULL, &e));
	assert_true(daily_fail(&system, other, d, &why, &e));
	assert_int_equal(number(h, "done", other->name, d), 1);
	assert_int_equal(number(h, "failed", other->name, d), 0);
}

static bool do_hold(const struct act *act, void *user, struct err *e)
{
	return daily_do(act, job_named("hold"), day_of("2026-03-02"), user, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	hall_add_bank(h);
	(void)harness_person(h, ROLE_APPROVER);
	json_t *large = one_large(h);
	stage_all_or_nothing(h, 0, do_hold, large);
	assert_int_equal(stage_journalled(h, "bank.held"), 1);
	json_decref(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),       cmocka_unit_test(test_table),
		HARNESS_TEST(test_once),           HARNESS_TEST(test_failure),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests_name("app daily", tests, NULL, NULL);
}
