/* Second factors through the pages: codes of a telephone, codes on paper, and what holds of each.
 */
#include "test_db.h"
#include "way.h"

#include "app/access/account.h"
#include "app/access/device.h"
#include "app/access/reauth.h"
#include "app/access/session.h"
#include "web/access/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_code_comes_after_the_password(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	const int64_t person = harness_person(h, 0);
	(void)way_with_codes(h, person, &iin, secret);
	assert_int_equal(stage_told(h, person, "account.factor_added"), 1); /* ASVS 6.3.7 */
	struct visitor v = visitor_new(h, "192.0.2.8");
	struct answer a = visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_string_equal(a.location, "/sign-in/code?back=%2Faccount");
	assert_null(visitor_cookie(&v, COOKIE_SESSION)); /* half is nothing */
	assert_string_equal(visitor_get(&v, "/account").error, "error.signed_out");
	a = visitor_post(&v, "/sign-in/code", way_code(h, secret, 0));
	assert_string_equal(a.error, "factor.error.code"); /* it has confirmed the generator */
	way_later(h, WAY_STEP_MS);
	a = visitor_post(&v, "/sign-in/code", way_code(h, secret, 0));
	assert_string_equal(a.location, "/");
	assert_non_null(visitor_cookie(&v, COOKIE_SESSION));
	assert_null(visitor_cookie(&v, COOKIE_STEP));
	a = visitor_get(&v, "/account");
	assert_string_equal(answer_text(&a, "sessions.0.factor"), "totp");
	assert_string_equal(answer_text(&a, "sessions.0.device"), "Firefox, Windows");
	assert_string_equal(answer_text(&a, "sessions.0.place"), "outside");
	/* the same code again, in another browser: refused (ASVS 6.5.1) */
	struct visitor w = visitor_new(h, "192.0.2.9");
	(void)visitor_post(&w, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_string_equal(visitor_post(&w, "/sign-in/code", way_code(h, secret, 0)).error,
			    "factor.error.code");
}

/* Whoever began to sign in with the old password does not end it after the new one is set. */
static void a_new_password_ends_what_was_half_done(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	const int64_t person = harness_person(h, 0);
	(void)way_with_codes(h, person, &iin, secret);
	struct visitor v = visitor_new(h, "192.0.2.8");
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	assert_true(account_choose_password(&act, "another password of mine", "", &e));
	way_later(h, WAY_STEP_MS);
	assert_string_equal(visitor_post(&v, "/sign-in/code", way_code(h, secret, 0)).error,
			    "access.error.step");
	assert_null(visitor_cookie(&v, COOKIE_SESSION));
}

/* Guessing codes waits as guessing passwords does, and a step does not last. */
static void codes_are_not_guessed(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	(void)way_with_codes(h, harness_person(h, 0), &iin, secret);
	struct visitor v = visitor_new(h, "192.0.2.8");
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	for (int i = 0; i < FAILURES_FREE; i++)
		(void)visitor_post(&v, "/sign-in/code", "code=123456");
	way_later(h, WAY_STEP_MS / 2);
	assert_string_equal(
		visitor_post(&v, "/sign-in/code", way_code(h, secret, WAY_STEP_MS)).error,
		"factor.error.code");
	way_later(h, STEP_MS);
	assert_string_equal(visitor_post(&v, "/sign-in/code", way_code(h, secret, 0)).error,
			    "access.error.step");
	assert_string_equal(visitor_get(&v, "/sign-in/code").location, "/sign-in");
}

