/* The page that tells where a candidate stands (R6-1, R13-1, R44-1). */
#include "law/admission.h"
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *story_of(struct harness *h, int64_t id)
{
	return arena_print(h->arena, "/applications/%lld/story", (long long)id);
}

/* The step of the path with that name, whether it lies behind or ahead; the test fails without. */
static const json_t *step_of(const struct answer *a, const char *name)
{
	static const char *const where[] = { "past", "ahead" };
	for (size_t i = 0; i < COUNT(where); i++) {
		size_t n = 0;
		const json_t *step = NULL;
		json_array_foreach (answer_value(a, where[i]), n, step) {
			if (strcmp(row_text(step, "name"), name) == 0)
				return step;
		}
	}
	fail_msg("no step %s", name);
	return NULL;
}

/* R6-1: six parts, each with its state, at any point of the way. */
static void test_parts(void **state)
{
	static const struct {
		const char *why;
		unsigned done;
		const char *part[6]; /* qualification, rating, polygraph, psycho, test, interview */
		bool studies, interview;
		const char *stage;
	} row[] = {
		{ "sent",
		  STAGE_SENT,
		  { "absent", "absent", "absent", "absent", "absent", "absent" },
		  false,
		  false,
		  "check" },
		{ "R13-1: met",
		  STAGE_MET,
		  { "done", "absent", "absent", "absent", "absent", "absent" },
		  true,
		  false,
		  "studies" },
		{ "R44-1: admitted",
		  STAGE_ADMITTED,
		  { "done", "absent", "done", "done", "done", "absent" },
		  true,
		  true,
		  "dossier" },
		{ "R44-2: a negative test",
		  STAGE_MET | STAGE_RATING | STAGE_TEST_NEGATIVE,
		  { "done", "done", "absent", "absent", "failed", "absent" },
		  true,
		  false,
		  "barred" },
		{ "decided",
		  STAGE_COMPLETE | STAGE_RELEASED | STAGE_DECIDED,
		  { "done", "done", "done", "done", "done", "absent" },
		  true,
		  true,
		  "decided" },
	};
	struct stage s = stage_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		int64_t id = stage_candidate(&s, row[i].done);
		struct answer a = harness_get(s.h, s.hr, story_of(s.h, id));
		for (int k = 0; k < PART_COUNT; k++) {
			const json_t *step = step_of(&a, part_name((enum part)k));
			if (strcmp(row_text(step, "state"), row[i].part[k]) != 0)
				fail_msg("%s: part %d is %s", row[i].why, k,
					 row_text(step, "state"));
		}
		if (strcmp(answer_text(&a, "now.stage"), row[i].stage) != 0)
			fail_msg("%s: at %s", row[i].why, answer_text(&a, "now.stage"));
		assert_int_equal(json_array_size(answer_value(&a, "admission.conditions")), 4);
		assert_int_equal(json_is_true(answer_value(&a, "admission.studies")),
				 row[i].studies);
		assert_int_equal(json_is_true(answer_value(&a, "admission.interview")),
				 row[i].interview);
		harness_check_page(s.h, s.hr, story_of(s.h, id));
		harness_check_page(s.h, stage_person_of(&s, id), story_of(s.h, id));
	}
}

/* By when: the check five working days after the filing term, the rest by the plan. */
static void test_due(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_SENT);
	struct answer a = harness_get(s.h, s.hr, story_of(s.h, id));
	assert_string_equal(row_text(step_of(&a, "qualification"), "due"), "2026-03-19");
	assert_true(json_is_null(json_object_get(step_of(&a, "rating"), "due")));
	assert_string_equal(answer_text(&a, "now.last"), "2026-03-19");
	assert_string_equal(answer_text(&a, "now.who"), "hr");
	assert_int_equal(answer_number(&a, "now.counted.wanted"), 5);
	stage_plan(&s, "2026-03-26T10:00");
	a = harness_get(s.h, s.hr, story_of(s.h, id));
	assert_string_equal(row_text(step_of(&a, "rating"), "due"), "2026-03-18"); /* R16-2 */
	assert_string_equal(row_text(step_of(&a, "dossier"), "due"), "2026-03-18");
	assert_string_equal(row_text(step_of(&a, "interview"), "due"), "2026-03-26");
	/* the time line has what is the candidate's: no sitting of others, no term of an office */
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST);
	a = harness_get(s.h, stage_person_of(&s, id), story_of(s.h, id));
	assert_int_equal(json_array_size(answer_value(&a, "timeline.steps")), 3);
	assert_string_equal(answer_text(&a, "timeline.steps.0.kind"), "filing");
	assert_string_equal(answer_text(&a, "timeline.steps.1.kind"), "test");
	assert_string_equal(answer_text(&a, "timeline.steps.1.state"), "waits");
	assert_string_equal(answer_text(&a, "timeline.steps.2.to"), "2026-03-26");
	assert_string_equal(answer_text(&a, "timeline.steps.2.state"), "planned");
	harness_check_page(s.h, s.hr, story_of(s.h, id));
}

static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE);
	int64_t released = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	int64_t chair = stage_chair(&s);
	const struct {
		const char *why;
		int64_t person, application;
		int status;
	} row[] = {
		{ "HR", s.hr, id, 200 },
		{ "own security", s.security, id, 200 },
		{ "polygraph", s.polygraph, id, 200 },
		{ "psychologist", s.psycho, id, 200 },
		{ "auditor", harness_person(s.h, ROLE_AUDITOR), id, 200 },
		{ "the candidate", stage_person_of(&s, id), id, 200 },
		{ "another candidate", stage_person_of(&s, released), id, 404 },
		{ "anybody", harness_person(s.h, 0), id, 404 },
		{ "the commission before the release", chair, id, 404 },
		{ "the commission after it", chair, released, 200 },
		{ "nobody", 0, id, 403 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		int status =
			harness_get(s.h, row[i].person, story_of(s.h, row[i].application)).status;
		if (status != row[i].status)
			fail_msg("%s: %d", row[i].why, status);
	}
}

