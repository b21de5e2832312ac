/* Own security: lists and information (R14-1, R15-1, R16-1, F76). */
#include "stage.h"

#include "app/candidate/security.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static struct security_form information(struct harness *h)
{
	return (struct security_form){
		.number = "15-7",
		.day = day_of_instant(clock_now(&h->site.clock)),
		.content = "Сведений нет",
		.file = &pdf,
	};
}

static int64_t entries(struct harness *h, int64_t list)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM security_list_entry WHERE list_id = $1",
			      db_int(list)));
	return count;
}

/* R14-1: all who meet the requirements and stand on no list yet. */
static void test_list(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	int64_t list = 0;
	stage_refused("nobody applied", security_send_list(&act, s.competition, "1", &list, &e), &e,
		      ERR_CONFLICT, "security.error.nobody", NULL);
	(void)stage_candidate(&s, STAGE_SENT);
	err_clear(&e);
	stage_refused("nobody is checked", security_send_list(&act, s.competition, "1", &list, &e),
		      &e, ERR_CONFLICT, "security.error.nobody", NULL);
	(void)stage_candidate(&s, STAGE_MET);
	(void)stage_candidate(&s, STAGE_MET | STAGE_TEST_NEGATIVE);
	err_clear(&e);
	assert_true(security_send_list(&act, s.competition, "12-1", &list, &e));
	assert_int_equal(entries(s.h, list), 2);
	assert_int_equal(stage_journalled(s.h, "security.list_sent"), 1);
	(void)stage_candidate(&s, STAGE_MET);
	assert_true(security_send_list(&act, s.competition, "12-2", &list, &e));
	assert_int_equal(entries(s.h, list), 1); /* the later one alone */
	stage_refused("all are listed", security_send_list(&act, s.competition, "3", &list, &e), &e,
		      ERR_CONFLICT, "security.error.nobody", NULL);
	assert_int_equal(stage_journalled(s.h, "security.list_sent"), 2);
}

static void test_inform(void **state)
{
	struct stage s = stage_open(*state);
	struct security_form form = information(s.h);
	struct act act = harness_act(s.h, s.security);
	struct err e = { 0 };
	int64_t count = 0;
	int64_t unlisted = stage_candidate(&s, STAGE_MET);
	int64_t id = stage_candidate(&s, STAGE_MET | STAGE_LISTED);
	stage_refused("R14-1: on no list", security_inform(&act, unlisted, &form, &e), &e, ERR_LAW,
		      "security.error.not_listed", "14");
	err_clear(&e);
	assert_true(security_inform(&act, id, &form, &e));
	form.file = NULL;
	assert_true(security_inform(&act, id, &form, &e));
	assert_true(
		db_number(s.h->site.db, &e, &count, "SELECT COUNT(*) FROM security_information"));
	assert_int_equal(count, 2); /* the earlier one is kept */
	assert_int_equal(stage_journalled(s.h, "security.informed"), 2);
	form.day.n++;
	stage_refused("dated ahead", security_inform(&act, id, &form, &e), &e, ERR_INPUT,
		      "error.day.future", "day");
	err_clear(&e);
	stage_refused("nobody", security_inform(&act, 999, &form, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
}

/* R16-1: to HR and nowhere else; each view is journalled (F76). */
static void test_who_sees(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED |
						 STAGE_RELEASED);
	const struct {
		const char *why;
		int64_t person;
		bool may;
		const char *key; /* of the refusal */
	} row[] = {
		{ "HR", s.hr, true, "" },
		{ "own security", s.security, true, "" },
		{ "the candidate", stage_person_of(&s, id), false, "candidate.error.competes" },
		{ "the commission that has the dossier", stage_chair(&s), false, "error.denied" },
		{ "polygraph", s.polygraph, false, "error.denied" },
		{ "psychologist", s.psycho, false, "error.denied" },
		{ "operator", harness_person(s.h, ROLE_OPERATOR), false, "error.denied" },
		{ "auditor", harness_person(s.h, ROLE_AUDITOR), false, "error.denied" },
		{ "administrator", harness_person(s.h, ROLE_ADMIN), false, "error.denied" },
	};
	int64_t views = 0;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct act act = harness_act(s.h, row[i].person);
		struct err e = { 0 };
		harness_open_papers(s.h, row[i].person, id);
		bool ok = security_view(&act, id, &e);
		if (ok != row[i].may)
			fail_msg("%s: %d", row[i].why, ok);
		if (!ok)
			assert_string_equal(e.key, row[i].key);
		views += ok;
		assert_int_equal(stage_journalled(s.h, "security.viewed"), views);
	}
}

static bool do_send(const struct act *act, void *user, struct err *e)
{
	int64_t list = 0;
	return security_send_list(act, ((struct stage *)user)->competition, "12", &list, e);
}

struct one {
	struct stage *stage;
	int64_t application;
};
static bool do_inform(const struct act *act, void *user, struct err *e)
{
	struct one *one = user;
	struct security_form form = information(one->stage->h);
	return security_inform(act, one->application, &form, e);
}
static bool do_view(const struct act *act, void *user, struct err *e)
{
	return security_view(act, ((struct one *)user)->application, e);
}

static void test_rights(void **state)
{
	struct stage s = stage_open(*state);
	struct one one = { &s, stage_candidate(&s, STAGE_MET | STAGE_LISTED) };
	(void)stage_candidate(&s, STAGE_MET);
	const int64_t no_hr[] = { s.security, s.polygraph, harness_person(s.h, ROLE_ADMIN),
				  stage_person_of(&s, one.application) };
	const int64_t no_security[] = { s.hr, s.psycho, harness_person(s.h, ROLE_AUDITOR) };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(no_hr); i++) {
		struct act act = harness_act(s.h, no_hr[i]);
		err_clear(&e);
		stage_refused("HR sends lists", do_send(&act, &s, &e), &e, ERR_DENIED,
			      "error.denied", NULL);
	}
	for (size_t i = 0; i < COUNT(no_security); i++) {
		struct act act = harness_act(s.h, no_security[i]);
		err_clear(&e);
		stage_refused("own security informs", do_inform(&act, &one, &e), &e, ERR_DENIED,
			      "error.denied", NULL);
	}
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	struct one one = { &s, stage_candidate(&s, STAGE_MET) };
	stage_all_or_nothing(s.h, s.hr, do_send, &s);
	stage_all_or_nothing(s.h, s.security, do_inform, &one);
	harness_open_papers(s.h, s.hr, one.application);
	stage_all_or_nothing(s.h, s.hr, do_view, &one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_list),           HARNESS_TEST(test_inform),
		HARNESS_TEST(test_who_sees),       HARNESS_TEST(test_rights),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
