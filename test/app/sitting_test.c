/* The computer test: halls, check-in, the start, answers, the end (R28-1 to R28-3, R13-1, A5-1,
 * R44-2). */
#include "stage.h"

#include "app/attempt.h"
#include "app/bank.h"
#include "app/sitting.h"
#include "exam/draw.h"
#include "faulty.h"
#include "view/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct hall {
	struct stage stage;
	int64_t operator, sitting, application, attempt, candidate;
};

static int64_t add_hall(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id,
			      "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
			      " VALUES ('pgo', $1, 'Зал', 'Зал', 2) RETURNING id",
			      db_text(kind)));
	return id;
}

static void add_bank(struct harness *h)
{
	struct act system = harness_act(h, 0);
	size_t count = 0;
	const struct share_item *files = share_below(&share_built_in, "sample/bank/", &count);
	assert_int_equal(count, 10);
	for (size_t i = 0; i < count; i++) {
		struct err e = { 0 };
		struct bank_file file = { 0 };
		struct bank_import done = { 0 };
		assert_true(bank_file_read(h->arena, files[i].path, (const char *)files[i].bytes,
					   &file, &e));
		assert_true(bank_import(&system, &file, &done, &e));
	}
}

static void choose_language(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	assert_true(db_exec(s->h->site.db, &e, NULL,
			    "UPDATE application SET test_language = 'ru' WHERE id = $1",
			    db_int(application)));
}

/* A sitting with one candidate checked in; not started. */
static struct hall open_hall(struct harness *h)
{
	struct hall w = { .stage = stage_open(h), .operator= harness_person(h, ROLE_OPERATOR) };
	struct act act = harness_act(h, w.operator);
	struct err e = { 0 };
	w.application = stage_candidate(&w.stage, STAGE_MET);
	w.candidate = stage_person_of(&w.stage, w.application);
	choose_language(&w.stage, w.application);
	assert_true(
		sitting_open(&act, w.stage.competition, add_hall(h, "central"), 0, &w.sitting, &e));
	assert_true(sitting_admit(&act, w.sitting, w.application, "id_card", 1, &e));
	assert_true(db_number(h->site.db, &e, &w.attempt,
			      "SELECT id FROM attempt WHERE application_id = $1",
			      db_int(w.application)));
	return w;
}

static void start(struct hall *w)
{
	struct act act = harness_act(w->stage.h, w->operator);
	struct err e = { 0 };
	assert_true(sitting_record(&act, w->sitting, "switched_off", &e));
	assert_true(sitting_start(&act, w->sitting, &e));
}

/* R28-1: the hall of a district office is no test hall. */
static void test_hall_kinds(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, harness_person(s.h, ROLE_OPERATOR));
	int64_t id = 0;
	struct err e = { 0 };
	stage_refused("a district hall",
		      sitting_open(&act, s.competition, add_hall(s.h, "district"), 0, &id, &e), &e,
		      ERR_LAW, "law.sitting.hall", "28");
	assert_string_equal(e.field, "hall");
	err_clear(&e);
	assert_true(sitting_open(&act, s.competition, add_hall(s.h, "regional"), 0, &id, &e));
}

