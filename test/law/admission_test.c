/* The six parts and what follows from them: R6-1, R6-2, R13-1, R44-1, L1. */
#include "law_test.h"

#include "law/admission.h"

/* A candidate for whom everything is on record and nothing bars. */
static struct admission_record whole(void)
{
	return (struct admission_record){
		.sent = true,
		.check = CHECK_MET,
		.rating = true,
		.polygraph = STUDY_UNDERGONE,
		.psycho = STUDY_UNDERGONE,
		.test = TEST_POSITIVE,
		.interviewed = true,
	};
}

static void test_parts(void **state)
{
	static const struct {
		const char *why;
		struct admission_record record;
		enum part part;
		enum part_state want;
	} row[] = {
		{ "nothing checked", { .check = CHECK_NONE }, PART_QUALIFICATION, PART_ABSENT },
		{ "a refusal that nobody has confirmed",
		  { .check = CHECK_PROPOSED_REFUSAL },
		  PART_QUALIFICATION,
		  PART_PENDING },
		{ "qualified", { .check = CHECK_MET }, PART_QUALIFICATION, PART_DONE },
		{ "not qualified", { .check = CHECK_NOT_MET }, PART_QUALIFICATION, PART_FAILED },
		{ "no rating", { .rating = false }, PART_RATING, PART_ABSENT },
		{ "L1: a rating, whatever its value", { .rating = true }, PART_RATING, PART_DONE },
		{ "no polygraph", { .polygraph = STUDY_NONE }, PART_POLYGRAPH, PART_ABSENT },
		{ "undergone", { .polygraph = STUDY_UNDERGONE }, PART_POLYGRAPH, PART_DONE },
		{ "refused", { .polygraph = STUDY_REFUSED }, PART_POLYGRAPH, PART_FAILED },
		{ "postponed", { .polygraph = STUDY_POSTPONED }, PART_POLYGRAPH, PART_PENDING },
		{ "absent", { .psycho = STUDY_ABSENT }, PART_PSYCHO, PART_PENDING },
		{ "undergone", { .psycho = STUDY_UNDERGONE }, PART_PSYCHO, PART_DONE },
		{ "no test", { .test = TEST_NONE }, PART_TEST, PART_ABSENT },
		{ "in the hall", { .test = TEST_RUNNING }, PART_TEST, PART_PENDING },
		{ "positive", { .test = TEST_POSITIVE }, PART_TEST, PART_DONE },
		{ "negative", { .test = TEST_NEGATIVE }, PART_TEST, PART_FAILED },
		{ "annulled", { .test = TEST_ANNULLED }, PART_TEST, PART_FAILED },
		{ "no interview", { .interviewed = false }, PART_INTERVIEW, PART_ABSENT },
		{ "interviewed", { .interviewed = true }, PART_INTERVIEW, PART_DONE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct admission a = admission_judge(&row[i].record);
		if (a.part[row[i].part] != row[i].want)
			fail_msg("%s: %s is %s, wanted %s", row[i].why, part_name(row[i].part),
				 part_state_name(a.part[row[i].part]),
				 part_state_name(row[i].want));
	}
}

/* R13-1: if and only if qualified; R6-2: nothing else is asked before */
static void test_to_studies(void **state)
{
	static const enum check_outcome outcome[] = { CHECK_NONE, CHECK_PROPOSED_REFUSAL, CHECK_MET,
						      CHECK_NOT_MET };
	(void)state;
	for (size_t i = 0; i < COUNT(outcome); i++) {
		for (int sent = 0; sent < 2; sent++) {
			const struct admission_record r = { .sent = sent, .check = outcome[i] };
			struct admission a = admission_judge(&r);
			struct err e = { 0 };
			bool want = sent && outcome[i] == CHECK_MET;
			assert_int_equal(a.to_studies, want);
			assert_int_equal(admission_require_studies(&a, &e), want);
			if (!want)
				refused_by_law("R13-1", &e, "13", "law.admission.studies");
		}
	}
}

/* R44-1: each combination of the four conditions, and nothing else, decides. */
static void test_to_interview(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 64; bits++) {
		struct admission_record r = whole();
		r.check = bits & 1 ? CHECK_MET : CHECK_NOT_MET;
		r.test = bits & 2 ? TEST_POSITIVE : TEST_NEGATIVE;
		r.polygraph = bits & 4 ? STUDY_UNDERGONE : STUDY_REFUSED;
		r.psycho = bits & 8 ? STUDY_UNDERGONE : STUDY_POSTPONED;
		r.rating = bits & 16; /* no fifth condition: L1, the rating bars nobody */
		r.interviewed = bits & 32;
		struct admission a = admission_judge(&r);
		assert_int_equal(a.to_interview, (bits & 15) == 15);
		assert_int_equal(a.qualified, (bits & 1) != 0);
		assert_int_equal(a.test_positive, (bits & 2) != 0);
		assert_int_equal(a.polygraph_undergone, (bits & 4) != 0);
		assert_int_equal(a.psycho_undergone, (bits & 8) != 0);
		/* R6-1: no decision while one of the six is absent */
		assert_int_equal(a.decidable, bits == 63);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *why;
		struct admission admission;
		const char *key;
	} row[] = {
		{ "not qualified comes first",
		  { .qualified = false },
		  "law.admission.qualification" },
		{ "no positive test", { .qualified = true }, "law.admission.test" },
		{ "no polygraph",
		  { .qualified = true, .test_positive = true },
		  "law.admission.polygraph" },
		{ "no psycho-sociological study",
		  { .qualified = true, .test_positive = true, .polygraph_undergone = true },
		  "law.admission.psycho" },
		{ "withdrawn with all four",
		  { .qualified = true,
		    .test_positive = true,
		    .polygraph_undergone = true,
		    .psycho_undergone = true },
		  "law.admission.application" },
	};
	const struct admission_record admitted = whole();
	struct admission_record withdrawn = whole();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_false(admission_require_interview(&row[i].admission, &e));
		refused_by_law(row[i].why, &e, "44", row[i].key);
	}
	struct admission a = admission_judge(&admitted);
	assert_true(admission_require_interview(&a, NULL));
	withdrawn.sent = false;
	a = admission_judge(&withdrawn);
	assert_false(a.to_studies || a.to_interview || a.decidable);
}

static void test_study_codes(void **state)
{
	static const struct {
		const char *code;
		enum study_outcome want;
	} row[] = {
		{ "undergone", STUDY_UNDERGONE },
		{ "refused", STUDY_REFUSED },
		{ "postponed", STUDY_POSTPONED },
		{ "absent", STUDY_ABSENT },
		{ "", STUDY_NONE },
		{ "Undergone", STUDY_NONE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(study_outcome_of(row[i].code), row[i].want);
}

/* R6-1: six, each with a name of its own */
static void test_six_parts(void **state)
{
	(void)state;
	assert_int_equal(PART_COUNT, 6);
	for (int i = 0; i < PART_COUNT; i++) {
		for (int k = 0; k < i; k++)
			assert_string_not_equal(part_name((enum part)i), part_name((enum part)k));
	}
}

/* Names are the ends of message keys and the words of the JSON twin: they do not change. */
static void test_names(void **state)
{
	static const struct {
		enum part_state id;
		const char *name;
	} row[] = {
		{ PART_ABSENT, "absent" },
		{ PART_PENDING, "pending" },
		{ PART_DONE, "done" },
		{ PART_FAILED, "failed" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(part_state_name(row[i].id), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),        cmocka_unit_test(test_to_studies),
		cmocka_unit_test(test_to_interview), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_study_codes),  cmocka_unit_test(test_six_parts),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
