/* Complaints with the records they rest on (F90). */
#include "hall.h"

#include "app/competition/complaint.h"

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
		WITH_HARNESS(test_attached),
		WITH_HARNESS(test_refused),
		WITH_HARNESS(test_answer),
		WITH_HARNESS(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
