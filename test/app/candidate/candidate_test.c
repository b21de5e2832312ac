/* Where a candidate stands, read from the rows (R6-1, R6-2, R13-1, R44-1, R44-2, L1). */
#include "stage.h"

#include "app/candidate/candidate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct candidate loaded(struct harness *h, int64_t id)
{
	struct act act = harness_act(h, 0);
	struct candidate c = { 0 };
	struct err e = { 0 };
	if (!candidate_load(&act, id, &c, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return c;
}

static void test_admission(void **state)
{
	static const struct {
		const char *why;
		unsigned done;
		bool to_studies, to_interview;
	} row[] = {
		{ "a draft", 0, false, false },
		{ "sent", STAGE_SENT, false, false },
		{ "R13-1: meets the requirements", STAGE_MET, true, false },
		{ "R6-2: studies before the check admit nobody",
		  STAGE_SENT | STAGE_POLYGRAPH | STAGE_PSYCHO | STAGE_TEST, false, false },
		{ "R44-1: the four", STAGE_ADMITTED, true, true },
		{ "R44-1: no polygraph", STAGE_MET | STAGE_PSYCHO | STAGE_TEST, true, false },
		{ "R44-1: no psycho-sociological study", STAGE_MET | STAGE_POLYGRAPH | STAGE_TEST,
		  true, false },
		{ "R44-1: no test", STAGE_MET | STAGE_POLYGRAPH | STAGE_PSYCHO, true, false },
		{ "R44-2: one short of the mark",
		  STAGE_MET | STAGE_POLYGRAPH | STAGE_PSYCHO | STAGE_TEST_NEGATIVE, true, false },
		{ "L1: a rating bars nobody, nor does its lack", STAGE_ADMITTED | STAGE_RATING,
		  true, true },
		{ "R44-1: own security's information bars nobody",
		  STAGE_ADMITTED | STAGE_LISTED | STAGE_INFORMED, true, true },
	};
	struct stage s = stage_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct candidate c = loaded(s.h, stage_candidate(&s, row[i].done));
		if (c.admission.to_studies != row[i].to_studies ||
		    c.admission.to_interview != row[i].to_interview)
			fail_msg("%s: %d %d", row[i].why, c.admission.to_studies,
				 c.admission.to_interview);
		assert_false(c.admission.decidable); /* R6-1: nobody was heard yet */
	}
}

/* F20: a refusal counts when a second officer has confirmed it. */
static void test_check_outcome(void **state)
{
	static const struct {
		const char *why, *outcome, *answer;
		enum check_outcome want;
	} row[] = {
		{ "met", "met", NULL, CHECK_MET },
		{ "a refusal is proposed", "not_met", NULL, CHECK_PROPOSED_REFUSAL },
		{ "confirmed", "not_met", "confirmed", CHECK_NOT_MET },
		{ "sent back", "not_met", "sent_back", CHECK_NONE },
	};
	struct stage s = stage_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t id = stage_candidate(&s, STAGE_SENT);
		assert_true(db_exec(s.h->site.db, &e, NULL,
				    "INSERT INTO qualification_decision (application_id, outcome,"
				    " reason, by_id, at_ms, answer) VALUES ($1, $2, '', $3, 0, $4)",
				    db_int(id), db_text(row[i].outcome), db_int(s.hr),
				    row[i].answer ? db_text(row[i].answer) : db_null()));
		if (loaded(s.h, id).record.check != row[i].want)
			fail_msg("%s", row[i].why);
	}
}

/* The latest record of a study counts, whatever the earlier ones said. */
static void test_latest_study(void **state)
{
	static const struct {
		const char *first, *second;
		enum study_outcome want;
	} row[] = {
		{ "postponed", "undergone", STUDY_UNDERGONE },
		{ "absent", "postponed", STUDY_POSTPONED },
		{ "undergone", "refused", STUDY_REFUSED },
		{ "refused", "absent", STUDY_ABSENT },
	};
	struct stage s = stage_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *const outcome[] = { row[i].first, row[i].second };
		int64_t id = stage_candidate(&s, STAGE_MET);
		for (size_t k = 0; k < COUNT(outcome); k++) {
			struct err e = { 0 };
			assert_true(db_exec(s.h->site.db, &e, NULL,
					    "INSERT INTO study (application_id, kind, outcome,"
					    " number, day, note, by_id, at_ms)"
					    " VALUES ($1, 'psycho', $2, '', 0, '', $3, 0)",
					    db_int(id), db_text(outcome[k]), db_int(s.psycho)));
		}
		assert_int_equal(loaded(s.h, id).record.psycho, row[i].want);
		assert_int_equal(loaded(s.h, id).record.polygraph, STUDY_NONE);
	}
}

static void test_who(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	int64_t id = stage_candidate(&s, STAGE_SENT);
	struct candidate c = loaded(s.h, id);
	assert_int_equal(c.person_id, stage_person_of(&s, id));
	assert_non_null(strstr(c.name, " Сынақ Демоұлы"));
	assert_string_equal(c.state, "sent");
	assert_string_equal(c.test_language, "ru");
	assert_int_equal(c.competition.id, s.competition);
	assert_true(db_exec(s.h->site.db, &e, NULL, "UPDATE person SET patronymic = ''"));
	c = loaded(s.h, id);
	assert_string_equal(c.name + strlen(c.name) - strlen("Сынақ"), "Сынақ");
	struct act act = harness_act(s.h, 0);
	stage_refused("nobody", candidate_load(&act, 999, &c, &e), &e, ERR_MISSING, "error.missing",
		      NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_admission),
		HARNESS_TEST(test_check_outcome),
		HARNESS_TEST(test_latest_study),
		HARNESS_TEST(test_who),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
