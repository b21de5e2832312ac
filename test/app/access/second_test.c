/* Two persons at one desk are two persons: the second one's own password, and his code (F20, F43,
 * F44, ASVS 2.3.5, 6.3.5, 6.3.8). */
#include "app/access/second.h"

#include "app/access/account.h"
#include "app/access/people.h"
#include "app/sitting/stop.h"
#include "hall.h"
#include "visitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WRONG "сынақ құпиясөзі осы емес"

/* What the person has typed, as a worker looks at it. */
static struct second typed(struct hall *w, int64_t person, const char *password, const char *code)
{
	struct second s = { 0 };
	struct err e = { 0 };
	assert_true(second_prove(w->stage.h->site.db, w->stage.h->arena, person, password, code, &s,
				 &e));
	s.free = FAILURES_FREE;
	return s;
}

/* The operator stops the hall with it, and it is counted if it was a guess. */
static bool stops(struct hall *w, const struct second *s, struct err *e)
{
	const struct act act = hall_operator(w);
	struct err why = { 0 };
	err_clear(e);
	if (stop_clock(&act, w->sitting, 0, "other", "reason", s, e))
		return true;
	if (second_is_guess(e))
		assert_true(second_count(&act, s, e, &why));
	return false;
}

static void goes_on(struct hall *w)
{
	const struct act act = hall_operator(w);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(act.db, &e, &id, "SELECT MAX(id) FROM stop"));
	assert_true(stop_end(&act, w->sitting, id, &e));
}

static void refused(struct hall *w, const char *why, const struct second *s, const char *key,
		    const char *field)
{
	struct err e = { 0 };
	stage_refused(why, stops(w, s, &e), &e, ERR_INPUT, key, field);
}

static void later(struct hall *w, int64_t ms)
{
	struct harness *h = w->stage.h;
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + ms);
}

/* What the journal says of the newest stop. */
static void agreed_by(struct hall *w, int64_t person, const char *by)
{
	struct err e = { 0 };
	const char *text = NULL;
	assert_true(db_string(w->stage.h->site.db, w->stage.h->arena, &e, &text,
			      "SELECT c.content FROM journal_entry j"
			      " JOIN journal_content c ON c.seq = j.seq"
			      " WHERE j.kind = 'sitting.stopped' ORDER BY j.seq DESC LIMIT 1"));
	json_t *said = json_loads(text, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(said, "second")), person);
	assert_string_equal(json_string_value(json_object_get(said, "second_by")), by);
	json_decref(said);
}

static int64_t number(struct hall *w, const char *what)
{
	struct err e = { 0 };
	struct db *db = w->stage.h->site.db;
	int64_t n = -1;
	const bool ok =
		strcmp(what, "stops") == 0
			? db_number(db, &e, &n, "SELECT COUNT(*) FROM stop")
			: db_number(db, &e, &n, "SELECT failures FROM account WHERE person_id = $1",
				    db_int(w->second));
	assert_true(ok);
	return n;
}

static struct hall desk(struct harness *h)
{
	struct hall w = hall_open(h);
	hall_start(&w);
	(void)visitor_account(h, w.second);
	return w;
}

/* ---- passwords ------------------------------------------------------------------------------- */

static void a_wrong_one_does_not(void **state)
{
	struct hall w = desk(*state);
	struct second s = typed(&w, w.second, WRONG, "");
	struct err e = { 0 };
	refused(&w, "wrong", &s, "second.error.password", "second_password");
	assert_int_equal(number(&w, "stops"), 0);
	assert_int_equal(number(&w, "failures"), 1);
	assert_int_equal(stage_journalled(w.stage.h, "second.refused"), 1);
	s = typed(&w, w.second, "", "");
	refused(&w, "empty", &s, "second.error.password", "second_password");
	s = typed(&w, w.second, VISITOR_PASSWORD, "");
	assert_true(stops(&w, &s, &e));
	agreed_by(&w, w.second, "password");
	assert_int_equal(number(&w, "failures"), 0); /* its count begins anew */
}

/* Another's right password is not his; nobody without an account, nobody who is not there. */
static void only_his_own_counts(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	const int64_t third = harness_person(h, ROLE_OPERATOR);
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(person_set_password(&system, third, "zhusan-dala-1731-kobyz", &e));
	struct second s = typed(&w, w.second, "zhusan-dala-1731-kobyz", "");
	refused(&w, "a third one's", &s, "second.error.password", "second_password");
	s = typed(&w, harness_person(h, ROLE_OPERATOR), VISITOR_PASSWORD, "");
	refused(&w, "without an account", &s, "second.error.password", "second_password");
	s = typed(&w, 999999, VISITOR_PASSWORD, "");
	refused(&w, "nobody", &s, "sitting.error.second", "second");
}

