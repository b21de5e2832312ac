/* A competition from draft to closing (O-4, R5-2, F1 to F3). */
#include "stage.h"

#include "app/competition/competition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct competition_form good = {
	.organ = "reg-abai",
	.post = "regional-prosecutor",
	.vacancies = 1,
	.filing_days = 7,
	.demonstration = true,
	.text_kk = "Қазақша",
	.text_ru = "По-русски",
};

static int64_t opened(struct harness *h, int64_t hr, const struct competition_form *form)
{
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	int64_t id = 0;
	if (!competition_open(&act, form, &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return id;
}

static void announced(struct harness *h, int64_t hr, int64_t id)
{
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	if (!competition_announce(&act, id, &e))
		fail_msg("%s: %s", e.key, e.detail);
}

static struct competition loaded(struct harness *h, int64_t id)
{
	struct act act = harness_act(h, 0);
	struct competition c = { 0 };
	struct err e = { 0 };
	assert_true(competition_load(&act, id, &c, &e));
	return c;
}

static void test_draft(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &good);
	struct competition c = loaded(h, id);
	assert_string_equal(c.state, "draft");
	assert_string_equal(c.route, "own");
	assert_string_equal(c.category, "C-1"); /* R5-2: of the post */
	assert_false(c.announced);
	assert_int_equal(stage_journalled(h, "competition.opened"), 1);
	struct competition_form longer = good;
	longer.filing_days = 12;
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	assert_true(competition_edit(&act, id, &longer, &e));
	assert_int_equal(loaded(h, id).filing_days, 12);
	assert_int_equal(stage_journalled(h, "competition.edited"), 1);
}

static void test_form_refused(void **state)
{
	struct harness *h = *state;
	const struct {
		const char *why;
		struct competition_form form;
		const char *key, *field;
	} row[] = {
		{ "unknown post",
		  { "pgo", "prosecutor-general", 1, 7, true, "а", "б" },
		  "competition.error.post",
		  "post" },
		{ "no vacancy",
		  { "pgo", "head-service", 0, 7, true, "а", "б" },
		  "competition.error.vacancies",
		  "vacancies" },
		{ "no filing term",
		  { "pgo", "head-service", 1, 0, true, "а", "б" },
		  "competition.error.filing_days",
		  "filing_days" },
		{ "a day shorter than the rule set's",
		  { "pgo", "head-service", 1, 6, true, "а", "б" },
		  "competition.error.filing_short",
		  "filing_days" },
		{ "no Kazakh",
		  { "pgo", "head-service", 1, 7, true, "", "б" },
		  "error.required",
		  "text_kk" },
		{ "no Russian",
		  { "pgo", "head-service", 1, 7, true, "а", "" },
		  "error.required",
		  "text_ru" },
	};
	struct act act = harness_act(h, harness_person(h, ROLE_HR));
	int64_t draft = opened(h, act.person_id, &good);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t id = 0;
		stage_refused(row[i].why, competition_open(&act, &row[i].form, &id, &e), &e,
			      ERR_INPUT, row[i].key, row[i].field);
		assert_int_equal(id, 0);
		if (strcmp(row[i].key, "competition.error.filing_short") == 0)
			assert_string_equal(e.value, "7");
		err_clear(&e);
		stage_refused(row[i].why, competition_edit(&act, draft, &row[i].form, &e), &e,
			      ERR_INPUT, row[i].key, row[i].field);
	}
	assert_int_equal(stage_journalled(h, "competition.opened"), 1);
	assert_int_equal(stage_journalled(h, "competition.edited"), 0);
}

/* The term that counts is that of the rule set of the day: ten days before the amendment. */
static void test_filing_of_the_day(void **state)
{
	struct harness *h = *state;
	struct competition_form form = good;
	struct err e = { 0 };
	int64_t id = 0;
	harness_at(h, "2025-05-16T10:00");
	struct act act = harness_act(h, 0);
	act.person_id = harness_person(h, ROLE_HR);
	stage_refused("O-4: the older rule set", competition_open(&act, &form, &id, &e), &e,
		      ERR_INPUT, "competition.error.filing_short", "filing_days");
	assert_string_equal(e.value, "10");
	form.filing_days = 10;
	err_clear(&e);
	assert_true(competition_open(&act, &form, &id, &e));
}

static bool do_open(const struct act *act, void *user, struct err *e)
{
	int64_t id = 0;
	(void)user;
	return competition_open(act, &good, &id, e);
}
static bool do_edit(const struct act *act, void *user, struct err *e)
{
	return competition_edit(act, *(int64_t *)user, &good, e);
}
static bool do_announce(const struct act *act, void *user, struct err *e)
{
	return competition_announce(act, *(int64_t *)user, e);
}
static bool do_correct(const struct act *act, void *user, struct err *e)
{
	return competition_correct(act, *(int64_t *)user, "жаңа", "новый", "себеп", "причина", e);
}
static bool do_close(const struct act *act, void *user, struct err *e)
{
	return competition_close(act, *(int64_t *)user, e);
}

