/* authenticator.h - an authenticator made of software, for tests: registers and signs as a
 * browser's would (WebAuthn level 2, 6.1 and 6.5). */
#pragma once
#include "sign/passkey.h"

#include <openssl/evp.h>

enum { AUTH_PRESENT = 0x01, AUTH_VERIFIED = 0x04, AUTH_ATTESTED = 0x40, AUTH_ID_SIZE = 20 };

struct authenticator {
	EVP_PKEY *key;
	int algorithm; /* COSE */
	unsigned char id[AUTH_ID_SIZE];
	unsigned flags; /* AUTH_PRESENT | AUTH_VERIFIED */
	uint32_t uses;
};

struct authenticator authenticator_new(int algorithm);
void authenticator_free(struct authenticator *a);

/* Authenticator data for `site` into `ret` (of PASSKEY_DATA_MOST bytes); the size. */
size_t authenticator_make(struct authenticator *a, const char *site, unsigned char *ret);
size_t authenticator_data(struct authenticator *a, const char *site, unsigned char *ret);

/* The signature over data and hash of the client data. */
size_t authenticator_sign(struct authenticator *a, const unsigned char *data, size_t size,
			  const unsigned char hash[PASSKEY_HASH_SIZE], unsigned char *ret);
