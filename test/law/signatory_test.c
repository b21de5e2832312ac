/* Who signs: R10-1, R20-1, section 2 of rules.md (S2-1 to S2-7). */
#include "law_test.h"

#include "law/signatory.h"

static void test_matrix(void **state)
{
	static const struct {
		const char *why, *place, *position;
		bool want;
	} row[] = {
		{ "S2-1: the Office's staff, head of a subdivision", "pgo", "head_of_subdivision",
		  true },
		{ "S2-1: a deputy in the head's stead", "pgo", "head_of_subdivision_deputy", true },
		{ "S2-1: no head of another kind of body", "pgo", "head_of_body", false },
		{ "S2-2: regional and district", "regional", "head_of_body", true },
		{ "S2-2: a deputy", "regional", "head_of_body_deputy", true },
		{ "S2-2: the direct supervisor is not named", "regional", "direct_supervisor",
		  false },
		{ "S2-3: military and transport", "military-transport", "head_of_body", true },
		{ "S2-4: the Academy", "academy", "head_of_academy", true },
		{ "S2-4: not the head of another body", "academy", "head_of_body", false },
		{ "S2-5: Committee on Legal Statistics", "legal-statistics-central",
		  "head_of_committee", true },
		{ "S2-6: Committee for Asset Recovery with its units", "asset-recovery",
		  "head_of_committee_deputy", true },
		{ "S2-7: its territorial bodies", "legal-statistics-territorial", "chief_of_body",
		  true },
		{ "S2-7: not the head of the Committee", "legal-statistics-territorial",
		  "head_of_committee", false },
		{ "somebody who is only called a deputy", "pgo", "_deputy", false },
		{ "a deputy of a deputy", "pgo", "head_of_subdivision_deputy_deputy", false },
		{ "nobody", "pgo", "", false },
		{ "a place that the matrix does not know", "customs", "head_of_body", false },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		bool got = signatory_check(&rules, row[i].place, row[i].position, &e);
		if (got != row[i].want)
			fail_msg("%s: %d", row[i].why, got);
		if (!got) {
			refused_by_law(row[i].why, &e, "10", "law.signatory.recommendation");
			assert_string_equal(e.value, row[i].place);
		}
	}
}

/* A row in which the deputy may not sign. */
static void test_no_deputy(void **state)
{
	static const struct signatory_row head_alone = { "pgo", "head", false, "", "", "", "" };
	struct rule_set rules = demonstration_rules();
	(void)state;
	rules.signatories = &head_alone;
	rules.signatory_count = 1;
	assert_true(signatory_check(&rules, "pgo", "head", NULL));
	assert_false(signatory_check(&rules, "pgo", "head_deputy", NULL));
	assert_ptr_equal(signatory_row(&rules, "pgo"), &head_alone);
	assert_null(signatory_row(&rules, "regional"));
}

static void test_other_papers(void **state)
{
	static const struct {
		const char *why;
		bool (*check)(const char *position, struct err *e);
		const char *position;
		bool want;
		const char *clause, *key;
	} row[] = {
		{ "R10-1: the certificate, by the direct supervisor", signatory_check_certificate,
		  "direct_supervisor", true, NULL, NULL },
		{ "R10-1: by nobody else", signatory_check_certificate, "head_of_body", false, "10",
		  "law.signatory.certificate" },
		{ "R20-1: the letter, by the direct supervisor", signatory_check_referral,
		  "direct_supervisor", true, NULL, NULL },
		{ "R20-1: a deputy is not named", signatory_check_referral,
		  "direct_supervisor_deputy", false, "20", "law.signatory.referral" },
		{ "R20-1: the service list, by HR of the sending body",
		  signatory_check_service_list, "sending_hr", true, NULL, NULL },
		{ "R20-1: by nobody else", signatory_check_service_list, "direct_supervisor", false,
		  "20", "law.signatory.service_list" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		if (row[i].check(row[i].position, &e) != row[i].want)
			fail_msg("%s", row[i].why);
		if (!row[i].want)
			refused_by_law(row[i].why, &e, row[i].clause, row[i].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_no_deputy),
		cmocka_unit_test(test_other_papers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
