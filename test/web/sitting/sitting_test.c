/* The operator's pages in every state of a sitting, HR's acts, the protocol; names stay away while
 * they are blind (F9, F33, F34, F42 to F45). */
#include "dispute.h"

#include "app/sitting/seal.h"
#include "app/sitting/stop.h"
#include "visitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *path(struct hall *w, const char *more)
{
	return arena_print(w->stage.h->arena, "/sittings/%lld%s", (long long)w->sitting, more);
}

static const char *seat_path(struct hall *w)
{
	return arena_print(w->stage.h->arena, "/sittings/%lld/attempts/%lld", (long long)w->sitting,
			   (long long)w->attempt);
}

static struct answer post(struct hall *w, int64_t person, const char *more, const char *form)
{
	return harness_post(w->stage.h, person, path(w, more), form);
}

static void must_go(const struct answer *a, const char *what)
{
	if (a->status != 200 || *a->error)
		fail_msg("%s: %d %s at %s", what, a->status, a->error, a->field);
}

/* The family name of the candidate nowhere in the page or its twin. */
static void is_blind(struct hall *w, int64_t person, const char *where)
{
	struct err e = { 0 };
	const char *family = NULL;
	assert_true(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &family,
			      "SELECT family FROM person WHERE id = $1", db_int(w->candidate)));
	struct answer json = harness_get(w->stage.h, person, where);
	struct answer html = harness_html(w->stage.h, person, where);
	if (json.status != 200 || strstr(json.body, family) || strstr(html.body, family))
		fail_msg("%s: %d, or a name is there", where, json.status);
}

static void check_pages(struct hall *w, int64_t person)
{
	harness_check_page(w->stage.h, person, path(w, ""));
	harness_check_page(w->stage.h, person, path(w, "/protocol"));
}

static const char *codes = "code_1=AAAA-1111&code_2=BBBB-2222";

/* A form with the consent of a second official in the fields PREFIXsecond. */
static const char *with(struct hall *w, const char *form, const char *prefix, int64_t person,
			const char *password)
{
	struct arena *a = w->stage.h->arena;
	return arena_print(a, "%s&%ssecond=%lld&%ssecond_password=%s", form, prefix,
			   (long long)person, prefix, http_encode(a, password));
}

static const char *with_second(struct hall *w, const char *form)
{
	return with(w, form, "", w->second, VISITOR_PASSWORD);
}

/* The same about the first candidate. */
static const char *about(struct hall *w, const char *more, const char *prefix)
{
	const char *form =
		arena_print(w->stage.h->arena, "attempt=%lld&%s", (long long)w->attempt, more);
	return with(w, form, prefix, w->second, VISITOR_PASSWORD);
}

/* The second official has an account, and so a password of his own. */
static struct hall desk(struct harness *h)
{
	struct hall w = hall_open(h);
	(void)visitor_account(h, w.second);
	return w;
}

/* From checking in to the start by the pages alone. */
static void start_by_pages(struct hall *w)
{
	struct answer a = post(w, w->operator, "/coins", "witness=A&coin=heads");
	must_go(&a, "coin 1");
	a = post(w, w->operator, "/coins", "witness=A&coin=7");
	assert_string_equal(a.error, "sitting.error.witness");
	assert_string_equal(a.field, "witness");
	a = post(w, w->operator, "/seal", with_second(w, codes));
	assert_string_equal(a.error, "sitting.error.coins");
	a = post(w, w->operator, "/coins", "witness=B&coin=7");
	must_go(&a, "coin 2");
	check_pages(w, w->operator);
	a = post(w, w->operator, "/seal", with_second(w, "code_1=AAAA-1111&code_2=AAAA-1111"));
	assert_string_equal(a.error, "sitting.error.same_codes");
	a = post(w, w->operator, "/seal", with_second(w, codes));
	must_go(&a, "seal");
	check_pages(w, w->operator);
	a = post(w, w->operator, "/recording", "recording=switched_off");
	must_go(&a, "record");
	a = post(w, w->operator, "/start", with_second(w, "code_1=AAAA-1111&code_2=wrong"));
	assert_string_equal(a.error, "sitting.error.codes");
	a = post(w, w->operator, "/start", codes);
	assert_string_equal(a.field, "second");
	a = post(w, w->operator, "/start", with(w, codes, "", w->second, "wrong"));
	assert_string_equal(a.field, "second_password");
	a = post(w, w->operator, "/start", with_second(w, codes));
	must_go(&a, "start");
}

