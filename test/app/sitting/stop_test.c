/* The clock stands, time is given, seats are changed, acts: F42 to F44 and section 4 of rules.md.
 */
#include "hall.h"

#include "app/sitting/stop.h"
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE = 60 * 1000 };

static int64_t left(struct hall *w, int64_t attempt)
{
	struct act act = harness_act(w->stage.h, hall_candidate_of(w, attempt));
	struct attempt a = { 0 };
	struct err e = { 0 };
	assert_true(attempt_load_own(&act, attempt, &a, &e));
	return attempt_left_ms(&a.times, act.now_ms);
}

static const char *state_of(struct hall *w, int64_t attempt)
{
	struct act act = harness_act(w->stage.h, hall_candidate_of(w, attempt));
	struct attempt a = { 0 };
	struct err e = { 0 };
	assert_true(attempt_load_own(&act, attempt, &a, &e));
	return attempt_state_name(attempt_state(&a.times, act.now_ms));
}

static int64_t newest_stop(struct hall *w)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &id, "SELECT MAX(id) FROM stop"));
	return id;
}

/* Two candidates, started at 10:00; the second is at seat 2. */
static struct hall two(struct harness *h, int64_t *second)
{
	struct hall w = hall_open(h);
	*second = hall_admit(&w, 2);
	hall_start(&w);
	return w;
}

/* F44: for the hall: everybody gets the time back, to the millisecond. */
static void test_hall(void **state)
{
	int64_t other = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	harness_at(w.stage.h, "2026-03-02T10:10");
	struct act act = hall_operator(&w);
	stage_refused("alone",
		      stop_clock(&act, w.sitting, 0, "failure", "power",
				 hall_consent(&w, w.operator), &e),
		      &e, ERR_INPUT, "sitting.error.second", "second");
	err_clear(&e);
	assert_true(stop_clock(&act, w.sitting, 0, "failure", "power", hall_second(&w), &e));
	stage_refused("twice",
		      stop_clock(&act, w.sitting, 0, "failure", "power", hall_second(&w), &e), &e,
		      ERR_CONFLICT, "sitting.error.stopped", NULL);
	err_clear(&e);
	assert_string_equal(state_of(&w, w.attempt), "stopped");
	harness_at(w.stage.h, "2026-03-02T10:25");
	assert_int_equal(left(&w, other), 110 * MINUTE);
	struct answer_ack ack = { 0 };
	assert_true(hall_click(&w, 1, 0, "key-0001", &ack, &e) && ack.accepted);
	struct act candidate = hall_candidate(&w);
	stage_refused("finishing while it stands",
		      attempt_finish(&candidate, w.attempt, HALL_SESSION, &e), &e, ERR_CONFLICT,
		      "test.error.stopped", NULL);
	err_clear(&e);
	act = hall_operator(&w);
	assert_true(stop_end(&act, w.sitting, newest_stop(&w), &e));
	assert_true(stop_end(&act, w.sitting, newest_stop(&w), &e));
	assert_string_equal(state_of(&w, w.attempt), "running");
	assert_int_equal(left(&w, w.attempt), 110 * MINUTE);
	assert_int_equal(left(&w, other), 110 * MINUTE);
	assert_int_equal(stage_journalled(w.stage.h, "sitting.stopped"), 1);
	assert_int_equal(stage_journalled(w.stage.h, "sitting.resumed"), 1);
}

/* One person's stop and the hall's do not disturb each other. */
static void test_one_within_the_hall(void **state)
{
	int64_t other = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct act act = hall_operator(&w);
	assert_true(stop_clock(&act, w.sitting, other, "other", "ill", hall_second(&w), &e));
	int64_t own = newest_stop(&w);
	harness_at(w.stage.h, "2026-03-02T10:05");
	act = hall_operator(&w);
	assert_true(stop_clock(&act, w.sitting, 0, "failure", "network", hall_second(&w), &e));
	harness_at(w.stage.h, "2026-03-02T10:10");
	act = hall_operator(&w);
	assert_true(stop_end(&act, w.sitting, newest_stop(&w), &e));
	assert_string_equal(state_of(&w, w.attempt), "running");
	assert_string_equal(state_of(&w, other), "stopped");
	assert_true(stop_end(&act, w.sitting, own, &e));
	assert_int_equal(left(&w, w.attempt), 115 * MINUTE);
	assert_int_equal(left(&w, other), 120 * MINUTE);
}

/* Section 4: longer than thirty minutes, and the same variant does not go on: an act, a new date, a
 * new variant, and nothing that was on the first. */
