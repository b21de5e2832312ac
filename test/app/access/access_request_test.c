/* What two administrators do together, and what stays undone with one (F20, ASVS 2.3.5). */
#include "app/access/access_request.h"
#include "app/access/asking.h"
#include "app/access/second.h"

#include "app/access/access.h"
#include "app/access/account.h"
#include "app/access/factor.h"
#include "app/access/reauth.h"
#include "harness.h"
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct pair {
	struct harness *h;
	int64_t one, two, person;
};

static struct pair pair_of(struct harness *h)
{
	return (struct pair){ h, harness_person(h, ROLE_ADMIN), harness_person(h, ROLE_ADMIN),
			      harness_person(h, 0) };
}

static struct request_form grant(const struct pair *p)
{
	return (struct request_form){ REQUEST_GRANT, p->person, "hr", "pgo", "order 12" };
}

static bool holds(const struct pair *p, const char *role)
{
	const struct act act = harness_act(p->h, p->person);
	struct err e = { 0 };
	bool ret = false;
	assert_true(act_holds(&act, role, "pgo", &ret, &e));
	return ret;
}

static void what_is_asked_is_checked(void **state)
{
	const struct pair p = pair_of(*state);
	const struct {
		const char *why;
		struct request_form form;
		enum err_kind kind;
		const char *key, *field;
	} row[] = {
		{ "without a reason",
		  { "grant", p.person, "hr", "pgo", "" },
		  ERR_INPUT,
		  "error.required",
		  "reason" },
		{ "no such role",
		  { "grant", p.person, "king", "pgo", "x" },
		  ERR_INPUT,
		  "error.choice",
		  "role" },
		{ "no such organ",
		  { "grant", p.person, "hr", "nowhere", "x" },
		  ERR_INPUT,
		  "error.organ",
		  "organ" },
		{ "about oneself",
		  { "grant", p.one, "hr", "pgo", "x" },
		  ERR_INPUT,
		  "access.error.self",
		  "reason" },
		{ "to take what is not held",
		  { "revoke", p.person, "hr", "pgo", "x" },
		  ERR_CONFLICT,
		  "access.error.nothing",
		  NULL },
		{ "to disable who has no account",
		  { "disable", p.person, "", "", "x" },
		  ERR_CONFLICT,
		  "access.error.nothing",
		  NULL },
		{ "to disable oneself",
		  { "disable", p.one, "", "", "x" },
		  ERR_INPUT,
		  "access.error.self",
		  "reason" },
		{ "to disable without a reason",
		  { "disable", p.person, "", "", "" },
		  ERR_INPUT,
		  "error.required",
		  "reason" },
		{ "to end no factors",
		  { "factors", p.person, "", "", "x" },
		  ERR_CONFLICT,
		  "access.error.nothing",
		  NULL },
	};
	const struct act act = harness_act(p.h, p.one);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t id = 0;
		stage_refused(row[i].why, request_ask(&act, &row[i].form, &id, &e), &e, row[i].kind,
			      row[i].key, row[i].field);
	}
	const struct act hr = harness_act(p.h, harness_person(p.h, ROLE_HR));
	const struct request_form form = grant(&p);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("no administrator", request_ask(&hr, &form, &id, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

static void one_asks_another_answers(void **state)
{
	const struct pair p = pair_of(*state);
	const struct request_form form = grant(&p);
	const struct act one = harness_act(p.h, p.one);
	const struct act two = harness_act(p.h, p.two);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(request_ask(&one, &form, &id, &e));
	assert_false(holds(&p, "hr"));
	stage_refused("the same again", request_ask(&one, &form, &id, &e), &e, ERR_CONFLICT,
		      "access.error.asked", NULL);
	err_clear(&e);
	stage_refused("the one who asked", request_answer(&one, id, true, &e), &e, ERR_DENIED,
		      "access.error.same", NULL);
	err_clear(&e);
	assert_true(request_answer(&two, id, true, &e));
	assert_true(holds(&p, "hr"));
	stage_refused("once more", request_answer(&two, id, true, &e), &e, ERR_CONFLICT,
		      "access.error.answered", NULL);
	assert_int_equal(stage_journalled(p.h, "access.done"), 1);
	err_clear(&e);
	const struct request_form back = { REQUEST_REVOKE, p.person, "hr", "pgo", "order 13" };
	assert_true(request_ask(&two, &back, &id, &e) && request_answer(&one, id, true, &e));
	assert_false(holds(&p, "hr"));
}

static void refused_and_old_ones_do_nothing(void **state)
{
	const struct pair p = pair_of(*state);
	const struct request_form form = grant(&p);
	const struct act one = harness_act(p.h, p.one);
	struct act two = harness_act(p.h, p.two);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(request_ask(&one, &form, &id, &e) && request_answer(&two, id, false, &e));
	assert_false(holds(&p, "hr"));
	assert_true(request_ask(&one, &form, &id, &e));
	two.now_ms += ASKING_LIFE_MS;
	stage_refused("after a week", request_answer(&two, id, true, &e), &e, ERR_CONFLICT,
		      "access.error.answered", NULL);
	assert_false(holds(&p, "hr"));
}

/* A lost telephone: factors, codes on paper, known browsers and sessions end; the password stays.
 */
static void factors_end(void **state)
{
	const struct pair p = pair_of(*state);
	const struct act one = harness_act(p.h, p.one);
	const struct act two = harness_act(p.h, p.two);
	struct factors f = { 0 };
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_exec(p.h->site.db, &e, NULL,
			    "INSERT INTO totp (person_id, secret, made_ms, confirmed_ms, last_step)"
			    " VALUES ($1, $2, 0, 1, 0)",
			    db_int(p.person), db_blob("x", 1)));
	const struct request_form form = { REQUEST_FACTORS, p.person, "", "", "lost" };
	assert_true(request_ask(&one, &form, &id, &e) && request_answer(&two, id, true, &e));
	assert_true(factors_of(p.h->site.db, p.person, &f, &e));
	assert_false(factors_any(&f));
	assert_int_equal(stage_told(p.h, p.person, "account.reset"), 1);
	assert_int_equal(stage_journalled(p.h, "session.ended"), 1);
}

static void give_account(const struct pair *p, int64_t person)
{
	struct err e = { 0 };
	assert_true(db_exec(p->h->site.db, &e, NULL,
			    "INSERT INTO account (person_id, password) VALUES ($1, 'x')",
			    db_int(person)));
}

static int64_t sessions_of(const struct pair *p, int64_t person)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(p->h->site.db, &e, &n,
			      "SELECT COUNT(*) FROM session WHERE person_id = $1", db_int(person)));
	return n;
}

