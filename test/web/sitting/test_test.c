/* The candidate's test over HTTP: its page, questions, answers, pulse, end and the sheet of its
 * result (F9, F41, F47, F48, F53, F56, F59). */
#include "hall.h"

#include "app/evidence/checkpoint.h"
#include "app/sitting/stop.h"
#include "verify/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE = 60 * 1000 };

static int set_up(void **state)
{
	*state = harness_open();
	return 0;
}

static int tear_down(void **state)
{
	harness_close(*state);
	return 0;
}

/* ---- hands --------------------------------------------------------------------------------- */

static const char *path_of(struct hall *w, const char *rest)
{
	return arena_print(w->stage.h->arena, "/tests/%lld%s", (long long)w->attempt, rest);
}

static struct answer get(struct hall *w, const char *rest)
{
	return harness_get(w->stage.h, w->candidate, path_of(w, rest));
}

static struct answer post(struct hall *w, const char *rest, const char *form)
{
	return harness_post(w->stage.h, w->candidate, path_of(w, rest), form);
}

static struct answer click(struct hall *w, int64_t number, int64_t place, const char *key)
{
	return post(w, "/answers",
		    arena_print(w->stage.h->arena, "number=%lld&option=%s&key=%s",
				(long long)number, place < 0 ? "" : hall_token(w, number, place),
				key));
}

/* A running sitting whose candidate has opened the page. */
static struct hall started(struct harness *h)
{
	struct hall w = hall_open(h);
	hall_start(&w);
	assert_int_equal(get(&w, "").status, 200);
	return w;
}

static void set_pen(struct hall *w, const char *pen)
{
	struct err e = { 0 };
	assert_true(db_exec(w->stage.h->site.db, &e, NULL,
			    "UPDATE attempt SET pen = $1 WHERE id = $2", db_text(pen),
			    db_int(w->attempt)));
}

/* Another person's session, which lives: as good as the candidate's on another computer. */
static const char *other_session(struct hall *w)
{
	struct err e = { 0 };
	const char *hash = NULL;
	(void)harness_cookie(w->stage.h, w->operator);
	assert_true(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &hash,
			      "SELECT token_hash FROM session WHERE person_id = $1",
			      db_int(w->operator)));
	return hash;
}

static void stop(struct hall *w, int64_t attempt, const char *kind)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	assert_true(stop_clock(&act, w->sitting, attempt, kind, "ақау", hall_second(w), &e));
}

static void go_on(struct hall *w)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(act.db, &e, &id, "SELECT MAX(id) FROM stop") &&
		    stop_end(&act, w->sitting, id, &e));
}

static int64_t events(struct hall *w)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(
		db_number(w->stage.h->site.db, &e, &count, "SELECT COUNT(*) FROM answer_event"));
	return count;
}

/* ---- the page ------------------------------------------------------------------------------ */

/* F41, F52: the state of the test is what the server says, at every point of its way. */
static void test_states(void **state)
{
	struct hall w = hall_open(*state);
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
	struct answer a = get(&w, "");
	assert_string_equal(answer_text(&a, "test.state"), "waiting");
	a = get(&w, "/state");
	assert_string_equal(answer_text(&a, "state"), "waiting");
	a = get(&w, "/questions/1");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "test.error.waiting");
	set_pen(&w, "");
	hall_start(&w);
	a = get(&w, "");
	assert_string_equal(answer_text(&a, "test.state"), "running");
	assert_true(json_is_true(answer_value(&a, "test.pen")));
	assert_int_equal(answer_number(&a, "test.left_ms"), 120 * MINUTE);
	assert_int_equal(json_array_size(answer_value(&a, "map")), 120);
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
	stop(&w, 0, "other");
	a = get(&w, "/state");
	assert_string_equal(answer_text(&a, "state"), "stopped");
	a = get(&w, "/questions/1");
	assert_string_equal(a.error, "test.error.stopped");
	a = post(&w, "/finish", "");
	assert_string_equal(a.error, "test.error.stopped");
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
	go_on(&w);
	harness_at(w.stage.h, "2026-03-02T12:00");
	a = get(&w, "/state");
	assert_string_equal(answer_text(&a, "state"), "time_up");
	assert_int_equal(answer_number(&a, "left_ms"), 0);
	a = get(&w, "/questions/1");
	assert_string_equal(a.error, "test.error.over");
	a = get(&w, "");
	assert_string_equal(answer_text(&a, "test.state"), "finished");
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
}

