/* The Qualification Requirements as a table: R5-1, R5-2, R13-1. */
#include "law_test.h"

#include "law/qualification.h"

/* Two ways into category C-3: education with years, or years in the category below. */
static const struct condition by_years[] = {
	{ CONDITION_EDUCATION, 0, "higher-law" },
	{ CONDITION_LAW_ENFORCEMENT, 8, "" },
	{ CONDITION_PROSECUTION, 6, "" },
	{ CONDITION_LEADERSHIP, 3, "" },
};
static const struct condition by_category[] = {
	{ CONDITION_EDUCATION, 0, "higher-law" },
	{ CONDITION_CATEGORY, 2, "C-4" },
};
static const struct alternative ways[] = {
	{ by_years, COUNT(by_years) },
	{ by_category, COUNT(by_category) },
};
static const struct category categories[] = {
	{ "C-3", "", "", 3, ways, COUNT(ways) },
	{ "C-4", "", "", 4, ways, 1 },
	{ "C-5", "", "", 5, NULL, 0 },
};

static struct qualification_table table(void)
{
	return (struct qualification_table){
		.id = "26/2026-02-18",
		.assumed = true,
		.doubt_days = 31,
		.categories = categories,
		.category_count = COUNT(categories),
	};
}

/* ---- one condition ----------------------------------------------------------------- */

enum { MOST = 4 };

struct period {
	enum service_kind kind;
	bool leadership;
	const char *category, *from, *to;
};

static size_t periods_of(const struct period *from, struct service_period *to)
{
	size_t count = 0;
	for (; count < MOST && from[count].from; count++)
		to[count] = (struct service_period){ from[count].kind, from[count].leadership,
						     from[count].category, on(from[count].from),
						     on(from[count].to) };
	return count;
}

/* The verdict on a condition alone, counted on 26.03.2026 without room for doubt. */
static struct condition_result judge_one(const struct condition *condition, const char *education,
					 const struct period *periods, const char *counted_on,
					 int doubt_days)
{
	const struct alternative alternative = { condition, 1 };
	const struct category all[] = { { "X", "", "", 1, &alternative, 1 },
					{ "C-3", "", "", 3, NULL, 0 },
					{ "C-4", "", "", 4, NULL, 0 },
					{ "C-5", "", "", 5, NULL, 0 } };
	struct qualification_table t = table();
	struct service_period period[MOST];
	struct service_record record = { education, period, periods_of(periods, period),
					 on(counted_on) };
	t.categories = all;
	t.category_count = COUNT(all);
	t.doubt_days = doubt_days;
	return qualification_judge(&t, "X", &record, NULL, 0).result[0][0];
}

