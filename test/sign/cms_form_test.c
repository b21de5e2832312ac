/* Signatures by other hands: each form that a signature may have, twins of a certificate, OpenSSL's
 * own. */
#include "cms_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <sodium.h>

#define BIT FAULT_BIT

static void test_another_certificate(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	const struct test_holder other = cms_person(&w, TEST_EC, 8);
	struct test_signer signer = { .holder = &one, .ess = &other };
	(void)state;
	assert_int_equal(cms_judge_signer(&w, &signer).faults, BIT(FAULT_CERTIFICATE));
	signer.old_ess = true;
	assert_int_equal(cms_judge_signer(&w, &signer).faults, BIT(FAULT_CERTIFICATE));
}

/* Two certificates of one name and number: it is not told which is meant. */
static void test_twins(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	struct test_plan plan = one.plan;
	plan.numbers[0] = "IIN800101300000";
	const struct test_holder twin = test_issue(a, &plan, &w.root);
	const struct test_signer signer = { .holder = &one };
	(void)state;
	const struct cms_verdict v =
		cms_judge(&w,
			  test_cms_bytes(a, &(struct test_cms){ .document = document,
								.signers = &signer,
								.count = 1,
								.extra = &twin }),
			  document);
	assert_int_equal(v.faults, BIT(FAULT_NO_CERTIFICATE));
}

/* PEM and base64 are the same as DER; what is cut, longer or something else is refused. */
static void test_forms(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	const struct test_signer signer = { .holder = &one };
	const struct der der = test_cms_bytes(
		a, &(struct test_cms){ .document = document, .signers = &signer, .count = 1 });
	char base64[8192];
	(void)state;
	(void)sodium_bin2base64(base64, sizeof(base64), der.bytes, der.size,
				sodium_base64_VARIANT_ORIGINAL);
	const char *lines = arena_print(a, "%.64s\r\n%s\r\n", base64, base64 + 64);
	BIO *out = BIO_new(BIO_s_mem());
	char *pem = NULL;
	assert_true(PEM_write_bio(out, "CMS", "", der.bytes, (long)der.size) > 0);
	const long pem_size = BIO_get_mem_data(out, &pem);
	const struct der forms[] = { der,
				     { (const unsigned char *)base64, strlen(base64) },
				     { (const unsigned char *)lines, strlen(lines) },
				     { (const unsigned char *)pem, (size_t)pem_size } };
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct cms_verdict v = cms_judge(&w, forms[i], document);
		assert_true(v.good);
		assert_int_equal(v.der.size, der.size);
		assert_memory_equal(v.der.bytes, der.bytes, der.size);
	}
	BIO_free(out);
	for (size_t size = 0; size < der.size; size += 3)
		assert_false(cms_judge(&w, (struct der){ der.bytes, size }, document).good);
	const unsigned char *longer =
		(const unsigned char *)arena_copy_n(a, der.bytes, der.size); /* ends in a 0 */
	assert_int_equal(cms_judge(&w, (struct der){ longer, der.size + 1 }, document).faults,
			 BIT(FAULT_FORMAT));
	assert_int_equal(cms_judge(&w, one.certificate.der, document).faults, BIT(FAULT_FORMAT));
	unsigned char *large = arena_alloc(a, CMS_MOST + 1);
	large[0] = 0x30;
	assert_int_equal(cms_judge(&w, (struct der){ large, CMS_MOST + 1 }, document).faults,
			 BIT(FAULT_FORMAT));
}

/* No bit of a CMS can be turned so that it is good and says something else. */
static void test_bits(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_EC);
	const struct test_holder one = cms_person(&w, TEST_EC, 7);
	const struct test_signer signer = { .holder = &one };
	const struct der der = test_cms_bytes(
		a, &(struct test_cms){ .document = document, .signers = &signer, .count = 1 });
	(void)state;
	for (size_t at = 0; at < der.size; at++) {
		CLEANUP(arena_cleanup) struct arena *inner = arena_new();
		struct cms_world within = w;
		within.arena = inner;
		unsigned char *copy = (unsigned char *)arena_copy_n(inner, der.bytes, der.size);
		copy[at] ^= (unsigned char)(1 << at % 8);
		const struct cms_verdict v =
			cms_judge(&within, (struct der){ copy, der.size }, document);
		if (v.good)
			assert_string_equal(v.signers[0].certificate->fingerprint,
					    one.certificate.fingerprint);
	}
}

/* Another hand: what OpenSSL itself makes of keys and certificates. */
static void test_openssl(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct cms_world w = cms_world(a, TEST_RSA);
	static const struct {
		unsigned flags;
		fault_set faults;
	} row[] = {
		{ CMS_DETACHED | CMS_BINARY, 0 },
		{ CMS_DETACHED | CMS_BINARY | CMS_CADES, 0 },
		{ CMS_DETACHED | CMS_BINARY | CMS_NOATTR, 0 },
		{ CMS_BINARY, 0 },
		{ CMS_DETACHED | CMS_BINARY | CMS_NOCERTS, BIT(FAULT_NO_CERTIFICATE) },
	};
	EVP_PKEY *key = EVP_EC_gen("P-384");
	unsigned char *info = NULL;
	(void)state;
	const int size = i2d_PUBKEY(key, &info);
	X509 *x509 = X509_new();
	const struct test_holder pattern = cms_person(&w, TEST_EC, 7);
	(void)X509_set_version(x509, 2);
	(void)X509_set_pubkey(x509, key);
	(void)X509_set_subject_name(x509, X509_get_subject_name(pattern.certificate.x509));
	(void)X509_set_issuer_name(x509, X509_get_subject_name(w.root.certificate.x509));
	(void)X509_set_serialNumber(x509, X509_get_serialNumber(pattern.certificate.x509));
	(void)X509_set1_notBefore(x509, X509_get0_notBefore(pattern.certificate.x509));
	(void)X509_set1_notAfter(x509, X509_get0_notAfter(pattern.certificate.x509));
	(void)X509_add_ext(x509, X509_get_ext(pattern.certificate.x509, 0), -1);
	assert_true(X509_sign(x509, key, EVP_sha384()) > 0);
	for (size_t i = 0; i < COUNT(row); i++) {
		BIO *in = BIO_new_mem_buf(document, -1);
		CMS_ContentInfo *cms = CMS_sign(x509, key, NULL, in, row[i].flags);
		unsigned char *der = NULL;
		const int length = i2d_CMS_ContentInfo(cms, &der);
		assert_true(length > 0);
		const struct cms_verdict v =
			cms_judge(&w, (struct der){ der, (size_t)length }, document);
		/* self-signed: everything but the path is right; the clock of CMS_sign() is not
		 * ours */
		const fault_set path = row[i].faults ? 0 : BIT(FAULT_ANCHOR);
		assert_int_equal(v.faults & ~BIT(FAULT_TIME), row[i].faults | path);
		OPENSSL_free(der);
		CMS_ContentInfo_free(cms);
		BIO_free(in);
	}
	assert_true(size > 0);
	OPENSSL_free(info);
	X509_free(x509);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_certificate),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_openssl),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