static void test_strangers(void **state)
{
	struct hall w = started(*state);
	int64_t stranger = harness_person(w.stage.h, 0);
	static const char *const paths[] = { "", "/state", "/questions/1" };
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_int_equal(harness_get(w.stage.h, stranger, path_of(&w, paths[i])).status,
				 404);
	struct answer a = harness_post(w.stage.h, stranger, path_of(&w, "/pulse"),
				       "unsaved=0&waiting_ms=0&gap_ms=0");
	assert_int_equal(a.status, 404);
	assert_int_equal(harness_post(w.stage.h, stranger, path_of(&w, "/finish"), "").status, 404);
}

/* F56: an option is known by a random token; nothing tells which one is right. */
static void test_question(void **state)
{
	struct hall w = started(*state);
	struct answer a = get(&w, "/questions/7");
	assert_int_equal(a.status, 200);
	assert_int_equal(json_object_size(a.json), 5);
	assert_int_equal(answer_number(&a, "number"), 7);
	assert_true(*answer_text(&a, "stem"));
	assert_string_equal(answer_text(&a, "choice"), "");
	const json_t *option = answer_value(&a, "options.1");
	assert_int_equal(json_object_size(option), 2);
	assert_string_equal(answer_text(&a, "options.1.token"), hall_token(&w, 7, 1));
	assert_string_not_equal(hall_token(&w, 7, 1), hall_token(&w, 8, 1));
	assert_int_equal(click(&w, 7, 1, "key-00001").status, 200);
	a = get(&w, "/questions/7");
	assert_string_equal(answer_text(&a, "choice"), hall_token(&w, 7, 1));
	assert_int_equal(get(&w, "/questions/121").status, 404);
}

/* ---- answers ------------------------------------------------------------------------------- */

/* F48, F53: saved means on disk; a click sent twice is one; taking back is a click too. */
static void test_answers(void **state)
{
	struct hall w = started(*state);
	struct answer a = click(&w, 1, 2, "key-00001");
	assert_true(json_is_true(answer_value(&a, "saved")));
	assert_string_equal(answer_text(&a, "refusal"), "");
	assert_string_equal(answer_text(&a, "option"), hall_token(&w, 1, 2));
	assert_int_equal(answer_number(&a, "number"), 1);
	assert_int_equal(answer_number(&a, "left_ms"), 120 * MINUTE);
	a = click(&w, 1, 2, "key-00001");
	assert_true(json_is_true(answer_value(&a, "saved")));
	assert_int_equal(events(&w), 1);
	a = click(&w, 2, 2, "key-00001");
	assert_int_equal(a.status, 422);
	assert_string_equal(a.field, "key");
	assert_int_equal(events(&w), 1);
	assert_int_equal(click(&w, 1, -1, "key-00002").status, 200);
	a = get(&w, "/questions/1");
	assert_string_equal(answer_text(&a, "choice"), "");
	a = get(&w, "");
	assert_int_equal(answer_number(&a, "map.0.answered"), 0);
	assert_string_equal(answer_text(&a, "map.0.mark"), "saved");
	assert_string_equal(answer_text(&a, "map.1.mark"), "");
	assert_string_equal(answer_text(&a, "test.newest"), "key-00002");
}

