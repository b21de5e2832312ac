/* Complaints with the records they rest on (F90), and how long these are kept (F74). */
#include "hall.h"

#include "app/complaint.h"
#include "app/retention.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t number(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(h->site.db, &e, &n,
			      "SELECT COUNT(*) FROM complaint_record WHERE kind = $1",
			      db_text(kind)));
	return n;
}

/* A candidate who has sat the test. */
static struct hall heard(struct harness *h)
{
	struct hall w = hall_open(h);
	hall_start(&w);
	hall_answer_right(&w, 90);
	return w;
}

static int64_t complain(struct hall *w)
{
	struct act act = hall_candidate(w);
	struct err e = { 0 };
	int64_t id = 0;
	if (!complaint_open(&act, w->application, "", "Сағат тоқтап қалды", &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return id;
}

/* F90: what the system knows is there before anybody answers. */
static void test_attached(void **state)
{
	struct hall w = heard(*state);
	static const struct {
		const char *kind;
		int64_t count;
	} row[] = { { "test", 1 },  { "seat_log", 1 }, { "journal", 1 },
		    { "stops", 0 }, { "test_act", 0 }, { "vote", 0 } };
	(void)complain(&w);
	for (size_t i = 0; i < COUNT(row); i++) {
		if (number(w.stage.h, row[i].kind) != row[i].count)
			fail_msg("%s: %lld", row[i].kind,
				 (long long)number(w.stage.h, row[i].kind));
	}
	assert_int_equal(stage_journalled(w.stage.h, "complaint.opened"), 1);
}

static void test_refused(void **state)
{
	struct hall w = heard(*state);
	struct act own = hall_candidate(&w);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct act stranger = harness_act(w.stage.h, harness_person(w.stage.h, 0));
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("no text", complaint_open(&own, w.application, "", "", &id, &e), &e,
		      ERR_INPUT, "error.required", "text");
	err_clear(&e);
	stage_refused("a paper without a number",
		      complaint_open(&hr, w.application, "", "Шағым", &id, &e), &e, ERR_INPUT,
		      "error.required", "number");
	err_clear(&e);
	stage_refused("somebody else's",
		      complaint_open(&stranger, w.application, "1", "Шағым", &id, &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	assert_true(complaint_open(&hr, w.application, "15", "Шағым", &id, &e));
	stage_refused("one is open", complaint_open(&own, w.application, "", "Шағым", &id, &e), &e,
		      ERR_CONFLICT, "complaint.error.open", NULL);
}

/* F90: the answer rests on a record of this complaint. */
static void test_answer(void **state)
{
	struct hall w = heard(*state);
	struct act own = hall_candidate(&w);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct err e = { 0 };
	const int64_t id = complain(&w);
	const int64_t cited[] = { 1, 2 };
	const int64_t unknown[] = { 9999 };
	struct complaint_answer answer = { "refused", "Журналда үзіліс жоқ", NULL, 0 };
	stage_refused("cites nothing", complaint_answer(&hr, id, &answer, &e), &e, ERR_INPUT,
		      "complaint.error.cites", "cites");
	err_clear(&e);
	answer.cited = unknown;
	answer.cited_count = 1;
	stage_refused("cites what is not there", complaint_answer(&hr, id, &answer, &e), &e,
		      ERR_INPUT, "complaint.error.cites", "cites");
	err_clear(&e);
	answer.cited = cited;
	answer.cited_count = COUNT(cited);
	stage_refused("the candidate", complaint_answer(&own, id, &answer, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(complaint_answer(&hr, id, &answer, &e));
	stage_refused("twice", complaint_answer(&hr, id, &answer, &e), &e, ERR_CONFLICT,
		      "complaint.error.answered", NULL);
	assert_true(complaint_may_read(&own, id, &e) || *e.key);
}

/* ---- F74 ----------------------------------------------------------------------------------- */

static void close_competition(struct hall *w)
{
	struct err e = { 0 };
	assert_true(db_exec(w->stage.h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1 WHERE id = $2",
			    db_int(clock_now(&w->stage.h->site.clock)),
			    db_int(w->stage.competition)));
}

static int64_t events(struct harness *h)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM seat_event"));
	return n;
}

/* Three years, never while a complaint is open, by two officers, and the chain stays whole. */
static void test_destroyed(void **state)
{
	struct hall w = heard(*state);
	struct harness *h = w.stage.h;
	const int64_t second = harness_person(h, ROLE_HR);
	struct err e = { 0 };
	int64_t id = 0;
	struct act hr = harness_act(h, w.stage.hr);
	stage_refused("it runs", retention_destroy(&hr, w.stage.competition, "1", second, &id, &e),
		      &e, ERR_CONFLICT, "retention.error.running", NULL);
	close_competition(&w);
	const int64_t complaint = complain(&w);
	harness_at(h, "2029-03-02T10:00");
	hr = harness_act(h, w.stage.hr);
	err_clear(&e);
	stage_refused("held", retention_destroy(&hr, w.stage.competition, "1", second, &id, &e), &e,
		      ERR_CONFLICT, "retention.error.held", NULL);
	const int64_t cited[] = { 1 };
	const struct complaint_answer answer = { "refused", "Жоқ", cited, 1 };
	err_clear(&e);
	assert_true(complaint_answer(&hr, complaint, &answer, &e));
	stage_refused("the last day",
		      retention_destroy(&hr, w.stage.competition, "1", second, &id, &e), &e,
		      ERR_CONFLICT, "retention.error.early", NULL);
	assert_string_equal(e.value, "2029-03-02");
	harness_at(h, "2029-03-03T10:00");
	hr = harness_act(h, w.stage.hr);
	err_clear(&e);
	stage_refused("alone",
		      retention_destroy(&hr, w.stage.competition, "1", w.stage.hr, &id, &e), &e,
		      ERR_INPUT, "retention.error.second", "second");
	err_clear(&e);
	assert_true(events(h) > 0);
	assert_true(retention_destroy(&hr, w.stage.competition, "1", second, &id, &e));
	assert_int_equal(events(h), 0);
	stage_refused("twice", retention_destroy(&hr, w.stage.competition, "2", second, &id, &e),
		      &e, ERR_CONFLICT, "retention.error.destroyed", NULL);
	struct journal_report report;
	err_clear(&e);
	assert_true(journal_verify(h->site.db, &report, &e));
	assert_int_equal(report.broken_seq, 0);
	assert_true(report.destroyed >= 90);
}

/* 29 February ends on the 28th. */
static void test_leap_day(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct competition c = { 0 };
	struct retention r = { 0 };
	struct err e = { 0 };
	int64_t closed = 0;
	char text[DAY_TEXT_SIZE];
	assert_true(instant_parse("2028-02-29T10:00", &closed));
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1",
			    db_int(closed)));
	assert_true(competition_load(&act, s.competition, &c, &e) &&
		    retention_of(&act, &c, &r, &e));
	day_print(r.until, text);
	assert_string_equal(text, "2031-02-28");
	assert_false(r.due);
}

static bool run_open(const struct act *act, void *user, struct err *e)
{
	const struct hall *w = user;
	int64_t id = 0;
	return complaint_open(act, w->application, "", "Шағым", &id, e);
}

static void test_all_or_nothing(void **state)
{
	struct hall w = heard(*state);
	stage_all_or_nothing(w.stage.h, w.candidate, run_open, &w);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_attached), WITH_HARNESS(test_refused),
		WITH_HARNESS(test_answer),   WITH_HARNESS(test_destroyed),
		WITH_HARNESS(test_leap_day), WITH_HARNESS(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