/* After the free ones a right password waits too, in the same words; the wait ends by itself. */
static void guesses_have_to_wait(void **state)
{
	struct hall w = desk(*state);
	struct second s = { 0 };
	struct err e = { 0 };
	s = typed(&w, w.second, WRONG, "");
	for (int i = 0; i < FAILURES_FREE; i++)
		refused(&w, "wrong", &s, "second.error.password", "second_password");
	s = typed(&w, w.second, VISITOR_PASSWORD, "");
	refused(&w, "right, and waits", &s, "second.error.password", "second_password");
	assert_int_equal(number(&w, "stops"), 0);
	later(&w, 2LL * FAILURE_WAIT_MS + 1);
	assert_true(stops(&w, &s, &e));
	agreed_by(&w, w.second, "password");
}

/* Guesses at the browser of the hall, which knows him, do not keep him out elsewhere, and those
 * from elsewhere not out of the hall. */
static void nobody_can_lock_a_hall(void **state)
{
	struct hall w = desk(*state);
	struct act own = harness_act(w.stage.h, w.second);
	struct device here = { .hash = "" };
	struct second s = { 0 };
	struct err e = { 0 };
	bool waits = true;
	assert_true(device_find(own.db, "browser-of-the-hall", w.second, &here, &e));
	assert_true(device_prove(&own, &here, &e));
	assert_true(device_find(own.db, "browser-of-the-hall", w.second, &here, &e));
	s = typed(&w, w.second, WRONG, "");
	for (int i = 0; i < FAILURES_FREE + 1; i++)
		refused(&w, "from elsewhere", &s, "second.error.password", "second_password");
	s = typed(&w, w.second, VISITOR_PASSWORD, "");
	s.device = here;
	assert_true(stops(&w, &s, &e));
	goes_on(&w);
	later(&w, FAILURE_WAIT_MOST_MS);
	s.right = false;
	for (int i = 0; i < FAILURES_FREE + 1; i++)
		refused(&w, "here", &s, "second.error.password", "second_password");
	own = harness_act(w.stage.h, w.second);
	assert_true(device_waits(&own, &(struct device){ .hash = "" }, w.second, &waits, &e));
	assert_false(waits);
}

/* ---- codes ----------------------------------------------------------------------------------- */

static const char *code_now(struct hall *w, const unsigned char *secret)
{
	char code[TOTP_DIGITS + 1];
	totp_code(secret, clock_now(&w->stage.h->site.clock), code);
	return arena_copy(w->stage.h->arena, code);
}

static void add_generator(struct hall *w, unsigned char secret[TOTP_SECRET_SIZE])
{
	const struct act own = harness_act(w->stage.h, w->second);
	struct err e = { 0 };
	char base32[TOTP_BASE32_SIZE];
	const char *uri = NULL;
	bool right = false;
	assert_true(totp_begin(&own, &e) && totp_waiting(&own, base32, &uri, &e));
	visitor_secret(base32, secret);
	assert_true(totp_confirm(&own, code_now(w, secret), &right, &e) && right);
}

static void add_passkey(struct hall *w)
{
	struct err e = { 0 };
	assert_true(db_exec(w->stage.h->site.db, &e, NULL,
			    "INSERT INTO passkey (person_id, credential, algorithm, public_key,"
			    " uses, name, made_ms) VALUES ($1, 'c', -7, $2, 0, 'token', 0)",
			    db_int(w->second), db_blob("k", 1)));
}

static struct recovery_set add_paper(struct hall *w)
{
	const struct act own = harness_act(w->stage.h, w->second);
	struct recovery_set set;
	struct err e = { 0 };
	assert_true(recovery_make(&set, &e) && recovery_keep(&own, &set, &e));
	return set;
}

static void who_has_a_generator_gives_a_code(void **state)
{
	struct hall w = desk(*state);
	unsigned char secret[TOTP_SECRET_SIZE];
	struct err e = { 0 };
	harness_demand_factors(w.stage.h);
	add_generator(&w, secret);
	const char *used = code_now(&w, secret);
	later(&w, 60000);
	struct second s = typed(&w, w.second, VISITOR_PASSWORD, "");
	refused(&w, "none", &s, "second.error.code_missing", "second_code");
	assert_int_equal(number(&w, "failures"), 0);
	s = typed(&w, w.second, VISITOR_PASSWORD, "000000");
	refused(&w, "wrong", &s, "second.error.code", "second_code");
	assert_int_equal(number(&w, "failures"), 1);
	s = typed(&w, w.second, VISITOR_PASSWORD, used);
	refused(&w, "of a minute ago", &s, "second.error.code", "second_code");
	s = typed(&w, w.second, WRONG, code_now(&w, secret));
	refused(&w, "right, with a wrong password", &s, "second.error.password", "second_password");
	s = typed(&w, w.second, VISITOR_PASSWORD, code_now(&w, secret));
	assert_true(stops(&w, &s, &e));
	agreed_by(&w, w.second, "password+totp");
	goes_on(&w);
	refused(&w, "the same again", &s, "second.error.code", "second_code");
	assert_int_equal(number(&w, "stops"), 1);
}

