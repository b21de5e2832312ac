/* Signing in by certificate (F12), and that a disabled account opens no door. */
#include "way.h"

#include "app/access/account.h"
#include "app/access/session.h"
#include "web/access/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* F12: key and PIN of the national authority, verified offline. */
static void a_certificate_opens(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h);
	const struct test_plan sign_in = WAY_CERTIFICATE;
	const int64_t person = harness_person(h, 0);
	const int64_t nobody = harness_person(h, 0);
	const struct test_holder own = signing_holder(&s, person, &sign_in);
	const struct test_plan mail = { .serial = 9,
					.usage = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION,
					.purposes = { "1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1" },
					.loose = true };
	const struct test_holder letters = signing_holder(&s, person, &mail);
	const struct test_holder documents = signing_holder(&s, person, NULL);
	const struct test_holder stranger = signing_holder(&s, nobody, &sign_in);
	visitor_account(h, person);
	struct visitor v = way_at_the_door(h);
	struct answer a = visitor_get(&v, "/sign-in?back=%2Faccount%3Fa%3D1");
	assert_string_equal(answer_text(&a, "certificate"),
			    "/sign-in/certificate?back=%2Faccount%3Fa%3D1");
	const char *nonce = NULL;
	const char *text = way_text(&v, &nonce);
	a = visitor_get(
		&v, arena_print(h->arena, "/sign-in/certificate/challenge?challenge=%s", nonce));
	assert_string_equal(a.body, text);
	const struct {
		const char *why, *form, *error;
	} row[] = {
		{ "another text was signed",
		  way_signed_form(&s, &own, nonce, "another text, long enough"),
		  "signature.fault.document" },
		{ "the nonce alone", way_signed_form(&s, &own, nonce, nonce),
		  "signature.fault.document" },
		{ "a key for mail and documents that may sign anything",
		  way_signed_form(&s, &letters, nonce, text), "access.error.usage" },
		{ "a key for documents", way_signed_form(&s, &documents, nonce, text),
		  "access.error.usage" },
		{ "a challenge of nobody",
		  way_signed_form(&s, &own,
				  "0123456789abcdef0123456789abcdef"
				  "0123456789abcdef0123456789abcdef"
				  "0123456789abcdef",
				  text),
		  "access.error.challenge" },
		{ "somebody without an account", way_signed_form(&s, &stranger, nonce, text),
		  "access.error.certificate" },
		{ "nothing", arena_print(h->arena, "challenge=%s", nonce), "error.required" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		a = visitor_post(&v, "/sign-in/certificate", row[i].form);
		if (strcmp(a.error, row[i].error) != 0)
			fail_msg("%s: %d %s", row[i].why, a.status, a.error);
	}
	/* the challenge of the stranger's answer is used up: a fresh one */
	way_later(h, 1000); /* the list begins with the newest */
	text = way_text(&v, &nonce);
	const char *good = way_signed_form(&s, &own, nonce, text);
	assert_string_equal(visitor_post(&v, "/sign-in/certificate", good).location, "/");
	a = visitor_get(&v, "/account");
	assert_string_equal(answer_text(&a, "sessions.0.factor"), "certificate");
	struct visitor w = way_at_the_door(h);
	assert_string_equal(visitor_post(&w, "/sign-in/certificate", good).error,
			    "access.error.challenge");
}

/* ---- disabled accounts ------------------------------------------------------------ */

/* Everything one may come in with: a telephone's codes, a passkey, a certificate. */
struct ways {
	struct harness *h;
	const char *iin;
	unsigned char secret[TOTP_SECRET_SIZE];
	struct authenticator key;
	struct signing signing;
	struct test_holder holder;
	struct visitor inside; /* signed in when the account is disabled */
};

static struct ways all_ways(struct harness *h, int64_t person)
{
	const struct test_plan sign_in = WAY_CERTIFICATE;
	struct ways w = { .h = h };
	h->site.origin = WAY_ORIGIN;
	w.key = authenticator_new(PASSKEY_ES256);
	w.signing = signing_open(h);
	w.holder = signing_holder(&w.signing, person, &sign_in);
	w.inside = way_with_codes(h, person, &w.iin, w.secret);
	struct answer made = visitor_post(
		&w.inside, "/account/passkeys",
		way_registration(h, &w.key, way_challenge(&w.inside, "/account/passkeys/new")));
	assert_string_equal(made.location, "/account");
	return w;
}

/* Each way to its end, with the right thing; every one is answered by `error`. */
static void try_ways(struct ways *w, const char *error)
{
	struct harness *h = w->h;
	struct visitor v = way_at_the_door(h);
	way_later(h, WAY_STEP_MS); /* each code is good once */
	assert_string_equal(
		visitor_post(&v, "/sign-in", visitor_form(h, w->iin, VISITOR_PASSWORD)).location,
		"/sign-in/code?back=%2Faccount");
	assert_string_equal(visitor_post(&v, "/sign-in/code", way_code(h, w->secret, 0)).error,
			    error);
	v = way_at_the_door(h);
	assert_string_equal(
		visitor_post(&v, "/sign-in/passkey",
			     way_assertion(h, &w->key, way_challenge(&v, "/sign-in"), WAY_ORIGIN))
			.error,
		error);
	v = way_at_the_door(h);
	const char *nonce = NULL;
	const char *text = way_text(&v, &nonce);
	assert_string_equal(visitor_post(&v, "/sign-in/certificate",
					 way_signed_form(&w->signing, &w->holder, nonce, text))
				    .error,
			    error);
}

/* ASVS 7.4.2: no way in stays open, and only who has shown everything learns why. */
static void a_disabled_account_opens_no_door(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	struct ways w = all_ways(h, person);
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	try_ways(&w, "");
	const int64_t opened = stage_journalled(h, "session.opened");
	assert_true(account_disable(&system, person, "order 7", &e));
	assert_string_equal(visitor_get(&w.inside, "/account").error, "error.signed_out");
	try_ways(&w, "access.error.disabled");
	assert_int_equal(stage_journalled(h, "session.opened"), opened);
	assert_int_equal(stage_journalled(h, "session.refused"), 3);
	struct visitor stranger = visitor_new(h, "192.0.2.66");
	(void)visitor_post(&stranger, "/sign-in", visitor_form(h, w.iin, VISITOR_PASSWORD));
	assert_string_equal(visitor_post(&stranger, "/sign-in/code", "code=123456").error,
			    "factor.error.code");
	assert_string_equal(
		visitor_post(&stranger, "/sign-in", visitor_form(h, w.iin, "a guess")).error,
		"error.sign_in");
	assert_true(account_enable(&system, person, "order 8", &e));
	try_ways(&w, "");
	authenticator_free(&w.key);
}

/* In a browser the page says it, and stays where one was. */
static void who_is_disabled_is_told(void **state)
{
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	const int64_t person = harness_person(h, 0);
	const char *iin = visitor_account(h, person);
	struct err e = { 0 };
	assert_true(account_disable(&system, person, "order 7", &e));
	struct visitor v = way_at_the_door(h);
	v.html = true;
	struct answer a = visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_int_equal(a.status, 409);
	assert_non_null(strstr(a.body, "Есептік жазбаңыз бұғатталған"));
	assert_non_null(strstr(a.body, "action=\"/sign-in\""));
	assert_null(visitor_cookie(&v, COOKIE_SESSION));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_certificate_opens),
		HARNESS_TEST(a_disabled_account_opens_no_door),
		HARNESS_TEST(who_is_disabled_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