static void test_technical(void **state)
{
	int64_t other = 0;
	int64_t id = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct act act = hall_operator(&w);
	assert_true(stop_clock(&act, w.sitting, w.attempt, "failure", "disk", hall_second(&w), &e));
	harness_at(w.stage.h, "2026-03-02T10:30");
	act = hall_operator(&w);
	stage_refused("it may still go on",
		      act_technical(&act, w.sitting, w.attempt, "1", "t", hall_second(&w), &id, &e),
		      &e, ERR_LAW, "law.sitting.failure_short", NULL);
	err_clear(&e);
	stage_refused("the other one has no failure",
		      act_technical(&act, w.sitting, other, "1", "t", hall_second(&w), &id, &e), &e,
		      ERR_CONFLICT, "sitting.error.no_failure", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T10:31");
	act = hall_operator(&w);
	stage_refused("too long to go on", stop_end(&act, w.sitting, newest_stop(&w), &e), &e,
		      ERR_LAW, "law.sitting.failure", NULL);
	err_clear(&e);
	assert_true(act_technical(&act, w.sitting, w.attempt, "1-A", "broken", hall_second(&w), &id,
				  &e));
	assert_string_equal(state_of(&w, w.attempt), "void");
	assert_int_equal(stage_told(w.stage.h, w.candidate, "test.void"), 1); /* F84 */
	const char *log = NULL;
	assert_true(db_string(act.db, act.arena, &e, &log,
			      "SELECT seat_log FROM sitting_act WHERE id = $1", db_int(id)));
	assert_non_null(strstr(log, "\"entered\""));
	assert_non_null(strstr(log, "\"stopped\""));

	const struct sitting_plan plan = { .competition_id = w.stage.competition,
					   .hall_id = w.id,
					   .binding = "none" };
	struct hall again = w;
	assert_true(sitting_open(&act, &plan, &again.sitting, &e));
	assert_true(sitting_admit(&act, again.sitting, w.application, "id_card", 1, &e));
	assert_true(db_number(act.db, &e, &again.attempt,
			      "SELECT id FROM attempt WHERE sitting_id = $1",
			      db_int(again.sitting)));
	hall_start(&again);
	int64_t twice = -1;
	assert_true(db_number(act.db, &e, &twice,
			      "SELECT COUNT(*) FROM form_question a JOIN form_question b"
			      " ON a.item_id = b.item_id WHERE a.attempt_id = $1"
			      " AND b.attempt_id = $2",
			      db_int(w.attempt), db_int(again.attempt)));
	assert_int_equal(twice, 0);
}

/* F42: the old page is cut at once; the time until the candidate sits again is given back. */
static void test_move(void **state)
{
	int64_t other = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct answer_ack ack = { 0 };
	struct act act = hall_operator(&w);
	bool pen = false;
	stage_refused("a taken seat",
		      seat_move(&act, w.sitting, w.attempt, 2, "r", hall_second(&w), &e), &e,
		      ERR_INPUT, "sitting.error.seat_taken", "seat");
	err_clear(&e);
	stage_refused("no such seat",
		      seat_move(&act, w.sitting, w.attempt, 99, "r", hall_second(&w), &e), &e,
		      ERR_INPUT, "sitting.error.seat", "seat");
	err_clear(&e);
	assert_true(seat_move(&act, w.sitting, w.attempt, 3, "the mouse", hall_second(&w), &e));
	assert_true(hall_click(&w, 1, 0, "key-0001", &ack, &e));
	assert_string_equal(ack.refusal, "moved");
	assert_string_equal(state_of(&w, w.attempt), "stopped");
	harness_at(w.stage.h, "2026-03-02T10:02");
	struct act candidate = hall_candidate(&w);
	assert_true(attempt_enter(&candidate, w.attempt, "new-seat", false, &pen, &e));
	assert_true(pen);
	assert_int_equal(left(&w, w.attempt), 120 * MINUTE);
	assert_int_equal(left(&w, other), 118 * MINUTE);
	assert_true(attempt_answer(&candidate, w.attempt, "new-seat", 1, hall_token(&w, 1, 1),
				   "key-0002", &ack, &e));
	assert_true(ack.accepted);
	assert_true(hall_click(&w, 1, 0, "key-0003", &ack, &e));
	assert_string_equal(ack.refusal, "moved");
}

/* F43, and F44: taken back only with an act. */
static void test_time_given_and_taken(void **state)
{
	int64_t other = 0;
	int64_t id = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct act act = hall_operator(&w);
	stage_refused(
		"too much",
		extra_time_give(&act, w.sitting, w.attempt, 61, "r", "d", hall_second(&w), &e), &e,
		ERR_INPUT, "sitting.error.minutes", "minutes");
	err_clear(&e);
	assert_true(extra_time_give(&act, w.sitting, w.attempt, 20, "sight", "№ 4", hall_second(&w),
				    &e));
	assert_int_equal(left(&w, w.attempt), 140 * MINUTE);
	assert_true(stop_clock(&act, w.sitting, 0, "other", "by mistake", hall_second(&w), &e));
	int64_t stop = newest_stop(&w);
	stage_refused("while it lasts",
		      act_reversal(&act, w.sitting, stop, "2", "t", hall_second(&w), &id, &e), &e,
		      ERR_CONFLICT, "sitting.error.stop_lasts", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T10:03");
	act = hall_operator(&w);
	assert_true(stop_end(&act, w.sitting, stop, &e));
	assert_int_equal(left(&w, other), 120 * MINUTE);
	assert_true(
		act_reversal(&act, w.sitting, stop, "2", "a mistake", hall_second(&w), &id, &e));
	assert_int_equal(left(&w, other), 117 * MINUTE);
	assert_int_equal(left(&w, w.attempt), 137 * MINUTE);
	stage_refused("twice",
		      act_reversal(&act, w.sitting, stop, "3", "t", hall_second(&w), &id, &e), &e,
		      ERR_CONFLICT, "sitting.error.reversed", NULL);
}

/* Section 4: stopped, an act signed by operator and HR, the result annulled. */
static void test_breach(void **state)
{
	int64_t other = 0;
	int64_t id = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct act act = hall_operator(&w);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct candidate c = { 0 };
	assert_true(act_breach(&act, w.sitting, w.attempt, "5", "a telephone", &id, &e));
	assert_string_equal(state_of(&w, w.attempt), "stopped");
	stage_refused("a second act", act_breach(&act, w.sitting, w.attempt, "6", "t", &id, &e), &e,
		      ERR_CONFLICT, "sitting.error.acts", NULL);
	err_clear(&e);
	stage_refused("the operator alone", act_breach_answer(&act, id, true, "", &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	stage_refused("its stop ends by itself", stop_end(&act, w.sitting, newest_stop(&w), &e), &e,
		      ERR_CONFLICT, "sitting.error.stop_kind", NULL);
	err_clear(&e);
	assert_int_equal(stage_told(w.stage.h, w.candidate, "test.annulled"), 0);
	assert_true(act_breach_answer(&hr, id, true, "", &e));
	assert_int_equal(stage_told(w.stage.h, w.candidate, "test.annulled"), 1); /* F84 */
	assert_string_equal(state_of(&w, w.attempt), "annulled");
	stage_refused("twice", act_breach_answer(&hr, id, false, "", &e), &e, ERR_CONFLICT,
		      "sitting.error.answered", NULL);
	err_clear(&e);
	assert_true(candidate_load(&act, w.application, &c, &e));
	assert_false(c.admission.test_positive);
	assert_int_equal(c.admission.part[PART_TEST], PART_FAILED);
	assert_int_equal(stage_journalled(w.stage.h, "test.annulled"), 1);
}

/* A refused act gives the time back; a finished test can be annulled too. */
static void test_breach_refused(void **state)
{
	int64_t other = 0;
	int64_t id = 0;
	struct hall w = two(*state, &other);
	struct err e = { 0 };
	struct act act = hall_operator(&w);
	assert_true(act_breach(&act, w.sitting, w.attempt, "5", "a telephone", &id, &e));
	harness_at(w.stage.h, "2026-03-02T10:06");
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	act = hall_operator(&w);
	stage_refused("closing meanwhile", sitting_close(&act, w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.running", NULL);
	err_clear(&e);
	assert_true(act_breach_answer(&hr, id, false, "it was a watch", &e));
	assert_string_equal(state_of(&w, w.attempt), "running");
	assert_int_equal(left(&w, w.attempt), 120 * MINUTE);
	struct act candidate = hall_candidate(&w);
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	assert_true(act_breach(&act, w.sitting, w.attempt, "6", "found later", &id, &e));
	assert_true(act_breach_answer(&hr, id, true, "", &e));
	assert_string_equal(state_of(&w, w.attempt), "annulled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_hall),
		HARNESS_TEST(test_one_within_the_hall),
		HARNESS_TEST(test_technical),
		HARNESS_TEST(test_move),
		HARNESS_TEST(test_time_given_and_taken),
		HARNESS_TEST(test_breach),
		HARNESS_TEST(test_breach_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
