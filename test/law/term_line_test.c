/* Every term of a competition on one line: R15-1, R16-2 and the terms of section 4 (F6). */
#include "law_test.h"

#include "law/term_line.h"

/* Announced on 2 March 2026, interview on the 26th, as in the example of rules.md 5. */
static struct term_facts facts(const char *today)
{
	struct term_facts f = { .own_route = true, .announced = true, .planned = true };
	f.today = on(today);
	f.announced_day = on("2026-03-02");
	f.filing_last = on("2026-03-12");
	f.interview_day = on("2026-03-26");
	return f;
}

static void done(struct term_facts *f, enum term_kind kind, const char *when)
{
	f->done[kind] = true;
	f->done_day[kind] = on(when);
}

static struct term only(enum term_kind kind, const struct term_facts *f)
{
	const struct rule_set rules = demonstration_rules();
	struct term line[TERM_COUNT];
	assert_true(term_line(kazakh_calendar(), &rules, f, line));
	assert_int_equal(line[kind].kind, kind);
	return line[kind];
}

static void test_last_days(void **state)
{
	static const struct {
		const char *why;
		enum term_kind kind;
		const char *last, *who;
		int wanted;
	} row[] = {
		{ "as announced: seven, over 8 and 9 March", TERM_FILING, "2026-03-12", "candidate",
		  7 },
		{ "five after it", TERM_CHECK, "2026-03-19", "hr", 5 },
		{ "R15-1: five before the interview", TERM_SECURITY, "2026-03-16", "security", -5 },
		{ "R16-2: three before the interview", TERM_DOSSIER, "2026-03-18", "hr", -3 },
		{ "the day itself", TERM_INTERVIEW, "2026-03-26", "secretary", 0 },
		{ "three after it was heard", TERM_MINUTES, "2026-03-31", "secretary", 3 },
		{ "three after the decision", TERM_NOTICE, "2026-04-01", "hr", 3 },
	};
	struct term_facts f = facts("2026-03-03");
	(void)state;
	f.heard = f.decided = true;
	f.heard_day = on("2026-03-26");
	f.decided_day = on("2026-03-27");
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct term t = only(row[i].kind, &f);
		same_day(row[i].why, t.last, row[i].last);
		if (strcmp(t.who, row[i].who) != 0 || t.wanted != row[i].wanted)
			fail_msg("%s: %s, %d working days", row[i].why, t.who, t.wanted);
	}
}

/* What counts from a day that nobody knows yet waits. */
static void test_waits(void **state)
{
	struct term_facts f = { .today = on("2026-03-03") };
	(void)state;
	for (int kind = 0; kind < TERM_COUNT; kind++)
		assert_int_equal(only((enum term_kind)kind, &f).state, TERM_WAITS);
}

static void test_states(void **state)
{
	static const struct {
		const char *why, *today;
		enum term_kind kind;
		const char *done; /* NULL: not */
		enum term_state want;
		int left;
	} row[] = {
		{ "far away", "2026-03-03", TERM_SECURITY, NULL, TERM_OPEN, 8 },
		{ "two working days are left", "2026-03-12", TERM_SECURITY, NULL, TERM_AT_RISK, 2 },
		{ "the last day itself", "2026-03-16", TERM_SECURITY, NULL, TERM_AT_RISK, 0 },
		{ "the day after", "2026-03-17", TERM_SECURITY, NULL, TERM_MISSED, 0 },
		{ "done on the last day", "2026-03-20", TERM_SECURITY, "2026-03-16", TERM_KEPT, 0 },
		{ "done a day late", "2026-03-20", TERM_SECURITY, "2026-03-17", TERM_LATE, 0 },
		{ "filing is nobody's risk", "2026-03-12", TERM_FILING, NULL, TERM_OPEN, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct term_facts f = facts(row[i].today);
		if (row[i].done)
			done(&f, row[i].kind, row[i].done);
		const struct term t = only(row[i].kind, &f);
		if (t.state != row[i].want || t.left != row[i].left)
			fail_msg("%s: %s, %d left", row[i].why, term_state_name(t.state), t.left);
	}
}

/* A filing term is that of its route. */
static void test_routes(void **state)
{
	struct rule_set rules = demonstration_rules();
	struct term_facts f = facts("2026-03-03");
	struct term line[TERM_COUNT];
	(void)state;
	rules.params[PARAM_FILING_DAYS_OTHER].clause = "30";
	rules.params[PARAM_FILING_DAYS_OTHER].assumed = false;
	f.own_route = false;
	assert_true(term_line(kazakh_calendar(), &rules, &f, line));
	assert_string_equal(line[TERM_FILING].clause, "30");
	assert_false(line[TERM_FILING].assumed);
	assert_true(only(TERM_FILING, &f).assumed);
}

/* F6: each date explains itself by the days that were counted. */
static void test_explains(void **state)
{
	struct term_facts f = facts("2026-03-03");
	struct calendar_explanation x = { 0 };
	struct term t = only(TERM_SECURITY, &f);
	(void)state;
	assert_true(term_explain(kazakh_calendar(), &t, &x));
	same_day("back", x.answer, "2026-03-16");
	t = only(TERM_CHECK, &f);
	assert_true(term_explain(kazakh_calendar(), &t, &x));
	same_day("forward", x.answer, "2026-03-19");
	t = only(TERM_INTERVIEW, &f);
	assert_false(term_explain(kazakh_calendar(), &t, &x));
	t = only(TERM_MINUTES, &f);
	assert_false(term_explain(kazakh_calendar(), &t, &x));
}

/* A year nobody has decreed yet: no answer is better than a wrong one. */
static void test_outside(void **state)
{
	const struct rule_set rules = demonstration_rules();
	struct term line[TERM_COUNT];
	(void)state;
	struct term_facts f = facts("2026-03-03");
	f.interview_day = on("2031-03-03");
	assert_false(term_line(kazakh_calendar(), &rules, &f, line));
	f = facts("2031-03-03");
	assert_false(term_line(kazakh_calendar(), &rules, &f, line));
	f = facts("2026-03-03");
	f.filing_last = on("2027-12-31");
	assert_false(term_line(kazakh_calendar(), &rules, &f, line));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(term_kind_name(TERM_MINUTES), "minutes");
	assert_string_equal(term_state_name(TERM_AT_RISK), "at_risk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_days), cmocka_unit_test(test_waits),
		cmocka_unit_test(test_states),    cmocka_unit_test(test_routes),
		cmocka_unit_test(test_explains),  cmocka_unit_test(test_outside),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
