/* Passkeys through the pages (WebAuthn). */
#include "way.h"

#include "web/access/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_passkey_alone_opens(void **state)
{
	struct harness *h = *state;
	static const int algorithms[] = { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		struct authenticator key = authenticator_new(algorithms[i]);
		key.id[0] = (unsigned char)('0' + i);
		(void)way_with_passkey(h, harness_person(h, 0), &key);
		struct visitor v = way_at_the_door(h);
		way_later(h, 1000); /* the list begins with the newest */
		struct answer a = visitor_post(
			&v, "/sign-in/passkey",
			way_assertion(h, &key, way_challenge(&v, "/sign-in"), WAY_ORIGIN));
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
	(void)way_with_passkey(h, harness_person(h, 0), &key);
	struct visitor v = way_at_the_door(h);
	struct visitor w = way_at_the_door(h);
	const char *spent = way_challenge(&v, "/sign-in");
	const char *good = way_assertion(h, &key, spent, WAY_ORIGIN);
	assert_string_equal(visitor_post(&v, "/sign-in/passkey", good).location, "/");
	struct visitor x = way_at_the_door(h);
	const struct {
		const char *why, *form;
	} row[] = {
		{ "another origin", way_assertion(h, &key, way_challenge(&x, "/sign-in"),
						  "https://konkurs.test.example.org") },
		{ "a challenge of nobody", way_assertion(h, &key, "0123456789", WAY_ORIGIN) },
		{ "a challenge of another browser",
		  way_assertion(h, &key, way_challenge(&w, "/sign-in"), WAY_ORIGIN) },
		{ "another key with this name",
		  way_assertion(h, &other, way_challenge(&x, "/sign-in"), WAY_ORIGIN) },
		{ "the same answer once more", good },
		{ "nothing of a browser's", "credential=a&client=b&data=c&signature=d" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = visitor_post(&x, "/sign-in/passkey", row[i].form);
		if (a.status != 422 || strcmp(a.error, "passkey.error.answer") != 0)
			fail_msg("%s: %d %s", row[i].why, a.status, a.error);
	}
	const char *late = way_challenge(&x, "/sign-in");
	way_later(h, PROOF_LIFE_MS);
	assert_string_equal(
		visitor_post(&x, "/sign-in/passkey", way_assertion(h, &key, late, WAY_ORIGIN))
			.error,
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
	(void)way_with_passkey(h, person, &key);
	for (int i = 0; i < 2; i++) {
		struct visitor v = way_at_the_door(h);
		assert_string_equal(
			visitor_post(
				&v, "/sign-in/passkey",
				way_assertion(h, &key, way_challenge(&v, "/sign-in"), WAY_ORIGIN))
				.location,
			"/");
	}
	key.uses = 0; /* as the copy has it */
	struct visitor v = way_at_the_door(h);
	struct answer a =
		visitor_post(&v, "/sign-in/passkey",
			     way_assertion(h, &key, way_challenge(&v, "/sign-in"), WAY_ORIGIN));
	assert_string_equal(a.error, "passkey.error.answer");
	assert_int_equal(stage_journalled(h, "account.passkey_copied"), 1);
	assert_int_equal(stage_told(h, person, "account.factor_removed"), 1);
	key.uses = 100;
	a = visitor_post(&v, "/sign-in/passkey",
			 way_assertion(h, &key, way_challenge(&v, "/sign-in"), WAY_ORIGIN));
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
	(void)way_with_passkey(h, person, &key);
	(void)way_with_passkey(h, harness_person(h, 0), &other);
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	struct visitor v = way_at_the_door(h);
	(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	struct answer a = visitor_post(
		&v, "/sign-in/passkey",
		way_assertion(h, &other, way_challenge(&v, "/sign-in/code"), WAY_ORIGIN));
	assert_string_equal(a.error, "passkey.error.answer");
	a = visitor_post(&v, "/sign-in/passkey",
			 way_assertion(h, &key, way_challenge(&v, "/sign-in/code"), WAY_ORIGIN));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_passkey_alone_opens),
		HARNESS_TEST(what_is_no_answer_is_refused),
		HARNESS_TEST(a_copied_key_is_found_out),
		HARNESS_TEST(a_passkey_behind_the_password),
		HARNESS_TEST(passkeys_have_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
