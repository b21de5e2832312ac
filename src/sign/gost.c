#include "sign/gost.h"

#include <gmp.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/gostdsa.h>
#include <nettle/gosthash94.h>
#include <nettle/streebog.h>
#include <openssl/bn.h>
#include <openssl/ec.h>

/* A signature's two numbers, big-endian. */
struct pair {
	unsigned char r[GOST_HALF_MOST], s[GOST_HALF_MOST];
};

size_t gost_half(enum gost_curve curve)
{
	enum { WIDE = 64, NARROW = 32 };
	return curve == GOST_TC26_512_A ? WIDE : NARROW;
}

size_t gost_hash_size(enum gost_hash hash)
{
	enum { WIDE = STREEBOG512_DIGEST_SIZE, NARROW = STREEBOG256_DIGEST_SIZE };
	return hash == GOST_STREEBOG_512 ? WIDE : NARROW; /* the older one's size, too */
}

void gost_hash_of(enum gost_hash hash, const void *bytes, size_t size, unsigned char *ret)
{
	if (hash == GOST_34311) {
		struct gosthash94_ctx old;
		gosthash94_init(&old);
		gosthash94_update(&old, size, bytes);
		gosthash94_digest(&old, GOSTHASH94_DIGEST_SIZE, ret);
		return;
	}
	struct streebog512_ctx streebog;
	if (hash == GOST_STREEBOG_256) {
		streebog256_init(&streebog);
		streebog512_update(&streebog, size, bytes);
		streebog256_digest(&streebog, STREEBOG256_DIGEST_SIZE, ret);
		return;
	}
	streebog512_init(&streebog);
	streebog512_update(&streebog, size, bytes);
	streebog512_digest(&streebog, STREEBOG512_DIGEST_SIZE, ret);
}

static void reverse(const unsigned char *from, size_t size, unsigned char *ret)
{
	for (size_t i = 0; i < size; i++)
		ret[i] = from[size - 1 - i];
}

static void import(mpz_t ret, const unsigned char *big_endian, size_t size)
{
	mpz_import(ret, size, 1, 1, 0, 0, big_endian);
}

static bool nettle_signed(const struct ecc_curve *curve, size_t half, const unsigned char *x,
			  const unsigned char *y, const unsigned char *hash,
			  const struct pair *signature)
{
	struct ecc_point point;
	struct dsa_signature numbers;
	mpz_t a;
	mpz_t b;
	mpz_init(a);
	mpz_init(b);
	ecc_point_init(&point, curve);
	dsa_signature_init(&numbers);
	import(a, x, half);
	import(b, y, half);
	import(numbers.r, signature->r, half);
	import(numbers.s, signature->s, half);
	const bool ok = ecc_point_set(&point, a, b) && gostdsa_verify(&point, half, hash, &numbers);
	dsa_signature_clear(&numbers);
	ecc_point_clear(&point);
	mpz_clear(b);
	mpz_clear(a);
	return ok;
}

/* tc26-256-A in the form y^2 = x^3 + ax + b (RFC 7836, appendix A.1): p, a, b, the base point, the
 * order of the base point. */
static const char *const narrow[] = {
	"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
	"c2173f1513981673af4892c23035a27ce25e2013bf95aa33b22c656f277e7335",
	"295f9bae7428ed9ccc20e7c359a9d41a22fccd9108e17bf7ba9337a6f8ae9513",
	"91e38443a5e82c0d880923425712b2bb658b9196932e02c78b2582fe742daa28",
	"32879423ab1a0375895786c4bb46e9565fde0b5344766740af268adb32322e5c",
	"400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67",
};

static EC_GROUP *narrow_group(BN_CTX *context)
{
	enum { P, A, B, X, Y, Q };
	BIGNUM *number[COUNT(narrow)] = { NULL };
	EC_GROUP *group = NULL;
	BIGNUM *cofactor = BN_new();
	bool ok = cofactor && BN_set_word(cofactor, 4) == 1;
	for (size_t i = 0; ok && i < COUNT(narrow); i++)
		ok = BN_hex2bn(&number[i], narrow[i]) > 0;
	if (ok)
		group = EC_GROUP_new_curve_GFp(number[P], number[A], number[B], context);
	EC_POINT *base = group ? EC_POINT_new(group) : NULL;
	if (group &&
	    (!base ||
	     EC_POINT_set_affine_coordinates(group, base, number[X], number[Y], context) != 1 ||
	     EC_GROUP_set_generator(group, base, number[Q], cofactor) != 1)) {
		EC_GROUP_free(group);
		group = NULL;
	}
	EC_POINT_free(base);
	for (size_t i = 0; i < COUNT(narrow); i++)
		BN_free(number[i]);
	BN_free(cofactor);
	return group;
}