/* F31: the protocol tells how often the question shown most is, and what the bank allows. */
static void check_exposure(struct hall *w)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	struct answer a = harness_get(w->stage.h, w->operator, path(w, "/protocol"));
	assert_int_equal(answer_number(&a, "exposure.0.here"), 0);
	assert_int_equal(answer_number(&a, "exposure.0.bound"), 1);
	assert_true(form_open(&act, w->attempt, &e));
	a = harness_get(w->stage.h, w->operator, path(w, "/protocol"));
	for (int i = 0; i < 10; i++) {
		const char *row = arena_print(act.arena, "exposure.%d.", i);
		assert_int_equal(answer_number(&a, arena_print(act.arena, "%shere", row)), 1);
		assert_int_equal(answer_number(&a, arena_print(act.arena, "%smost", row)), 1);
		assert_int_equal(answer_number(&a, arena_print(act.arena, "%sleast", row)), 0);
		assert_int_equal(answer_number(&a, arena_print(act.arena, "%sshare", row)), 100);
		assert_int_equal(answer_number(&a, arena_print(act.arena, "%sbound", row)), 1);
	}
}

static void test_way_of_a_sitting(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	harness_check_page(h, w.operator, "/sittings");
	harness_check_page(h, w.operator, "/sittings/new");
	check_pages(&w, w.operator);
	check_pages(&w, w.stage.hr);
	harness_check_page(h, w.operator, seat_path(&w));
	start_by_pages(&w);
	check_pages(&w, w.operator);
	check_pages(&w, w.stage.hr);
	harness_check_page(h, w.operator, seat_path(&w));
	is_blind(&w, w.operator, path(&w, ""));
	is_blind(&w, w.stage.hr, path(&w, ""));
	is_blind(&w, w.operator, path(&w, "/protocol"));
	is_blind(&w, w.operator, seat_path(&w));
	check_exposure(&w);
	harness_at(h, "2026-03-02T12:00");
	struct answer a = post(&w, w.operator, "/names", "");
	assert_string_equal(a.error, "sitting.error.not_closed");
	a = post(&w, w.operator, "/close", "");
	must_go(&a, "close");
	check_pages(&w, w.operator);
	is_blind(&w, w.stage.hr, path(&w, ""));
	a = post(&w, w.operator, "/names", "");
	must_go(&a, "asking for the names");
	check_pages(&w, w.operator);
	check_pages(&w, w.stage.hr);
	is_blind(&w, w.stage.hr, path(&w, "/protocol"));
	a = post(&w, w.stage.hr, "/names", "");
	must_go(&a, "confirming");
	check_pages(&w, w.stage.hr);
	a = harness_get(h, w.stage.hr, path(&w, ""));
	assert_true(*answer_text(&a, "results.0.name") != '\0');
}

static void test_unseal(void **state)
{
	struct hall w = hall_open(*state);
	hall_seal(&w);
	struct answer a = post(&w, w.operator, "/unseal", "reason=");
	assert_string_equal(a.field, "reason");
	a = post(&w, w.operator, "/unseal", "reason=lost");
	must_go(&a, "unseal");
	a = harness_get(w.stage.h, w.operator, path(&w, ""));
	assert_string_equal(answer_text(&a, "sitting.state"), "open");
	assert_false(json_is_true(answer_value(&a, "coined")));
}

