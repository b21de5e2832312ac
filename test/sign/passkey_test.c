/* Passkeys: keys read, signatures verified, and everything that is not quite right refused. */
#include "authenticator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SITE "konkurs.test"

static const int algorithms[] = { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };
static const unsigned char client[PASSKEY_HASH_SIZE] = "hash of some client data, 32 b.";

static void every_algorithm_registers_and_signs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		unsigned char data[PASSKEY_DATA_MOST];
		unsigned char signature[PASSKEY_DATA_MOST];
		struct authenticator a = authenticator_new(algorithms[i]);
		struct passkey_made made = { .id_size = 0 };
		int64_t uses = -1;
		size_t size = authenticator_make(&a, SITE, data);
		assert_true(passkey_read(SITE, data, size, &made));
		assert_int_equal(made.key.algorithm, algorithms[i]);
		assert_int_equal(made.id_size, AUTH_ID_SIZE);
		assert_memory_equal(made.id, a.id, AUTH_ID_SIZE);
		size = authenticator_data(&a, SITE, data);
		size_t length = authenticator_sign(&a, data, size, client, signature);
		assert_true(passkey_signed(&made.key, SITE, data, size, client, signature, length,
					   &uses));
		assert_int_equal(uses, 1);
		authenticator_free(&a);
	}
}

/* ASVS 6.3.3, WebAuthn level 2, 7.1: not verified is one factor only. */
static void registrations_are_refused(void **state)
{
	static const struct {
		const char *why, *site;
		unsigned flags;
		int cut; /* bytes of the end */
	} row[] = {
		{ "of another site", "konkurs.example", AUTH_PRESENT | AUTH_VERIFIED, 0 },
		{ "nobody was present", SITE, AUTH_VERIFIED, 0 },
		{ "the person was not verified", SITE, AUTH_PRESENT, 0 },
		{ "cut in the key", SITE, AUTH_PRESENT | AUTH_VERIFIED, 5 },
		{ "without a key", SITE, AUTH_PRESENT | AUTH_VERIFIED, 70 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		unsigned char data[PASSKEY_DATA_MOST];
		struct authenticator a = authenticator_new(PASSKEY_ES256);
		struct passkey_made made = { .id_size = 0 };
		a.flags = row[i].flags;
		size_t size = authenticator_make(&a, row[i].site, data);
		if (passkey_read(SITE, data, size - (size_t)row[i].cut, &made))
			fail_msg("%s: was taken", row[i].why);
		authenticator_free(&a);
	}
}

/* Any prefix, and any single byte changed: never a crash, and a signature holds for its bytes
 * alone. */
static void hostile_bytes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		unsigned char data[PASSKEY_DATA_MOST];
		unsigned char signature[PASSKEY_DATA_MOST];
		struct authenticator a = authenticator_new(algorithms[i]);
		struct passkey_made made = { .id_size = 0 };
		struct passkey_made other = { .id_size = 0 };
		int64_t uses = 0;
		size_t size = authenticator_make(&a, SITE, data);
		assert_true(passkey_read(SITE, data, size, &made));
		for (size_t cut = 0; cut < size; cut++)
			assert_false(passkey_read(SITE, data, cut, &other));
		size = authenticator_data(&a, SITE, data);
		size_t length = authenticator_sign(&a, data, size, client, signature);
		for (size_t at = 0; at < size; at++) {
			data[at] ^= 0x10;
			assert_false(passkey_signed(&made.key, SITE, data, size, client, signature,
						    length, &uses));
			data[at] ^= 0x10;
		}
		for (size_t at = 0; at < length; at += 7) {
			signature[at] ^= 0x01;
			assert_false(passkey_signed(&made.key, SITE, data, size, client, signature,
						    length, &uses));
			signature[at] ^= 0x01;
		}
		assert_true(passkey_signed(&made.key, SITE, data, size, client, signature, length,
					   &uses));
		authenticator_free(&a);
	}
}

static void another_key_site_or_state_is_refused(void **state)
{
	unsigned char data[PASSKEY_DATA_MOST];
	unsigned char signature[PASSKEY_DATA_MOST];
	struct authenticator a = authenticator_new(PASSKEY_ES256);
	struct authenticator b = authenticator_new(PASSKEY_ES256);
	struct passkey_made made = { .id_size = 0 };
	struct passkey_made other = { .id_size = 0 };
	int64_t uses = 0;
	(void)state;
	size_t size = authenticator_make(&a, SITE, data);
	assert_true(passkey_read(SITE, data, size, &made));
	size = authenticator_make(&b, SITE, data);
	assert_true(passkey_read(SITE, data, size, &other));
	size = authenticator_data(&a, SITE, data);
	size_t length = authenticator_sign(&a, data, size, client, signature);
	assert_false(
		passkey_signed(&other.key, SITE, data, size, client, signature, length, &uses));
	assert_false(passkey_signed(&made.key, "example.org", data, size, client, signature, length,
				    &uses));
	a.flags = AUTH_PRESENT; /* signed rightly, by somebody whom nobody has verified */
	size = authenticator_data(&a, SITE, data);
	length = authenticator_sign(&a, data, size, client, signature);
	assert_false(passkey_signed(&made.key, SITE, data, size, client, signature, length, &uses));
	authenticator_free(&a);
	authenticator_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_algorithm_registers_and_signs),
		cmocka_unit_test(registrations_are_refused),
		cmocka_unit_test(hostile_bytes_are_refused),
		cmocka_unit_test(another_key_site_or_state_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