static void test_refused_answers(void **state)
{
	struct hall w = started(*state);
	static const struct {
		const char *why, *form, *field;
	} row[] = {
		{ "a question the form does not have", "number=121&key=key-00001", "number" },
		{ "no question at all", "number=0&key=key-00001", "number" },
		{ "a token of nothing", "number=1&option=0123456789abcdef&key=key-00001",
		  "option" },
		{ "longer than a token", "number=1&option=0123456789abcdef0&key=key-00001",
		  "option" },
		{ "a key that is too short", "number=1&key=1234567", "key" },
		{ "no key", "number=1", "key" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = post(&w, "/answers", row[i].form);
		if (a.status != 422 || strcmp(a.field, row[i].field) != 0)
			fail_msg("%s: %d at '%s'", row[i].why, a.status, a.field);
	}
	assert_int_equal(events(&w), 0);
}

/* F47: to the last millisecond; what comes later is kept and shown, and does not count. */
static void test_late(void **state)
{
	struct hall w = started(*state);
	assert_int_equal(click(&w, 1, 1, "key-00001").status, 200);
	harness_at(w.stage.h, "2026-03-02T11:59");
	struct answer a = click(&w, 2, 1, "key-00002");
	assert_true(json_is_true(answer_value(&a, "saved")));
	harness_at(w.stage.h, "2026-03-02T12:00");
	a = click(&w, 1, 2, "key-00003");
	assert_int_equal(a.status, 200);
	assert_true(json_is_false(answer_value(&a, "saved")));
	assert_string_equal(answer_text(&a, "refusal"), "late");
	a = get(&w, "");
	assert_string_equal(answer_text(&a, "map.0.mark"), "late");
	assert_int_equal(answer_number(&a, "map.0.answered"), 1);
	assert_string_equal(answer_text(&a, "test.newest"), "key-00002");
	assert_int_equal(events(&w), 3);
}

/* F41, F42: another session writes: this one sees no question, and its clicks do not count. */
static void test_another_pen(void **state)
{
	struct hall w = started(*state);
	set_pen(&w, other_session(&w));
	struct answer a = get(&w, "");
	assert_true(json_is_false(answer_value(&a, "test.pen")));
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
	a = get(&w, "/state");
	assert_true(json_is_false(answer_value(&a, "pen")));
	a = get(&w, "/questions/1");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "test.error.moved");
	a = click(&w, 1, 1, "key-00001");
	assert_true(json_is_false(answer_value(&a, "saved")));
	assert_string_equal(answer_text(&a, "refusal"), "moved");
	a = post(&w, "/finish", "");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "test.error.moved");
	a = post(&w, "/pulse", "unsaved=0&waiting_ms=0&gap_ms=0");
	assert_int_equal(a.status, 200);
	assert_true(json_is_false(answer_value(&a, "pen")));
	/* The session that held it is over. */
	set_pen(&w, "nobody's");
	a = get(&w, "");
	assert_true(json_is_true(answer_value(&a, "test.pen")));
}

/* ---- pulse ----------------------------------------------------------------------------------- */

/* F45, F49: what waits at the seat goes up, the state and the age of the last save come down. */
static void test_pulse(void **state)
{
	struct hall w = started(*state);
	struct err e = { 0 };
	struct answer a = post(&w, "/pulse", "unsaved=0&waiting_ms=0&gap_ms=400");
	assert_int_equal(a.status, 200);
	assert_int_equal(json_object_size(a.json), 4);
	assert_string_equal(answer_text(&a, "state"), "running");
	assert_int_equal(answer_number(&a, "saved_ms"), -1);
	assert_int_equal(answer_number(&a, "left_ms"), 120 * MINUTE);
	assert_int_equal(click(&w, 3, 0, "key-00001").status, 200);
	harness_at(w.stage.h, "2026-03-02T10:02");
	a = post(&w, "/pulse", "unsaved=2&waiting_ms=61000&gap_ms=62000");
	assert_int_equal(answer_number(&a, "saved_ms"), 2 * MINUTE);
	json_t *pulse = db_row(w.stage.h->site.db, w.stage.h->arena, &e,
			       "SELECT unsaved, waiting_ms FROM seat_pulse WHERE attempt_id = $1",
			       db_int(w.attempt));
	assert_int_equal(json_integer_value(json_object_get(pulse, "unsaved")), 2);
	assert_int_equal(json_integer_value(json_object_get(pulse, "waiting_ms")), 61000);
	json_t *gaps = db_rows(w.stage.h->site.db, w.stage.h->arena, &e,
			       "SELECT length_ms FROM seat_event WHERE kind = 'gap'");
	assert_int_equal(json_array_size(gaps), 1);
	assert_int_equal(post(&w, "/pulse", "unsaved=-1&waiting_ms=0&gap_ms=0").status, 422);
	assert_int_equal(post(&w, "/pulse", "unsaved=1").status, 422);
}

