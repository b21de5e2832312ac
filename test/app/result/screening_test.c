/* Signs in the answers of a sitting (F67): those who were made to copy, to guess and to know are
 * found, and nobody else; what is kept, and who may. */
#include "hall.h"

#include "app/result/screening.h"
#include "bench/results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SITTINGS = 4, SEATS = 40 };

static int64_t fill(struct harness *h, bool signs, struct stage *ret)
{
	struct err e = { 0 };
	int64_t sitting = 0;
	const struct bench_results_plan plan = {
		.sittings = SITTINGS, .seats = SEATS, .seed = 11, .signs = signs
	};
	*ret = stage_open(h);
	hall_add_bank(h);
	(void)harness_person(h, ROLE_OPERATOR);
	const struct act act = harness_act(h, 0);
	if (!bench_results(&act, &plan, &sitting, &e))
		fail_msg("%s %s", e.key, e.detail);
	return sitting;
}

static json_t *find(struct harness *h, int64_t person, int64_t sitting)
{
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	json_t *found = NULL;
	if (!screening_find(&act, sitting, &found, &e))
		fail_msg("%s %s", e.key, e.detail);
	return found;
}

static int64_t seat_of(struct harness *h, int64_t attempt)
{
	struct err e = { 0 };
	int64_t seat = 0;
	assert_true(db_number(h->site.db, &e, &seat,
			      "SELECT CAST(seat AS INTEGER) FROM attempt WHERE id = $1",
			      db_int(attempt)));
	return seat;
}

static const json_t *one_of(const json_t *found, const char *kind)
{
	size_t i = 0;
	const json_t *signal = NULL;
	const json_t *one = NULL;
	json_array_foreach (json_object_get(found, "signals"), i, signal) {
		if (strcmp(row_text(signal, "kind"), kind) != 0)
			continue;
		assert_null(one);
		one = signal;
	}
	if (!one)
		fail_msg("no signal %s", kind);
	return one;
}

static void test_planted(void **state)
{
	struct harness *h = *state;
	struct stage stage;
	const int64_t sitting = fill(h, true, &stage);
	const json_t *found = find(h, stage.hr, sitting);
	assert_int_equal(row_number(found, "attempts"), SEATS);
	assert_int_equal(row_number(found, "judged"), SEATS);
	/* a pair whose forms share too few questions is not compared */
	assert_in_range(row_number(found, "pairs"), SEATS * (SEATS - 1) / 4,
			SEATS * (SEATS - 1) / 2);
	assert_in_range(row_number(found, "neighbours"), SEATS / 2, SEATS - 1);
	assert_int_equal(json_array_size(json_object_get(found, "signals")), 3);
	const json_t *fast = one_of(found, SCREENING_FAST);
	assert_int_equal(seat_of(h, row_number(fast, "a")), BENCH_GUESSER);
	assert_int_equal(row_number(fast, "b"), 0);
	const json_t *known = one_of(found, SCREENING_KNOWN);
	assert_int_equal(seat_of(h, row_number(known, "a")), BENCH_KNOWER);
	const json_t *pair = one_of(found, SCREENING_NEIGHBOURS);
	assert_int_equal(seat_of(h, row_number(pair, "a")), BENCH_FROM);
	assert_int_equal(seat_of(h, row_number(pair, "b")), BENCH_COPIER);
	const json_t *figures = json_object_get(pair, "figures");
	assert_int_equal(row_number(figures, "same"), row_number(figures, "common"));
	assert_int_equal(json_array_size(json_object_get(figures, "answers")),
			 row_number(figures, "common"));
}

/* Honest sittings, each looked at: none has a signal. */
static void test_honest(void **state)
{
	struct harness *h = *state;
	struct stage stage;
	const int64_t last = fill(h, false, &stage);
	for (int64_t sitting = last - SITTINGS + 1; sitting <= last; sitting++) {
		const json_t *found = find(h, stage.hr, sitting);
		if (json_array_size(json_object_get(found, "signals")) != 0)
			fail_msg("sitting %lld has a signal", (long long)sitting);
	}
}

