/* passkey.h - what an authenticator of a browser signs (WebAuthn level 2), verified by libfido2.
 *
 * Bytes in, verdict out.  Who made the authenticator is not asked (attestation "none"): the browser
 * hands over the authenticator data themselves, and nothing else of a registration is signed.  Each
 * use must have been verified by the authenticator - a PIN, a finger, a face - so that a passkey is
 * two factors: what one has, and what one knows or is. */
#pragma once
#include "base/err.h"

enum {
	PASSKEY_ES256 = -7,
	PASSKEY_EDDSA = -8,
	PASSKEY_RS256 = -257,
	PASSKEY_KEY_MOST = 300,
	PASSKEY_ID_MOST = 1023,   /* bytes of a credential's id                   */
	PASSKEY_DATA_MOST = 4096, /* of authenticator data, client data, signature */
	PASSKEY_HASH_SIZE = 32,   /* SHA-256 of the client data                   */
};

struct passkey_key {
	int algorithm; /* COSE */
	unsigned char bytes[PASSKEY_KEY_MOST];
	size_t size;
};

struct passkey_made {
	struct passkey_key key;
	unsigned char id[PASSKEY_ID_MOST];
	size_t id_size;
	int64_t uses;
};

/* The key in authenticator data of a registration.  False unless they are whole, for `site` ("rp
 * id"), with the person present and verified, and of one of the three algorithms. */
bool passkey_read(const char *site, const void *data, size_t size,
		  struct passkey_made *ret) MUST_USE;

/* Whether the key has signed authenticator data and client data for `site`, person present and
 * verified; `ret_uses` is the authenticator's counter, 0 where it has none. */
bool passkey_signed(const struct passkey_key *key, const char *site, const void *data, size_t size,
		    const unsigned char client_hash[PASSKEY_HASH_SIZE], const void *signature,
		    size_t signature_size, int64_t *ret_uses) MUST_USE;
