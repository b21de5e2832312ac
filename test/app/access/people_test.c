/* Persons, their accounts and rights (rules.md 6). */
#include "stage.h"

#include "app/access/people.h"
#include "app/access/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct person_form good = {
	.iin = "791028302728",
	.family = "Үлгіев",
	.given = "Сынақ",
	.patronymic = "",
	.organ = "reg-abai",
	.position_kk = "прокурор",
	.position_ru = "прокурор",
};

static void test_add(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(person_add(&act, &good, &id, &e));
	assert_true(id > 0);
	assert_int_equal(stage_journalled(h, "person.added"), 1);
	stage_refused("the IIN is taken", person_add(&act, &good, &id, &e), &e, ERR_CONFLICT,
		      "error.conflict", NULL);
	assert_int_equal(stage_journalled(h, "person.added"), 1);
}

static void test_refused(void **state)
{
	static const struct {
		const char *why;
		struct person_form form;
		const char *key, *field;
	} row[] = {
		{ "check digit",
		  { "123456789011", "А", "Б", "", "pgo", "", "" },
		  "error.iin",
		  "iin" },
		{ "too short", { "79102830272", "А", "Б", "", "pgo", "", "" }, "error.iin", "iin" },
		{ "unknown organ",
		  { "791028302728", "А", "Б", "", "nowhere", "", "" },
		  "error.organ",
		  "organ" },
		{ "no family name",
		  { "791028302728", "", "Б", "", "pgo", "", "" },
		  "error.required",
		  "family" },
		{ "no given name",
		  { "791028302728", "А", "", "", "pgo", "", "" },
		  "error.required",
		  "given" },
	};
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t id = 0;
		stage_refused(row[i].why, person_add(&act, &row[i].form, &id, &e), &e, ERR_INPUT,
			      row[i].key, row[i].field);
		assert_int_equal(id, 0);
	}
}

static bool do_add(const struct act *act, void *user, struct err *e)
{
	(void)user;
	return person_add(act, &good, NULL, e);
}
static bool do_password(const struct act *act, void *user, struct err *e)
{
	return person_set_password(act, *(int64_t *)user, "a long enough password", e);
}
static bool do_grant(const struct act *act, void *user, struct err *e)
{
	return person_grant(act, *(int64_t *)user, ROLE_NAME_HR, "reg-abai", e);
}

/* Administrators of the whole service and the system itself. */
static void test_rights(void **state)
{
	static bool (*const use[])(const struct act *, void *,
				   struct err *) = { do_add, do_password, do_grant };
	struct harness *h = *state;
	int64_t someone = harness_person(h, 0);
	const int64_t others[] = { someone, harness_person(h, ROLE_HR),
				   harness_person(h, ROLE_AUDITOR) };
	for (size_t i = 0; i < COUNT(use); i++) {
		for (size_t k = 0; k < COUNT(others); k++) {
			struct act act = harness_act(h, others[k]);
			struct err e = { 0 };
			stage_refused("no administrator", use[i](&act, &someone, &e), &e,
				      ERR_DENIED, "error.denied", NULL);
		}
	}
}

static void test_grant(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct err e = { 0 };
	int64_t someone = harness_person(h, 0);
	int64_t count = 0;
	bool holds = false;
	assert_true(do_grant(&act, &someone, &e));
	assert_true(do_grant(&act, &someone, &e)); /* harmless */
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM role_grant WHERE person_id = $1",
			      db_int(someone)));
	assert_int_equal(count, 1);
	act = harness_act(h, someone);
	assert_true(act_holds(&act, ROLE_NAME_HR, "reg-abai", &holds, &e));
	assert_true(holds);
}

static int64_t count_of(struct harness *h, const char *table, int64_t person)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT (SELECT COUNT(*) FROM session WHERE person_id = $1 AND $2 ="
			      " 'session') + (SELECT COUNT(*) FROM sign_in_step WHERE person_id ="
			      " $1 AND $2 = 'step') + (SELECT COUNT(*) FROM account WHERE"
			      " person_id = $1 AND temporary = 1 AND $2 = 'temporary')",
			      db_int(person), db_text(table)));
	return count;
}

/* ASVS 6.3.7, 6.4.1, 7.4.3: whoever came in by the old password is out, the person hears of it,
 * and the new one is good for choosing another. */
static void test_password(void **state)
{
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	const int64_t person = harness_person(h, 0);
	const struct act own = harness_act(h, person);
	const struct session_start start = { "", "Firefox", "inside" };
	char token[SESSION_TOKEN_SIZE];
	assert_true(person_set_password(&system, person, "a long enough password", &e));
	assert_int_equal(stage_told(h, person, "account.password"), 0); /* a first one is no news */
	assert_int_equal(count_of(h, "temporary", person), 1);
	assert_true(account_choose_password(&own, "x", "", &e));
	assert_true(session_open(&own, &start, token, &e) && step_open(&own, token, &e));
	assert_int_equal(count_of(h, "temporary", person), 0);
	assert_true(count_of(h, "session", person) > 0);
	const int64_t told = stage_told(h, person, "account.password");
	const int64_t ended = stage_journalled(h, "session.ended");
	assert_true(person_set_password(&system, person, "quite another password", &e));
	assert_int_equal(count_of(h, "session", person), 0);
	assert_int_equal(count_of(h, "step", person), 0);
	assert_int_equal(count_of(h, "temporary", person), 1);
	assert_int_equal(stage_told(h, person, "account.password"), told + 1);
	assert_int_equal(stage_journalled(h, "session.ended"), ended + 1);
	/* of a demonstration: for everybody to try */
	assert_true(person_set_hash(&system, person, "x", &e));
	assert_int_equal(count_of(h, "temporary", person), 0);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	int64_t admin = harness_person(h, ROLE_ADMIN);
	int64_t someone = harness_person(h, 0);
	stage_all_or_nothing(h, admin, do_add, NULL);
	stage_all_or_nothing(h, admin, do_grant, &someone);
	stage_all_or_nothing(h, admin, do_password, &someone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_add),      HARNESS_TEST(test_refused),
		HARNESS_TEST(test_rights),   HARNESS_TEST(test_grant),
		HARNESS_TEST(test_password), HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