/* ASVS 6.5.2: what lies in the database is no code and no secret. */
static void codes_on_paper(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	bool found = true;
	struct err e = { 0 };
	struct visitor v = way_with_codes(h, harness_person(h, 0), &iin, secret);
	struct answer a = visitor_post(&v, "/account/recovery", "");
	assert_int_equal(json_array_size(answer_value(&a, "codes")), 10);
	const char *code = answer_text(&a, "codes.3");
	assert_int_equal(strlen(code), 11);
	assert_true(test_db_is_server()
			    ? db_exists(h->site.db, &e, &found,
					"SELECT 1 FROM totp WHERE position($1 IN secret) > 0",
					db_blob(secret, sizeof(secret)))
			    : db_exists(h->site.db, &e, &found,
					"SELECT 1 FROM totp WHERE instr(secret, $1) > 0",
					db_blob(secret, sizeof(secret))));
	assert_false(found);
	struct visitor w = visitor_new(h, "192.0.2.9");
	(void)visitor_post(&w, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	a = visitor_post(&w, "/sign-in/code", arena_print(h->arena, "code=%s", code));
	assert_string_equal(a.location, "/");
	a = visitor_get(&w, "/account");
	assert_int_equal(answer_number(&a, "recovery"), 9);
	struct visitor x = visitor_new(h, "192.0.2.10");
	(void)visitor_post(&x, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_string_equal(
		visitor_post(&x, "/sign-in/code", arena_print(h->arena, "code=%s", code)).error,
		"factor.error.code");
}

/* The last factor of somebody whose office demands one stays. */
static void the_last_factor_stays(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	struct visitor v = way_with_passkey(h, harness_person(h, ROLE_ADMIN), &key);
	harness_demand_factors(h);
	struct answer a = visitor_get(&v, "/account");
	const char *form = arena_print(h->arena, "passkey=%lld",
				       (long long)answer_number(&a, "passkeys.0.id"));
	assert_string_equal(visitor_post(&v, "/account/passkeys/remove", form).error,
			    "factor.error.last");
	assert_int_equal(visitor_get(&v, "/help/routes").status, 200);
	authenticator_free(&key);
}

/* ASVS 7.5.1: who has a passkey and no generator proves it by that, or by a code on paper; the
 * password alone proves nothing and begins no new factor. */
static void the_password_is_less_than_a_passkey(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	struct visitor v = way_with_passkey(h, harness_person(h, ROLE_ADMIN), &key);
	const char *password =
		arena_print(h->arena, "password=%s", http_encode(h->arena, VISITOR_PASSWORD));
	struct answer a = visitor_get(&v, "/reauth");
	assert_true(json_is_false(answer_value(&a, "by_password")));
	assert_true(json_is_object(answer_value(&a, "passkey")));
	a = visitor_post(&v, "/account/recovery", "");
	const char *paper = answer_text(&a, "codes.0");
	way_later(h, REAUTH_FRESH_MS);
	assert_string_equal(visitor_post(&v, "/account/codes", "").error, "access.error.reauth");
	assert_string_equal(visitor_post(&v, "/reauth", password).error, "factor.error.code");
	assert_string_equal(
		visitor_post(&v, "/reauth", arena_print(h->arena, "%s&code=123456", password))
			.error,
		"factor.error.code");
	assert_string_equal(visitor_post(&v, "/account/codes", "").error, "access.error.reauth");
	a = visitor_get(&v, "/reauth");
	assert_true(json_is_true(answer_value(&a, "by_password")));
	assert_true(json_is_true(answer_value(&a, "codes")));
	assert_string_equal(
		visitor_post(&v, "/reauth", arena_print(h->arena, "%s&code=%s", password, paper))
			.location,
		"/account");
	way_later(h, REAUTH_FRESH_MS);
	a = visitor_post(&v, "/reauth/passkey",
			 way_assertion(h, &key, way_challenge(&v, "/reauth"), WAY_ORIGIN));
	assert_string_equal(a.location, "/account");
	authenticator_free(&key);
}

/* Whoever had come in by the password alone before is out when the first factor is there. */
static void the_first_factor_ends_sessions_without_one(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	const int64_t person = harness_person(h, 0);
	const char *iin = visitor_account(h, person);
	h->site.origin = WAY_ORIGIN;
	struct visitor thief = visitor_new(h, "192.0.2.66");
	struct visitor v = visitor_new(h, "192.0.2.7");
	(void)visitor_post(&thief, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_int_equal(visitor_get(&thief, "/account").status, 200);
	struct answer a =
		visitor_post(&v, "/account/passkeys",
			     way_registration(h, &key, way_challenge(&v, "/account/passkeys/new")));
	assert_string_equal(a.location, "/account");
	assert_string_equal(visitor_get(&thief, "/account").error, "error.signed_out");
	assert_int_equal(stage_journalled(h, "session.ended"), 1);
	/* one that has shown a factor stays when another comes */
	struct visitor w = way_at_the_door(h);
	(void)visitor_post(&w, "/sign-in/passkey",
			   way_assertion(h, &key, way_challenge(&w, "/sign-in"), WAY_ORIGIN));
	unsigned char secret[TOTP_SECRET_SIZE];
	assert_string_equal(visitor_post(&v, "/account/codes", "").location, "/account/codes");
	a = visitor_get(&v, "/account/codes");
	visitor_secret(answer_text(&a, "totp.secret"), secret);
	assert_string_equal(
		visitor_post(&v, "/account/codes/confirm", way_code(h, secret, 0)).location,
		"/account");
	assert_int_equal(visitor_get(&w, "/account").status, 200);
	assert_int_equal(stage_journalled(h, "session.ended"), 1);
	authenticator_free(&key);
}

static void pages_hide_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	h->site.origin = WAY_ORIGIN;
	visitor_account(h, person);
	harness_check_page(h, person, "/account");
	harness_check_page(h, person, "/account/passkeys/new");
	harness_check_page(h, person, "/reauth");
	harness_check_page(h, 0, "/sign-in/certificate");
	assert_string_equal(harness_post(h, person, "/account/codes", "").location,
			    "/account/codes");
	harness_check_page(h, person, "/account/codes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_code_comes_after_the_password),
		HARNESS_TEST(a_new_password_ends_what_was_half_done),
		HARNESS_TEST(codes_are_not_guessed),
		HARNESS_TEST(codes_on_paper),
		HARNESS_TEST(the_last_factor_stays),
		HARNESS_TEST(the_password_is_less_than_a_passkey),
		HARNESS_TEST(the_first_factor_ends_sessions_without_one),
		HARNESS_TEST(pages_hide_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
