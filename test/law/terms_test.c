/* The terms: R15-1, R16-2 and the working-day terms of section 4. */
#include "law_test.h"

#include "law/terms.h"

/* R15-1, R16-2: the examples of rules.md 5 */
static void test_last_days_before_an_interview(void **state)
{
	static const struct {
		const char *interview, *security, *dossier;
	} row[] = {
		{ "2026-03-26", "2026-03-16", "2026-03-18" },
		{ "2026-05-28", "2026-05-20", "2026-05-22" },
	};
	struct rule_set rules = demonstration_rules();
	const struct calendar *c = kazakh_calendar();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		day got = { 0 };
		struct calendar_explanation x = { 0 };
		assert_true(terms_security_last(c, &rules, on(row[i].interview), &got));
		same_day("R15-1", got, row[i].security);
		assert_true(terms_explain_security(c, &rules, on(row[i].interview), &x));
		same_day("R15-1 in words", x.answer, row[i].security);
		assert_true(terms_dossier_last(c, &rules, on(row[i].interview), &got));
		same_day("R16-2", got, row[i].dossier);
		assert_true(terms_explain_dossier(c, &rules, on(row[i].interview), &x));
		same_day("R16-2 in words", x.answer, row[i].dossier);
	}
}

/* A rule set under which the N-th working day itself is late: one more day back. */
static void test_nth_day_not_in_time(void **state)
{
	struct rule_set rules = demonstration_rules();
	day got = { 0 };
	(void)state;
	rules.params[PARAM_NTH_DAY_IN_TIME].value = 0;
	assert_true(terms_security_last(kazakh_calendar(), &rules, on("2026-03-26"), &got));
	same_day("R15-1", got, "2026-03-13");
	assert_true(terms_dossier_last(kazakh_calendar(), &rules, on("2026-03-26"), &got));
	same_day("R16-2", got, "2026-03-17");
}

static void test_terms_forwards(void **state)
{
	struct rule_set rules = demonstration_rules();
	const struct calendar *c = kazakh_calendar();
	day got = { 0 };
	(void)state;
	assert_true(terms_filing_last(c, on("2026-06-01"), 7, &got));
	same_day("filing: seven working days, the announcement's day not counted", got,
		 "2026-06-10");
	assert_true(terms_check_last(c, &rules, on("2026-06-10"), &got));
	same_day("check: five", got, "2026-06-17");
	assert_true(terms_minutes_last(c, &rules, on("2026-07-03"), &got));
	same_day("minutes: three, over 6 July", got, "2026-07-09");
	assert_true(terms_notice_last(c, &rules, on("2026-05-26"), &got));
	same_day("notice: three, over Kurban Ait", got, "2026-06-01");
	assert_false(terms_notice_last(c, &rules, on("2027-12-30"), &got));
}

/* F63: working days from the service; nothing where the rule set is silent. */
static void test_challenge(void **state)
{
	struct rule_set rules = demonstration_rules();
	day got = { 0 };
	(void)state;
	assert_true(terms_challenge_last(kazakh_calendar(), &rules, on("2026-06-01"), &got));
	same_day("the day after", got, "2026-06-02");
	assert_true(terms_challenge_last(kazakh_calendar(), &rules, on("2026-06-05"), &got));
	same_day("over a week's end", got, "2026-06-08");
	rules.params[PARAM_CHALLENGE_DAYS].value = 3;
	assert_true(terms_challenge_last(kazakh_calendar(), &rules, on("2026-05-26"), &got));
	same_day("three, over Kurban Ait", got, "2026-06-01");
	assert_false(terms_challenge_last(kazakh_calendar(), &rules, on("2027-12-30"), &got));
	rules.params[PARAM_CHALLENGE_DAYS].set = false;
	assert_false(terms_challenge_last(kazakh_calendar(), &rules, on("2026-06-01"), &got));
}

