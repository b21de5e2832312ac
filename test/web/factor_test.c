/* Second factors through the pages: codes of a telephone, codes on paper, passkeys. */
#include "visitor.h"

#include "app/account.h"
#include "app/device.h"
#include "app/reauth.h"
#include "app/session.h"
#include "authenticator.h"
#include "sign/totp.h"
#include "signing.h"
#include "web/proof.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEP_LENGTH_MS = TOTP_STEP_S * 1000 };

/* ---- codes of a telephone ---------------------------------------------------- */

static const char *code_now(struct harness *h, const unsigned char *secret, int64_t later_ms)
{
	char code[TOTP_DIGITS + 1];
	totp_code(secret, clock_now(&h->site.clock) + later_ms, code);
	return arena_print(h->arena, "code=%s", code);
}

static void later(struct harness *h, int64_t ms)
{
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + ms);
}

/* Somebody with an account, signed in by password, who sets a generator up. */
static struct visitor with_codes(struct harness *h, int64_t person, const char **ret_iin,
				 unsigned char secret[TOTP_SECRET_SIZE])
{
	struct visitor v = visitor_new(h, "192.0.2.7");
	*ret_iin = visitor_account(h, person);
	struct answer a = visitor_post(&v, "/sign-in", visitor_form(h, *ret_iin, VISITOR_PASSWORD));
	assert_string_equal(a.location, "/account");
	assert_string_equal(visitor_post(&v, "/account/codes", "").location, "/account/codes");
	a = visitor_get(&v, "/account/codes");
	visitor_secret(answer_text(&a, "totp.secret"), secret);
	a = visitor_post(&v, "/account/codes/confirm", "code=000000");
	assert_string_equal(a.error, "factor.error.code");
	a = visitor_post(&v, "/account/codes/confirm", code_now(h, secret, 0));
	assert_string_equal(a.location, "/account");
	return v;
}

static void a_code_comes_after_the_password(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	const int64_t person = harness_person(h, 0);
	(void)with_codes(h, person, &iin, secret);
	assert_int_equal(stage_told(h, person, "account.factor_added"), 1); /* ASVS 6.3.7 */
	struct visitor v = visitor_new(h, "192.0.2.8");
	struct answer a = visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_string_equal(a.location, "/sign-in/code?back=%2Faccount");
	assert_null(visitor_cookie(&v, COOKIE_SESSION)); /* half is nothing */
	assert_string_equal(visitor_get(&v, "/account").error, "error.signed_out");
	a = visitor_post(&v, "/sign-in/code", code_now(h, secret, 0));
	assert_string_equal(a.error, "factor.error.code"); /* it has confirmed the generator */
	later(h, STEP_LENGTH_MS);
	a = visitor_post(&v, "/sign-in/code", code_now(h, secret, 0));
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
	assert_string_equal(visitor_post(&w, "/sign-in/code", code_now(h, secret, 0)).error,
			    "factor.error.code");
}

/* Whoever began to sign in with the old password does not end it after the new one is set. */
static void a_new_password_ends_what_was_half_done(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	const int64_t person = harness_person(h, 0);
	(void)with_codes(h, person, &iin, secret);
	struct visitor v = visitor_new(h, "192.0.2.8");
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	assert_true(account_choose_password(&act, "another password of mine", "", &e));
	later(h, STEP_LENGTH_MS);
	assert_string_equal(visitor_post(&v, "/sign-in/code", code_now(h, secret, 0)).error,
			    "access.error.step");
	assert_null(visitor_cookie(&v, COOKIE_SESSION));
}

