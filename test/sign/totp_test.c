/* Codes of a telephone: the vectors of RFC 6238, the window, and no code twice. */
#include "sign/totp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char secret[TOTP_SECRET_SIZE + 1] = "12345678901234567890";

/* Appendix B, SHA-1, the last six digits. */
static void vectors_of_the_rfc(void **state)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} row[] = {
		{ 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char code[TOTP_DIGITS + 1];
		totp_code(secret, row[i].at_s * 1000, code);
		assert_string_equal(code, row[i].code);
		assert_int_equal(totp_step_of(secret, code, row[i].at_s * 1000, 0),
				 row[i].at_s / TOTP_STEP_S);
	}
}

/* ASVS 6.5.1, 6.5.5 */
static void a_code_has_its_time_and_is_good_once(void **state)
{
	const int64_t now_ms = 1234567890000;
	const int64_t step = now_ms / 1000 / TOTP_STEP_S;
	char code[TOTP_DIGITS + 1];
	(void)state;
	totp_code(secret, now_ms, code);
	for (int away = -3; away <= 3; away++) {
		const int64_t at_ms = now_ms + (int64_t)away * TOTP_STEP_S * 1000;
		const bool taken = totp_step_of(secret, code, at_ms, 0) == step;
		assert_int_equal(taken, away >= -TOTP_WINDOW && away <= TOTP_WINDOW);
	}
	assert_int_equal(totp_step_of(secret, code, now_ms, step), 0);
	assert_int_equal(totp_step_of(secret, code, now_ms, step - 1), step);
}

static void what_is_no_code_is_refused(void **state)
{
	static const char *const text[] = { "", "28708", "2870822", "28708a", "      ", "000000" };
	(void)state;
	for (size_t i = 0; i < COUNT(text); i++)
		assert_int_equal(totp_step_of(secret, text[i], 59000, 0), 0);
}

static void the_secret_as_people_type_it(void **state)
{
	char text[TOTP_BASE32_SIZE];
	(void)state;
	totp_base32(secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_rfc),
		cmocka_unit_test(a_code_has_its_time_and_is_good_once),
		cmocka_unit_test(what_is_no_code_is_refused),
		cmocka_unit_test(the_secret_as_people_type_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