/* F45: a seat is troubled when nothing was heard for longer than fifteen seconds, or a click waits.
 */
static void test_board(void **state)
{
	struct hall w = hall_open(*state);
	struct attempt own;
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	hall_start(&w);
	struct act act = hall_candidate(&w);
	assert_true(hall_click(&w, 1, 0, "key-0001", &ack, &e));
	assert_true(attempt_pulse(&act, w.attempt, HALL_SESSION, 0, 0, 0, &own, &e));
	static const struct {
		int seconds;
		int64_t unsaved, waiting_ms;
		bool troubled;
	} row[] = {
		{ 0, 0, 0, false },     { 15, 0, 0, false },   { 16, 0, 0, true },
		{ 1, 2, 13000, false }, { 1, 2, 15000, true }, { 1, 0, 99000, false },
	};
	int64_t begin = w.stage.h->site.clock.fixed_ms;
	for (size_t i = 0; i < COUNT(row); i++) {
		w.stage.h->site.clock.fixed_ms = begin;
		act = hall_candidate(&w);
		assert_true(attempt_pulse(&act, w.attempt, HALL_SESSION, row[i].unsaved,
					  row[i].waiting_ms, 0, &own, &e));
		w.stage.h->site.clock.fixed_ms = begin + row[i].seconds * 1000LL;
		struct answer a = harness_get(w.stage.h, w.operator, path(&w, ""));
		if (json_is_true(answer_value(&a, "board.0.troubled")) != row[i].troubled)
			fail_msg("row %zu", i);
		assert_int_equal(answer_number(&a, "board.0.answered"), 1);
		assert_int_equal(answer_number(&a, "board.0.heard"), row[i].seconds);
		a = harness_html(w.stage.h, w.operator, path(&w, ""));
		assert_non_null(strstr(
			a.body, arena_print(w.stage.h->arena, "<td>%d с\n", row[i].seconds)));
		a = harness_get(w.stage.h, w.operator, path(&w, "?only=troubled"));
		assert_int_equal(json_array_size(answer_value(&a, "board")), row[i].troubled);
	}
}

/* What was undone may have used up a number. */
static int64_t newest_stop(const struct hall *w)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->stage.h->site.db, &e, &id, "SELECT MAX(id) FROM stop"));
	return id;
}

static const char *stop_is(const struct hall *w, int64_t id, const char *more)
{
	return arena_print(w->stage.h->arena, "stop=%lld%s", (long long)id, more);
}

static void test_stop_and_extra(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	struct answer a =
		post(&w, w.operator, "/stops", with_second(&w, "kind=failure&reason=network"));
	must_go(&a, "stop of the hall");
	const int64_t first = newest_stop(&w);
	check_pages(&w, w.operator);
	harness_check_page(h, w.operator, seat_path(&w));
	a = post(&w, w.operator, "/stops", with_second(&w, "kind=failure&reason=network"));
	assert_string_equal(a.error, "sitting.error.stopped");
	a = post(&w, w.operator, "/stops/end", stop_is(&w, first, ""));
	must_go(&a, "resume");
	a = harness_post(h, w.operator, arena_print(h->arena, "%s/stop", seat_path(&w)),
			 with_second(&w, "kind=other&reason=ill"));
	must_go(&a, "stop of one");
	a = post(&w, w.operator, "/stops/end", stop_is(&w, newest_stop(&w), ""));
	must_go(&a, "resume");
	check_pages(&w, w.operator);
	const char *more = "minutes=10&extra_reason=sight&document=7";
	const char *form = arena_print(h->arena, "attempt=%lld&%s", (long long)w.attempt, more);
	a = post(&w, w.operator, "/extra", with(&w, form, "extra_", w.operator, "any"));
	assert_string_equal(a.field, "extra_second");
	a = post(&w, w.operator, "/extra", with(&w, form, "extra_", w.second, "wrong"));
	assert_string_equal(a.field, "extra_second_password");
	a = post(&w, w.operator, "/extra", about(&w, more, "extra_"));
	must_go(&a, "extra time");
	form = stop_is(&w, first, "&reversal_number=3&reversal_text=mistake");
	a = post(&w, w.operator, "/reversal",
		 with(&w, form, "reversal_", w.second, VISITOR_PASSWORD));
	must_go(&a, "reversal");
	harness_check_page(h, w.operator, a.location);
	harness_check_page(h, w.operator, seat_path(&w));
	check_pages(&w, w.operator);
}

