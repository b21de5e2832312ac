/* The individual identification number: rules.md 6 (ID-1). */
#include "law_test.h"

#include "law/iin.h"

static void test_iin_check(void **state)
{
	static const struct {
		const char *why, *iin;
		enum iin_result want;
	} row[] = {
		{ "the example of rules.md", "791028302728", IIN_VALID },
		{ "the counter-example of rules.md has month 34", "123456789011", IIN_DATE },
		{ "another check digit", "791028302729", IIN_CHECK },
		{ "two digits changed places", "791028302782", IIN_CHECK },
		{ "the second pass of weights gives 3", "850101300603", IIN_VALID },
		{ "the second pass of weights, wrong digit", "850101300600", IIN_CHECK },
		{ "ten in both passes: never given out, even with a 0", "850101300690", IIN_CHECK },
		{ "eleven digits", "79102830272", IIN_LENGTH },
		{ "thirteen digits", "7910283027288", IIN_LENGTH },
		{ "nothing", "", IIN_LENGTH },
		{ "a letter", "79102830272x", IIN_DIGITS },
		{ "a Latin letter that looks like a nought", "7910283O2728", IIN_DIGITS },
		{ "a space in front", " 91028302728", IIN_DIGITS },
		{ "month 00", "790028302728", IIN_DATE },
		{ "30 February", "790230302728", IIN_DATE },
		{ "day 00", "791000302728", IIN_DATE },
		{ "29 February 1900 was no day", "000229300007", IIN_DATE },
		{ "29 February 2000 was one", "000229500007", IIN_CHECK },
		{ "a 0 for century and sex is unusual, not wrong", "791028002729", IIN_VALID },
		{ "a 0 there leaves either century: 29 February 2000", "000229000007", IIN_CHECK },
		{ "a 9 there tells no century, but is no fault of the date", "791028902720",
		  IIN_CHECK },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		enum iin_result got = iin_check(row[i].iin);
		if (got != row[i].want)
			fail_msg("%s: %d, wanted %d", row[i].why, (int)got, (int)row[i].want);
	}
}

static void test_iin_birth_day(void **state)
{
	static const struct {
		const char *why, *iin, *want; /* want NULL: not told */
	} row[] = {
		{ "a 3 is the 20th century", "791028302728", "1979-10-28" },
		{ "a 4 too", "791028402728", "1979-10-28" },
		{ "a 5 is the 21st", "050601500000", "2005-06-01" },
		{ "a 6 too", "050601600000", "2005-06-01" },
		{ "a 1 is the 19th", "991231100000", "1899-12-31" },
		{ "a 2 too", "991231200000", "1899-12-31" },
		{ "a 0 does not tell", "791028002729", NULL },
		{ "a 7 does not tell", "791028702721", NULL },
		{ "no such day", "790230302728", NULL },
		{ "no such month", "791330302728", NULL },
		{ "no number", "79102830272x", NULL },
		{ "too short", "7910283", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day born = { INT32_MIN };
		bool told = iin_birth_day(row[i].iin, &born);
		if (told != (row[i].want != NULL))
			fail_msg("%s: %s", row[i].why, told ? "told" : "not told");
		if (told)
			same_day(row[i].why, born, row[i].want);
		else if (born.n != INT32_MIN)
			fail_msg("%s: the result was touched", row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iin_check),
		cmocka_unit_test(test_iin_birth_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
