/* proof.h - challenges for a person's authenticator: fresh, this site's, and each good once.
 *
 * A challenge is random bytes, the time, and the site's keyed hash over both, what it is for and
 * the form token of the browser that it was made for.  Nothing is stored until one was answered
 * (access_challenge_take()), so that asking for them costs nothing. */
#pragma once
#include "app/access/passkey.h"
#include "web/web.h"

enum { PROOF_LIFE_MS = 5 * 60 * 1000, PROOF_SIZE = 81 };

#define PROOF_SIGN_IN     "passkey sign-in"
#define PROOF_REGISTER    "passkey registration"
#define PROOF_AGAIN       "passkey again"
#define PROOF_CERTIFICATE "certificate sign-in"

/* Where this site stands for a passkey; false where browsers have none: over plain HTTP at another
 * host than localhost. */
bool proof_place(const struct req *r, struct passkey_place *ret);

/* Adds "passkey" to the model: {challenge, site, credentials: [text]} for the passkeys of
 * `person_id` (0: whichever the browser has), or null where there can be none. */
bool proof_model(struct req *r, const char *purpose, int64_t person_id, json_t *model,
		 struct err *e) MUST_USE;

/* A fresh challenge, and until when one is good; 0 if it is not of this site and browser, or not
 * any more.  Whoever takes an answer calls access_challenge_take() besides. */
const char *proof_challenge(const struct req *r, const char *purpose);
int64_t proof_good_until(const struct req *r, const char *purpose, const char *text);

/* The fields that a passkey form sends, for the parameters of its route. */
#define PROOF_PARAMS                                                                               \
	{ "credential", P_TEXT, 1, PASSKEY_NAME_CODED_MOST, true, NULL },                          \
		{ "client", P_TEXT, 1, PASSKEY_TEXT_MOST, true, NULL },                            \
	{                                                                                          \
		"data", P_TEXT, 1, PASSKEY_TEXT_MOST, true, NULL                                   \
	}
#define PROOF_SIGNED_PARAMS                                                                        \
	PROOF_PARAMS,                                                                              \
	{                                                                                          \
		"signature", P_TEXT, 1, PASSKEY_TEXT_MOST, true, NULL                              \
	}

/* What was sent, and the challenge in it if it is one of ours that nobody has answered yet; it is
 * answered now.  `ret_challenge` is NULL otherwise. */
bool proof_take(struct req *r, const char *purpose, struct passkey_sent *ret,
		const char **ret_challenge, struct err *e) MUST_USE;
