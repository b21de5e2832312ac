/* What counts as right after a finding, and what that does to a result: F62, F63, R44-2. */
#include "exam_test.h"

#include "exam/score.h"
#include "law/rule_set.h"

enum { OPTIONS = 4, OLD = 1, NEW = 2, OTHER = 3, FINDINGS_MOST = 3 };

/* What a row's letters say of the options 0 to 3 and of a blank: R right, . not. */
static void expect(const char *why, struct key key, const char *want)
{
	for (int option = 0; option < OPTIONS; option++) {
		if (key_takes(key, option) != (want[option] == 'R'))
			fail_msg("%s: option %d", why, option);
	}
	if (key_takes(key, NO_OPTION) != (want[OPTIONS] == 'R'))
		fail_msg("%s: no answer", why);
}

static void test_findings(void **state)
{
	static const struct {
		const char *why;
		struct key_rule rule;
		struct key_finding findings[FINDINGS_MOST];
		size_t count;
		const char *want; /* options 0 to 3, then no answer */
	} row[] = {
		{ "as it was written", { true, true }, { { 0, 0 } }, 0, ".R..." },
		{ "rejected", { true, true }, { { FINDING_REJECTED, NO_OPTION } }, 1, ".R..." },
		{ "the right key alone", { true, true }, { { FINDING_KEY, NEW } }, 1, "..R.." },
		{ "both keys", { false, true }, { { FINDING_KEY, NEW } }, 1, ".RR.." },
		{ "right for all", { true, true }, { { FINDING_VOID, NO_OPTION } }, 1, "RRRRR" },
		{ "right for who answered",
		  { true, false },
		  { { FINDING_VOID, NO_OPTION } },
		  1,
		  "RRRR." },
		{ "corrected twice: the last one",
		  { true, true },
		  { { FINDING_KEY, NEW }, { FINDING_KEY, OTHER } },
		  2,
		  "...R." },
		{ "corrected, then void",
		  { true, true },
		  { { FINDING_KEY, NEW }, { FINDING_VOID, NO_OPTION } },
		  2,
		  "RRRRR" },
		{ "void, then a key after all",
		  { true, true },
		  { { FINDING_VOID, NO_OPTION }, { FINDING_KEY, NEW } },
		  2,
		  "..R.." },
		{ "void, then a key that takes nothing away",
		  { false, true },
		  { { FINDING_VOID, NO_OPTION }, { FINDING_KEY, NEW } },
		  2,
		  "RRRRR" },
		{ "corrected, and a later challenge rejected",
		  { true, true },
		  { { FINDING_KEY, NEW }, { FINDING_REJECTED, NO_OPTION } },
		  2,
		  "..R.." },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct key key = key_of(OLD);
		for (size_t k = 0; k < row[i].count; k++)
			key = key_after(key, &row[i].findings[k], OPTIONS, row[i].rule);
		expect(row[i].why, key, row[i].want);
	}
}

static void test_names(void **state)
{
	enum finding_kind kind = FINDING_REJECTED;
	(void)state;
	for (int i = FINDING_REJECTED; i <= FINDING_VOID; i++) {
		assert_true(finding_of(finding_name((enum finding_kind)i), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(finding_of("annulled", &kind));
	assert_int_equal(kind, FINDING_VOID);
}

/* The sign in the row of points. */
static void test_points(void **state)
{
	static const unsigned char shown[ITEM_OPTIONS_MOST] = { 3, 0, 2, 1, 4 };
	static const struct {
		const char *why;
		struct key key;
		int choice;
		char want;
	} row[] = {
		{ "right", { 1U << 2, false }, 2, '1' },
		{ "wrong", { 1U << 2, false }, 1, '0' },
		{ "none", { 1U << 2, false }, NO_CHOICE, '-' },
		{ "none, of a void question", { 15, true }, NO_CHOICE, '1' },
		{ "none, of one that is right for who answered", { 15, false }, NO_CHOICE, '-' },
		{ "a place that was not shown", { 15, false }, 4, '-' },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct answered_question q = { 0, row[i].key, row[i].choice, OPTIONS, shown };
		if (score_point(&q) != row[i].want)
			fail_msg("%s: %c", row[i].why, score_point(&q));
	}
}

/* R44-2: one question more or less around the mark; equality passes. */
static void test_boundary(void **state)
{
	static const unsigned char shown[ITEM_OPTIONS_MOST] = { 0, 1, 2, 3, 4 };
	static const struct {
		const char *why;
		int right;  /* of the other 119 questions      */
		int choice; /* of the one that is challenged   */
		struct key_finding finding;
		int before, after;
		bool passes_before, passes_after;
	} row[] = {
		{ "83 + the right key: 84 passes",
		  83,
		  NEW,
		  { FINDING_KEY, NEW },
		  83,
		  84,
		  false,
		  true },
		{ "82 + the right key: 83 fails",
		  82,
		  NEW,
		  { FINDING_KEY, NEW },
		  82,
		  83,
		  false,
		  false },
		{ "84 less the old key: 83 fails",
		  83,
		  OLD,
		  { FINDING_KEY, NEW },
		  84,
		  83,
		  true,
		  false },
		{ "85 less the old key: 84 passes",
		  84,
		  OLD,
		  { FINDING_KEY, NEW },
		  85,
		  84,
		  true,
		  true },
		{ "83 and a void question: 84",
		  83,
		  OTHER,
		  { FINDING_VOID, -1 },
		  83,
		  84,
		  false,
		  true },
		{ "83 and one left out, void: 84",
		  83,
		  NO_CHOICE,
		  { FINDING_VOID, -1 },
		  83,
		  84,
		  false,
		  true },
		{ "84 with the old key, void: 84",
		  83,
		  OLD,
		  { FINDING_VOID, -1 },
		  84,
		  84,
		  true,
		  true },
		{ "another wrong option: 83 stays",
		  83,
		  OTHER,
		  { FINDING_KEY, NEW },
		  83,
		  83,
		  false,
		  false },
		{ "rejected: 83 stays", 83, NEW, { FINDING_REJECTED, -1 }, 83, 83, false, false },
	};
	struct rule_set rules = { 0 };
	(void)state;
	rules.params[PARAM_PASS_MARK] = (struct parameter){ .set = true, .value = 84 };
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answered_question q[PROGRAMME_QUESTIONS];
		for (int n = 0; n < PROGRAMME_QUESTIONS; n++)
			q[n] = (struct answered_question){ 0, key_of(OLD),
							   n < row[i].right ? OLD : OTHER, OPTIONS,
							   shown };
		struct answered_question *one = &q[PROGRAMME_QUESTIONS - 1];
		one->choice = row[i].choice;
		struct score before = score_count(q, COUNT(q));
		one->key = key_after(one->key, &row[i].finding, OPTIONS,
				     (struct key_rule){ true, true });
		struct score after = score_count(q, COUNT(q));
		if (before.correct != row[i].before || after.correct != row[i].after)
			fail_msg("%s: %d, %d", row[i].why, before.correct, after.correct);
		if (rule_set_test_positive(&rules, before.correct, before.act_correct) !=
			    row[i].passes_before ||
		    rule_set_test_positive(&rules, after.correct, after.act_correct) !=
			    row[i].passes_after)
			fail_msg("%s", row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_boundary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
