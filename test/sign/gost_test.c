/* GOST hashes and signatures (F12): vectors, forms, curves, and the national test certificates. */
#include "sign/gost.h"

#include "gost_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

static const char message[] = "012345678901234567890123456789012345678901234567890123456789012";

/* GOST R 34.11-2012, A.1 (M1), as bytes in the order in which they are written to a file; GOST R
 * 34.11-94 with the test S-box: RFC 5831, 7.3. */
static void test_hashes(void **state)
{
	static const struct {
		enum gost_hash hash;
		const char *text, *want;
	} row[] = {
		{ GOST_STREEBOG_512, message,
		  "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
		  "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48" },
		{ GOST_STREEBOG_256, message,
		  "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500" },
		{ GOST_34311, "This is message, length=32 bytes",
		  "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		unsigned char hash[GOST_HASH_MOST];
		char hex[2 * GOST_HASH_MOST + 1];
		gost_hash_of(row[i].hash, row[i].text, strlen(row[i].text), hash);
		(void)sodium_bin2hex(hex, sizeof(hex), hash, gost_hash_size(row[i].hash));
		assert_string_equal(hex, row[i].want);
	}
}

/* RFC 7836 gives tc26-256-A in two forms: the tests sign with the one, src/sign checks with the
 * other. */
static void test_curve(void **state)
{
	(void)state;
	assert_true(gost_narrow_curve_holds());
}

static void flip(struct arena *a, struct der *bytes, size_t at)
{
	unsigned char *copy = (unsigned char *)arena_copy_n(a, bytes->bytes, bytes->size);
	copy[at] ^= 1;
	bytes->bytes = copy;
}

static void check_curve(struct arena *a, enum gost_curve curve, bool rfc)
{
	struct gost_key *key = gost_key_new(curve);
	struct gost_key *other = gost_key_new(curve);
	const size_t half = gost_half(curve);
	unsigned char hash[GOST_HASH_MOST];
	gost_hash_of(half == 64 ? GOST_STREEBOG_512 : GOST_STREEBOG_256, "text", 4, hash);
	const struct der public = gost_key_public(a, key);
	const struct der others = gost_key_public(a, other);
	const struct der signature = gost_key_sign(a, key, hash, rfc);
	assert_true(gost_signed(curve, public.bytes, public.size, hash, half, signature.bytes,
				signature.size));
	assert_false(gost_signed(curve, others.bytes, others.size, hash, half, signature.bytes,
				 signature.size));
	for (size_t at = 0; at < signature.size; at += half - 1) {
		struct der wrong = signature;
		flip(a, &wrong, at);
		assert_false(gost_signed(curve, public.bytes, public.size, hash, half, wrong.bytes,
					 wrong.size));
	}
	struct der no_point = public;
	flip(a, &no_point, 0);
	assert_false(gost_signed(curve, no_point.bytes, no_point.size, hash, half, signature.bytes,
				 signature.size));
	hash[0] ^= 1;
	assert_false(gost_signed(curve, public.bytes, public.size, hash, half, signature.bytes,
				 signature.size));
	hash[0] ^= 1;
	/* sizes of another curve */
	assert_false(gost_signed(curve, public.bytes, public.size - 1, hash, half, signature.bytes,
				 signature.size));
	assert_false(gost_signed(curve, public.bytes, public.size, hash, half - 1, signature.bytes,
				 signature.size));
	assert_false(gost_signed(curve, public.bytes, public.size, hash, half, signature.bytes,
				 signature.size - 1));
	gost_key_free(other);
	gost_key_free(key);
}

static void test_signatures(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const enum gost_curve curve[] = { GOST_TC26_512_A, GOST_TC26_256_A,
						 GOST_CRYPTOPRO_A };
	(void)state;
	for (size_t i = 0; i < COUNT(curve); i++) {
		check_curve(a, curve[i], false);
		check_curve(a, curve[i], true);
	}
}

/* r and s of 0 or of the order and more hold for nothing, whatever the hash and the key. */
static void test_degenerate(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const enum gost_curve curve[] = { GOST_TC26_512_A, GOST_TC26_256_A,
						 GOST_CRYPTOPRO_A };
	static const unsigned char fill[] = { 0x00, 0x01, 0xff };
	(void)state;
	for (size_t i = 0; i < COUNT(curve); i++) {
		struct gost_key *key = gost_key_new(curve[i]);
		const struct der public = gost_key_public(a, key);
		unsigned char hash[GOST_HASH_MOST] = { 0 };
		unsigned char signature[2 * GOST_HALF_MOST];
		for (size_t k = 0; k < COUNT(fill); k++) {
			memset(signature, fill[k], sizeof(signature));
			assert_false(gost_signed(curve[i], public.bytes, public.size, hash,
						 gost_half(curve[i]), signature,
						 2 * gost_half(curve[i])));
		}
		/* the hash 0 counts as 1 (GOST R 34.10-2012, 6.2) */
		const struct der zero = gost_key_sign(a, key, hash, false);
		assert_true(gost_signed(curve[i], public.bytes, public.size, hash,
					gost_half(curve[i]), zero.bytes, zero.size));
		gost_key_free(key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_curve),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_degenerate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