/* HR of the organ or of one above it, and nobody else, for every use case. */
static void test_rights(void **state)
{
	struct harness *h = *state;
	static bool (*const use[])(const struct act *, void *,
				   struct err *) = { do_open, do_edit, do_announce, do_correct,
						     do_close };
	const int64_t others[] = {
		harness_person(h, 0),
		harness_person(h, ROLE_SECURITY),
		harness_person(h, ROLE_OPERATOR),
		harness_person(h, ROLE_AUDITOR),
		harness_person(h, ROLE_ADMIN),
		harness_person(h, ROLE_MEMBER),
		harness_person(h, ROLE_SECRETARY),
	};
	int64_t elsewhere = harness_person(h, 0);
	int64_t id = opened(h, harness_person(h, ROLE_HR), &good);
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'hr', 'reg-akmola', 0)",
			    db_int(elsewhere)));
	for (size_t i = 0; i < COUNT(use); i++) {
		for (size_t k = 0; k <= COUNT(others); k++) {
			struct act act = harness_act(h, k < COUNT(others) ? others[k] : elsewhere);
			err_clear(&e);
			stage_refused("not HR of this organ", use[i](&act, &id, &e), &e, ERR_DENIED,
				      "error.denied", NULL);
		}
	}
	assert_string_equal(loaded(h, id).state, "draft");
	struct competition_form form = good;
	form.organ = "nowhere";
	struct act system = harness_act(h, 0);
	err_clear(&e);
	stage_refused("an organ that is none", competition_open(&system, &form, &id, &e), &e,
		      ERR_INPUT, "error.organ", "organ");
}

/* F1, F3, O-4: the day's law is pinned, seven working days are counted over a holiday. */
static void test_announce(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &good);
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	const char *hash = NULL;
	char last[DAY_TEXT_SIZE];
	announced(h, hr, id);
	struct competition c = loaded(h, id);
	assert_string_equal(c.state, "announced");
	assert_string_equal(c.rules->id, "118/2025-05-17");
	assert_string_equal(c.qualification->id, "26/2026-02-18");
	day_print(c.filing_last, last);
	assert_string_equal(last, "2026-03-12"); /* 9 March is off for Sunday the 8th */
	assert_int_equal(stage_journalled(h, "competition.announced"), 1);
	assert_int_equal(stage_journalled(h, "announcement.published"), 1);
	assert_true(db_string(h->site.db, h->arena, &e, &hash,
			      "SELECT hash FROM announcement WHERE competition_id = $1"
			      " AND version = 1 AND text_ru = 'По-русски'",
			      db_int(id)));
	assert_int_equal(strlen(hash), 64);
	stage_refused("twice", competition_announce(&act, id, &e), &e, ERR_CONFLICT,
		      "competition.error.announced", NULL);
	err_clear(&e);
	stage_refused("F3: frozen", competition_edit(&act, id, &good, &e), &e, ERR_CONFLICT,
		      "competition.error.frozen", NULL);
}

/* O-4: a competition keeps for life the rule set of the day it was announced. */
static void test_pinned_for_life(void **state)
{
	struct harness *h = *state;
	struct competition_form form = good;
	form.filing_days = 10;
	harness_at(h, "2025-05-16T10:00");
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t old = opened(h, hr, &form);
	int64_t waits = opened(h, hr, &form);
	announced(h, hr, old);
	harness_at(h, "2025-05-19T10:00");
	announced(h, hr, waits);
	assert_string_equal(loaded(h, old).rules->id, "118/2018-10-10");
	assert_int_equal(rule_set_value(loaded(h, old).rules, PARAM_PASS_MARK), 70);
	assert_string_equal(loaded(h, waits).rules->id, "118/2025-05-17");
	assert_int_equal(rule_set_value(loaded(h, waits).rules, PARAM_PASS_MARK), 84);
	/* and not what the book says later */
	h->site.book = NULL;
	assert_int_equal(rule_set_value(loaded(h, old).rules, PARAM_PASS_MARK), 70);
}

/* F2: assumed values open no real competition. */
static void test_real_refused(void **state)
{
	struct harness *h = *state;
	struct competition_form form = good;
	form.demonstration = false;
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &form);
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	stage_refused("F2", competition_announce(&act, id, &e), &e, ERR_LAW,
		      "law.parameter.assumed", "36");
	assert_string_equal(e.value, "pass_mark");
	assert_string_equal(loaded(h, id).state, "draft");
}

/* The calendar ends with 2027: no guess is made. */
static void test_calendar_ends(void **state)
{
	struct harness *h = *state;
	harness_at(h, "2027-12-29T10:00");
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &good);
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	stage_refused("beyond the calendar", competition_announce(&act, id, &e), &e, ERR_LAW,
		      "competition.error.calendar", NULL);
}

