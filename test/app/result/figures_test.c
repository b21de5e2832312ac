/* Figures read from attempts as candidates left them (F64 to F66). */
#include "hall.h"

#include "app/bank/bank_review.h"
#include "app/result/figures.h"
#include "app/sitting/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct figures read(struct hall *w)
{
	struct act act = harness_act(w->stage.h, 0);
	struct figures f = { 0 };
	struct err e = { 0 };
	if (!figures_read(&act, NULL, &f, &e))
		fail_msg("%s %s", e.key, e.detail);
	return f;
}

/* One candidate: every count is told, no figure is. */
static void test_one(void **state)
{
	struct hall w = hall_open(*state);
	hall_start(&w);
	hall_answer_right(&w, 90);
	struct figures f = read(&w);
	assert_int_equal(f.test.attempts, 0); /* not before the result is fixed */
	struct act candidate = hall_candidate(&w);
	struct err e = { 0 };
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	f = read(&w);
	assert_int_equal(f.test.attempts, 1);
	assert_int_equal(f.test.sum, 90);
	assert_int_equal(f.skipped, 0);
	int64_t answered = 0;
	int64_t omitted = 0;
	int64_t right = 0;
	int64_t timed = 0;
	for (size_t i = 0; i < f.item_count; i++) {
		struct item_tally t =
			item_tally_join(&f.tallies[i * LANGUAGES], &f.tallies[i * LANGUAGES + 1]);
		answered += t.answered;
		omitted += t.chosen[OMITTED];
		right += t.chosen[f.items[i].answer];
		timed += t.timed;
	}
	assert_int_equal(answered, 120);
	assert_int_equal(right, 90); /* options as they stand in the item, not as shown */
	assert_int_equal(omitted, 30);
	assert_int_equal(timed, 90);
	json_t *test = figures_test_json(&f);
	assert_true(json_is_null(json_object_get(test, "mean"))); /* not enough data */
	assert_int_equal(row_number(test, "passed"), 1);
	assert_null(json_object_get(test, "score"));
	json_decref(test);
	json_t *item = figures_item_json(&f, 0);
	assert_true(json_is_null(json_object_get(json_object_get(item, "both"), "facility")));
	assert_true(json_is_null(json_object_get(item, "dif")));
	assert_true(json_is_null(json_object_get(json_object_get(item, "both"), "curve")));
	json_decref(item);
}

/* What the page draws is in the figures: attempts by score, and each option from the weakest to
 * the strongest. */
static void test_drawn(void **state)
{
	struct hall w = hall_open(*state);
	struct figures f = read(&w);
	struct item_tally *kk = &f.tallies[0];
	f.test.attempts = ENOUGH_FACILITY - 1;
	f.test.score[90] = f.test.attempts;
	json_t *test = figures_test_json(&f);
	assert_null(json_object_get(test, "score"));
	json_decref(test);
	f.test.attempts++;
	f.test.score[120]++;
	test = figures_test_json(&f);
	const json_t *score = json_object_get(test, "score");
	assert_int_equal(json_array_size(score), f.test.questions + 1);
	assert_int_equal(json_integer_value(json_array_get(score, 90)), ENOUGH_FACILITY - 1);
	assert_int_equal(json_integer_value(json_array_get(score, 120)), 1);
	json_decref(test);

	kk->answered = ENOUGH_CORRELATION;
	kk->band[0][1] = CURVE_LEAST - 1; /* the weakest: too few of them */
	kk->band[BANDS - 1][0] = 30;      /* two bands that are one of the curve */
	kk->band[BANDS - 2][1] = 10;
	json_t *item = figures_item_json(&f, 0);
	const json_t *curve = json_object_get(json_object_get(item, "kk"), "curve");
	assert_int_equal(json_array_size(curve), CURVE_BANDS);
	const json_t *weak = json_array_get(curve, 0);
	assert_int_equal(row_number(weak, "answered"), CURVE_LEAST - 1);
	assert_true(json_is_null(json_object_get(weak, "share")));
	const json_t *strong = json_array_get(curve, CURVE_BANDS - 1);
	const json_t *share = json_object_get(strong, "share");
	assert_int_equal(row_number(strong, "answered"), 40);
	assert_int_equal(json_array_size(share), f.items[0].options);
	assert_float_equal(json_real_value(json_array_get(share, 0)), 0.75, 1e-9);
	assert_float_equal(json_real_value(json_array_get(share, 1)), 0.25, 1e-9);
	assert_true(json_is_array(json_object_get(json_object_get(item, "both"), "curve")));
	assert_true(json_is_null(json_object_get(json_object_get(item, "ru"), "curve")));
	json_decref(item);
}