static void test_one_condition(void **state)
{
	static const struct {
		const char *why;
		struct condition condition;
		const char *education;
		struct period period[MOST];
		enum verdict want;
		int days; /* -1: not asked */
	} row[] = {
		{ "the education asked for",
		  { CONDITION_EDUCATION, 0, "higher-law" },
		  "higher-law",
		  { { 0 } },
		  VERDICT_MET,
		  0 },
		{ "another",
		  { CONDITION_EDUCATION, 0, "higher-law" },
		  "secondary",
		  { { 0 } },
		  VERDICT_NOT_MET,
		  0 },
		{ "none stated is for a human",
		  { CONDITION_EDUCATION, 0, "higher-law" },
		  "",
		  { { 0 } },
		  VERDICT_HUMAN,
		  0 },
		{ "five years to the day",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2021-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "a day less",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2021-03-28", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  1825 },
		{ "no service at all",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { 0 } },
		  VERDICT_NOT_MET,
		  0 },
		{ "what lies after the day does not count",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2022-03-27", "2030-01-01" } },
		  VERDICT_NOT_MET,
		  1461 },
		{ "a period wholly after it neither",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2026-04-01", "2030-01-01" } },
		  VERDICT_NOT_MET,
		  0 },
		{ "periods that overlap count once",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2021-03-27", "2024-01-31" },
		    { SERVICE_PROSECUTION, true, "", "2023-06-01", "2026-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "one within another, given first, counts once",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2022-01-01", "2022-12-31" },
		    { SERVICE_PROSECUTION, true, "", "2021-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "a gap does not count",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2025-03-27", "2026-03-26" },
		    { SERVICE_PROSECUTION, false, "", "2020-03-27", "2024-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "police is law enforcement",
		  { CONDITION_LAW_ENFORCEMENT, 5, "" },
		  "",
		  { { SERVICE_LAW_ENFORCEMENT, false, "", "2021-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "so is the prosecution service",
		  { CONDITION_LAW_ENFORCEMENT, 5, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2021-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  1826 },
		{ "other work is not",
		  { CONDITION_LAW_ENFORCEMENT, 5, "" },
		  "",
		  { { SERVICE_OTHER, true, "", "2011-03-27", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  0 },
		{ "police is not prosecution",
		  { CONDITION_PROSECUTION, 5, "" },
		  "",
		  { { SERVICE_LAW_ENFORCEMENT, true, "", "2011-03-27", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  0 },
		{ "leadership is what was in a leadership post",
		  { CONDITION_LEADERSHIP, 1, "" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2015-01-01", "2025-03-26" },
		    { SERVICE_PROSECUTION, true, "", "2025-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  365 },
		{ "the category asked for",
		  { CONDITION_CATEGORY, 1, "C-4" },
		  "",
		  { { SERVICE_PROSECUTION, false, "C-4", "2025-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  365 },
		{ "a higher one counts for it",
		  { CONDITION_CATEGORY, 1, "C-4" },
		  "",
		  { { SERVICE_PROSECUTION, false, "C-3", "2025-03-27", "2026-03-26" } },
		  VERDICT_MET,
		  365 },
		{ "a lower one does not",
		  { CONDITION_CATEGORY, 1, "C-4" },
		  "",
		  { { SERVICE_PROSECUTION, false, "C-5", "2015-03-27", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  0 },
		{ "a post without a category does not",
		  { CONDITION_CATEGORY, 1, "C-4" },
		  "",
		  { { SERVICE_PROSECUTION, false, "", "2015-03-27", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  0 },
		{ "a condition on a category that is not in the table",
		  { CONDITION_CATEGORY, 1, "C-9" },
		  "",
		  { { SERVICE_PROSECUTION, false, "C-4", "2015-03-27", "2026-03-26" } },
		  VERDICT_NOT_MET,
		  0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct condition_result got = judge_one(&row[i].condition, row[i].education,
							row[i].period, "2026-03-26", 0);
		if (got.verdict != row[i].want || got.computed != row[i].want)
			fail_msg("%s: %s", row[i].why, verdict_name(got.verdict));
		if (got.days != row[i].days)
			fail_msg("%s: %d days, wanted %d", row[i].why, got.days, row[i].days);
	}
}

/* Years end on the same date; from 29 February on the last of the month. */
static void test_leap_days(void **state)
{
	static const struct {
		const char *why, *from, *counted_on;
		int years;
		enum verdict want;
	} row[] = {
		{ "a year to 29 February", "2023-03-01", "2024-02-29", 1, VERDICT_MET },
		{ "a day less", "2023-03-02", "2024-02-29", 1, VERDICT_NOT_MET },
		{ "four years between two", "2020-03-01", "2024-02-29", 4, VERDICT_MET },
		{ "a day less", "2020-03-02", "2024-02-29", 4, VERDICT_NOT_MET },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct condition c = { CONDITION_PROSECUTION, row[i].years, "" };
		const struct period p[MOST] = { { SERVICE_PROSECUTION, false, "", row[i].from,
						  row[i].counted_on } };
		if (judge_one(&c, "", p, row[i].counted_on, 0).verdict != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

/* R5-2: so near to the term that the service list must speak */
static void test_doubt(void **state)
{
	static const struct {
		const char *why, *from;
		enum verdict want;
	} row[] = {
		{ "31 days more than needed are met", "2025-02-24", VERDICT_MET },
		{ "30 are for a human", "2025-02-25", VERDICT_HUMAN },
		{ "exactly the term is for a human", "2025-03-27", VERDICT_HUMAN },
		{ "31 days less are for a human", "2025-04-27", VERDICT_HUMAN },
		{ "32 are not met", "2025-04-28", VERDICT_NOT_MET },
	};
	const struct condition year = { CONDITION_LEADERSHIP, 1, "" };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct period p[MOST] = { { SERVICE_PROSECUTION, true, "", row[i].from,
						  "2026-03-26" } };
		struct condition_result got = judge_one(&year, "", p, "2026-03-26", 31);
		if (got.verdict != row[i].want)
			fail_msg("%s: %s", row[i].why, verdict_name(got.verdict));
	}
}

/* ---- the whole table ---------------------------------------------------------------- */

/* OR over alternatives of AND over conditions, with what officers found (R5-2, R13-1) */
static void test_table(void **state)
{
	static const struct {
		const char *why, *education;
		struct period period[MOST];
		struct finding finding[3];
		size_t findings;
		enum verdict outcome, first, second;
	} row[] = {
		{ "the first way, long service",
		  "higher-law",
		  { { SERVICE_PROSECUTION, true, "", "2010-01-01", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_MET,
		  VERDICT_MET,
		  VERDICT_NOT_MET },
		{ "the second way, two years in C-4",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-4", "2022-01-01", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_MET },
		{ "neither way",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-5", "2022-01-01", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET },
		{ "education is needed on both ways",
		  "secondary",
		  { { SERVICE_PROSECUTION, true, "C-4", "2010-01-01", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET },
		{ "one way in doubt, the other lost: a human decides",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-4", "2024-03-20", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_HUMAN,
		  VERDICT_NOT_MET,
		  VERDICT_HUMAN },
		{ "the human found it met",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-4", "2024-03-20", "2026-03-26" } },
		  { { 1, 1, true } },
		  1,
		  VERDICT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_MET },
		{ "the human found it not met",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-4", "2024-03-20", "2026-03-26" } },
		  { { 1, 1, false } },
		  1,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET },
		{ "the last finding counts",
		  "higher-law",
		  { { SERVICE_PROSECUTION, false, "C-4", "2024-03-20", "2026-03-26" } },
		  { { 1, 1, false }, { 1, 0, true }, { 1, 1, true } },
		  3,
		  VERDICT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_MET },
		{ "a finding against what the candidate stated",
		  "higher-law",
		  { { SERVICE_PROSECUTION, true, "", "2010-01-01", "2026-03-26" } },
		  { { 0, 0, false } },
		  1,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET },
		{ "not met beats doubt within a way",
		  "",
		  { { SERVICE_PROSECUTION, true, "", "2024-01-01", "2026-03-26" } },
		  { { 0 } },
		  0,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET,
		  VERDICT_NOT_MET },
	};
	struct qualification_table t = table();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct service_period period[MOST];
		struct service_record record = { row[i].education, period,
						 periods_of(row[i].period, period),
						 on("2026-03-26") };
		struct qualification q =
			qualification_judge(&t, "C-3", &record, row[i].finding, row[i].findings);
		if (q.outcome != row[i].outcome || q.alternative[0] != row[i].first ||
		    q.alternative[1] != row[i].second)
			fail_msg("%s: %s (%s, %s)", row[i].why, verdict_name(q.outcome),
				 verdict_name(q.alternative[0]), verdict_name(q.alternative[1]));
		assert_int_equal(q.count, 2);
		assert_int_equal(q.conditions[0], COUNT(by_years));
		assert_int_equal(q.conditions[1], COUNT(by_category));
		assert_ptr_equal(q.result[1][1].condition, &by_category[1]);
	}
}

/* What the officer found does not hide what the table says. */
static void test_computed_stays(void **state)
{
	const struct finding against = { 0, 0, false };
	struct qualification_table t = table();
	struct service_record record = { "higher-law", NULL, 0, on("2026-03-26") };
	(void)state;
	struct qualification q = qualification_judge(&t, "C-3", &record, &against, 1);
	assert_int_equal(q.result[0][0].computed, VERDICT_MET);
	assert_int_equal(q.result[0][0].verdict, VERDICT_NOT_MET);
}

static void test_no_row(void **state)
{
	struct alternative wide = { by_years, CONDITIONS_MOST + 1 };
	struct category odd[] = { { "many-ways", "", "", 1, ways, ALTERNATIVES_MOST + 1 },
				  { "many-conditions", "", "", 1, &wide, 1 } };
	struct qualification_table t = table();
	struct service_record record = { "higher-law", NULL, 0, on("2026-03-26") };
	(void)state;
	assert_int_equal(qualification_judge(&t, "C-9", &record, NULL, 0).outcome, VERDICT_HUMAN);
	/* no way in at all is no way in */
	assert_int_equal(qualification_judge(&t, "C-5", &record, NULL, 0).outcome, VERDICT_NOT_MET);
	t.categories = odd;
	t.category_count = COUNT(odd);
	odd[0].alternatives = (const struct alternative[ALTERNATIVES_MOST + 1]){ { NULL, 0 } };
	assert_int_equal(qualification_judge(&t, "many-ways", &record, NULL, 0).outcome,
			 VERDICT_HUMAN);
	assert_int_equal(qualification_judge(&t, "many-conditions", &record, NULL, 0).outcome,
			 VERDICT_HUMAN);
}

/* F2 for R5-1: assumed requirements are for demonstrations */
static void test_opens(void **state)
{
	struct qualification_table t = table();
	struct err e = { 0 };
	(void)state;
	assert_true(qualification_opens(&t, true, &e));
	assert_false(qualification_opens(&t, false, &e));
	refused_by_law("assumed", &e, "5", "law.qualification.assumed");
	t.assumed = false;
	assert_true(qualification_opens(&t, false, NULL));
}

/* Names are the ends of message keys and the words of the JSON twin: they do not change. */
static void test_names(void **state)
{
	static const struct {
		enum verdict id;
		const char *name;
	} row[] = {
		{ VERDICT_MET, "met" },
		{ VERDICT_NOT_MET, "not_met" },
		{ VERDICT_HUMAN, "human" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(verdict_name(row[i].id), row[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_condition),  cmocka_unit_test(test_leap_days),
		cmocka_unit_test(test_doubt),          cmocka_unit_test(test_table),
		cmocka_unit_test(test_computed_stays), cmocka_unit_test(test_no_row),
		cmocka_unit_test(test_opens),          cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