/* F20, ASVS 7.4.2: nothing happens by one, everything by two; sessions end in the same moment. */
static void accounts_are_disabled_by_two(void **state)
{
	const struct pair p = pair_of(*state);
	const struct act one = harness_act(p.h, p.one);
	const struct act two = harness_act(p.h, p.two);
	const struct request_form off = { REQUEST_DISABLE, p.person, "", "", "left the service" };
	const struct request_form on = { REQUEST_ENABLE, p.person, "", "", "came back" };
	struct err e = { 0 };
	int64_t id = 0;
	bool disabled = false;
	give_account(&p, p.person);
	assert_true(request_ask(&one, &off, &id, &e));
	assert_true(account_is_disabled(p.h->site.db, p.person, &disabled, &e) && !disabled);
	assert_int_equal(sessions_of(&p, p.person), 1);
	stage_refused("the one who asked", request_answer(&one, id, true, &e), &e, ERR_DENIED,
		      "access.error.same", NULL);
	err_clear(&e);
	assert_true(request_answer(&two, id, true, &e));
	assert_true(account_is_disabled(p.h->site.db, p.person, &disabled, &e) && disabled);
	assert_int_equal(sessions_of(&p, p.person), 0);
	assert_int_equal(stage_told(p.h, p.person, "account.disabled"), 1);
	assert_int_equal(stage_journalled(p.h, "account.disabled"), 1);
	stage_refused("it is so already", request_ask(&one, &off, &id, &e), &e, ERR_CONFLICT,
		      "access.error.nothing", NULL);
	err_clear(&e);
	assert_true(request_ask(&two, &on, &id, &e) && request_answer(&one, id, true, &e));
	assert_true(account_is_disabled(p.h->site.db, p.person, &disabled, &e) && !disabled);
	assert_int_equal(stage_told(p.h, p.person, "account.enabled"), 1);
	assert_int_equal(stage_journalled(p.h, "account.enabled"), 1);
}