/* ---- result ---------------------------------------------------------------------------------- */

static struct answer result(struct hall *w, int64_t person)
{
	return harness_get(w->stage.h, person,
			   arena_print(w->stage.h->arena, "/results/%lld", (long long)w->attempt));
}

static void check_result_page(struct hall *w, int64_t person)
{
	harness_check_page(w->stage.h, person,
			   arena_print(w->stage.h->arena, "/results/%lld", (long long)w->attempt));
}

static void close_and_name(struct hall *w)
{
	struct act act = hall_operator(w);
	struct act second = harness_act(w->stage.h, w->second);
	struct err e = { 0 };
	assert_true(sitting_close(&act, w->sitting, &e));
	assert_true(sitting_open_names(&act, w->sitting, &e));
	assert_true(sitting_open_names(&second, w->sitting, &e));
}

static struct answer draw(struct hall *w, int64_t person)
{
	return harness_html(
		w->stage.h, person,
		arena_print(w->stage.h->arena, "/results/%lld/draw.json", (long long)w->attempt));
}

/* F33: whoever may read the result can draw its form again, and sees that the journal had it. */
static void check_values(struct hall *w)
{
	struct harness *h = w->stage.h;
	struct trust trust = { .pinned = true };
	struct err e = { 0 };
	const int64_t readers[] = { w->candidate, w->operator, w->stage.hr };
	assert_true(checkpoint_key(h->site.db, &trust.log, &e));
	for (size_t i = 0; i < COUNT(readers); i++) {
		const struct answer a = draw(w, readers[i]);
		struct report *report = check_new(h->arena);
		assert_int_equal(a.status, 200);
		assert_string_equal(a.type, "application/json");
		assert_true(
			check_forms(report, (struct file){ "draw", a.body, a.size }, &trust, &e));
		assert_int_equal(report->bad + report->unproved, 0);
		check_result_page(w, readers[i]);
	}
	assert_int_equal(draw(w, harness_person(h, 0)).status, 404);
	assert_int_equal(draw(w, harness_person(h, ROLE_AUTHOR)).status, 404);
}

/* F9: the sheet has the code for everybody, and the name only for the candidate until two officials
 * have opened it: nor does it lead to the application. */
static void test_result(void **state)
{
	struct hall w = started(*state);
	assert_int_equal(result(&w, w.candidate).status, 404);
	for (int64_t number = 1; number <= 84; number++) {
		const char *key = arena_print(w.stage.h->arena, "right-%03lld", (long long)number);
		assert_int_equal(click(&w, number, hall_right_place(&w, number), key).status, 200);
	}
	struct answer a = post(&w, "/finish", "");
	assert_int_equal(a.status, 200);
	assert_int_equal(post(&w, "/finish", "").status, 200);
	a = result(&w, w.candidate);
	assert_int_equal(answer_number(&a, "result.figures.correct"), 84);
	assert_int_equal(answer_number(&a, "result.figures.positive"), 1);
	assert_string_equal(answer_text(&a, "result.figures.sem"), "5.0");
	assert_int_equal(json_array_size(answer_value(&a, "result.figures.acts")), 10);
	assert_int_equal(strlen(answer_text(&a, "result.form")), 64);
	assert_true(*answer_text(&a, "result.code"));
	assert_true(*answer_text(&a, "result.name"));
	check_result_page(&w, w.candidate);
	const int64_t readers[] = { w.operator, w.stage.hr };
	for (size_t i = 0; i < COUNT(readers); i++) {
		a = result(&w, readers[i]);
		assert_true(*answer_text(&a, "result.code"));
		assert_true(json_is_null(answer_value(&a, "result.name")));
		assert_true(json_is_null(answer_value(&a, "result.application")));
		check_result_page(&w, readers[i]);
	}
	assert_int_equal(result(&w, harness_person(w.stage.h, 0)).status, 404);
	assert_int_equal(draw(&w, w.candidate).status, 409);
	close_and_name(&w);
	a = result(&w, w.operator);
	assert_true(*answer_text(&a, "result.name"));
	assert_int_equal(answer_number(&a, "result.application"), w.application);
	check_values(&w);
}

