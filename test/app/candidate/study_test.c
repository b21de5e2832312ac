/* Polygraph, psycho-sociological study, digital rating (R13-1, R44-1, L1, F76, F77). */
#include "stage.h"

#include "app/candidate/study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static struct study_form study(struct harness *h, const char *kind, const char *outcome)
{
	return (struct study_form){
		.kind = kind,
		.outcome = outcome,
		.number = "9",
		.day = day_of_instant(clock_now(&h->site.clock)),
		.note = "",
		.file = &pdf,
	};
}

static struct rating_form rating(struct harness *h, const char *value)
{
	return (struct rating_form){
		.value = value,
		.number = "3",
		.day = day_of_instant(clock_now(&h->site.clock)),
		.issuer = "HR",
		.file = &pdf,
	};
}

/* R13-1: if and only if the requirements are met. */
static void test_admitted_alone(void **state)
{
	static const char *const kinds[] = { "polygraph", "psycho" };
	struct stage s = stage_open(*state);
	const int64_t officer[] = { s.polygraph, s.psycho };
	int64_t unchecked = stage_candidate(&s, STAGE_SENT);
	int64_t met = stage_candidate(&s, STAGE_MET);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct study_form form = study(s.h, kinds[i], "undergone");
		struct act act = harness_act(s.h, officer[i]);
		struct err e = { 0 };
		stage_refused(kinds[i], study_record(&act, unchecked, &form, &e), &e, ERR_LAW,
			      "law.admission.studies", "13");
		err_clear(&e);
		assert_true(study_record(&act, met, &form, &e));
		assert_int_equal(stage_journalled(s.h, "study.recorded"), (int64_t)i + 1);
	}
}

static void test_form_refused(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_MET);
	struct act act = harness_act(s.h, s.polygraph);
	const struct {
		const char *why, *outcome;
		bool file;
		int ahead;
		const char *key, *field; /* NULL: taken */
	} row[] = {
		{ "no such outcome", "passed", true, 0, "study.error.outcome", "outcome" },
		{ "undergone, but no paper", "undergone", false, 0, "study.error.file", "file" },
		{ "dated ahead", "refused", false, 1, "error.day.future", "day" },
		{ "refused needs no paper", "refused", false, 0, NULL, NULL },
		{ "postponed needs no paper", "postponed", false, 0, NULL, NULL },
		{ "of the day before", "absent", false, -1, NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct study_form form = study(s.h, "polygraph", row[i].outcome);
		struct err e = { 0 };
		form.file = row[i].file ? &pdf : NULL;
		form.day.n += row[i].ahead;
		bool ok = study_record(&act, id, &form, &e);
		if (row[i].key)
			stage_refused(row[i].why, ok, &e, ERR_INPUT, row[i].key, row[i].field);
		else if (!ok)
			fail_msg("%s: %s", row[i].why, e.key);
	}
	assert_int_equal(stage_journalled(s.h, "study.recorded"), 3);
}

/* Each kind of study has its own officers. */
static void test_who_records(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_MET);
	struct study_form polygraph = study(s.h, "polygraph", "undergone");
	struct study_form psycho = study(s.h, "psycho", "undergone");
	const int64_t others[] = { s.hr, s.security, harness_person(s.h, ROLE_ADMIN),
				   stage_person_of(&s, id), stage_chair(&s) };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(others); i++) {
		struct act act = harness_act(s.h, others[i]);
		err_clear(&e);
		stage_refused("no officer of studies", study_record(&act, id, &polygraph, &e), &e,
			      ERR_DENIED, "error.denied", NULL);
	}
	struct act act = harness_act(s.h, s.polygraph);
	err_clear(&e);
	stage_refused("another kind", study_record(&act, id, &psycho, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	act = harness_act(s.h, s.psycho);
	err_clear(&e);
	stage_refused("another kind", study_record(&act, id, &polygraph, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

static int64_t latest_study(struct harness *h, int64_t application, const char *kind)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id,
			      "SELECT MAX(id) FROM study WHERE application_id = $1 AND kind = $2",
			      db_int(application), db_text(kind)));
	return id;
}

/* F76, F77: who may open the paper, before and after the dossier is released. */
static void test_who_views(void **state)
{
	struct stage s = stage_open(*state);
	int64_t kept = stage_candidate(&s, STAGE_COMPLETE);
	int64_t released = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	int64_t chair = stage_chair(&s);
	const struct {
		const char *why;
		int64_t person, application;
		bool may;
	} row[] = {
		{ "HR", s.hr, kept, true },
		{ "its own officer", s.polygraph, kept, true },
		{ "an officer of the other kind", s.psycho, kept, false },
		{ "own security", s.security, kept, false },
		{ "the candidate", stage_person_of(&s, kept), kept, false },
		{ "an auditor", harness_person(s.h, ROLE_AUDITOR), kept, false },
		{ "the commission before the release", chair, kept, false },
		{ "R16-2: the commission after it", chair, released, true },
		{ "another commission", harness_person(s.h, ROLE_MEMBER), released, false },
	};
	int64_t views = 0;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct act act = harness_act(s.h, row[i].person);
		struct err e = { 0 };
		harness_open_papers(s.h, row[i].person, row[i].application);
		bool ok = study_view(&act, latest_study(s.h, row[i].application, "polygraph"), &e);
		if (ok != row[i].may)
			fail_msg("%s: %d", row[i].why, ok);
		views += ok;
		assert_int_equal(stage_journalled(s.h, "study.viewed"), views);
	}
}