static int64_t notices(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM notice WHERE person_id = $1"
			      " AND kind = 'bank.held'",
			      db_int(person)));
	return count;
}

/* F66: class C goes on hold, once; others stay. */
static void test_hold(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct figures f = read(&w);
	struct err e = { 0 };
	const json_t *held = NULL;
	for (int language = 0; language < LANGUAGES; language++) {
		struct item_tally *t = &f.tallies[language];
		t->answered = 2000;
		t->band[9][f.items[0].answer] = language == 0 ? 500 : 1500;
		t->band[9][OMITTED] = language == 0 ? 1500 : 500;
	}
	json_t *large = figures_large(&f);
	assert_int_equal(json_array_size(large), 1);
	assert_string_equal(row_text(json_array_get(large, 0), "code"), f.items[0].code);
	struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	assert_false(figures_hold(&hr, large, &held, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	struct act approver = harness_act(h, harness_person(h, ROLE_APPROVER));
	err_clear(&e);
	assert_true(figures_hold(&approver, large, &held, &e));
	assert_int_equal(json_array_size(held), 1);
	assert_int_equal(notices(h, approver.person_id), 0); /* own act */
	assert_true(figures_hold(&approver, large, &held, &e));
	assert_int_equal(json_array_size(held), 0);
	json_decref(large);
	const json_t *row = db_row(h->site.db, h->arena, &e,
				   "SELECT state, hold_kind FROM bank_item WHERE code = $1",
				   db_text(f.items[0].code));
	assert_string_equal(row_text(row, "state"), "hold");
	assert_string_equal(row_text(row, "hold_kind"), BANK_HOLD_FIGURES);
}

/* By the system itself: the approvers are told, and what one of them has released stays in use. */
static void test_hold_by_system(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	struct figures f = read(&w);
	struct act system = harness_act(h, 0);
	struct act approver = harness_act(h, harness_person(h, ROLE_APPROVER));
	struct err e = { 0 };
	const json_t *held = NULL;
	json_t *large =
		json_pack("[{s:I,s:s,s:f}, {s:I,s:s,s:f}]", "item", (json_int_t)f.items[0].id,
			  "code", f.items[0].code, "delta", -2.0, "item", (json_int_t)f.items[1].id,
			  "code", f.items[1].code, "delta", 2.0);
	assert_true(figures_hold(&system, large, &held, &e));
	assert_int_equal(json_array_size(held), 2);
	assert_int_equal(notices(h, approver.person_id), 1); /* one of both */
	const json_t *row =
		db_row(h->site.db, h->arena, &e, "SELECT id FROM bank_item WHERE code = $1",
		       db_text(f.items[0].code));
	if (!bank_release(&approver, row_number(row, "id"), "Looked at: both say the same", &e))
		fail_msg("%s %s", e.key, e.detail);
	assert_true(figures_hold(&system, large, &held, &e));
	assert_int_equal(json_array_size(held), 0);
	assert_int_equal(notices(h, approver.person_id), 1);
	assert_true(figures_hold(&approver, large, &held, &e)); /* a person may */
	assert_int_equal(json_array_size(held), 1);
	json_decref(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_one),
		HARNESS_TEST(test_drawn),
		HARNESS_TEST(test_hold),
		HARNESS_TEST(test_hold_by_system),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