/* F84: months from the service, the shorter month, the day off, the calendar's end. */
static void test_appeal(void **state)
{
	static const struct {
		const char *why, *served, *last;
		int months;
	} row[] = {
		{ "three months", "2026-03-31", "2026-06-30", 3 },
		{ "over the year's end", "2026-11-17", "2027-02-17", 3 },
		{ "a day off gives way: Saturday 4 July, Monday 6 July is a holiday", "2026-04-04",
		  "2026-07-07", 3 },
		{ "a shorter month: 28 February 2027 is a Sunday", "2026-11-30", "2027-03-01", 3 },
		{ "a leap year: 29 February 2024", "2024-01-31", "2024-02-29", 1 },
		{ "twelve", "2025-05-14", "2026-05-14", 12 },
		{ "outside of the calendar", "2027-11-01", NULL, 3 },
	};
	struct rule_set rules = demonstration_rules();
	day got = { 0 };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		rules.params[PARAM_APPEAL_MONTHS].value = row[i].months;
		const bool known =
			terms_appeal_last(kazakh_calendar(), &rules, on(row[i].served), &got);
		if (known != (row[i].last != NULL))
			fail_msg("%s: %d", row[i].why, known);
		if (known)
			same_day(row[i].why, got, row[i].last);
	}
	/* pinned before the term was known */
	rules.params[PARAM_APPEAL_MONTHS].set = false;
	assert_false(terms_appeal_last(kazakh_calendar(), &rules, on("2026-03-31"), &got));
}

/* The plan of an interview: R15-1, R16-2, no override but moving it. */
static void test_interview(void **state)
{
	static const struct {
		const char *why, *today, *proposed;
		const char *security, *dossier; /* done on; NULL: not yet */
		enum interview_fault fault;
		bool security_late, dossier_late;
		const char *nearest; /* NULL: none */
	} row[] = {
		{ "own security can answer today, the last day", "2026-03-16", "2026-03-26", NULL,
		  NULL, INTERVIEW_LAWFUL, false, false, "2026-03-26" },
		{ "a day later it cannot", "2026-03-17", "2026-03-26", NULL, NULL,
		  INTERVIEW_SECURITY, true, false, "2026-03-27" },
		{ "it has answered on the last day", "2026-03-17", "2026-03-26", "2026-03-16", NULL,
		  INTERVIEW_LAWFUL, false, false, "2026-03-26" },
		{ "it answered a day late", "2026-03-17", "2026-03-26", "2026-03-17", NULL,
		  INTERVIEW_SECURITY, true, false, "2026-03-27" },
		{ "the dossier can go today, its last day", "2026-03-18", "2026-03-26",
		  "2026-03-10", NULL, INTERVIEW_LAWFUL, false, false, "2026-03-26" },
		{ "a day later it cannot", "2026-03-19", "2026-03-26", "2026-03-10", NULL,
		  INTERVIEW_DOSSIER, false, true, "2026-03-27" },
		{ "it went on its last day", "2026-03-20", "2026-03-26", "2026-03-10", "2026-03-18",
		  INTERVIEW_LAWFUL, false, false, "2026-03-26" },
		{ "it went a day late", "2026-03-20", "2026-03-26", "2026-03-10", "2026-03-19",
		  INTERVIEW_DOSSIER, false, true, "2026-03-27" },
		{ "both terms are missed: the first is named, both are told", "2026-03-25",
		  "2026-03-26", NULL, NULL, INTERVIEW_SECURITY, true, true, "2026-04-02" },
		{ "today is too soon, whatever is done", "2026-03-26", "2026-03-26", "2026-03-10",
		  "2026-03-10", INTERVIEW_PAST, false, false, "2026-03-27" },
		{ "a day gone by", "2026-03-26", "2026-03-20", "2026-03-02", "2026-03-02",
		  INTERVIEW_PAST, false, false, "2026-03-27" },
		{ "a Saturday", "2026-03-02", "2026-03-28", NULL, NULL, INTERVIEW_DAY_OFF, false,
		  false, "2026-03-30" },
		{ "the calendar ends", "2027-12-29", "2028-01-05", NULL, NULL, INTERVIEW_CALENDAR,
		  false, false, NULL },
		{ "nothing lawful is left in the calendar", "2027-12-29", "2027-12-31", NULL, NULL,
		  INTERVIEW_SECURITY, true, true, NULL },
		{ "five days before it the calendar has not begun", "2024-01-03", "2024-01-05",
		  NULL, NULL, INTERVIEW_CALENDAR, false, false, "2024-01-10" },
		{ "a proposal from before the calendar", "2023-06-01", "2023-06-15", NULL, NULL,
		  INTERVIEW_CALENDAR, false, false, "2024-01-10" },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct interview_facts f = { .today = on(row[i].today) };
		f.security_received = row[i].security != NULL;
		f.dossier_released = row[i].dossier != NULL;
		if (f.security_received)
			f.security_day = on(row[i].security);
		if (f.dossier_released)
			f.dossier_day = on(row[i].dossier);
		struct interview_check x =
			terms_interview(kazakh_calendar(), &rules, &f, on(row[i].proposed));
		if (x.fault != row[i].fault)
			fail_msg("%s: fault %d, wanted %d", row[i].why, (int)x.fault,
				 (int)row[i].fault);
		if (x.security_late != row[i].security_late ||
		    x.dossier_late != row[i].dossier_late)
			fail_msg("%s: late %d %d", row[i].why, x.security_late, x.dossier_late);
		if (x.has_nearest != (row[i].nearest != NULL))
			fail_msg("%s: nearest %d", row[i].why, x.has_nearest);
		if (x.has_nearest)
			same_day(row[i].why, x.nearest, row[i].nearest);
	}
}

