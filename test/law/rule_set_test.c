/* The rule set as data: O-2, O-4, A5-1, R16-1, R44-2, R52/53, F2. */
#include "law_test.h"

#include <signal.h>

/* O-4: the one in force on the day of the announcement; two coexist */
static void test_in_force(void **state)
{
	struct rule_set old = { .id = "118/2018-10-10", .in_force_from = on("2018-10-10") };
	struct rule_set amended = demonstration_rules();
	const struct rule_set *const sets[] = { &amended, &old };
	const struct rule_set *const other_way[] = { &old, &amended };
	static const struct {
		const char *why, *day, *want;
	} row[] = {
		{ "before the first", "2018-10-09", NULL },
		{ "its first day", "2018-10-10", "118/2018-10-10" },
		{ "the last day of the old one", "2025-05-16", "118/2018-10-10" },
		{ "ten calendar days have passed since the publication", "2025-05-17",
		  "118/2025-05-17" },
		{ "today", "2026-11-23", "118/2025-05-17" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct rule_set *a = rule_set_on(sets, COUNT(sets), on(row[i].day));
		const struct rule_set *b = rule_set_on(other_way, COUNT(other_way), on(row[i].day));
		if (a != b || (a == NULL) != (row[i].want == NULL))
			fail_msg("%s", row[i].why);
		if (a && strcmp(a->id, row[i].want) != 0)
			fail_msg("%s: %s", row[i].why, a->id);
	}
}

/* F2: one unset or assumed value keeps a real competition from opening */
static void test_opens(void **state)
{
	struct err e = { 0 };
	struct rule_set assumed = demonstration_rules();
	(void)state;
	assert_true(rule_set_opens(&assumed, true, &e));
	for (int i = 0; i < PARAM_COUNT; i++) {
		const char *name = param_name((enum param_id)i);
		struct rule_set r = confirmed_rules();
		assert_true(rule_set_opens(&r, false, &e));
		r.params[i].assumed = true;
		assert_false(rule_set_opens(&r, false, &e));
		refused_by_law(name, &e, "36", "law.parameter.assumed");
		assert_string_equal(e.value, name);
		err_clear(&e);
		r.params[i].set = false;
		assert_false(rule_set_opens(&r, false, &e));
		refused_by_law(name, &e, "36", "law.parameter.unset");
		assert_string_equal(e.value, name);
		err_clear(&e);
		/* A demonstration needs each value, but may be silent about an assumed rule. */
		assert_int_equal(rule_set_opens(&r, true, &e), i >= PARAM_RULES);
		err_clear(&e);
	}
}

static void test_opens_what_is_no_parameter(void **state)
{
	struct rule_set date = confirmed_rules();
	struct rule_set switched = confirmed_rules();
	struct err e = { 0 };
	(void)state;
	date.in_force_assumed = true; /* O-4: the date is a property that an officer confirms */
	assert_false(rule_set_opens(&date, false, &e));
	assert_string_equal(e.key, "law.parameter.assumed");
	assert_string_equal(e.value, "in_force_from");
	assert_true(rule_set_opens(&date, true, NULL));
	err_clear(&e);
	switched.recording_may_be_off = true; /* R28-3 */
	assert_false(rule_set_opens(&switched, false, &e));
	refused_by_law("R28-3: no switch in a real competition", &e, "28",
		       "law.parameter.recording");
	assert_true(rule_set_opens(&switched, true, NULL));
}

static void test_names_of_parameters(void **state)
{
	(void)state;
	for (int i = 0; i < PARAM_COUNT; i++) {
		assert_true(*param_name((enum param_id)i));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(param_name((enum param_id)i),
						param_name((enum param_id)k));
	}
	assert_string_equal(param_name(PARAM_COUNT), "");
}

/* Section 4: what holds in a demonstration whose file is silent */
static void test_holds(void **state)
{
	static const struct {
		enum param_id id;
		bool silent;
	} row[] = {
		{ PARAM_PASS_MARKS_PER_ACT, false }, { PARAM_BREACH_ANNULS, true },
		{ PARAM_NEW_DATE_FOR_REASON, true }, { PARAM_NTH_DAY_IN_TIME, true },
		{ PARAM_OPEN_VOTE, true },           { PARAM_MAJORITY_OF_PRESENT, true },
		{ PARAM_CONFLICT_NO_QUORUM, true },  { PARAM_REPLACEMENT_BY_ORDER, true },
		{ PARAM_KEY_REPLACED, true },        { PARAM_VOID_FOR_ALL, true },
	};
	(void)state;
	assert_int_equal(COUNT(row), PARAM_COUNT - PARAM_RULES);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rule_set r = { 0 };
		assert_int_equal(rule_set_holds(&r, row[i].id), row[i].silent);
		r.params[row[i].id] = (struct parameter){ !row[i].silent, "", true, false, "", "" };
		assert_int_equal(rule_set_holds(&r, row[i].id), !row[i].silent);
	}
}

