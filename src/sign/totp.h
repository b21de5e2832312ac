/* totp.h - codes of six digits that change every thirty seconds (RFC 6238, HMAC-SHA-1, as every
 * telephone's program makes them).  liboath does the work. */
#pragma once
#include "base/err.h"

enum {
	TOTP_SECRET_SIZE = 20, /* bytes: as long as the hash, RFC 4226 4       */
	TOTP_BASE32_SIZE = 33, /* of a secret, terminated                        */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	TOTP_WINDOW = 1, /* steps before and after: clocks differ (RFC 6238 5.2) */
};

void totp_base32(const unsigned char secret[TOTP_SECRET_SIZE], char ret[TOTP_BASE32_SIZE]);

/* The step of time that `code` belongs to, if it is a code of this secret around `now_ms` and newer
 * than `last_step`; 0 if it is not.  Takes the same time for each. */
int64_t totp_step_of(const unsigned char secret[TOTP_SECRET_SIZE], const char *code, int64_t now_ms,
		     int64_t last_step);

/* The code of that instant: for tests and for nothing else. */
void totp_code(const unsigned char secret[TOTP_SECRET_SIZE], int64_t now_ms,
	       char ret[TOTP_DIGITS + 1]);
