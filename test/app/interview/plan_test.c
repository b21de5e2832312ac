/* The day of the interview (R15-1, R16-2, R44-1, F6; section 5 of rules.md). */
#include "stage.h"

#include "app/interview/interview_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *text)
{
	int64_t ms = 0;
	assert_true(instant_parse(text, &ms));
	return ms;
}

static bool planned(struct stage *s, const char *start, struct err *e)
{
	struct act act = harness_act(s->h, s->hr);
	err_clear(e);
	return interview_plan(&act, s->competition, at(start), "каб. 305", e);
}

/* Nothing is received yet, so that today counts for both terms. */
static void test_examples(void **state)
{
	static const struct {
		const char *why, *now, *start;
		const char *clause, *key, *nearest; /* NULL: lawful */
	} row[] = {
		{ "R15-1: 26.03 wants it by 16.03", "2026-03-16T17:00", "2026-03-26T10:00", NULL,
		  NULL, NULL },
		{ "a day later 26.03 is out", "2026-03-17T09:00", "2026-03-26T10:00", "15",
		  "law.interview.security", "2026-03-27" },
		{ "28.05 wants it by 20.05", "2026-05-20T09:00", "2026-05-28T10:00", NULL, NULL,
		  NULL },
		{ "Kurban Ait on 27.05 does not count", "2026-05-21T09:00", "2026-05-28T10:00",
		  "15", "law.interview.security", "2026-05-29" },
		{ "a day off", "2026-03-02T09:00", "2026-03-21T10:00", "", "law.interview.day_off",
		  "2026-03-26" },
		{ "carried over from Nauryz", "2026-03-02T09:00", "2026-03-24T10:00", "",
		  "law.interview.day_off", "2026-03-26" },
		{ "past", "2026-03-10T09:00", "2026-03-05T10:00", "", "law.interview.past", NULL },
		{ "beyond the calendar", "2026-03-10T09:00", "2028-03-06T10:00", "",
		  "law.interview.calendar", NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		struct stage s = stage_open(h);
		struct err e = { 0 };
		(void)stage_candidate(&s, STAGE_MET);
		harness_at(h, row[i].now);
		bool ok = planned(&s, row[i].start, &e);
		if (row[i].key) {
			stage_refused(row[i].why, ok, &e, ERR_LAW, row[i].key, row[i].clause);
			assert_string_equal(e.field, "start");
			if (row[i].nearest && strcmp(e.value, row[i].nearest) != 0)
				fail_msg("%s: %s", row[i].why, e.value);
		} else if (!ok) {
			fail_msg("%s: %s %s", row[i].why, e.key, e.value);
		}
		assert_int_equal(stage_journalled(h, "interview.planned"), ok);
		harness_close(h);
	}
}

/* With own security's information here, the dossier's term alone binds: 26.03 -> 18.03. */
static void test_dossier_term(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED);
	harness_at(s.h, "2026-03-18T17:00");
	assert_true(planned(&s, "2026-03-26T10:00", &e));
	harness_at(s.h, "2026-03-19T09:00");
	stage_refused("R16-2", planned(&s, "2026-03-26T10:00", &e), &e, ERR_LAW,
		      "law.interview.dossier", "16");
	assert_string_equal(e.value, "2026-03-27");
	/* it was released in time: the day holds, and the hour may still move */
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "INSERT INTO dossier_release (application_id, by_id, at_ms)"
			    " VALUES ($1, $2, $3)",
			    db_int(id), db_int(s.hr), db_int(at("2026-03-18T17:30"))));
	assert_true(planned(&s, "2026-03-26T15:00", &e));
}