static void test_move_and_technical(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	struct answer a =
		post(&w, w.operator, "/move", about(&w, "new_seat=99&move_reason=mouse", "move_"));
	assert_string_equal(a.field, "new_seat");
	a = post(&w, w.operator, "/move", about(&w, "new_seat=9&move_reason=mouse", "move_"));
	must_go(&a, "move");
	check_pages(&w, w.operator);
	harness_check_page(h, w.operator, seat_path(&w));
	a = harness_get(h, w.candidate, arena_print(h->arena, "/tests/%lld", (long long)w.attempt));
	assert_int_equal(a.status, 200);
	a = post(&w, w.operator, "/stops", with_second(&w, "kind=failure&reason=disk"));
	must_go(&a, "stop");
	harness_at(h, "2026-03-02T10:40");
	a = post(&w, w.operator, "/technical",
		 about(&w, "technical_number=1&technical_text=broken", "technical_"));
	must_go(&a, "technical act");
	harness_check_page(h, w.operator, a.location);
	harness_check_page(h, w.operator, seat_path(&w));
	check_pages(&w, w.operator);
	a = post(&w, w.operator, "/close", "");
	must_go(&a, "close");
	check_pages(&w, w.stage.hr);
}

static int64_t failures(struct hall *w)
{
	struct err e = { 0 };
	int64_t n = -1;
	assert_true(db_number(w->stage.h->site.db, &e, &n,
			      "SELECT failures FROM account WHERE person_id = $1",
			      db_int(w->second)));
	return n;
}

/* A wrong password is counted though nothing was done; what was typed stays, the secrets do not,
 * and the message is in the reader's language. */
static void test_second_is_a_person(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	const char *form = arena_print(
		h->arena, "%s&second_code=918273",
		with(&w, "kind=failure&reason=lightning", "", w.second, "of-somebody-else"));
	struct answer a = post(&w, w.operator, "/stops", form);
	assert_int_equal(a.status, 422);
	assert_string_equal(a.error, "second.error.password");
	assert_string_equal(a.field, "second_password");
	assert_int_equal(failures(&w), 1);
	assert_int_equal(stage_journalled(h, "second.refused"), 1);
	assert_int_equal(stage_journalled(h, "sitting.stopped"), 0);
	a = harness_post_html(h, w.operator, path(&w, "/stops"), form);
	assert_int_equal(a.status, 422);
	assert_int_equal(failures(&w), 2);
	assert_non_null(strstr(a.body, "lightning"));
	assert_non_null(strstr(a.body, "Пароль второго должностного лица неверен"));
	assert_null(strstr(a.body, "of-somebody-else"));
	assert_null(strstr(a.body, "918273"));
	a = post(&w, w.operator, "/stops", with_second(&w, "kind=failure&reason=lightning"));
	must_go(&a, "stop");
	assert_int_equal(failures(&w), 0);
}

/* Only the two who have sealed it find the form of the start; anybody else of the hall, whom to
 * call. */
