/* The two routes: L33, R14-1, R23-1. */
#include "law_test.h"

#include "law/route.h"

/* L33 */
static void test_sequence(void **state)
{
	static const struct {
		const char *why;
		struct first_competition first;
		bool want;
	} row[] = {
		{ "closed among own staff, nobody positive", { true, true, true, 0 }, true },
		{ "somebody was given a positive conclusion", { true, true, true, 1 }, false },
		{ "not closed yet", { true, true, false, 0 }, false },
		{ "the first was itself for other bodies", { true, false, true, 0 }, false },
		{ "there was no first", { false, true, true, 0 }, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		if (route_require_second(&row[i].first, &e) != row[i].want)
			fail_msg("%s", row[i].why);
		if (!row[i].want)
			refused_by_law(row[i].why, &e, "33(1-1)", "law.route.sequence");
	}
}

static void test_codes(void **state)
{
	enum route route = ROUTE_OTHER;
	(void)state;
	assert_true(route_of("own", &route));
	assert_int_equal(route, ROUTE_OWN);
	assert_true(route_of("other", &route));
	assert_int_equal(route, ROUTE_OTHER);
	assert_false(route_of("third", &route));
	assert_int_equal(route, ROUTE_OTHER);
}

/* R23-1: where the candidate serves; R13-1: own staff at home */
static void test_studies(void **state)
{
	(void)state;
	assert_true(route_studies_elsewhere(ROUTE_OTHER));
	assert_false(route_studies_elsewhere(ROUTE_OWN));
}

/* R14-1 */
static void test_own_information(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_true(route_require_own_information(ROUTE_OTHER, "a reason", &e));
	assert_false(route_require_own_information(ROUTE_OTHER, "", &e));
	refused_by_law("without a reason", &e, "24", "law.route.reason");
	err_clear(&e);
	assert_false(route_require_own_information(ROUTE_OWN, "a reason", &e));
	refused_by_law("own staff", &e, "14", "law.route.own_information");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_studies),
		cmocka_unit_test(test_own_information),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
