/* What is missing: R10-1 on the own route, R20-1 on that of other bodies. */
#include "law_test.h"

#include "law/completeness.h"

enum { MOST = 4 };

struct row {
	const char *why;
	size_t count;
	struct document_present present[MOST];
	bool complete;
	enum document_state state[MOST];
};

static void same(const struct row *row, const struct completeness *got, size_t documents)
{
	if (got->complete != row->complete || got->count != documents)
		fail_msg("%s: complete %d, %zu documents", row->why, got->complete, got->count);
	for (size_t i = 0; i < documents; i++) {
		if (got->state[i] != row->state[i])
			fail_msg("%s: %s is %s, wanted %s", row->why, got->document[i]->kind,
				 document_state_name(got->state[i]),
				 document_state_name(row->state[i]));
	}
}

/* R10-1: certificate and recommendation, in this order of the rule set */
static void test_own(void **state)
{
	static const struct row row[] = {
		{ "nothing is there",
		  0,
		  { { "", "" } },
		  false,
		  { DOCUMENT_MISSING, DOCUMENT_MISSING } },
		{ "both, signed by whom the Rules name",
		  2,
		  { { "certificate", "direct_supervisor" }, { "recommendation", "head_of_body" } },
		  true,
		  { DOCUMENT_PRESENT, DOCUMENT_PRESENT } },
		{ "a deputy may sign the letter",
		  2,
		  { { "recommendation", "head_of_body_deputy" },
		    { "certificate", "direct_supervisor" } },
		  true,
		  { DOCUMENT_PRESENT, DOCUMENT_PRESENT } },
		{ "without the letter",
		  1,
		  { { "certificate", "direct_supervisor" } },
		  false,
		  { DOCUMENT_PRESENT, DOCUMENT_MISSING } },
		{ "without the certificate",
		  1,
		  { { "recommendation", "head_of_body" } },
		  false,
		  { DOCUMENT_MISSING, DOCUMENT_PRESENT } },
		{ "the letter signed by whom the matrix does not name",
		  2,
		  { { "certificate", "direct_supervisor" },
		    { "recommendation", "head_of_subdivision" } },
		  false,
		  { DOCUMENT_PRESENT, DOCUMENT_WRONG_SIGNATORY } },
		{ "the certificate not signed by the direct supervisor",
		  2,
		  { { "certificate", "head_of_body" }, { "recommendation", "head_of_body" } },
		  false,
		  { DOCUMENT_WRONG_SIGNATORY, DOCUMENT_PRESENT } },
		{ "another paper helps nobody",
		  2,
		  { { "certificate", "direct_supervisor" }, { "rating", "head_of_body" } },
		  false,
		  { DOCUMENT_PRESENT, DOCUMENT_MISSING } },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct completeness got =
			completeness_own(&rules, "regional", row[i].present, row[i].count);
		same(&row[i], &got, 2);
	}
}

/* R20-1: service list, certificate, rating, recommendation */
static void test_other(void **state)
{
	static const struct row row[] = {
		{ "all four",
		  4,
		  { { "service_list", "sending_hr" },
		    { "certificate", "" },
		    { "rating", "" },
		    { "recommendation", "direct_supervisor" } },
		  true,
		  { DOCUMENT_PRESENT, DOCUMENT_PRESENT, DOCUMENT_PRESENT, DOCUMENT_PRESENT } },
		{ "the certificate's signatory is not named: anybody may sign it",
		  4,
		  { { "service_list", "sending_hr" },
		    { "certificate", "head_of_body" },
		    { "rating", "" },
		    { "recommendation", "direct_supervisor" } },
		  true,
		  { DOCUMENT_PRESENT, DOCUMENT_PRESENT, DOCUMENT_PRESENT, DOCUMENT_PRESENT } },
		{ "a deputy of the supervisor; a list without HR",
		  3,
		  { { "service_list", "direct_supervisor" },
		    { "certificate", "" },
		    { "recommendation", "direct_supervisor_deputy" } },
		  false,
		  { DOCUMENT_WRONG_SIGNATORY, DOCUMENT_PRESENT, DOCUMENT_MISSING,
		    DOCUMENT_WRONG_SIGNATORY } },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct completeness got = completeness_other(&rules, row[i].present, row[i].count);
		same(&row[i], &got, 4);
	}
}

/* The route of other bodies has no matrix: a rule set that asks for it there accepts nobody. */
static void test_no_matrix_for_other_bodies(void **state)
{
	static const struct required_document letter = { "recommendation", "20", "matrix", "", "" };
	static const struct document_present present = { "recommendation", "head_of_body" };
	struct rule_set rules = demonstration_rules();
	(void)state;
	rules.other_documents = &letter;
	rules.other_document_count = 1;
	struct completeness got = completeness_other(&rules, &present, 1);
	assert_false(got.complete);
	assert_int_equal(got.state[0], DOCUMENT_WRONG_SIGNATORY);
}

/* More papers than can be told of are never complete. */
static void test_too_many(void **state)
{
	struct required_document many[DOCUMENTS_MOST + 1];
	static const struct document_present present = { "certificate", "" };
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct required_document){ "certificate", "10", "", "", "" };
	rules.own_documents = many;
	rules.own_document_count = DOCUMENTS_MOST;
	assert_true(completeness_own(&rules, "pgo", &present, 1).complete);
	rules.own_document_count = COUNT(many);
	assert_false(completeness_own(&rules, "pgo", &present, 1).complete);
}

/* Names are the ends of message keys and the words of the JSON twin: they do not change. */
static void test_names(void **state)
{
	static const struct {
		enum document_state id;
		const char *name;
	} row[] = {
		{ DOCUMENT_PRESENT, "present" },
		{ DOCUMENT_MISSING, "missing" },
		{ DOCUMENT_WRONG_SIGNATORY, "wrong_signatory" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(document_state_name(row[i].id), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_no_matrix_for_other_bodies),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