static void test_who_may_start(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	const int64_t third = harness_person(h, ROLE_OPERATOR);
	hall_seal(&w);
	struct answer a = harness_get(h, w.operator, path(&w, ""));
	assert_true(json_is_true(answer_value(&a, "may_start")));
	assert_int_equal(answer_number(&a, "officials.0.id"), w.second);
	assert_int_equal(json_array_size(answer_value(&a, "officials")), 1);
	a = harness_get(h, third, path(&w, ""));
	assert_false(json_is_true(answer_value(&a, "may_start")));
	harness_check_page(h, third, path(&w, ""));
	harness_check_page(h, w.second, path(&w, ""));
	a = post(&w, w.operator, "/recording", "recording=confirmed");
	must_go(&a, "record");
	a = post(&w, third, "/start", with_second(&w, codes));
	assert_string_equal(a.error, "sitting.error.sealers");
}

static void test_breach(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	hall_start(&w);
	const char *form = arena_print(h->arena, "attempt=%lld&breach_number=5&breach_text=phone",
				       (long long)w.attempt);
	struct answer a = post(&w, w.operator, "/breach", form);
	must_go(&a, "breach");
	const char *act = a.location;
	harness_check_page(h, w.operator, act);
	harness_check_page(h, w.stage.hr, act);
	is_blind(&w, w.stage.hr, act);
	const char *answer = arena_print(h->arena, "%s/answer", act);
	a = harness_post(h, w.stage.hr, answer, "signs=no&why=");
	assert_string_equal(a.field, "why");
	a = harness_get(h, w.stage.hr, "/");
	assert_non_null(strstr(a.body, "home.task.acts"));
	a = harness_post(h, w.stage.hr, answer, "signs=yes");
	must_go(&a, "sign");
	harness_check_page(h, w.stage.hr, act);
	check_pages(&w, w.operator);
	harness_check_page(h, w.operator, seat_path(&w));
	a = post(&w, w.operator, "/close", "");
	must_go(&a, "close");
	check_pages(&w, w.operator);
}

/* F31: three forms of 20, or 10, from 30, or 15, questions, each of which two of them have. */
static void test_overlap(void **state)
{
	struct dispute d = dispute_open(*state);
	struct answer a = harness_get(d.h, d.hall.operator, path(&d.hall, "/protocol"));
	for (int i = 0; i < 10; i++)
		assert_string_equal(
			answer_text(&a, arena_print(d.h->arena, "exposure.%d.overlap", i)),
			i < 2 ? "10.0" : "5.0");
}

/* Section 4 of rules.md: an operator who competes is not offered as the second official, at the
 * desk or among those who have sealed; whoever names him all the same is refused. */
static void test_a_candidate_is_no_second(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'operator', 'pgo', 0)",
			    db_int(w.candidate)));
	(void)visitor_account(h, w.candidate);
	struct answer a = harness_get(h, w.operator, path(&w, ""));
	const json_t *list = answer_value(&a, "officials");
	size_t i = 0;
	const json_t *row = NULL;
	bool second = false;
	assert_true(json_array_size(list) > 0);
	json_array_foreach (list, i, row) {
		const int64_t id = json_integer_value(json_object_get(row, "id"));
		assert_int_not_equal(id, w.candidate);
		second = second || id == w.second;
	}
	assert_true(second);
	hall_seal(&w);
	a = harness_get(h, w.operator, path(&w, ""));
	assert_int_equal(answer_number(&a, "officials.0.id"), w.second);
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting SET sealed_second = $1",
			    db_int(w.candidate)));
	a = harness_get(h, w.operator, path(&w, ""));
	assert_int_equal(json_array_size(answer_value(&a, "officials")), 0);
	assert_false(json_is_true(answer_value(&a, "may_start")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way_of_a_sitting),
		HARNESS_TEST(test_unseal),
		HARNESS_TEST(test_board),
		HARNESS_TEST(test_stop_and_extra),
		HARNESS_TEST(test_move_and_technical),
		HARNESS_TEST(test_second_is_a_person),
		HARNESS_TEST(test_who_may_start),
		HARNESS_TEST(test_a_candidate_is_no_second),
		HARNESS_TEST(test_breach),
		HARNESS_TEST(test_overlap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
