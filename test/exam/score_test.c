/* Right answers counted, and the law's word on the count: R44-2, F61. */
#include "exam_test.h"

#include "exam/score.h"
#include "law/rule_set.h"

static const unsigned char straight[ITEM_OPTIONS_MOST] = { 0, 1, 2, 3, 4 };
static const unsigned char turned[ITEM_OPTIONS_MOST] = { 3, 0, 4, 1, 2 };

/* One question, the right option 0 to 4 of the item, five shown. */
static void test_one(void **state)
{
	static const struct {
		const char *why;
		struct answered_question q;
		int want;
	} row[] = {
		{ "right, unshuffled", { 0, { 1U << 2, false }, 2, 5, straight }, 1 },
		{ "wrong, unshuffled", { 0, { 1U << 2, false }, 1, 5, straight }, 0 },
		{ "right is where it is shown, not where it stands in the item",
		  { 0, { 1U << 2, false }, 4, 5, turned },
		  1 },
		{ "the place of the item's order is another option as shown",
		  { 0, { 1U << 2, false }, 2, 5, turned },
		  0 },
		{ "the first place", { 0, { 1U << 3, false }, 0, 5, turned }, 1 },
		{ "no answer", { 0, { 1U << 2, false }, NO_CHOICE, 5, turned }, 0 },
		{ "below every place", { 0, { 1U << 2, false }, -7, 5, turned }, 0 },
		{ "the last of four", { 0, { 1U << 1, false }, 3, 4, turned }, 1 },
		{ "a place that was not shown, though its option is right",
		  { 0, { 1U << 2, false }, 4, 4, turned },
		  0 },
		{ "far above every place", { 0, { 1U << 2, false }, 1000, 5, turned }, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct score s = score_count(&row[i].q, 1);
		if (s.correct != row[i].want || s.act_correct[0] != row[i].want)
			fail_msg("%s", row[i].why);
		assert_int_equal(s.asked, 1);
		assert_int_equal(s.act_asked[0], 1);
	}
}

/* A form of the programme whose first `right` questions are answered right, the rest wrong. */
static void fill_form(struct answered_question *q, int right)
{
	struct blueprint b = programme();
	size_t n = 0;
	for (size_t act = 0; act < b.acts; act++) {
		for (int i = 0; i < b.questions[act]; i++, n++) {
			bool is_right = n < (size_t)right;
			q[n] = (struct answered_question){ .act = (int)act,
							   .key = key_of(2),
							   .choice = is_right ? 4 : 0,
							   .options = 5,
							   .shown = turned };
		}
	}
}

/* A5-1: asked and right for each act, and the whole. */
static void test_by_act(void **state)
{
	static const int want[PROGRAMME_ACTS] = { 20, 20, 10, 10, 10, 10, 5, 0, 0, 0 };
	struct answered_question q[PROGRAMME_QUESTIONS];
	struct blueprint b = programme();
	(void)state;
	fill_form(q, 85);
	struct score s = score_count(q, COUNT(q));
	assert_int_equal(s.correct, 85);
	assert_int_equal(s.asked, PROGRAMME_QUESTIONS);
	for (size_t i = 0; i < PROGRAMME_ACTS; i++) {
		assert_int_equal(s.act_asked[i], b.questions[i]);
		assert_int_equal(s.act_correct[i], want[i]);
	}
	for (size_t i = PROGRAMME_ACTS; i < SCORE_ACTS_MOST; i++)
		assert_int_equal(s.act_asked[i], 0);
	struct score none = score_count(q, 0);
	assert_int_equal(none.asked, 0);
	assert_int_equal(none.correct, 0);
}

/* The demonstration mark, and marks for each act where the row wants them. */
static struct rule_set rules_with(const int *act_marks)
{
	static struct act_of_programme acts[PROGRAMME_ACTS];
	struct rule_set rules = { .acts = acts, .act_count = PROGRAMME_ACTS };
	rules.params[PARAM_PASS_MARK] = (struct parameter){ .set = true, .value = 84 };
	rules.params[PARAM_PASS_MARKS_PER_ACT].set = act_marks != NULL;
	rules.params[PARAM_PASS_MARKS_PER_ACT].value = 1;
	for (size_t i = 0; i < PROGRAMME_ACTS; i++) {
		acts[i].questions = programme().questions[i];
		acts[i].pass_mark = act_marks ? act_marks[i] : 0;
	}
	return rules;
}

/* R44-2: not lower than the mark; equality passes. */
static void test_boundary(void **state)
{
	static const int reached[PROGRAMME_ACTS] = { 20, 20, 10, 10, 10, 10, 4, 0, 0, 0 };
	static const int missed[PROGRAMME_ACTS] = { 20, 20, 10, 10, 10, 10, 5, 0, 0, 0 };
	static const int no_marks[PROGRAMME_ACTS] = { 0 };
	static const struct {
		const char *why;
		int right;
		const int *act_marks;
		bool want;
	} row[] = {
		{ "nothing", 0, NULL, false },
		{ "one below", 83, NULL, false },
		{ "equal", 84, NULL, true },
		{ "one above", 85, NULL, true },
		{ "everything", 120, NULL, true },
		{ "equal in every act too", 84, reached, true },
		{ "enough in all, one below in an act", 84, missed, false },
		{ "one more mends the act", 85, missed, true },
		{ "acts reached do not replace the whole", 83, no_marks, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answered_question q[PROGRAMME_QUESTIONS];
		struct rule_set rules = rules_with(row[i].act_marks);
		fill_form(q, row[i].right);
		struct score s = score_count(q, COUNT(q));
		assert_int_equal(s.correct, row[i].right);
		if (rule_set_test_positive(&rules, s.correct, s.act_correct) != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

/* F59: Lord's error of measurement at the pass mark, against figures worked out by hand. */
static void test_error_at_mark(void **state)
{
	static const struct {
		const char *why;
		int mark, asked, want;
	} row[] = {
		{ "the demonstration mark: sqrt(84 * 36 / 119) = 5.041", 84, 120, 50 },
		{ "the half is the widest: sqrt(60 * 60 / 119) = 5.500", 60, 120, 55 },
		{ "nothing right has no error", 0, 120, 0 },
		{ "everything right has no error", 120, 120, 0 },
		{ "one of two: sqrt(1) = 1", 1, 2, 10 },
		{ "rounded down: sqrt(2 * 8 / 9) = 1.333", 2, 10, 13 },
		{ "rounded up: sqrt(3 * 7 / 9) = 1.528", 3, 10, 15 },
		{ "an exact half goes up: sqrt(6 * 27 / 32) = 2.25", 6, 33, 23 },
		{ "another: sqrt(11 * 22 / 32) = 2.75", 11, 33, 28 },
		{ "just below a half: sqrt(5 * 21 / 25) = 2.0494", 5, 26, 20 },
		{ "a bank of every question: sqrt(250 * 250 / 499) = 11.191", 250, 500, 112 },
		{ "one question says nothing", 1, 1, 0 },
		{ "no question", 0, 0, 0 },
		{ "below zero", -1, 120, 0 },
		{ "above the number asked", 121, 120, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (score_sem_tenths(row[i].mark, row[i].asked) != row[i].want)
			fail_msg("%s: %d", row[i].why, score_sem_tenths(row[i].mark, row[i].asked));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_by_act),
		cmocka_unit_test(test_boundary),
		cmocka_unit_test(test_error_at_mark),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