/* Somebody who can come in always stays, whatever the command line is told. */
static void the_last_administrator_stays(void **state)
{
	const struct pair p = pair_of(*state);
	const struct act system = harness_act(p.h, 0);
	const struct act hr = harness_act(p.h, harness_person(p.h, ROLE_HR));
	struct err e = { 0 };
	give_account(&p, p.one);
	stage_refused("the other has no account", account_disable(&system, p.one, "x", &e), &e,
		      ERR_CONFLICT, "access.error.last", NULL);
	err_clear(&e);
	give_account(&p, p.two);
	stage_refused("no administrator", account_disable(&hr, p.one, "x", &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(account_disable(&system, p.one, "x", &e));
	stage_refused("the last one", account_disable(&system, p.two, "x", &e), &e, ERR_CONFLICT,
		      "access.error.last", NULL);
	err_clear(&e);
	assert_true(account_enable(&system, p.one, "x", &e));
	assert_true(account_disable(&system, p.two, "x", &e));
}

/* ASVS 7.5.3: through a session whose person has proved it long ago, nothing. */
static void a_stale_session_asks_nothing(void **state)
{
	const struct pair p = pair_of(*state);
	const struct request_form form = grant(&p);
	struct act one = harness_act(p.h, p.one);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_string(p.h->site.db, p.h->arena, &e, &one.session,
			      "SELECT token_hash FROM session WHERE person_id = $1",
			      db_int(p.one)));
	one.now_ms += REAUTH_FRESH_MS;
	stage_refused("stale", request_ask(&one, &form, &id, &e), &e, ERR_DENIED,
		      "access.error.reauth", NULL);
	err_clear(&e);
	one.now_ms -= 1;
	assert_true(request_ask(&one, &form, &id, &e));
	/* another's session proves nothing */
	one.person_id = p.two;
	stage_refused("another's", reauth_need(&one, &e), &e, ERR_DENIED, "access.error.reauth",
		      NULL);
}

static void only_a_demonstration_does_without(void **state)
{
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	const struct act admin = harness_act(h, harness_person(h, ROLE_ADMIN));
	struct err e = { 0 };
	bool on = true;
	stage_refused("production", access_factors_set(&system, false, &e), &e, ERR_CONFLICT,
		      "access.error.production", NULL);
	err_clear(&e);
	stage_refused("from a page", access_factors_set(&admin, true, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(access_factors_set(&system, true, &e));
	assert_true(access_factors_on(h->site.db, &on, &e) && on);
	assert_true(db_exec(h->site.db, &e, NULL, "DELETE FROM access_setting"));
	assert_true(access_factors_on(h->site.db, &on, &e) && on); /* nobody has said anything */
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO secret (name, value) VALUES ('demonstration', $1)",
			    db_blob("1", 1)));
	assert_true(access_factors_set(&system, false, &e));
	assert_true(access_factors_on(h->site.db, &on, &e) && !on);
}

static bool do_ask(const struct act *act, void *user, struct err *e)
{
	const struct request_form form = grant(user);
	int64_t id = 0;
	return request_ask(act, &form, &id, e);
}
static bool do_answer(const struct act *act, void *user, struct err *e)
{
	int64_t id = 0; /* those that were undone have taken numbers too */
	(void)user;
	return db_number(act->db, e, &id, "SELECT MAX(id) FROM access_request") &&
	       request_answer(act, id, true, e);
}

static bool do_disable(const struct act *act, void *user, struct err *e)
{
	const struct pair *p = user;
	return account_disable(act, p->person, "left", e);
}
static bool do_enable(const struct act *act, void *user, struct err *e)
{
	const struct pair *p = user;
	return account_enable(act, p->person, "back", e);
}

static bool do_keep(const struct act *act, void *user, struct err *e)
{
	static const struct reauth_file files[] = { { "file", "a.cer", "one", 3 },
						    { "list", "b.crl", "two", 3 } };
	struct act own = *act;
	(void)user;
	return db_string(act->db, act->arena, e, &own.session,
			 "SELECT token_hash FROM session WHERE person_id = $1",
			 db_int(act->person_id)) &&
	       reauth_keep(&own, "/trust", files, COUNT(files), e);
}

static void all_or_nothing(void **state)
{
	struct pair p = pair_of(*state);
	stage_all_or_nothing(p.h, p.one, do_ask, &p);
	stage_all_or_nothing(p.h, p.two, do_answer, &p);
	stage_all_or_nothing(p.h, p.two, do_keep, &p);
	give_account(&p, p.person);
	stage_all_or_nothing(p.h, p.one, do_disable, &p);
	stage_all_or_nothing(p.h, p.one, do_enable, &p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(what_is_asked_is_checked),
		HARNESS_TEST(one_asks_another_answers),
		HARNESS_TEST(refused_and_old_ones_do_nothing),
		HARNESS_TEST(factors_end),
		HARNESS_TEST(accounts_are_disabled_by_two),
		HARNESS_TEST(the_last_administrator_stays),
		HARNESS_TEST(a_stale_session_asks_nothing),
		HARNESS_TEST(only_a_demonstration_does_without),
		HARNESS_TEST(all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
