/* device_key.h - what a computer of a hall shows of itself: a browser's key, or a certificate
 * (F35).
 *
 * A browser's key is ECDSA P-256 with SHA-256 as WebCrypto makes it: the public key is a DER
 * SubjectPublicKeyInfo, a signature the 64 bytes r || s (IEEE P1363).  OpenSSL does the work. */
#pragma once
#include "base/arena.h"

enum { DEVICE_FINGERPRINT_SIZE = 65, DEVICE_KEY_MOST = 400, DEVICE_SIGNATURE_MOST = 120 };

/* SHA-256 of a public key given in base64, as hexadecimal; false if it is no P-256 key. */
bool device_key_fingerprint(struct arena *a, const char *public_key,
			    char ret[DEVICE_FINGERPRINT_SIZE]);

/* Whether `signature` (base64) over `message` was made with the key (base64). */
bool device_key_signed(struct arena *a, const char *public_key, const char *message,
		       const char *signature);

/* SHA-256 of a certificate's DER form, as hexadecimal; false if `pem` is no certificate. */
bool certificate_fingerprint(const char *pem, char ret[DEVICE_FINGERPRINT_SIZE]);
