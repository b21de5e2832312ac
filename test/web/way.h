/* way.h - the ways in, gone by a visitor (visitor.h): codes of a telephone, passkeys, certificates.
 */
#pragma once
#include "authenticator.h"
#include "sign/totp.h"
#include "signing.h"
#include "visitor.h"

#define WAY_ORIGIN "https://konkurs.test"

/* A plan (signing_holder) of a key that opens the door and signs no document. */
#define WAY_CERTIFICATE                                                                            \
	{                                                                                          \
		.serial = 8, .usage = USAGE_DIGITAL_SIGNATURE, .purposes = { "1.3.6.1.5.5.7.3.2" } \
	}

enum { WAY_STEP_MS = TOTP_STEP_S * 1000 }; /* each code is good once */

void way_later(struct harness *h, int64_t ms);

/* "code=123456" of a generator with this secret, some time on. */
const char *way_code(struct harness *h, const unsigned char *secret, int64_t later_ms);

/* Somebody with an account, signed in by password, who sets a generator up. */
struct visitor way_with_codes(struct harness *h, int64_t person, const char **ret_iin,
			      unsigned char secret[TOTP_SECRET_SIZE]);

/* The challenge on a page; what an authenticator makes of it, as the pages send it. */
const char *way_challenge(struct visitor *v, const char *path);
const char *way_registration(struct harness *h, struct authenticator *a, const char *challenge);
const char *way_assertion(struct harness *h, struct authenticator *a, const char *challenge,
			  const char *origin);

/* A browser that has been here: its challenge is bound to its cookie. */
struct visitor way_at_the_door(struct harness *h);

/* Somebody with an account and a passkey, signed in. */
struct visitor way_with_passkey(struct harness *h, int64_t person, struct authenticator *a);

/* What is to be signed at the door ("konkurs-sign-in ORIGIN TIME NONCE") and its challenge; the
 * form with a signature over a text. */
const char *way_text(struct visitor *v, const char **ret_challenge);
const char *way_signed_form(struct signing *s, const struct test_holder *holder,
			    const char *challenge, const char *signed_text);
