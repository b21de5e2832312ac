/* Keys and certificates of hall computers (F35): what is accepted, and what is not. */
#include "sign/device_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sodium.h>

struct pair {
	EVP_PKEY *key;
	char public_key[DEVICE_KEY_MOST];
};

static struct pair make_pair(const char *group)
{
	struct pair p = { .key = EVP_EC_gen(group) };
	unsigned char *der = NULL;
	assert_non_null(p.key);
	int size = i2d_PUBKEY(p.key, &der);
	assert_true(size > 0);
	(void)sodium_bin2base64(p.public_key, sizeof(p.public_key), der, (size_t)size,
				sodium_base64_VARIANT_ORIGINAL);
	OPENSSL_free(der);
	return p;
}

/* As WebCrypto gives it: r || s. */
static void sign(const struct pair *p, const char *message, char ret[DEVICE_SIGNATURE_MOST])
{
	unsigned char der[128];
	unsigned char raw[64];
	size_t size = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, p->key), 1);
	assert_int_equal(EVP_DigestSign(context, der, &size, (const unsigned char *)message,
					strlen(message)),
			 1);
	const unsigned char *at = der;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32), 32);
	(void)sodium_bin2base64(ret, DEVICE_SIGNATURE_MOST, raw, sizeof(raw),
				sodium_base64_VARIANT_ORIGINAL);
	ECDSA_SIG_free(signature);
	EVP_MD_CTX_free(context);
}

static void test_signature(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct pair one = make_pair("P-256");
	struct pair other = make_pair("P-256");
	char signature[DEVICE_SIGNATURE_MOST];
	(void)state;
	sign(&one, "challenge", signature);
	assert_true(device_key_signed(a, one.public_key, "challenge", signature));
	assert_false(device_key_signed(a, one.public_key, "challengf", signature));
	assert_false(device_key_signed(a, other.public_key, "challenge", signature));
	assert_false(device_key_signed(a, "", "challenge", signature));
	assert_false(device_key_signed(a, one.public_key, "challenge", ""));
	assert_false(device_key_signed(a, one.public_key, "challenge", "AAAA"));
	assert_false(device_key_signed(a, one.public_key, "challenge", "not base64 at all !"));
	static const unsigned char zeros[64] = { 0 };
	(void)sodium_bin2base64(signature, sizeof(signature), zeros, sizeof(zeros),
				sodium_base64_VARIANT_ORIGINAL);
	assert_false(device_key_signed(a, one.public_key, "challenge", signature));
	EVP_PKEY_free(one.key);
	EVP_PKEY_free(other.key);
}

static void test_fingerprint(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct pair p = make_pair("P-256");
	struct pair larger = make_pair("P-384");
	char first[DEVICE_FINGERPRINT_SIZE];
	char second[DEVICE_FINGERPRINT_SIZE];
	(void)state;
	assert_true(device_key_fingerprint(a, p.public_key, first));
	assert_true(device_key_fingerprint(a, p.public_key, second));
	assert_string_equal(first, second);
	assert_int_equal(strlen(first), 64);
	assert_false(device_key_fingerprint(a, larger.public_key, first));
	assert_false(device_key_fingerprint(a, "", first));
	assert_false(device_key_fingerprint(a, "AAAA", first));
	/* something behind the key is another text of the same key */
	char longer[DEVICE_KEY_MOST];
	unsigned char der[DEVICE_KEY_MOST];
	size_t size = 0;
	assert_int_equal(sodium_base642bin(der, sizeof(der), p.public_key, strlen(p.public_key),
					   NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL),
			 0);
	der[size] = 0;
	(void)sodium_bin2base64(longer, sizeof(longer), der, size + 1,
				sodium_base64_VARIANT_ORIGINAL);
	assert_false(device_key_fingerprint(a, longer, first));
	EVP_PKEY_free(p.key);
	EVP_PKEY_free(larger.key);
}

static void test_no_certificate(void **state)
{
	static const char *const text[] = { "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n",
					    "-----BEGIN CERTIFICATE-----\nAAAA\n"
					    "-----END CERTIFICATE-----\n" };
	char fingerprint[DEVICE_FINGERPRINT_SIZE];
	(void)state;
	for (size_t i = 0; i < COUNT(text); i++)
		assert_false(certificate_fingerprint(text[i], fingerprint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_no_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