/* A rule set in which the dossier has the longer term, at the beginning of the calendar. */
static void test_dossier_outside_the_calendar(void **state)
{
	struct rule_set rules = demonstration_rules();
	const struct interview_facts f = { .today = on("2024-01-03") };
	(void)state;
	rules.params[PARAM_SECURITY_DAYS].value = 1;
	struct interview_check x = terms_interview(kazakh_calendar(), &rules, &f, on("2024-01-05"));
	assert_int_equal(x.fault, INTERVIEW_CALENDAR);
	same_day("three back from Monday is Wednesday", x.nearest, "2024-01-08");
}

/* What is offered is lawful, and nothing between the proposal and it is. */
static void test_nearest_is_nearest(void **state)
{
	struct rule_set rules = demonstration_rules();
	const struct interview_facts f = { .today = on("2026-03-10") };
	(void)state;
	for (day d = f.today; d.n < on("2026-06-30").n; d.n++) {
		struct interview_check x = terms_interview(kazakh_calendar(), &rules, &f, d);
		assert_true(x.has_nearest);
		for (day between = d; between.n <= x.nearest.n; between.n++) {
			struct interview_check y =
				terms_interview(kazakh_calendar(), &rules, &f, between);
			assert_int_equal(y.fault == INTERVIEW_LAWFUL, between.n == x.nearest.n);
		}
	}
}

static void test_refusal(void **state)
{
	static const struct {
		enum interview_fault fault;
		const char *clause, *key;
	} row[] = {
		{ INTERVIEW_PAST, "", "law.interview.past" },
		{ INTERVIEW_DAY_OFF, "", "law.interview.day_off" },
		{ INTERVIEW_SECURITY, "15", "law.interview.security" }, /* R15-1 */
		{ INTERVIEW_DOSSIER, "16", "law.interview.dossier" },   /* R16-2 */
		{ INTERVIEW_CALENDAR, "", "law.interview.calendar" },
	};
	const struct interview_check lawful = { .fault = INTERVIEW_LAWFUL };
	(void)state;
	assert_true(terms_require_interview(&lawful, NULL));
	for (size_t i = 0; i < COUNT(row); i++) {
		struct interview_check x = { .fault = row[i].fault };
		struct err e = { 0 };
		assert_false(terms_require_interview(&x, &e));
		refused_by_law("a refusal", &e, row[i].clause, row[i].key);
		assert_string_equal(e.value, "");
		err_clear(&e);
		x.has_nearest = true;
		x.nearest = on("2026-03-27");
		assert_false(terms_require_interview(&x, &e));
		assert_string_equal(e.value, "2026-03-27");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_days_before_an_interview),
		cmocka_unit_test(test_nth_day_not_in_time),
		cmocka_unit_test(test_terms_forwards),
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_appeal),
		cmocka_unit_test(test_interview),
		cmocka_unit_test(test_dossier_outside_the_calendar),
		cmocka_unit_test(test_nearest_is_nearest),
		cmocka_unit_test(test_refusal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
