#include "way.h"

#include "app/access/session.h"
#include "sign/totp.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

const char *way_code(struct harness *h, const unsigned char *secret, int64_t later_ms)
{
	char code[TOTP_DIGITS + 1];
	totp_code(secret, clock_now(&h->site.clock) + later_ms, code);
	return arena_print(h->arena, "code=%s", code);
}

void way_later(struct harness *h, int64_t ms)
{
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + ms);
}

/* Somebody with an account, signed in by password, who sets a generator up. */
struct visitor way_with_codes(struct harness *h, int64_t person, const char **ret_iin,
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
	a = visitor_post(&v, "/account/codes/confirm", way_code(h, secret, 0));
	assert_string_equal(a.location, "/account");
	return v;
}

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

const char *way_registration(struct harness *h, struct authenticator *a, const char *challenge)
{
	unsigned char data[PASSKEY_DATA_MOST];
	const char *client = client_data(h, "webauthn.create", challenge, WAY_ORIGIN);
	const size_t size = authenticator_make(a, "konkurs.test", data);
	return arena_print(h->arena, "credential=%s&client=%s&data=%s&name=token",
			   coded(h, a->id, sizeof(a->id)), coded(h, client, strlen(client)),
			   coded(h, data, size));
}

const char *way_assertion(struct harness *h, struct authenticator *a, const char *challenge,
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

const char *way_challenge(struct visitor *v, const char *path)
{
	struct answer a = visitor_get(v, path);
	const char *text = answer_text(&a, "passkey.challenge");
	assert_true(*text);
	return text;
}

/* A browser that has been here: its challenge is bound to its cookie. */
struct visitor way_at_the_door(struct harness *h)
{
	struct visitor v = visitor_new(h, "192.0.2.20");
	v.html = true;
	(void)visitor_get(&v, "/sign-in");
	v.html = false;
	return v;
}

struct visitor way_with_passkey(struct harness *h, int64_t person, struct authenticator *a)
{
	struct visitor v = visitor_new(h, "192.0.2.7");
	h->site.origin = WAY_ORIGIN;
	(void)visitor_post(&v, "/sign-in",
			   visitor_form(h, visitor_account(h, person), VISITOR_PASSWORD));
	struct answer made =
		visitor_post(&v, "/account/passkeys",
			     way_registration(h, a, way_challenge(&v, "/account/passkeys/new")));
	assert_string_equal(made.location, "/account");
	return v;
}

const char *way_signed_form(struct signing *s, const struct test_holder *holder,
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

/* "konkurs-sign-in ORIGIN TIME NONCE": what is signed says what it is good for. */
const char *way_text(struct visitor *v, const char **ret_challenge)
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
