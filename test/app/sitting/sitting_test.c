/* The computer test: halls, check-in, the start, answers, the end (R28-1 to R28-3, R13-1, A5-1,
 * R44-2). */
#include "hall.h"

#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* R28-1: the hall of a district office is no test hall. */
static void test_hall_kinds(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, harness_person(s.h, ROLE_OPERATOR));
	struct sitting_plan plan = { .competition_id = s.competition,
				     .hall_id = hall_of_kind(s.h, "district"),
				     .binding = "none" };
	int64_t id = 0;
	struct err e = { 0 };
	stage_refused("a district hall", sitting_open(&act, &plan, &id, &e), &e, ERR_LAW,
		      "law.sitting.hall", "28");
	assert_string_equal(e.field, "hall");
	err_clear(&e);
	plan.hall_id = hall_of_kind(s.h, "regional");
	assert_true(sitting_open(&act, &plan, &id, &e));
}

/* R13-1, R28-2 and the seat. */
static void test_check_in(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	int64_t unchecked = stage_candidate(&w.stage, STAGE_SENT);
	int64_t speechless = stage_candidate(&w.stage, STAGE_MET);
	int64_t other = stage_candidate(&w.stage, STAGE_MET);
	struct err e = { 0 };
	assert_true(db_exec(act.db, &e, NULL,
			    "UPDATE application SET test_language = CASE WHEN id = $1 THEN ''"
			    " ELSE 'kk' END WHERE id IN ($1, $2)",
			    db_int(speechless), db_int(other)));
	const struct {
		const char *why;
		int64_t application, seat;
		enum err_kind kind;
		const char *key, *place;
	} row[] = {
		{ "not qualified", unchecked, 2, ERR_LAW, "law.admission.studies", "13" },
		{ "no language chosen", speechless, 2, ERR_LAW, "law.sitting.language", "28" },
		{ "no such seat", other, HALL_SEATS + 1, ERR_INPUT, "sitting.error.seat", "seat" },
		{ "a taken seat", other, 1, ERR_INPUT, "sitting.error.seat_taken", "seat" },
		{ "checked in already", w.application, 2, ERR_LAW, "law.sitting.repeat", "36" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		err_clear(&e);
		stage_refused(row[i].why,
			      sitting_admit(&act, w.sitting, row[i].application, "id_card",
					    row[i].seat, &e),
			      &e, row[i].kind, row[i].key, row[i].place);
	}
	err_clear(&e);
	assert_true(sitting_admit(&act, w.sitting, other, "passport", 2, &e));
}

/* F46, F47, F53: kept, counted once, late ones kept and not counted. */
static void test_answers(void **state)
{
	struct hall w = hall_open(*state);
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	stage_refused("before the start", hall_click(&w, 1, 0, "key-0001", &ack, &e), &e,
		      ERR_CONFLICT, "test.error.waiting", NULL);
	hall_start(&w);
	err_clear(&e);
	stage_refused("no such question", hall_click(&w, 121, 0, "key-0002", &ack, &e), &e,
		      ERR_INPUT, "test.error.number", "number");
	err_clear(&e);
	stage_refused("no such option", hall_click(&w, 1, 5, "key-0002", &ack, &e), &e, ERR_INPUT,
		      "test.error.choice", "option");
	err_clear(&e);
	assert_true(hall_click(&w, 1, 2, "key-0003", &ack, &e) && ack.accepted);
	assert_true(hall_click(&w, 1, 2, "key-0003", &ack, &e) && ack.accepted);
	assert_int_equal(stage_journalled(w.stage.h, "test.answer"), 1);
	assert_true(hall_click(&w, 1, -1, "key-0004", &ack, &e) && ack.accepted);
	struct act stranger = harness_act(w.stage.h, harness_person(w.stage.h, ROLE_PERSON));
	stage_refused(
		"another's test",
		attempt_answer(&stranger, w.attempt, HALL_SESSION, 1, "", "key-0005", &ack, &e), &e,
		ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T12:00");
	assert_true(hall_click(&w, 1, 0, "key-0006", &ack, &e));
	assert_false(ack.accepted);
	assert_string_equal(ack.refusal, "late");
	assert_int_equal(ack.left_ms, 0);
	/* the acknowledgement was lost on its way: the click is told what it was told */
	assert_true(hall_click(&w, 1, 2, "key-0003", &ack, &e) && ack.accepted);
}

/* F56: a token says nothing, and is another one for another question and another attempt. */
static void test_tokens(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	const char *token = hall_token(&w, 1, 0);
	assert_int_equal(strlen(token), TOKEN_SIZE - 1);
	assert_string_not_equal(token, hall_token(&w, 1, 1));
	assert_string_not_equal(token, hall_token(&w, 2, 0));
	struct harness *h = w.stage.h;
	const char *path = arena_print(h->arena, "/tests/%lld/questions/1", (long long)w.attempt);
	struct act act = hall_candidate(&w);
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	stage_refused("the token of another question",
		      attempt_answer(&act, w.attempt, HALL_SESSION, 2, token, "key-0001", &ack, &e),
		      &e, ERR_INPUT, "test.error.choice", "option");
	struct answer a = harness_get(h, w.candidate, path);
	assert_string_equal(a.error, "test.error.moved"); /* the pen is HALL_SESSION's */
	a = harness_get(h, w.candidate, arena_print(h->arena, "/tests/%lld", (long long)w.attempt));
	assert_int_equal(a.status, 200);
	a = harness_get(h, w.candidate, path);
	assert_int_equal(a.status, 200);
	static const char *const hidden[] = { "answer", "item_id", "shown", "act", "hash" };
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_null(json_object_get(a.json, hidden[i]));
	assert_string_equal(answer_text(&a, "options.0.token"), token);
	assert_int_equal(harness_get(h, w.stage.hr, path).status, 404);
}

/* R44-2: not lower than the mark: 83 fails, 84 passes. */
static void check_mark(struct harness *h, int right, int positive)
{
	struct hall w = hall_open(h);
	hall_start(&w);
	hall_answer_right(&w, right);
	struct act act = hall_candidate(&w);
	struct err e = { 0 };
	assert_true(attempt_finish(&act, w.attempt, HALL_SESSION, &e) &&
		    attempt_finish(&act, w.attempt, HALL_SESSION, &e));
	json_t *row = db_row(act.db, act.arena, &e,
			     "SELECT correct, positive, points FROM result WHERE attempt_id = $1",
			     db_int(w.attempt));
	assert_int_equal(row_number(row, "correct"), right);
	assert_int_equal(row_number(row, "positive"), positive);
	assert_int_equal(strlen(row_text(row, "points")), 120);
	assert_int_equal(strspn(row_text(row, "points"), "1"), right);
	assert_int_equal(stage_journalled(h, "test.result"), 1);
}

static void test_83_fails(void **state)
{
	check_mark(*state, 83, 0);
}

static void test_84_passes(void **state)
{
	check_mark(*state, 84, 1);
}

/* F52: the end is a matter of the clock; closing the sitting writes the fact. */
static void test_time_up(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	stage_refused("somebody still writes", sitting_close(&act, w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.running", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T12:00");
	act = hall_operator(&w);
	assert_true(sitting_close(&act, w.sitting, &e));
	assert_int_equal(stage_journalled(w.stage.h, "test.result"), 1);
}

/* F52: somebody who was checked in and never came to the first question has a result too. */
static void test_never_entered(void **state)
{
	struct hall w = hall_open(*state);
	int64_t absent = hall_admit(&w, 2);
	hall_start(&w);
	harness_at(w.stage.h, "2026-03-02T12:00");
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	int64_t asked = 0;
	assert_true(sitting_close(&act, w.sitting, &e));
	assert_true(db_number(act.db, &e, &asked, "SELECT asked FROM result WHERE attempt_id = $1",
			      db_int(absent)));
	assert_int_equal(asked, 120);
}

/* F41: one session writes; another sees the same test, and its clicks are kept and do not count. */
static void test_one_pen(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	struct act act = hall_candidate(&w);
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	bool pen = true;
	assert_true(db_exec(act.db, &e, NULL,
			    "INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms,"
			    " expires_ms) VALUES ($1, $2, 'c', $3, $3, $4)",
			    db_text(HALL_SESSION), db_int(w.candidate), db_int(act.now_ms),
			    db_int(act.now_ms + 1000000)));
	assert_true(attempt_enter(&act, w.attempt, "another-device", false, &pen, &e));
	assert_false(pen);
	assert_true(attempt_answer(&act, w.attempt, "another-device", 1, hall_token(&w, 1, 0),
				   "key-0001", &ack, &e));
	assert_false(ack.accepted);
	assert_string_equal(ack.refusal, "moved");
	stage_refused("finish from there", attempt_finish(&act, w.attempt, "another-device", &e),
		      &e, ERR_CONFLICT, "test.error.moved", NULL);
	err_clear(&e);
	/* the first session is over: the browser was closed, the candidate signed in again */
	assert_true(db_exec(act.db, &e, NULL, "DELETE FROM session WHERE token_hash = $1",
			    db_text(HALL_SESSION)));
	assert_true(attempt_enter(&act, w.attempt, "another-device", false, &pen, &e));
	assert_true(pen);
}

/* F41: however many devices of a candidate start, and however often, there is one attempt, one
 * form, one that writes. */
static void test_many_starts(void **state)
{
	enum { STARTS = 10000, DEVICES = 100 };
	struct hall w = hall_open(*state);
	hall_start(&w);
	struct act act = hall_candidate(&w);
	struct err e = { 0 };
	int64_t writers = 0;
	assert_true(db_exec(act.db, &e, NULL,
			    "INSERT INTO session (token_hash, person_id, csrf, created_ms, seen_ms,"
			    " expires_ms) VALUES ($1, $2, 'c', $3, $3, $4)",
			    db_text(HALL_SESSION), db_int(w.candidate), db_int(act.now_ms),
			    db_int(act.now_ms + 1000000)));
	for (int i = 0; i < STARTS; i++) {
		char device[16];
		bool pen = false;
		(void)snprintf(device, sizeof(device), "device-%d", i % DEVICES);
		assert_true(attempt_enter(&act, w.attempt, i % DEVICES ? device : HALL_SESSION,
					  false, &pen, &e));
		writers += pen;
	}
	assert_int_equal(writers, STARTS / DEVICES);
	json_t *row =
		db_row(act.db, act.arena, &e,
		       "SELECT (SELECT COUNT(*) FROM attempt) AS attempts,"
		       " (SELECT COUNT(*) FROM form_question) AS questions,"
		       " (SELECT COUNT(*) FROM seat_event WHERE kind = 'entered') AS entered");
	assert_int_equal(row_number(row, "attempts"), 1);
	assert_int_equal(row_number(row, "questions"), 120);
	assert_int_equal(row_number(row, "entered"), 1);
}

/* F35: where seats are bound, the computer of the seat writes, whichever session it has. */
static void test_bound_pen(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	struct act act = hall_candidate(&w);
	struct err e = { 0 };
	bool pen = true;
	assert_true(db_exec(act.db, &e, NULL, "UPDATE sitting SET binding = 'key' WHERE id = $1",
			    db_int(w.sitting)));
	assert_true(attempt_enter(&act, w.attempt, "elsewhere", false, &pen, &e));
	assert_false(pen);
	assert_true(attempt_enter(&act, w.attempt, "signed-in-anew", true, &pen, &e));
	assert_true(pen);
}

/* F9: until two officials have opened the names, a result is nobody's. */
static void test_names(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	hall_answer_right(&w, 90);
	struct act act = hall_operator(&w);
	struct act second = harness_act(w.stage.h, w.second);
	struct candidate c = { 0 };
	struct err e = { 0 };
	stage_refused("before the end", sitting_open_names(&act, w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.not_closed", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T12:00");
	act = hall_operator(&w);
	assert_true(sitting_close(&act, w.sitting, &e));
	assert_true(sitting_open_names(&act, w.sitting, &e));
	stage_refused("the same once more", sitting_open_names(&act, w.sitting, &e), &e,
		      ERR_CONFLICT, "sitting.error.same_person", NULL);
	err_clear(&e);
	assert_true(candidate_load(&act, w.application, &c, &e));
	assert_false(c.admission.test_positive);
	assert_int_equal(stage_told(w.stage.h, w.candidate, "test.passed"), 0);
	assert_true(sitting_open_names(&second, w.sitting, &e));
	assert_int_equal(stage_told(w.stage.h, w.candidate, "test.passed"), 1); /* F84 */
	assert_true(candidate_load(&act, w.application, &c, &e));
	assert_true(c.admission.test_positive);
	stage_refused("opened already", sitting_open_names(&second, w.sitting, &e), &e,
		      ERR_CONFLICT, "sitting.error.named", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_hall_kinds), HARNESS_TEST(test_check_in),
		HARNESS_TEST(test_answers),    HARNESS_TEST(test_tokens),
		HARNESS_TEST(test_83_fails),   HARNESS_TEST(test_84_passes),
		HARNESS_TEST(test_time_up),    HARNESS_TEST(test_never_entered),
		HARNESS_TEST(test_one_pen),    HARNESS_TEST(test_many_starts),
		HARNESS_TEST(test_bound_pen),  HARNESS_TEST(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
