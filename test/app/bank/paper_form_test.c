/* A test on paper (F27, F49): when no hall can work, there is one, also if every question was seen.
 */
#include "hall.h"

#include "app/bank/exposure.h"
#include "app/bank/paper_form.h"
#include "app/evidence/paper.h"
#include "app/result/figures.h"
#include "app/sitting/snapshot.h"

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

static size_t resting(const struct act *act, int64_t most)
{
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	struct snapshot s = { .id_most = 0 };
	struct err e = { 0 };
	size_t count = 0;
	assert_true(snapshot_read(act, law->rule_set, most, &s, &e));
	for (size_t i = 0; i < s.bank.count; i++)
		count += s.items[i].rests;
	return count;
}

/* As the site hands one out: the newest entry about the form stands on it. */
static void issue(const struct act *act, const char *hash, const char *kind, int64_t form)
{
	struct err e = { 0 };
	struct issued_paper paper = { .hash = hash, .kind = kind, .language = "ru" };
	assert_true(db_number(act->db, &e, &paper.seq,
			      "SELECT MAX(seq) FROM journal_entry WHERE subject = $1",
			      db_text(act_subject(act, "paper_form", form))) &&
		    paper_issue(act, &paper, &e));
}

/* F31: a form on paper counts as shown from when its questions were first printed: in the draw, in
 * the list and in the figures; not as drawn, not for its key, not for a second print. */
static void test_exposure(void **state)
{
	struct harness *h = *state;
	(void)hall_open(h);
	const struct act act = harness_act(h, harness_person(h, ROLE_APPROVER));
	struct exposure x = { .all = 0 };
	struct figures f = { .papers = 0 };
	struct err e = { 0 };
	int64_t shown = 0;
	int64_t item = 0;
	assert_true(make(h, act.person_id, "", 0, "no hall", &e));
	assert_true(make(h, act.person_id, "civil-code", 10, "no hall", &e));
	issue(&act, "aa", "form-key", 1);
	assert_int_equal(resting(&act, 1), 0);
	issue(&act, "bb", "form", 1);
	assert_int_equal(resting(&act, 1), 120);
	issue(&act, "cc", "form", 1); /* in the other language */
	assert_int_equal(resting(&act, 1), 120);
	assert_int_equal(resting(&act, 2), 0);
	assert_true(db_number(act.db, &e, &item,
			      "SELECT item_id FROM paper_form_question WHERE form_id = 1"
			      " AND number = 1") &&
		    exposure_read(&act, &x, &e));
	assert_int_equal(x.all, 1);
	assert_string_equal(exposure_of(&x, item, &shown), "");
	assert_int_equal(shown, 1);
	assert_true(figures_read(&act, NULL, &f, &e));
	assert_int_equal(f.papers, 1);
	for (size_t i = 0; i < f.item_count; i++) {
		json_t *item_figures = figures_item_json(&f, i);
		const json_t *both = json_object_get(item_figures, "both");
		const double share = json_real_value(json_object_get(both, "exposure"));
		json_decref(item_figures);
		if ((share > 0) != (f.items[i].papers == 1) ||
		    (f.items[i].id == item) > (share > 0))
			fail_msg("%s: %f of %d", f.items[i].code, share, (int)f.items[i].papers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_all_were_seen),
		HARNESS_TEST(test_refused),
		HARNESS_TEST(test_consent),
		HARNESS_TEST(test_exposure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
