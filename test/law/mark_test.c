/* Marks: sealed until all who count have entered theirs (F81). */
#include "law_test.h"

#include "law/mark.h"

enum { MOST = 4 };

#define MARKED                                                                                     \
	{                                                                                          \
		true, false, true, false                                                           \
	}
#define WAITING                                                                                    \
	{                                                                                          \
		true, false, false, false                                                          \
	}
#define EXCUSED                                                                                    \
	{                                                                                          \
		true, false, false, true                                                           \
	}
#define ABSENT                                                                                     \
	{                                                                                          \
		false, false, false, false                                                         \
	}

static void test_state(void **state)
{
	static const struct {
		const char *why;
		struct marker marker[MOST];
		size_t count;
		enum mark_state state;
	} row[] = {
		{ "nobody at all", { WAITING }, 0, MARK_NONE },
		{ "nobody has entered", { WAITING, WAITING }, 2, MARK_NONE },
		{ "one of two", { MARKED, WAITING }, 2, MARK_SEALED },
		{ "both", { MARKED, MARKED }, 2, MARK_READY },
		{ "the other gave a reason", { MARKED, EXCUSED }, 2, MARK_READY },
		{ "all gave reasons: there is nothing to open",
		  { EXCUSED, EXCUSED },
		  2,
		  MARK_NONE },
		{ "who is absent is not waited for", { MARKED, ABSENT }, 2, MARK_READY },
		{ "nor who is in conflict",
		  { MARKED, { true, true, false, false } },
		  2,
		  MARK_READY },
		{ "what was entered before the conflict does not count",
		  { WAITING, { true, true, true, false } },
		  2,
		  MARK_NONE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		enum mark_state got = mark_state(row[i].marker, row[i].count);
		if (got != row[i].state)
			fail_msg("%s: %s", row[i].why, mark_state_name(got));
	}
	assert_string_equal(mark_state_name(MARK_SEALED), "sealed");
}

static void test_within(void **state)
{
	static const struct {
		const char *why;
		int64_t mark;
		bool within;
	} row[] = {
		{ "below", 0, false },   { "the least", 1, true }, { "between", 3, true },
		{ "the most", 5, true }, { "above", 6, false },
	};
	const struct mark_scale scale = { .least = 1, .most = 5 };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (mark_within(&scale, row[i].mark) != row[i].within)
			fail_msg("%s", row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_within),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
