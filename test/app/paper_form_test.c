/* A test on paper (F27, F49): when no hall can work, there is one, also if every question was seen.
 */
#include "hall.h"

#include "app/paper_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* As many questions of each act as a form has. */
static void keep_one_form(struct harness *h)
{
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE item SET retired_ms = 1 WHERE id IN (SELECT id FROM"
			    "  (SELECT id, act, ROW_NUMBER() OVER (PARTITION BY act ORDER BY id)"
			    "    AS place FROM item) AS numbered"
			    " WHERE place > CASE WHEN act LIKE 'criminal-%' THEN 20 ELSE 10 END)"));
}

static bool make(struct harness *h, int64_t person, const char *law, int questions, const char *why,
		 struct err *e)
{
	const struct act act = harness_act(h, person);
	const struct paper_form_ask ask = { .act = law, .questions = questions, .reason = why };
	int64_t id = 0;
	return paper_form_make(&act, &ask, &id, e);
}

static void test_all_were_seen(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	struct err e = { 0 };
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	keep_one_form(h);
	hall_start(&w); /* its one candidate has them all */
	if (!make(h, approver, "", 0, "no hall", &e) ||
	    !make(h, approver, "civil-code", 10, "no hall", &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static void test_refused(void **state)
{
	struct harness *h = *state;
	(void)hall_open(h);
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	const struct {
		const char *why, *law, *reason, *field, *key;
		int questions;
		bool approves;
	} row[] = {
		{ "not an approver", "", "no hall", "", "error.denied", 0, false },
		{ "no reason", "", "", "reason", "bank.error.reason", 0, true },
		{ "no act of the programme", "tax-code", "no hall", "act", "bank.error.act", 5,
		  true },
		{ "none", "civil-code", "no hall", "questions", "paper_form.error.questions", 0,
		  true },
		{ "more than there are", "civil-code", "no hall", "questions", "exam.bank.shortage",
		  51, true },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		const int64_t person = row[i].approves ? approver : harness_person(h, ROLE_AUTHOR);
		if (make(h, person, row[i].law, row[i].questions, row[i].reason, &e) ||
		    strcmp(e.key, row[i].key) != 0 || strcmp(e.field, row[i].field) != 0)
			fail_msg("%s: %s at %s", row[i].why, e.key, e.field);
	}
}

/* A consent is for a day: after it the words are not to be had by it. */
static void test_consent(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	json_t *form = NULL;
	(void)hall_open(h);
	harness_at(h, "2026-03-02T10:00");
	const int64_t approver = harness_person(h, ROLE_APPROVER);
	const struct act second = harness_act(h, harness_person(h, ROLE_APPROVER));
	struct act act = harness_act(h, approver);
	assert_true(make(h, approver, "", 0, "no hall", &e));
	stage_refused("before", paper_form_read(&act, 1, "ru", false, &form, &e), &e, ERR_CONFLICT,
		      "export.error.waits", NULL);
	err_clear(&e);
	assert_true(paper_form_agree(&second, 1, &e));
	assert_true(paper_form_read(&act, 1, "ru", false, &form, &e));
	harness_at(h, "2026-03-03T09:59");
	act = harness_act(h, approver);
	assert_true(paper_form_read(&act, 1, "ru", false, &form, &e));
	harness_at(h, "2026-03-03T10:00");
	act = harness_act(h, approver);
	stage_refused("a day later", paper_form_read(&act, 1, "ru", true, &form, &e), &e,
		      ERR_CONFLICT, "paper_form.error.over", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_all_were_seen),
		HARNESS_TEST(test_refused),
		HARNESS_TEST(test_consent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