static void test_correct(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &good);
	struct act act = harness_act(h, hr);
	struct err e = { 0 };
	int64_t count = 0;
	stage_refused("a draft", do_correct(&act, &id, &e), &e, ERR_CONFLICT,
		      "competition.error.not_announced", NULL);
	announced(h, hr, id);
	err_clear(&e);
	assert_true(do_correct(&act, &id, &e));
	assert_true(do_correct(&act, &id, &e));
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM announcement WHERE competition_id = $1"
			      " AND (version = 1 OR reason_ru = 'причина')",
			      db_int(id)));
	assert_int_equal(count, 3); /* F3: the earlier ones stay */
	assert_int_equal(stage_journalled(h, "announcement.published"), 3);
}

/* R44-1: who was admitted to the interview has a right to a decision. */
static void test_close(void **state)
{
	static const struct {
		const char *why;
		unsigned done;
		const char *key; /* NULL: it may close */
	} row[] = {
		{ "nobody applied", 0, NULL },
		{ "somebody who is not admitted", STAGE_MET | STAGE_POLYGRAPH, NULL },
		{ "R44-2: a negative test",
		  STAGE_MET | STAGE_POLYGRAPH | STAGE_PSYCHO | STAGE_TEST_NEGATIVE, NULL },
		{ "admitted, without a decision", STAGE_ADMITTED, "competition.error.undecided" },
		{ "admitted and decided", STAGE_ADMITTED | STAGE_DECIDED, NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		struct stage s = stage_open(h);
		struct act act = harness_act(h, s.hr);
		struct err e = { 0 };
		const int64_t id = stage_candidate(&s, row[i].done);
		bool ok = competition_close(&act, s.competition, &e);
		if (row[i].key)
			stage_refused(row[i].why, ok, &e, ERR_CONFLICT, row[i].key, NULL);
		else if (!ok)
			fail_msg("%s: %s", row[i].why, e.key);
		assert_int_equal(stage_journalled(h, "competition.closed"), row[i].key ? 0 : 1);
		/* F84: every candidate hears how it ended; a draft is nobody's application yet */
		const int64_t person = stage_person_of(&s, id);
		const bool won = (row[i].done & STAGE_DECIDED) != 0;
		const bool told = !row[i].key && row[i].done != 0;
		assert_int_equal(stage_told(h, person, "competition.closed"), told && won);
		assert_int_equal(stage_told(h, person, "competition.failed"), told && !won);
		harness_close(h);
	}
}

static void test_close_refused(void **state)
{
	struct harness *h = *state;
	struct stage s = stage_open(h);
	struct act act = harness_act(h, s.hr);
	struct err e = { 0 };
	int64_t draft = opened(h, s.hr, &good);
	stage_refused("a draft", competition_close(&act, draft, &e), &e, ERR_CONFLICT,
		      "competition.error.not_announced", NULL);
	stage_plan(&s, "2026-03-26T10:00");
	err_clear(&e);
	stage_refused("the interview is to come", competition_close(&act, s.competition, &e), &e,
		      ERR_CONFLICT, "competition.error.interview_open", NULL);
	err_clear(&e);
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE interview SET state = 'closed'"));
	assert_true(
		db_exec(h->site.db, &e, NULL,
			"INSERT INTO commission (competition_id, order_number, order_day, state,"
			" created_by, created_ms) VALUES ($1, '1', 20500, 'appointed', $2, 0)",
			db_int(s.competition), db_int(s.hr)));
	stage_refused("no minutes", competition_close(&act, s.competition, &e), &e, ERR_CONFLICT,
		      "competition.error.unnumbered", NULL);
	err_clear(&e);
	/* of a time when they were signed on paper */
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO minutes (interview_id, number, by_id, at_ms)"
			    " SELECT id, '7', $1, 0 FROM interview",
			    db_int(s.hr)));
	assert_true(competition_close(&act, s.competition, &e));
	stage_refused("closed already", competition_close(&act, s.competition, &e), &e,
		      ERR_CONFLICT, "competition.error.not_announced", NULL);
	err_clear(&e);
	stage_refused("no such competition", competition_close(&act, 999, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = opened(h, hr, &good);
	stage_all_or_nothing(h, hr, do_open, NULL);
	stage_all_or_nothing(h, hr, do_edit, &id);
	stage_all_or_nothing(h, hr, do_announce, &id);
	stage_all_or_nothing(h, hr, do_correct, &id);
	stage_all_or_nothing(h, hr, do_close, &id);
	assert_string_equal(loaded(h, id).state, "closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_draft),
		HARNESS_TEST(test_form_refused),
		HARNESS_TEST(test_filing_of_the_day),
		HARNESS_TEST(test_rights),
		HARNESS_TEST(test_announce),
		HARNESS_TEST(test_pinned_for_life),
		HARNESS_TEST(test_real_refused),
		HARNESS_TEST(test_calendar_ends),
		HARNESS_TEST(test_correct),
		cmocka_unit_test(test_close),
		HARNESS_TEST(test_close_refused),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