/* What fails as a whole has used no code. */
static void a_refused_act_leaves_the_code(void **state)
{
	struct hall w = desk(*state);
	unsigned char secret[TOTP_SECRET_SIZE];
	struct err e = { 0 };
	add_generator(&w, secret);
	later(&w, 60000);
	const struct act act = hall_operator(&w);
	struct second s = typed(&w, w.second, VISITOR_PASSWORD, code_now(&w, secret));
	stage_refused("a seat that is not there",
		      stop_clock(&act, w.sitting, 999999, "other", "reason", &s, &e), &e,
		      ERR_CONFLICT, "sitting.error.over", NULL);
	assert_true(stops(&w, &s, &e));
}

/* docs/access.md: a passkey is not shown in the browser of another; a code on paper is. */
static void who_has_a_passkey_alone_needs_paper(void **state)
{
	struct hall w = desk(*state);
	struct err e = { 0 };
	harness_demand_factors(w.stage.h);
	struct second s = typed(&w, w.second, VISITOR_PASSWORD, "");
	refused(&w, "no factor at all", &s, "second.error.enrol", "second");
	add_passkey(&w);
	refused(&w, "a passkey alone", &s, "second.error.passkey", "second_code");
	assert_int_equal(number(&w, "failures"), 0);
	const struct recovery_set set = add_paper(&w);
	refused(&w, "without a code", &s, "second.error.code_missing", "second_code");
	s = typed(&w, w.second, VISITOR_PASSWORD, "123456");
	refused(&w, "a telephone that is not there", &s, "second.error.code", "second_code");
	s = typed(&w, w.second, VISITOR_PASSWORD, "AAAAA-AAAAA");
	refused(&w, "a wrong one", &s, "second.error.code", "second_code");
	s = typed(&w, w.second, VISITOR_PASSWORD, set.code[3]);
	assert_true(stops(&w, &s, &e));
	agreed_by(&w, w.second, "password+recovery");
	goes_on(&w);
	refused(&w, "the same again", &s, "second.error.code", "second_code");
}

/* ---- persons --------------------------------------------------------------------------------- */

static void move_role(struct hall *w, const char *role, const char *organ)
{
	struct err e = { 0 };
	assert_true(db_exec(w->stage.h->site.db, &e, NULL,
			    "UPDATE role_grant SET role = $1, organ = $2 WHERE person_id = $3",
			    db_text(role), db_text(organ), db_int(w->second)));
}

/* Each with the right password: a right is looked at before. */
static void not_everybody_may(void **state)
{
	struct hall w = desk(*state);
	struct harness *h = w.stage.h;
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	struct second s = typed(&w, w.second, VISITOR_PASSWORD, "");
	(void)visitor_account(h, w.operator);
	struct second self = typed(&w, w.operator, VISITOR_PASSWORD, "");
	refused(&w, "himself", &self, "sitting.error.second", "second");
	move_role(&w, "auditor", "pgo");
	refused(&w, "without the role", &s, "sitting.error.second", "second");
	move_role(&w, "operator", "reg-abai");
	refused(&w, "of another organ", &s, "sitting.error.second", "second");
	move_role(&w, "hr", "pgo");
	assert_true(stops(&w, &s, &e));
	goes_on(&w);
	assert_true(account_disable(&system, w.second, "left", &e));
	refused(&w, "disabled", &s, "second.error.disabled", "second");
	assert_true(account_enable(&system, w.second, "back", &e));
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE account SET temporary = 1 WHERE person_id = $1",
			    db_int(w.second)));
	refused(&w, "a password of another's making", &s, "second.error.temporary", "second");
	assert_int_equal(number(&w, "stops"), 1);
	assert_int_equal(number(&w, "failures"), 0); /* no guesses, any of them */
}

/* By itself, for a use case with rules of its own about who may. */
static void nobody_agrees_with_himself(void **state)
{
	struct hall w = { .stage.h = *state };
	w.second = harness_person(w.stage.h, ROLE_OPERATOR);
	(void)visitor_account(w.stage.h, w.second);
	const struct act own = harness_act(w.stage.h, w.second);
	struct second s = typed(&w, w.second, VISITOR_PASSWORD, "");
	struct agreed agreed = { 0, "" };
	struct err e = { 0 };
	stage_refused("himself", second_agree(&own, &s, &agreed, &e), &e, ERR_INPUT,
		      "second.error.self", "second");
	err_clear(&e);
	s.person_id = 0;
	stage_refused("nobody", second_agree(&own, &s, &agreed, &e), &e, ERR_INPUT,
		      "second.error.self", "second");
	assert_int_equal(agreed.person_id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_wrong_one_does_not),
		HARNESS_TEST(only_his_own_counts),
		HARNESS_TEST(guesses_have_to_wait),
		HARNESS_TEST(nobody_can_lock_a_hall),
		HARNESS_TEST(who_has_a_generator_gives_a_code),
		HARNESS_TEST(a_refused_act_leaves_the_code),
		HARNESS_TEST(who_has_a_passkey_alone_needs_paper),
		HARNESS_TEST(not_everybody_may),
		HARNESS_TEST(nobody_agrees_with_himself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
