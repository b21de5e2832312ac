/* The hall, the record, the candidate who is late: R28-1, R28-2, R28-3; R47-1, R47-2. */
#include "law_test.h"

#include "law/sitting.h"

/* R28-1 */
static void test_hall(void **state)
{
	static const struct {
		const char *kind;
		bool want;
	} row[] = {
		{ "pgo", true },       { "regional", true }, { "district", false },
		{ "military", false }, { "none", false },    { "", false },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_int_equal(sitting_require_hall(&rules, row[i].kind, &e), row[i].want);
		if (!row[i].want)
			refused_by_law(row[i].kind, &e, "28", "law.sitting.hall");
	}
}

/* R28-2 */
static void test_language(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_true(sitting_require_language("kk", &e));
	assert_true(sitting_require_language("ru", &e));
	assert_false(sitting_require_language("en", &e));
	refused_by_law("English", &e, "28", "law.sitting.language");
	assert_false(sitting_require_language("", NULL));
}

/* R28-3 */
static void test_recording(void **state)
{
	static const struct {
		const char *why, *code;
		bool may_be_off, want;
		const char *key;
	} row[] = {
		{ "confirmed", "confirmed", false, true, NULL },
		{ "confirmed in a demonstration", "confirmed", true, true, NULL },
		{ "not settled", "", false, false, "law.sitting.recording" },
		{ "not settled in a demonstration", "", true, false, "law.sitting.recording" },
		{ "an unknown word settles nothing", "yes", true, false, "law.sitting.recording" },
		{ "the switch of a demonstration", "switched_off", true, true, NULL },
		{ "a rule set without the switch", "switched_off", false, false,
		  "law.sitting.recording_switch" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rule_set rules = demonstration_rules();
		struct err e = { 0 };
		rules.recording_may_be_off = row[i].may_be_off;
		if (sitting_require_recording(&rules, recording_of(row[i].code), &e) != row[i].want)
			fail_msg("%s", row[i].why);
		if (!row[i].want)
			refused_by_law(row[i].why, &e, "28", row[i].key);
	}
}

/* R28-3: nobody's word stands for a record where the system records. */
static void test_record(void **state)
{
	static const struct {
		const char *why, *record;
		bool records, may_be_off, want;
	} row[] = {
		{ "each seat", "seats", true, false, true },
		{ "the hall", "hall", true, false, true },
		{ "other equipment where nothing records", "outside", false, false, true },
		{ "other equipment where the system records", "outside", true, false, false },
		{ "other equipment in a demonstration", "outside", true, true, true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rule_set rules = demonstration_rules();
		struct err e = { 0 };
		rules.recording_may_be_off = row[i].may_be_off;
		if (sitting_require_record(&rules, row[i].record, row[i].records, &e) !=
		    row[i].want)
			fail_msg("%s", row[i].why);
		if (!row[i].want)
			refused_by_law(row[i].why, &e, "28", "law.sitting.record");
	}
}

/* R28-3, R47-1: one that is not recorded is one too many. */
static void test_sources(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_true(sitting_require_sources(0, &e));
	assert_false(sitting_require_sources(1, &e));
	refused_by_law("a seat is not recorded", &e, "28", "law.sitting.sources");
	err_clear(&e);
	assert_true(interview_require_recording(0, &e));
	assert_false(interview_require_recording(1, &e));
	refused_by_law("no sound", &e, "47", "law.interview.recording");
	err_clear(&e);
	struct rule_set rules = { .recording_may_be_off = true };
	assert_true(interview_require_outside(&rules, &e));
	rules.recording_may_be_off = false;
	assert_false(interview_require_outside(&rules, &e));
	refused_by_law("other equipment", &e, "47", "law.interview.outside");
}

/* R47-1, R47-2 */
static void test_warning(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_true(interview_require_warning(true, &e));
	assert_false(interview_require_warning(false, &e));
	refused_by_law("R47-2: told before the first question", &e, "47", "law.interview.warning");
}

static void test_failure(void **state)
{
	enum { MINUTE_MS = 60 * 1000 };
	struct rule_set rules = demonstration_rules();
	(void)state;
	assert_int_equal(sitting_after_failure(&rules, 0), FAILURE_GO_ON);
	assert_int_equal(sitting_after_failure(&rules, 30 * MINUTE_MS), FAILURE_GO_ON);
	assert_int_equal(sitting_after_failure(&rules, 30 * MINUTE_MS + 1), FAILURE_NEW_DATE);
}

static void test_repeat(void **state)
{
	struct rule_set rules = demonstration_rules();
	struct err e = { 0 };
	(void)state;
	assert_true(sitting_require_first(&rules, 0, &e));
	assert_false(sitting_require_first(&rules, 1, &e));
	refused_by_law("one test in a competition", &e, "36", "law.sitting.repeat");
	rules.params[PARAM_REPEAT_TEST].value = 1;
	assert_true(sitting_require_first(&rules, 1, NULL));
}

static void test_new_date(void **state)
{
	struct rule_set rules = demonstration_rules();
	struct err e = { 0 };
	(void)state;
	assert_true(sitting_require_new_date(&rules, true, &e));
	assert_false(sitting_require_new_date(&rules, false, &e));
	refused_by_law("late without a reason", &e, "28", "law.sitting.late");
	rules.params[PARAM_NEW_DATE_FOR_REASON].value = 0;
	assert_false(sitting_require_new_date(&rules, true, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hall),      cmocka_unit_test(test_language),
		cmocka_unit_test(test_recording), cmocka_unit_test(test_record),
		cmocka_unit_test(test_sources),   cmocka_unit_test(test_warning),
		cmocka_unit_test(test_failure),   cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_new_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
