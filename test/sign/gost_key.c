#include "gost_key.h"

#include <gmp.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <nettle/gostdsa.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

struct gost_key {
	enum gost_curve curve;
	struct ecc_scalar secret;
	struct ecc_point point;
	EC_GROUP *group; /* of the curve that nettle lacks */
	BIGNUM *d;
	EC_POINT *q;
};

static void random_bytes(void *context, size_t size, uint8_t *ret)
{
	(void)context;
	(void)RAND_bytes(ret, (int)size);
}

/* From the twisted Edwards form that RFC 7836 gives beside the other: e = 1, d, u, v. */
static EC_GROUP *narrow_group(void)
{
	BIGNUM *p = NULL, *d = NULL, *v = NULL, *q = NULL;
	(void)BN_hex2bn(&p, "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97");
	(void)BN_hex2bn(&d, "0605f6b7c183fa81578bc39cfad518132b9df62897009af7e522c32d6dc7bffb");
	(void)BN_hex2bn(&v, "60ca1e32aa475b348488c38fab07649ce7ef8dbe87f22e81f92b2592dba300e7");
	(void)BN_hex2bn(&q, "400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67");
	enum { U = 13, FOUR = 4, SIX = 6, THREE = 3, TWO = 2 };
	BN_CTX *c = BN_CTX_new();
	BIGNUM *s = BN_new(), *t = BN_new(), *a = BN_new(), *b = BN_new(), *x = BN_new(),
	       *y = BN_new(), *z = BN_new(), *one = BN_new();
	(void)BN_one(one);
	/* s = (e - d) / 4, t = (e + d) / 6 */
	BN_set_word(z, FOUR), BN_mod_inverse(z, z, p, c), BN_mod_sub(s, one, d, p, c),
		BN_mod_mul(s, s, z, p, c);
	BN_set_word(z, SIX), BN_mod_inverse(z, z, p, c), BN_mod_add(t, one, d, p, c),
		BN_mod_mul(t, t, z, p, c);
	/* a = s^2 - 3 t^2, b = 2 t^3 - t s^2 */
	BN_mod_sqr(a, s, p, c), BN_mod_mul(b, a, t, p, c), BN_mod_sqr(z, t, p, c);
	BN_mul_word(z, THREE), BN_mod_sub(a, a, z, p, c);
	BN_mod_sqr(z, t, p, c), BN_mod_mul(z, z, t, p, c), BN_mul_word(z, TWO),
		BN_mod_sub(b, z, b, p, c);
	/* x = s (1 + v) / (1 - v) + t, y = s (1 + v) / ((1 - v) u) */
	BN_mod_sub(z, one, v, p, c), BN_mod_inverse(z, z, p, c), BN_mod_add(y, one, v, p, c);
	BN_mod_mul(y, y, z, p, c), BN_mod_mul(y, y, s, p, c), BN_mod_add(x, y, t, p, c);
	BN_set_word(z, U), BN_mod_inverse(z, z, p, c), BN_mod_mul(y, y, z, p, c);
	EC_GROUP *group = EC_GROUP_new_curve_GFp(p, a, b, c);
	EC_POINT *base = EC_POINT_new(group);
	(void)EC_POINT_set_affine_coordinates(group, base, x, y, c);
	(void)BN_set_word(z, FOUR);
	(void)EC_GROUP_set_generator(group, base, q, z);
	EC_POINT_free(base);
	BIGNUM *all[] = { p, d, v, q, s, t, a, b, x, y, z, one };
	for (size_t i = 0; i < COUNT(all); i++)
		BN_free(all[i]);
	BN_CTX_free(c);
	return group;
}

bool gost_narrow_curve_holds(void)
{
	EC_GROUP *group = narrow_group();
	const bool holds = EC_GROUP_check(group, NULL) == 1;
	EC_GROUP_free(group);
	return holds;
}

struct gost_key *gost_key_new(enum gost_curve curve)
{
	struct gost_key *key = calloc(1, sizeof(*key));
	key->curve = curve;
	if (curve == GOST_TC26_256_A) {
		key->group = narrow_group();
		key->d = BN_new();
		key->q = EC_POINT_new(key->group);
		(void)BN_rand_range(key->d, EC_GROUP_get0_order(key->group));
		(void)EC_POINT_mul(key->group, key->q, key->d, NULL, NULL, NULL);
		return key;
	}
	const struct ecc_curve *ecc =
		curve == GOST_TC26_512_A ? nettle_get_gost_gc512a() : nettle_get_gost_gc256b();
	ecc_scalar_init(&key->secret, ecc);
	ecc_point_init(&key->point, ecc);
	ecdsa_generate_keypair(&key->point, &key->secret, NULL, random_bytes);
	return key;
}