/* What the check of a signature calculates with. */
struct numbers {
	BIGNUM *x, *y, *r, *s, *e, *z, *minus;
};

/* GOST R 34.10-2012, 6.2: e is the hash, or 1 if that is 0; C = (s/e) P - (r/e) Q; x of C is r. */
static bool check_point(const EC_GROUP *group, const struct numbers *n, EC_POINT *key,
			EC_POINT *sum, BN_CTX *context)
{
	const BIGNUM *q = EC_GROUP_get0_order(group);
	if (BN_is_zero(n->r) || BN_is_zero(n->s) || BN_cmp(n->r, q) >= 0 || BN_cmp(n->s, q) >= 0 ||
	    EC_POINT_set_affine_coordinates(group, key, n->x, n->y, context) != 1 ||
	    BN_nnmod(n->e, n->e, q, context) != 1)
		return false;
	if (BN_is_zero(n->e) && BN_one(n->e) != 1)
		return false;
	return BN_mod_inverse(n->e, n->e, q, context) &&
	       BN_mod_mul(n->z, n->s, n->e, q, context) == 1 &&
	       BN_mod_mul(n->minus, n->r, n->e, q, context) == 1 &&
	       BN_sub(n->minus, q, n->minus) == 1 &&
	       EC_POINT_mul(group, sum, n->z, key, n->minus, context) == 1 &&
	       EC_POINT_get_affine_coordinates(group, sum, n->x, NULL, context) == 1 &&
	       BN_nnmod(n->x, n->x, q, context) == 1 && BN_cmp(n->x, n->r) == 0;
}

static bool narrow_signed(const unsigned char *x, const unsigned char *y, const unsigned char *hash,
			  const struct pair *signature)
{
	const int half = (int)gost_half(GOST_TC26_256_A);
	BN_CTX *context = BN_CTX_new();
	EC_GROUP *group = context ? narrow_group(context) : NULL;
	EC_POINT *key = group ? EC_POINT_new(group) : NULL;
	EC_POINT *sum = group ? EC_POINT_new(group) : NULL;
	const struct numbers n = {
		.x = BN_bin2bn(x, half, NULL),
		.y = BN_bin2bn(y, half, NULL),
		.r = BN_bin2bn(signature->r, half, NULL),
		.s = BN_bin2bn(signature->s, half, NULL),
		.e = BN_lebin2bn(hash, half, NULL),
		.z = BN_new(),
		.minus = BN_new(),
	};
	const bool ok = key && sum && n.x && n.y && n.r && n.s && n.e && n.z && n.minus &&
			check_point(group, &n, key, sum, context);
	BN_free(n.minus);
	BN_free(n.z);
	BN_free(n.e);
	BN_free(n.s);
	BN_free(n.r);
	BN_free(n.y);
	BN_free(n.x);
	EC_POINT_free(sum);
	EC_POINT_free(key);
	EC_GROUP_free(group);
	BN_CTX_free(context);
	return ok;
}

static bool check(enum gost_curve curve, const unsigned char *key, const unsigned char *hash,
		  const struct pair *signature)
{
	const size_t half = gost_half(curve);
	unsigned char x[GOST_HALF_MOST];
	unsigned char y[GOST_HALF_MOST];
	reverse(key, half, x);
	reverse(key + half, half, y);
	if (curve == GOST_TC26_256_A)
		return narrow_signed(x, y, hash, signature);
	return nettle_signed(curve == GOST_TC26_512_A ? nettle_get_gost_gc512a()
						      : nettle_get_gost_gc256b(),
			     half, x, y, hash, signature);
}

bool gost_signed(enum gost_curve curve, const unsigned char *key, size_t key_size,
		 const unsigned char *hash, size_t hash_size, const unsigned char *signature,
		 size_t signature_size)
{
	const size_t half = gost_half(curve);
	struct pair little;
	struct pair rfc;
	if (key_size != 2 * half || hash_size != half || signature_size != 2 * half)
		return false;
	reverse(signature, half, little.r);
	reverse(signature + half, half, little.s);
	memcpy(rfc.s, signature, half);
	memcpy(rfc.r, signature + half, half);
	return check(curve, key, hash, &little) || check(curve, key, hash, &rfc);
}
