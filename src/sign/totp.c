#include "sign/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* liboath takes bytes as char. */
static const char *chars(const unsigned char *bytes)
{
	return (const char *)bytes;
}

void totp_base32(const unsigned char secret[TOTP_SECRET_SIZE], char ret[TOTP_BASE32_SIZE])
{
	char *text = NULL;
	size_t size = 0;
	ret[0] = '\0';
	if (oath_base32_encode(chars(secret), TOTP_SECRET_SIZE, &text, &size) != OATH_OK)
		return;
	if (size < TOTP_BASE32_SIZE)
		memcpy(ret, text, size + 1);
	sodium_memzero(text, size);
	free(text);
}

static void code_of(const unsigned char *secret, int64_t step, char ret[TOTP_DIGITS + 1])
{
	if (oath_hotp_generate(chars(secret), TOTP_SECRET_SIZE, (uint64_t)step, TOTP_DIGITS, false,
			       OATH_HOTP_DYNAMIC_TRUNCATION, ret) != OATH_OK)
		ret[0] = '\0';
}

int64_t totp_step_of(const unsigned char secret[TOTP_SECRET_SIZE], const char *code, int64_t now_ms,
		     int64_t last_step)
{
	const int64_t now = now_ms / 1000 / TOTP_STEP_S;
	int64_t found = 0;
	if (strlen(code) != TOTP_DIGITS)
		return 0;
	for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
		char right[TOTP_DIGITS + 1];
		code_of(secret, step, right);
		/* all of them are compared, whichever it is */
		if (right[0] && sodium_memcmp(right, code, TOTP_DIGITS) == 0 && step > last_step &&
		    found == 0)
			found = step;
	}
	return found;
}

void totp_code(const unsigned char secret[TOTP_SECRET_SIZE], int64_t now_ms,
	       char ret[TOTP_DIGITS + 1])
{
	code_of(secret, now_ms / 1000 / TOTP_STEP_S, ret);
}