/* Guessing codes waits as guessing passwords does, and a step does not last. */
static void codes_are_not_guessed(void **state)
{
	struct harness *h = *state;
	unsigned char secret[TOTP_SECRET_SIZE];
	const char *iin = NULL;
	(void)with_codes(h, harness_person(h, 0), &iin, secret);
	struct visitor v = visitor_new(h, "192.0.2.8");
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	for (int i = 0; i < FAILURES_FREE; i++)
		(void)visitor_post(&v, "/sign-in/code", "code=123456");
	later(h, STEP_LENGTH_MS / 2);
	assert_string_equal(
		visitor_post(&v, "/sign-in/code", code_now(h, secret, STEP_LENGTH_MS)).error,
		"factor.error.code");
	later(h, STEP_MS);
	assert_string_equal(visitor_post(&v, "/sign-in/code", code_now(h, secret, 0)).error,
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
	struct visitor v = with_codes(h, harness_person(h, 0), &iin, secret);
	struct answer a = visitor_post(&v, "/account/recovery", "");
	assert_int_equal(json_array_size(answer_value(&a, "codes")), 10);
	const char *code = answer_text(&a, "codes.3");
	assert_int_equal(strlen(code), 11);
	assert_true(db_exists(h->site.db, &e, &found,
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

/* ---- passkeys ----------------------------------------------------------------- */

#define ORIGIN "https://konkurs.test"

static const char *coded(struct harness *h, const void *bytes, size_t size)
{
	const size_t most =
		sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(h->arena, most);
	return sodium_bin2base64(text, most, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *client_data(struct harness *h, const char *type, const char *challenge,
			       const char *origin)
{
	return arena_print(h->arena,
			   "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\","
			   "\"crossOrigin\":false}",
			   type, coded(h, challenge, strlen(challenge)), origin);
}

static const char *registration(struct harness *h, struct authenticator *a, const char *challenge)
{
	unsigned char data[PASSKEY_DATA_MOST];
	const char *client = client_data(h, "webauthn.create", challenge, ORIGIN);
	const size_t size = authenticator_make(a, "konkurs.test", data);
	return arena_print(h->arena, "credential=%s&client=%s&data=%s&name=token",
			   coded(h, a->id, sizeof(a->id)), coded(h, client, strlen(client)),
			   coded(h, data, size));
}

static const char *assertion(struct harness *h, struct authenticator *a, const char *challenge,
			     const char *origin)
{
	unsigned char data[PASSKEY_DATA_MOST];
	unsigned char hash[PASSKEY_HASH_SIZE];
	unsigned char signature[PASSKEY_DATA_MOST];
	const char *client = client_data(h, "webauthn.get", challenge, origin);
	const size_t size = authenticator_data(a, "konkurs.test", data);
	crypto_hash_sha256(hash, (const unsigned char *)client, strlen(client));
	const size_t length = authenticator_sign(a, data, size, hash, signature);
	return arena_print(h->arena, "credential=%s&client=%s&data=%s&signature=%s",
			   coded(h, a->id, sizeof(a->id)), coded(h, client, strlen(client)),
			   coded(h, data, size), coded(h, signature, length));
}

static const char *challenge_of(struct visitor *v, const char *path)
{
	struct answer a = visitor_get(v, path);
	const char *text = answer_text(&a, "passkey.challenge");
	assert_true(*text);
	return text;
}

/* A browser that has been here: its challenge is bound to its cookie. */
static struct visitor at_the_door(struct harness *h)
{
	struct visitor v = visitor_new(h, "192.0.2.20");
	v.html = true;
	(void)visitor_get(&v, "/sign-in");
	v.html = false;
	return v;
}

static struct visitor with_passkey(struct harness *h, int64_t person, struct authenticator *a)
{
	struct visitor v = visitor_new(h, "192.0.2.7");
	h->site.origin = ORIGIN;
	(void)visitor_post(&v, "/sign-in",
			   visitor_form(h, visitor_account(h, person), VISITOR_PASSWORD));
	struct answer made =
		visitor_post(&v, "/account/passkeys",
			     registration(h, a, challenge_of(&v, "/account/passkeys/new")));
	assert_string_equal(made.location, "/account");
	return v;
}

static void a_passkey_alone_opens(void **state)
{
	struct harness *h = *state;
	static const int algorithms[] = { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		struct authenticator key = authenticator_new(algorithms[i]);
		key.id[0] = (unsigned char)('0' + i);
		(void)with_passkey(h, harness_person(h, 0), &key);
		struct visitor v = at_the_door(h);
		later(h, 1000); /* the list begins with the newest */
		struct answer a =
			visitor_post(&v, "/sign-in/passkey",
				     assertion(h, &key, challenge_of(&v, "/sign-in"), ORIGIN));
		assert_string_equal(a.location, "/");
		a = visitor_get(&v, "/account");
		assert_string_equal(answer_text(&a, "sessions.0.factor"), "passkey");
		assert_string_equal(answer_text(&a, "passkeys.0.name"), "token");
		authenticator_free(&key);
	}
}

static void what_is_no_answer_is_refused(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	struct authenticator other = authenticator_new(PASSKEY_ES256);
	(void)with_passkey(h, harness_person(h, 0), &key);
	struct visitor v = at_the_door(h);
	struct visitor w = at_the_door(h);
	const char *spent = challenge_of(&v, "/sign-in");
	const char *good = assertion(h, &key, spent, ORIGIN);
	assert_string_equal(visitor_post(&v, "/sign-in/passkey", good).location, "/");
	struct visitor x = at_the_door(h);
	const struct {
		const char *why, *form;
	} row[] = {
		{ "another origin", assertion(h, &key, challenge_of(&x, "/sign-in"),
					      "https://konkurs.test.example.org") },
		{ "a challenge of nobody", assertion(h, &key, "0123456789", ORIGIN) },
		{ "a challenge of another browser",
		  assertion(h, &key, challenge_of(&w, "/sign-in"), ORIGIN) },
		{ "another key with this name",
		  assertion(h, &other, challenge_of(&x, "/sign-in"), ORIGIN) },
		{ "the same answer once more", good },
		{ "nothing of a browser's", "credential=a&client=b&data=c&signature=d" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = visitor_post(&x, "/sign-in/passkey", row[i].form);
		if (a.status != 422 || strcmp(a.error, "passkey.error.answer") != 0)
			fail_msg("%s: %d %s", row[i].why, a.status, a.error);
	}
	const char *late = challenge_of(&x, "/sign-in");
	later(h, PROOF_LIFE_MS);
	assert_string_equal(
		visitor_post(&x, "/sign-in/passkey", assertion(h, &key, late, ORIGIN)).error,
		"passkey.error.answer");
	authenticator_free(&key);
	authenticator_free(&other);
}

/* WebAuthn level 2, 7.2.21: a counter that stands still is a copy of the key. */
static void a_copied_key_is_found_out(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	const int64_t person = harness_person(h, 0);
	(void)with_passkey(h, person, &key);
	for (int i = 0; i < 2; i++) {
		struct visitor v = at_the_door(h);
		assert_string_equal(
			visitor_post(&v, "/sign-in/passkey",
				     assertion(h, &key, challenge_of(&v, "/sign-in"), ORIGIN))
				.location,
			"/");
	}
	key.uses = 0; /* as the copy has it */
	struct visitor v = at_the_door(h);
	struct answer a = visitor_post(&v, "/sign-in/passkey",
				       assertion(h, &key, challenge_of(&v, "/sign-in"), ORIGIN));
	assert_string_equal(a.error, "passkey.error.answer");
	assert_int_equal(stage_journalled(h, "account.passkey_copied"), 1);
	assert_int_equal(stage_told(h, person, "account.factor_removed"), 1);
	key.uses = 100;
	a = visitor_post(&v, "/sign-in/passkey",
			 assertion(h, &key, challenge_of(&v, "/sign-in"), ORIGIN));
	assert_string_equal(a.error, "passkey.error.answer");
	authenticator_free(&key);
}

/* Behind the password of one person another one's passkey opens nothing. */
static void a_passkey_behind_the_password(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_EDDSA);
	struct authenticator other = authenticator_new(PASSKEY_ES256);
	const int64_t person = harness_person(h, 0);
	const char *iin = NULL;
	struct err e = { 0 };
	other.id[0] = 'o';
	(void)with_passkey(h, person, &key);
	(void)with_passkey(h, harness_person(h, 0), &other);
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	struct visitor v = at_the_door(h);
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	struct answer a =
		visitor_post(&v, "/sign-in/passkey",
			     assertion(h, &other, challenge_of(&v, "/sign-in/code"), ORIGIN));
	assert_string_equal(a.error, "passkey.error.answer");
	a = visitor_post(&v, "/sign-in/passkey",
			 assertion(h, &key, challenge_of(&v, "/sign-in/code"), ORIGIN));
	assert_string_equal(a.location, "/");
	authenticator_free(&key);
	authenticator_free(&other);
}

static void passkeys_have_their_place(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *why, *origin, *host, *site;
		bool secure;
	} row[] = {
		{ "plain HTTP at some host", NULL, "konkurs.test", "", false },
		{ "localhost, for trying it out", NULL, "localhost:8080", "localhost", false },
		{ "a host that only begins so", NULL, "localhost.example.org", "", false },
		{ "the origin that was said", "https://konkurs.kz:444", "konkurs.test",
		  "konkurs.kz", true },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct visitor v = visitor_new(h, "192.0.2.7");
		h->site.origin = row[i].origin;
		v.host = row[i].host;
		struct answer a = visitor_get(&v, "/sign-in");
		if (strcmp(answer_text(&a, "passkey.site"), row[i].site) != 0)
			fail_msg("%s: %s", row[i].why, answer_text(&a, "passkey.site"));
	}
}

/* The last factor of somebody whose office demands one stays. */
static void the_last_factor_stays(void **state)
{
	struct harness *h = *state;
	struct authenticator key = authenticator_new(PASSKEY_ES256);
	struct visitor v = with_passkey(h, harness_person(h, ROLE_ADMIN), &key);
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
	struct visitor v = with_passkey(h, harness_person(h, ROLE_ADMIN), &key);
	const char *password =
		arena_print(h->arena, "password=%s", http_encode(h->arena, VISITOR_PASSWORD));
	struct answer a = visitor_get(&v, "/reauth");
	assert_true(json_is_false(answer_value(&a, "by_password")));
	assert_true(json_is_object(answer_value(&a, "passkey")));
	a = visitor_post(&v, "/account/recovery", "");
	const char *paper = answer_text(&a, "codes.0");
	later(h, REAUTH_FRESH_MS);
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
	later(h, REAUTH_FRESH_MS);
	a = visitor_post(&v, "/reauth/passkey",
			 assertion(h, &key, challenge_of(&v, "/reauth"), ORIGIN));
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
	h->site.origin = ORIGIN;
	struct visitor thief = visitor_new(h, "192.0.2.66");
	struct visitor v = visitor_new(h, "192.0.2.7");
	(void)visitor_post(&thief, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_int_equal(visitor_get(&thief, "/account").status, 200);
	struct answer a =
		visitor_post(&v, "/account/passkeys",
			     registration(h, &key, challenge_of(&v, "/account/passkeys/new")));
	assert_string_equal(a.location, "/account");
	assert_string_equal(visitor_get(&thief, "/account").error, "error.signed_out");
	assert_int_equal(stage_journalled(h, "session.ended"), 1);
	/* one that has shown a factor stays when another comes */
	struct visitor w = at_the_door(h);
	(void)visitor_post(&w, "/sign-in/passkey",
			   assertion(h, &key, challenge_of(&w, "/sign-in"), ORIGIN));
	unsigned char secret[TOTP_SECRET_SIZE];
	assert_string_equal(visitor_post(&v, "/account/codes", "").location, "/account/codes");
	a = visitor_get(&v, "/account/codes");
	visitor_secret(answer_text(&a, "totp.secret"), secret);
	assert_string_equal(
		visitor_post(&v, "/account/codes/confirm", code_now(h, secret, 0)).location,
		"/account");
	assert_int_equal(visitor_get(&w, "/account").status, 200);
	assert_int_equal(stage_journalled(h, "session.ended"), 1);
	authenticator_free(&key);
}

/* ---- certificates --------------------------------------------------------------- */

static const char *signed_form(struct signing *s, const struct test_holder *holder,
			       const char *challenge, const char *signed_text)
{
	struct harness *h = s->h;
	const struct der cms = signing_cms_of(s, holder, signed_text);
	const size_t most = sodium_base64_ENCODED_LEN(cms.size, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(h->arena, most);
	(void)sodium_bin2base64(text, most, cms.bytes, cms.size, sodium_base64_VARIANT_ORIGINAL);
	return arena_print(h->arena, "challenge=%s&signature=%s", challenge,
			   http_encode(h->arena, text));
}

#define FOR_THE_DOOR                                                                               \
	{                                                                                          \
		.serial = 8, .usage = USAGE_DIGITAL_SIGNATURE, .purposes = { "1.3.6.1.5.5.7.3.2" } \
	}

/* "konkurs-sign-in ORIGIN TIME NONCE": what is signed says what it is good for. */
static const char *text_to_sign(struct visitor *v, const char **ret_challenge)
{
	struct answer a = visitor_get(v, "/sign-in/certificate");
	char time[INSTANT_TEXT_SIZE];
	instant_print(harness_act(v->h, 0).now_ms, time);
	*ret_challenge = answer_text(&a, "challenge");
	assert_int_equal(strlen(*ret_challenge), 80);
	assert_string_equal(
		answer_text(&a, "text"),
		arena_print(v->h->arena, "konkurs-sign-in %s %s %s",
			    v->h->site.origin ? v->h->site.origin : "http://konkurs.test", time,
			    *ret_challenge));
	return answer_text(&a, "text");
}

/* F12: key and PIN of the national authority, verified offline. */
static void a_certificate_opens(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h);
	const struct test_plan sign_in = FOR_THE_DOOR;
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
	struct visitor v = at_the_door(h);
	struct answer a = visitor_get(&v, "/sign-in?back=%2Faccount%3Fa%3D1");
	assert_string_equal(answer_text(&a, "certificate"),
			    "/sign-in/certificate?back=%2Faccount%3Fa%3D1");
	const char *nonce = NULL;
	const char *text = text_to_sign(&v, &nonce);
	a = visitor_get(
		&v, arena_print(h->arena, "/sign-in/certificate/challenge?challenge=%s", nonce));
	assert_string_equal(a.body, text);
	const struct {
		const char *why, *form, *error;
	} row[] = {
		{ "another text was signed",
		  signed_form(&s, &own, nonce, "another text, long enough"),
		  "signature.fault.document" },
		{ "the nonce alone", signed_form(&s, &own, nonce, nonce),
		  "signature.fault.document" },
		{ "a key for mail and documents that may sign anything",
		  signed_form(&s, &letters, nonce, text), "access.error.usage" },
		{ "a key for documents", signed_form(&s, &documents, nonce, text),
		  "access.error.usage" },
		{ "a challenge of nobody",
		  signed_form(&s, &own,
			      "0123456789abcdef0123456789abcdef"
			      "0123456789abcdef0123456789abcdef"
			      "0123456789abcdef",
			      text),
		  "access.error.challenge" },
		{ "somebody without an account", signed_form(&s, &stranger, nonce, text),
		  "access.error.certificate" },
		{ "nothing", arena_print(h->arena, "challenge=%s", nonce), "error.required" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		a = visitor_post(&v, "/sign-in/certificate", row[i].form);
		if (strcmp(a.error, row[i].error) != 0)
			fail_msg("%s: %d %s", row[i].why, a.status, a.error);
	}
	/* the challenge of the stranger's answer is used up: a fresh one */
	later(h, 1000); /* the list begins with the newest */
	text = text_to_sign(&v, &nonce);
	const char *good = signed_form(&s, &own, nonce, text);
	assert_string_equal(visitor_post(&v, "/sign-in/certificate", good).location, "/");
	a = visitor_get(&v, "/account");
	assert_string_equal(answer_text(&a, "sessions.0.factor"), "certificate");
	struct visitor w = at_the_door(h);
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
	const struct test_plan sign_in = FOR_THE_DOOR;
	struct ways w = { .h = h };
	h->site.origin = ORIGIN;
	w.key = authenticator_new(PASSKEY_ES256);
	w.signing = signing_open(h);
	w.holder = signing_holder(&w.signing, person, &sign_in);
	w.inside = with_codes(h, person, &w.iin, w.secret);
	struct answer made = visitor_post(
		&w.inside, "/account/passkeys",
		registration(h, &w.key, challenge_of(&w.inside, "/account/passkeys/new")));
	assert_string_equal(made.location, "/account");
	return w;
}

/* Each way to its end, with the right thing; every one is answered by `error`. */
static void try_ways(struct ways *w, const char *error)
{
	struct harness *h = w->h;
	struct visitor v = at_the_door(h);
	later(h, STEP_LENGTH_MS); /* each code is good once */
	assert_string_equal(
		visitor_post(&v, "/sign-in", visitor_form(h, w->iin, VISITOR_PASSWORD)).location,
		"/sign-in/code?back=%2Faccount");
	assert_string_equal(visitor_post(&v, "/sign-in/code", code_now(h, w->secret, 0)).error,
			    error);
	v = at_the_door(h);
	assert_string_equal(
		visitor_post(&v, "/sign-in/passkey",
			     assertion(h, &w->key, challenge_of(&v, "/sign-in"), ORIGIN))
			.error,
		error);
	v = at_the_door(h);
	const char *nonce = NULL;
	const char *text = text_to_sign(&v, &nonce);
	assert_string_equal(visitor_post(&v, "/sign-in/certificate",
					 signed_form(&w->signing, &w->holder, nonce, text))
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
	struct visitor v = at_the_door(h);
	v.html = true;
	struct answer a = visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	assert_int_equal(a.status, 409);
	assert_non_null(strstr(a.body, "Есептік жазбаңыз бұғатталған"));
	assert_non_null(strstr(a.body, "action=\"/sign-in\""));
	assert_null(visitor_cookie(&v, COOKIE_SESSION));
}

static void pages_hide_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	h->site.origin = ORIGIN;
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
		HARNESS_TEST(a_passkey_alone_opens),
		HARNESS_TEST(what_is_no_answer_is_refused),
		HARNESS_TEST(a_copied_key_is_found_out),
		HARNESS_TEST(a_passkey_behind_the_password),
		HARNESS_TEST(passkeys_have_their_place),
		HARNESS_TEST(the_last_factor_stays),
		HARNESS_TEST(the_password_is_less_than_a_passkey),
		HARNESS_TEST(the_first_factor_ends_sessions_without_one),
		HARNESS_TEST(a_certificate_opens),
		HARNESS_TEST(a_disabled_account_opens_no_door),
		HARNESS_TEST(who_is_disabled_is_told),
		HARNESS_TEST(pages_hide_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