/* A member with a declared conflict has that candidate's dossier no more. */
static void test_conflict(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	struct act act = harness_act(s.h, stage_chair(&s));
	struct err e = { 0 };
	bool has = false;
	assert_true(commission_has(&act, id, &has, &e));
	assert_true(has);
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "INSERT INTO conflict (member_id, application_id, reason, at_ms)"
			    " SELECT MAX(id), $1, 'родство', 0 FROM commission_member",
			    db_int(id)));
	assert_true(commission_has(&act, id, &has, &e));
	assert_false(has);
}

/* L1: a decimal number as issued, of anybody who applied; it is never computed. */
static void test_rating(void **state)
{
	static const struct {
		const char *value;
		bool taken;
	} row[] = {
		{ "87", true },     { "87.5", true },      { "0", true },    { "99.9999", true },
		{ "999999", true }, { "1000000", false },  { "", false },    { ".5", false },
		{ "87.", false },   { "87.12345", false }, { "-1", false },  { "87,5", false },
		{ "1e3", false },   { "87.5.1", false },   { " 87", false },
	};
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	int64_t id = stage_candidate(&s, STAGE_SENT);
	int64_t taken = 0;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct rating_form form = rating(s.h, row[i].value);
		struct err e = { 0 };
		bool ok = rating_record(&act, id, &form, &e);
		if (ok != row[i].taken)
			fail_msg("'%s': %d %s", row[i].value, ok, e.key);
		if (!ok)
			assert_string_equal(e.field, "value");
		taken += ok;
	}
	assert_int_equal(stage_journalled(s.h, "rating.recorded"), taken);
	struct rating_form form = rating(s.h, "87");
	struct err e = { 0 };
	form.file = NULL;
	stage_refused("no paper", rating_record(&act, id, &form, &e), &e, ERR_INPUT,
		      "error.required", "file");
	form = rating(s.h, "87");
	form.day.n++;
	err_clear(&e);
	stage_refused("dated ahead", rating_record(&act, id, &form, &e), &e, ERR_INPUT,
		      "error.day.future", "day");
	form = rating(s.h, "87");
	act = harness_act(s.h, s.polygraph);
	err_clear(&e);
	stage_refused("not HR", rating_record(&act, id, &form, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
}

struct one {
	struct harness *h;
	int64_t application;
};
static bool do_study(const struct act *act, void *user, struct err *e)
{
	struct one *one = user;
	struct study_form form = study(one->h, "polygraph", "undergone");
	return study_record(act, one->application, &form, e);
}
static bool do_view(const struct act *act, void *user, struct err *e)
{
	struct one *one = user;
	return study_view(act, latest_study(one->h, one->application, "polygraph"), e);
}
static bool do_rating(const struct act *act, void *user, struct err *e)
{
	struct one *one = user;
	struct rating_form form = rating(one->h, "87.5");
	return rating_record(act, one->application, &form, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	struct one one = { s.h, stage_candidate(&s, STAGE_MET) };
	stage_all_or_nothing(s.h, s.polygraph, do_study, &one);
	stage_all_or_nothing(s.h, s.polygraph, do_view, &one);
	stage_all_or_nothing(s.h, s.hr, do_rating, &one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_admitted_alone), HARNESS_TEST(test_form_refused),
		HARNESS_TEST(test_who_records),    HARNESS_TEST(test_who_views),
		HARNESS_TEST(test_conflict),       HARNESS_TEST(test_rating),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