/* R13-1, R28-2 and the seat. */
static void test_check_in(void **state)
{
	struct hall w = open_hall(*state);
	struct act act = harness_act(w.stage.h, w.operator);
	int64_t unchecked = stage_candidate(&w.stage, STAGE_SENT);
	int64_t speechless = stage_candidate(&w.stage, STAGE_MET);
	int64_t other = stage_candidate(&w.stage, STAGE_MET);
	struct err e = { 0 };
	assert_true(db_exec(w.stage.h->site.db, &e, NULL,
			    "UPDATE application SET test_language = '' WHERE id = $1",
			    db_int(speechless)));
	choose_language(&w.stage, other);
	const struct {
		const char *why;
		int64_t application, seat;
		enum err_kind kind;
		const char *key, *place;
	} row[] = {
		{ "not qualified", unchecked, 2, ERR_LAW, "law.admission.studies", "13" },
		{ "no language chosen", speechless, 2, ERR_LAW, "law.sitting.language", "28" },
		{ "no such seat", other, 3, ERR_INPUT, "sitting.error.seat", "seat" },
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

/* R28-3: no start until the record is settled; then two starts are one. */
static void test_start(void **state)
{
	struct hall w = open_hall(*state);
	struct act act = harness_act(w.stage.h, w.operator);
	struct err e = { 0 };
	stage_refused("no record", sitting_start(&act, w.sitting, &e), &e, ERR_LAW,
		      "law.sitting.recording", "28");
	err_clear(&e);
	assert_true(sitting_record(&act, w.sitting, "switched_off", &e));
	assert_int_equal(stage_journalled(w.stage.h, "sitting.recording"), 1);
	stage_refused("a bank without questions", sitting_start(&act, w.sitting, &e), &e,
		      ERR_CONFLICT, "exam.bank.shortage", NULL);
	err_clear(&e);
	add_bank(w.stage.h);
	assert_true(sitting_start(&act, w.sitting, &e));
	stage_refused("a second start", sitting_start(&act, w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.started", NULL);
	assert_int_equal(stage_journalled(w.stage.h, "sitting.started"), 1);
	err_clear(&e);
	struct act hr = harness_act(w.stage.h, w.stage.hr);
	stage_refused("by HR", sitting_start(&hr, w.sitting, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
}

/* A5-1: 120 questions, exactly those counts of each act; the form follows from the seed again. */
static void test_form(void **state)
{
	struct hall w = open_hall(*state);
	add_bank(w.stage.h);
	start(&w);
	struct act act = harness_act(w.stage.h, 0);
	struct competition c = { 0 };
	struct err e = { 0 };
	assert_true(competition_load(&act, w.stage.competition, &c, &e));
	for (size_t i = 0; i < c.rules->act_count; i++) {
		int64_t asked = 0;
		assert_true(db_number(act.db, &e, &asked,
				      "SELECT COUNT(DISTINCT item_id) FROM form_question"
				      " WHERE attempt_id = $1 AND act = $2",
				      db_int(w.attempt), db_text(c.rules->acts[i].code)));
		assert_int_equal(asked, c.rules->acts[i].questions);
	}
	const void *stored = NULL;
	size_t size = 0;
	assert_true(db_bytes(act.db, act.arena, &e, &stored, &size,
			     "SELECT form_hash FROM attempt WHERE id = $1", db_int(w.attempt)));
	assert_int_equal(size, FORM_HASH_SIZE);
}

/* F46, F47, F53: kept, counted once, late ones kept and not counted. */
static void test_answers(void **state)
{
	struct hall w = open_hall(*state);
	add_bank(w.stage.h);
	struct act act = harness_act(w.stage.h, w.candidate);
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	stage_refused("before the start",
		      attempt_answer(&act, w.attempt, 1, 0, "key-0001", &ack, &e), &e, ERR_CONFLICT,
		      "test.error.waiting", NULL);
	start(&w);
	const struct {
		const char *why;
		int64_t number, choice;
		const char *key, *field;
	} row[] = {
		{ "no such question", 121, 0, "test.error.number", "number" },
		{ "no such option", 1, 5, "test.error.choice", "choice" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		err_clear(&e);
		stage_refused(row[i].why,
			      attempt_answer(&act, w.attempt, row[i].number, row[i].choice,
					     "key-0002", &ack, &e),
			      &e, ERR_INPUT, row[i].key, row[i].field);
	}
	err_clear(&e);
	assert_true(attempt_answer(&act, w.attempt, 1, 2, "key-0003", &ack, &e));
	assert_true(ack.accepted);
	assert_true(attempt_answer(&act, w.attempt, 1, 2, "key-0003", &ack, &e));
	assert_int_equal(stage_journalled(w.stage.h, "test.answer"), 1);
	struct act stranger = harness_act(w.stage.h, harness_person(w.stage.h, ROLE_PERSON));
	stage_refused("another's test",
		      attempt_answer(&stranger, w.attempt, 1, 0, "key-0004", &ack, &e), &e,
		      ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T12:00");
	act = harness_act(w.stage.h, w.candidate);
	assert_true(attempt_answer(&act, w.attempt, 1, 0, "key-0005", &ack, &e));
	assert_false(ack.accepted);
	assert_int_equal(ack.left_ms, 0);
}

/* Answers `right` questions rightly, as the key stands in the database. */
static void answer_right(struct hall *w, int right)
{
	struct act act = harness_act(w->stage.h, w->candidate);
	for (int number = 1; number <= right; number++) {
		struct err e = { 0 };
		struct answer_ack ack = { 0 };
		json_t *row = db_row(act.db, act.arena, &e,
				     "SELECT q.shown, i.answer FROM form_question q"
				     " JOIN item i ON i.id = q.item_id"
				     " WHERE q.attempt_id = $1 AND q.number = $2",
				     db_int(w->attempt), db_int(number));
		assert_non_null(row);
		const char *shown = json_string_value(json_object_get(row, "shown"));
		char key = (char)('0' + json_integer_value(json_object_get(row, "answer")));
		char name[32];
		(void)snprintf(name, sizeof(name), "right-%04d", number);
		assert_true(attempt_answer(&act, w->attempt, number, strchr(shown, key) - shown,
					   name, &ack, &e));
	}
}

/* R44-2: not lower than the mark: 83 fails, 84 passes. */
static void check_mark(struct harness *h, int right, int positive)
{
	struct hall w = open_hall(h);
	add_bank(h);
	start(&w);
	answer_right(&w, right);
	struct act act = harness_act(h, w.candidate);
	struct err e = { 0 };
	int64_t correct = 0;
	int64_t outcome = 0;
	assert_true(attempt_finish(&act, w.attempt, &e) && attempt_finish(&act, w.attempt, &e));
	assert_true(db_number(act.db, &e, &correct,
			      "SELECT correct FROM result WHERE attempt_id = $1",
			      db_int(w.attempt)));
	assert_true(db_number(act.db, &e, &outcome,
			      "SELECT positive FROM result WHERE attempt_id = $1",
			      db_int(w.attempt)));
	assert_int_equal(correct, right);
	assert_int_equal(outcome, positive);
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
	struct hall w = open_hall(*state);
	add_bank(w.stage.h);
	start(&w);
	struct act act = harness_act(w.stage.h, w.operator);
	struct err e = { 0 };
	stage_refused("somebody still writes", sitting_close(&act, w.sitting, &e), &e, ERR_CONFLICT,
		      "sitting.error.running", NULL);
	err_clear(&e);
	harness_at(w.stage.h, "2026-03-02T12:00");
	act = harness_act(w.stage.h, w.operator);
	assert_true(sitting_close(&act, w.sitting, &e));
	assert_int_equal(stage_journalled(w.stage.h, "test.result"), 1);
}

/* F56: what the page holds never tells the key. */
static void test_question_hides_the_key(void **state)
{
	struct hall w = open_hall(*state);
	add_bank(w.stage.h);
	start(&w);
	const char *path =
		arena_print(w.stage.h->arena, "/tests/%lld/questions/1", (long long)w.attempt);
	struct answer a = harness_get(w.stage.h, w.candidate, path);
	assert_int_equal(a.status, 200);
	static const char *const hidden[] = { "answer", "item_id", "shown", "act", "hash" };
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_null(json_object_get(a.json, hidden[i]));
	assert_int_equal(harness_get(w.stage.h, w.stage.hr, path).status, 404);
}

static bool run_start(const struct act *act, void *user, struct err *e)
{
	return sitting_start(act, *(int64_t *)user, e);
}

static void test_all_or_nothing(void **state)
{
	struct hall w = open_hall(*state);
	struct act act = harness_act(w.stage.h, w.operator);
	struct err e = { 0 };
	add_bank(w.stage.h);
	assert_true(sitting_record(&act, w.sitting, "confirmed", &e));
	/* A start is hundreds of calls: the first of them stand for all (the forms come last). */
	for (int n = 0; n < 40; n++) {
		struct faulty f;
		int64_t forms = -1;
		struct act broken = act;
		faulty_init(&f, act.db, n);
		broken.db = &f.db;
		err_clear(&e);
		assert_false(run_start(&broken, &w.sitting, &e));
		err_clear(&e);
		assert_true(db_number(act.db, &e, &forms, "SELECT COUNT(*) FROM form_question"));
		assert_int_equal(forms, 0);
	}
}

static int setup(void **state)
{
	*state = harness_open();
	return 0;
}

static int teardown(void **state)
{
	harness_close(*state);
	return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hall_kinds),     TEST(test_check_in), TEST(test_start),
		TEST(test_form),           TEST(test_answers),  TEST(test_83_fails),
		TEST(test_84_passes),      TEST(test_time_up),  TEST(test_question_hides_the_key),
		TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