/* Every kind of entry that a use case writes about an application has its words.  That own security
 * was asked, and who has looked at what it and the studies found, is not for the candidate: neither
 * here nor among the records of a complaint (F76, F90). */
static void test_events(void **state)
{
	static const char *const kinds[] = {
		"application.opened", "application.sent",       "application.withdrawn",
		"document.added",     "check.papers",           "check.finding",
		"check.met",          "check.refusal_proposed", "check.refused",
		"check.sent_back",    "study.recorded",         "rating.recorded",
		"dossier.released",
	};
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_SENT);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	assert_true(db_begin(act.db, &tx, &e));
	for (size_t i = 0; i < COUNT(kinds); i++)
		assert_true(act_journal(&act, kinds[i], s.competition,
					act_subject(&act, "application", id), json_object(), &e));
	static const char *const hidden[] = { "restricted.opened", "security.informed",
					      "security.viewed", "study.viewed" };
	for (size_t i = 0; i < COUNT(hidden); i++)
		assert_true(act_journal(&act, hidden[i], s.competition,
					act_subject(&act, "application", id), json_object(), &e));
	assert_true(db_commit(&tx, &e));
	struct answer a = harness_get(s.h, s.hr, story_of(s.h, id));
	assert_int_equal(json_array_size(answer_value(&a, "events")), COUNT(kinds));
	harness_check_page(s.h, s.hr, story_of(s.h, id));
	const int64_t candidate = stage_person_of(&s, id);
	a = harness_get(s.h, candidate, story_of(s.h, id));
	assert_int_equal(json_array_size(answer_value(&a, "events")), COUNT(kinds));
	a = harness_post(s.h, candidate,
			 arena_print(s.h->arena, "/applications/%lld/complaint", (long long)id),
			 "text=Late");
	a = harness_get(s.h, candidate, a.location);
	assert_non_null(strstr(a.body, "dossier.released"));
	for (size_t i = 0; i < COUNT(hidden); i++) {
		if (strstr(a.body, hidden[i]))
			fail_msg("the complaint tells of %s", hidden[i]);
	}
}

/* Where one stands at the ends of the way, and who has the button: the candidate alone. */
static void test_stages(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	struct db *db = s.h->site.db;
	const int64_t refused = stage_candidate(&s, STAGE_SENT);
	const int64_t heard = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	const int64_t draft = stage_candidate(&s, STAGE_SENT);
	stage_plan(&s, "2026-03-26T10:00");
	assert_true(db_exec(db, &e, NULL,
			    "INSERT INTO qualification_decision (application_id, outcome, reason,"
			    " by_id, at_ms, answer, answered_by, answered_ms)"
			    " VALUES ($1, 'not_met', 'x', $2, 1, 'confirmed', $2, 1)",
			    db_int(refused), db_int(s.hr)));
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE application SET state = 'draft', sent_ms = NULL WHERE id = $1",
			    db_int(draft)));
	struct answer a = harness_get(s.h, s.hr, story_of(s.h, refused));
	assert_string_equal(answer_text(&a, "now.stage"), "refused");
	assert_string_equal(row_text(step_of(&a, "qualification"), "state"), "failed");
	a = harness_get(s.h, stage_person_of(&s, draft), story_of(s.h, draft));
	assert_string_equal(answer_text(&a, "now.act"), "send");
	assert_string_equal(answer_text(&a, "now.last"), "2026-03-12");
	harness_check_page(s.h, stage_person_of(&s, draft), story_of(s.h, draft));
	a = harness_get(s.h, s.hr, story_of(s.h, draft));
	assert_string_equal(answer_text(&a, "now.act"), "");
	/* admitted: the hour and the place */
	a = harness_get(s.h, stage_person_of(&s, heard), story_of(s.h, heard));
	assert_string_equal(answer_text(&a, "now.stage"), "interview");
	assert_true(answer_number(&a, "now.at_ms") > 0);
	harness_check_page(s.h, stage_person_of(&s, heard), story_of(s.h, heard));
	assert_true(db_exec(db, &e, NULL, "DELETE FROM interview_candidate"));
	assert_true(db_exec(db, &e, NULL,
			    "INSERT INTO interview_candidate (interview_id, application_id, turn,"
			    " started_ms, ended_ms) SELECT id, $1, 1, 1, 2 FROM interview",
			    db_int(heard)));
	a = harness_get(s.h, stage_person_of(&s, heard), story_of(s.h, heard));
	assert_string_equal(answer_text(&a, "now.stage"), "heard");
	assert_string_equal(answer_text(&a, "now.who"), "commission");
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE application SET state = 'withdrawn' WHERE id = $1",
			    db_int(heard)));
	a = harness_get(s.h, stage_person_of(&s, heard), story_of(s.h, heard));
	assert_string_equal(answer_text(&a, "now.stage"), "withdrawn");
	assert_string_equal(answer_text(&a, "now.act"), "again");
	harness_check_page(s.h, stage_person_of(&s, heard), story_of(s.h, heard));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_parts),  HARNESS_TEST(test_due),    HARNESS_TEST(test_rights),
		HARNESS_TEST(test_events), HARNESS_TEST(test_stages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