void gost_key_free(struct gost_key *key)
{
	if (!key)
		return;
	if (key->group) {
		EC_POINT_free(key->q);
		BN_free(key->d);
		EC_GROUP_free(key->group);
	} else {
		ecc_point_clear(&key->point);
		ecc_scalar_clear(&key->secret);
	}
	free(key);
}

static void export(const mpz_t number, size_t size, unsigned char *ret, bool little)
{
	for (size_t i = 0; i < size; i++) {
		mpz_t byte;
		mpz_init(byte);
		mpz_tdiv_q_2exp(byte, number, 8 * i);
		ret[little ? i : size - 1 - i] = (unsigned char)(mpz_get_ui(byte) & 0xff);
		mpz_clear(byte);
	}
}

struct der gost_key_public(struct arena *a, const struct gost_key *key)
{
	const size_t half = gost_half(key->curve);
	unsigned char *bytes = arena_alloc(a, half * 2);
	if (key->group) {
		BIGNUM *x = BN_new(), *y = BN_new();
		(void)EC_POINT_get_affine_coordinates(key->group, key->q, x, y, NULL);
		(void)BN_bn2lebinpad(x, bytes, (int)half);
		(void)BN_bn2lebinpad(y, bytes + half, (int)half);
		BN_free(x);
		BN_free(y);
	} else {
		mpz_t x, y;
		mpz_init(x);
		mpz_init(y);
		ecc_point_get(&key->point, x, y);
		export(x, half, bytes, true);
		export(y, half, bytes + half, true);
		mpz_clear(x);
		mpz_clear(y);
	}
	return (struct der){ bytes, half * 2 };
}

/* s = r d + k e, r = x of k P (GOST R 34.10-2012, 6.1). */
static void sign_narrow(const struct gost_key *key, const unsigned char *hash, mpz_t r, mpz_t s)
{
	const BIGNUM *q = EC_GROUP_get0_order(key->group);
	BN_CTX *c = BN_CTX_new();
	BIGNUM *k = BN_new(), *x = BN_new(), *e = BN_lebin2bn(hash, 32, NULL), *out = BN_new();
	EC_POINT *point = EC_POINT_new(key->group);
	(void)BN_nnmod(e, e, q, c);
	if (BN_is_zero(e))
		(void)BN_one(e);
	(void)BN_rand_range(k, q);
	(void)EC_POINT_mul(key->group, point, k, NULL, NULL, c);
	(void)EC_POINT_get_affine_coordinates(key->group, point, x, NULL, c);
	(void)BN_nnmod(x, x, q, c);
	(void)BN_mod_mul(out, x, key->d, q, c);
	(void)BN_mod_mul(e, k, e, q, c);
	(void)BN_mod_add(out, out, e, q, c);
	char *hex = BN_bn2hex(x);
	(void)mpz_set_str(r, hex, 16);
	OPENSSL_free(hex);
	hex = BN_bn2hex(out);
	(void)mpz_set_str(s, hex, 16);
	OPENSSL_free(hex);
	EC_POINT_free(point);
	BIGNUM *all[] = { k, x, e, out };
	for (size_t i = 0; i < COUNT(all); i++)
		BN_free(all[i]);
	BN_CTX_free(c);
}

struct der gost_key_sign(struct arena *a, const struct gost_key *key, const unsigned char *hash,
			 bool rfc)
{
	const size_t half = gost_half(key->curve);
	unsigned char *bytes = arena_alloc(a, half * 2);
	struct dsa_signature signature;
	dsa_signature_init(&signature);
	if (key->group)
		sign_narrow(key, hash, signature.r, signature.s);
	else
		gostdsa_sign(&key->secret, NULL, random_bytes, half, hash, &signature);
	export(rfc ? signature.s : signature.r, half, bytes, !rfc);
	export(rfc ? signature.r : signature.s, half, bytes + half, !rfc);
	dsa_signature_clear(&signature);
	return (struct der){ bytes, half * 2 };
}