static sigjmp_buf after_abort;

static void on_abort(int number)
{
	siglongjmp(after_abort, number);
}

/* Asking for a value that is not there is a mistake of the program, not a nought. */
static void test_value_that_is_unset(void **state)
{
	const struct sigaction handler = { .sa_handler = on_abort };
	struct sigaction before;
	struct rule_set r = demonstration_rules();
	volatile bool stopped = true;
	(void)state;
	assert_int_equal(rule_set_value(&r, PARAM_PASS_MARK), 84);
	r.params[PARAM_PASS_MARK].set = false;
	assert_int_equal(sigaction(SIGABRT, &handler, &before), 0);
	if (sigsetjmp(after_abort, 1) == 0) {
		(void)rule_set_value(&r, PARAM_PASS_MARK);
		stopped = false;
	}
	assert_int_equal(sigaction(SIGABRT, &before, NULL), 0);
	assert_true(stopped);
}

/* A5-1: 2 x 20 + 8 x 10 */
static void test_programme(void **state)
{
	struct rule_set r = demonstration_rules();
	(void)state;
	assert_int_equal(rule_set_questions(&r), 120);
	assert_int_equal(r.act_count, 10);
}

/* R44-2: not lower than the pass mark of clause 36 */
static void test_positive(void **state)
{
	struct act_of_programme acts[] = { { "a", "", "", 20, 10 }, { "b", "", "", 10, 0 } };
	static const struct {
		const char *why;
		int correct, first_act;
		bool per_act, want;
	} row[] = {
		{ "equality passes", 84, 20, false, true },
		{ "one less does not", 83, 20, false, false },
		{ "one more does", 85, 20, false, true },
		{ "an act below its mark does not matter without marks per act", 84, 9, false,
		  true },
		{ "but with them", 84, 9, true, false },
		{ "equality passes there too", 84, 10, true, true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rule_set r = demonstration_rules();
		const int by_act[] = { row[i].first_act, 0 };
		r.acts = acts;
		r.act_count = COUNT(acts);
		r.params[PARAM_PASS_MARKS_PER_ACT].value = row[i].per_act;
		if (rule_set_test_positive(&r, row[i].correct, by_act) != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

/* O-2, R52/53, R16-1 */
static void test_lists(void **state)
{
	struct rule_set r = demonstration_rules();
	(void)state;
	assert_string_equal(rule_set_clause(&r, "44")->change, "changed");
	assert_string_equal(rule_set_clause(&r, "52")->change, "deleted");
	assert_null(rule_set_clause(&r, "4"));
	assert_true(names_hold(&r.deleted_clauses, "53"));
	assert_false(names_hold(&r.deleted_clauses, "5"));
	assert_int_equal(r.dossier.count, 7);
	assert_false(names_hold(&r.dossier, "own_security")); /* it goes to HR */
}

/* Bodies of the second route: the anti-corruption service left on 30.06.2025 */
static void test_bodies(void **state)
{
	const struct other_body bodies[] = {
		{ "internal-affairs", "", "", on("2011-01-06"), on("2199-12-31") },
		{ "anti-corruption", "", "", on("2011-01-06"), on("2025-06-30") },
	};
	struct rule_set r = demonstration_rules();
	(void)state;
	r.bodies = bodies;
	r.body_count = COUNT(bodies);
	assert_ptr_equal(rule_set_body_on(&r, "internal-affairs", on("2026-03-26")), &bodies[0]);
	assert_ptr_equal(rule_set_body_on(&r, "anti-corruption", on("2025-06-30")), &bodies[1]);
	assert_null(rule_set_body_on(&r, "anti-corruption", on("2025-07-01")));
	assert_null(rule_set_body_on(&r, "internal-affairs", on("2011-01-05")));
	assert_null(rule_set_body_on(&r, "customs", on("2026-03-26")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_force),
		cmocka_unit_test(test_opens),
		cmocka_unit_test(test_opens_what_is_no_parameter),
		cmocka_unit_test(test_names_of_parameters),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_value_that_is_unset),
		cmocka_unit_test(test_programme),
		cmocka_unit_test(test_positive),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