/* One sitting of few: nothing is said, and it is said that nothing is. */
static void test_little(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t sitting = 0;
	const struct bench_results_plan plan = {
		.sittings = 1, .seats = 20, .seed = 3, .signs = true
	};
	const struct stage stage = stage_open(h);
	hall_add_bank(h);
	(void)harness_person(h, ROLE_OPERATOR);
	const struct act act = harness_act(h, 0);
	assert_true(bench_results(&act, &plan, &sitting, &e));
	const json_t *found = find(h, stage.hr, sitting);
	assert_int_equal(row_number(found, "attempts"), 20);
	assert_int_equal(row_number(found, "judged"), 0);
	assert_int_equal(row_number(found, "pairs"), 0);
	assert_int_equal(json_array_size(json_object_get(found, "signals")), 0);
}

static void test_rights(void **state)
{
	struct harness *h = *state;
	struct stage stage;
	json_t *found = NULL;
	struct err e = { 0 };
	const int64_t sitting = fill(h, true, &stage);
	const struct act auditor = harness_act(h, harness_person(h, ROLE_AUDITOR));
	assert_false(screening_find(&auditor, sitting, &found, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	const struct act hr = harness_act(h, stage.hr);
	err_clear(&e);
	assert_true(screening_find(&hr, sitting, &found, &e));
	assert_false(screening_keep(&auditor, sitting, found, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	err_clear(&e);
	assert_false(screening_set(&hr, "run_least", 12, &e)); /* the command line alone */
	assert_int_equal(e.kind, ERR_DENIED);
}

static void test_settings(void **state)
{
	static const struct {
		const char *name;
		int64_t value;
		bool fits;
	} row[] = {
		{ "run_least", 2, true },    { "run_least", 1, false },
		{ "seats_in_row", 8, true }, { "seats_in_row", -1, false },
		{ "nothing", 5, false },     { "alarm_permille", 101, false },
	};
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct screening_rules rules = { 0 };
	struct err e = { 0 };
	assert_true(screening_rules(&act, &rules, &e));
	assert_int_equal(rules.fast_percent, 10);
	assert_int_equal(rules.alarm_permille, 10);
	for (size_t i = 0; i < COUNT(row); i++) {
		err_clear(&e);
		if (screening_set(&act, row[i].name, row[i].value, &e) != row[i].fits)
			fail_msg("%s = %lld", row[i].name, (long long)row[i].value);
	}
	assert_true(screening_rules(&act, &rules, &e));
	assert_int_equal(rules.run_least, 2);
	assert_int_equal(rules.seats_in_row, 8);
}

struct keeping {
	int64_t sitting;
	const json_t *found;
	int64_t signal;
};

static bool keep(const struct act *act, void *user, struct err *e)
{
	const struct keeping *k = user;
	return screening_keep(act, k->sitting, k->found, e);
}

static bool settle(const struct act *act, void *user, struct err *e)
{
	static const struct screening_outcome outcome = { .state = "passed",
							  .record = true,
							  .reason = "сообщено рапортом" };
	const struct keeping *k = user;
	return screening_settle(act, k->signal, &outcome, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	struct stage stage;
	struct keeping k = { .sitting = fill(h, true, &stage) };
	struct err e = { 0 };
	k.found = find(h, stage.hr, k.sitting);
	stage_all_or_nothing(h, stage.hr, keep, &k);
	assert_true(db_number(h->site.db, &e, &k.signal, "SELECT MIN(id) FROM screening_signal"));
	stage_all_or_nothing(h, stage.hr, settle, &k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_planted),  HARNESS_TEST(test_honest),
		HARNESS_TEST(test_little),   HARNESS_TEST(test_rights),
		HARNESS_TEST(test_settings), HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