/* R44-1: for whom no way leads to the interview, nothing is waited. */
static void test_who_counts(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct competition c = { 0 };
	struct interview_facts facts = { 0 };
	struct err e = { 0 };
	assert_true(competition_load(&act, s.competition, &c, &e));
	assert_true(interview_plan_facts(&act, &c, &facts, &e));
	assert_false(facts.security_received || facts.dossier_released); /* nobody yet */
	(void)stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED | STAGE_RELEASED);
	(void)stage_candidate(&s, STAGE_SENT);
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST_NEGATIVE);
	int64_t refused = stage_candidate(&s, STAGE_MET | STAGE_PSYCHO);
	assert_true(interview_plan_facts(&act, &c, &facts, &e));
	assert_false(facts.security_received || facts.dossier_released);
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "INSERT INTO study (application_id, kind, outcome, number, day, note,"
			    " by_id, at_ms) VALUES ($1, 'polygraph', 'refused', '', 0, '', $2, 0)",
			    db_int(refused), db_int(s.polygraph)));
	assert_true(interview_plan_facts(&act, &c, &facts, &e));
	assert_true(facts.security_received && facts.dossier_released);
	assert_int_equal(facts.security_day.n, act_today(&act).n);
	(void)stage_candidate(&s, STAGE_ADMITTED);
	assert_true(interview_plan_facts(&act, &c, &facts, &e));
	assert_false(facts.security_received || facts.dossier_released);
}

/* R44-1: who is admitted is heard, in the order of names; moving puts in order anew. */
static void test_order(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	int64_t later = stage_candidate(&s, STAGE_ADMITTED);
	int64_t sooner = stage_candidate(&s, STAGE_ADMITTED);
	(void)stage_candidate(&s, STAGE_MET);
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE person SET sort_key = 'zzz' WHERE id = $1",
			    db_int(stage_person_of(&s, later))));
	for (int i = 0; i < 2; i++) {
		assert_true(planned(&s, i == 0 ? "2026-03-26T10:00" : "2026-03-30T09:30", &e));
		json_t *rows = db_rows(s.h->site.db, s.h->arena, &e,
				       "SELECT application_id, turn FROM interview_candidate"
				       " ORDER BY turn");
		assert_int_equal(json_array_size(rows), 2);
		assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 0),
								    "application_id")),
				 sooner);
		assert_int_equal(
			json_integer_value(json_object_get(json_array_get(rows, 1), "turn")), 2);
	}
	assert_int_equal(stage_journalled(s.h, "interview.planned"), 2);
	int64_t interviews = 0;
	assert_true(db_number(s.h->site.db, &e, &interviews, "SELECT COUNT(*) FROM interview"));
	assert_int_equal(interviews, 1);
}

static void test_refused(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	const int64_t others[] = { s.security, s.psycho, stage_chair(&s),
				   harness_person(s.h, ROLE_ADMIN) };
	for (size_t i = 0; i < COUNT(others); i++) {
		struct act act = harness_act(s.h, others[i]);
		err_clear(&e);
		stage_refused("not HR",
			      interview_plan(&act, s.competition, at("2026-03-26T10:00"), "1", &e),
			      &e, ERR_DENIED, "error.denied", NULL);
	}
	assert_true(planned(&s, "2026-03-26T10:00", &e));
	assert_true(db_exec(s.h->site.db, &e, NULL, "UPDATE interview SET state = 'running'"));
	stage_refused("it runs", planned(&s, "2026-03-27T10:00", &e), &e, ERR_CONFLICT,
		      "plan.error.running", NULL);
	err_clear(&e);
	assert_true(db_exec(s.h->site.db, &e, NULL, "UPDATE competition SET state = 'closed'"));
	stage_refused("closed", planned(&s, "2026-03-27T10:00", &e), &e, ERR_CONFLICT,
		      "competition.error.not_announced", NULL);
}

static bool do_plan(const struct act *act, void *user, struct err *e)
{
	return interview_plan(act, *(int64_t *)user, at("2026-03-26T10:00"), "каб. 305", e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	(void)stage_candidate(&s, STAGE_ADMITTED);
	stage_all_or_nothing(s.h, s.hr, do_plan, &s.competition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples), HARNESS_TEST(test_dossier_term),
		HARNESS_TEST(test_who_counts),   HARNESS_TEST(test_order),
		HARNESS_TEST(test_refused),      HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