/* F52: whoever looks first after the end finds the result; the test ended when its time did. */
static void test_time_up(void **state)
{
	struct hall w = started(*state);
	assert_int_equal(click(&w, 1, hall_right_place(&w, 1), "key-00001").status, 200);
	harness_at(w.stage.h, "2026-03-02T15:00");
	struct answer a = result(&w, w.candidate);
	assert_int_equal(a.status, 200);
	assert_int_equal(answer_number(&a, "result.figures.correct"), 1);
	assert_string_equal(answer_text(&a, "result.finish"), "time");
	assert_int_equal(answer_number(&a, "result.finished_ms") -
				 answer_number(&a, "result.started_ms"),
			 120 * MINUTE);
}

/* F43, F44: the sheet tells every stop and every minute given, with two names. */
static void test_times_on_sheet(void **state)
{
	struct hall w = started(*state);
	struct err e = { 0 };
	stop(&w, 0, "failure");
	harness_at(w.stage.h, "2026-03-02T10:12");
	go_on(&w);
	struct act act = hall_operator(&w);
	assert_true(extra_time_give(&act, w.sitting, w.attempt, 15, "көру қабілеті", "анықтама № 7",
				    hall_second(&w), &e));
	assert_int_equal(post(&w, "/finish", "").status, 200);
	struct answer a = result(&w, w.candidate);
	assert_string_equal(answer_text(&a, "result.stops.0.kind"), "failure");
	assert_string_equal(answer_text(&a, "result.stops.0.length_ms"), "12:00");
	assert_string_equal(answer_text(&a, "result.given.0.length_ms"), "15:00");
	assert_string_equal(answer_text(&a, "result.given.0.document"), "анықтама № 7");
	assert_true(*answer_text(&a, "result.given.0.by_name"));
	assert_true(*answer_text(&a, "result.given.0.second_name"));
	check_result_page(&w, w.candidate);
}

/* Section 4: an annulled result shows its act and no figures; a void test its act. */
static void test_annulled(void **state)
{
	struct hall w = started(*state);
	struct act act = hall_operator(&w);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	struct err e = { 0 };
	int64_t id = 0;
	assert_int_equal(post(&w, "/finish", "").status, 200);
	assert_true(act_breach(&act, w.sitting, w.attempt, "А-12", "телефон", &id, &e));
	assert_true(act_breach_answer(&hr, id, true, "", &e));
	struct answer a = get(&w, "/state");
	assert_string_equal(answer_text(&a, "state"), "annulled");
	a = result(&w, w.candidate);
	assert_string_equal(answer_text(&a, "result.state"), "annulled");
	assert_string_equal(answer_text(&a, "result.act.number"), "А-12");
	assert_true(json_is_null(answer_value(&a, "result.figures")));
	check_result_page(&w, w.candidate);
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
}

static void test_void(void **state)
{
	struct hall w = started(*state);
	struct err e = { 0 };
	int64_t id = 0;
	stop(&w, w.attempt, "failure");
	harness_at(w.stage.h, "2026-03-02T11:00");
	struct act act = hall_operator(&w);
	assert_true(
		act_technical(&act, w.sitting, w.attempt, "Т-3", "диск", hall_second(&w), &id, &e));
	struct answer a = get(&w, "/state");
	assert_string_equal(answer_text(&a, "state"), "void");
	a = click(&w, 1, 1, "key-00001");
	assert_true(json_is_false(answer_value(&a, "saved")));
	a = result(&w, w.candidate);
	assert_string_equal(answer_text(&a, "result.state"), "void");
	assert_string_equal(answer_text(&a, "result.act.number"), "Т-3");
	check_result_page(&w, w.candidate);
	harness_check_page(w.stage.h, w.candidate, path_of(&w, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_states, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_strangers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_question, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_pen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pulse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_result, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times_on_sheet, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_annulled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_void, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("test", tests, NULL, NULL);
}
