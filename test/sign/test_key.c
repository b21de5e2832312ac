#include "test_key.h"

#include "gost_key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static EVP_PKEY *openssl_keys[TEST_RSA_SHORT + 1][TEST_KEYS];
static struct gost_key *gost_keys[TEST_RSA_SHORT + 1][TEST_KEYS];

/* What stands in certificates of a kind of key. */
static const struct {
	enum gost_curve curve;
	enum gost_hash hash;
	const char *key, *parameters, *hash_oid, *signature;
} gost[] = {
	[TEST_GOST_512] = { GOST_TC26_512_A, GOST_STREEBOG_512, "1.2.398.3.10.1.1.2.2",
			    "1.2.398.3.10.1.1.2.2.1", "1.2.398.3.10.1.3.3",
			    "1.2.398.3.10.1.1.2.3.2" },
	[TEST_GOST_256] = { GOST_TC26_256_A, GOST_STREEBOG_256, "1.2.398.3.10.1.1.2.1",
			    "1.2.398.3.10.1.1.2.1.1", "1.2.398.3.10.1.3.2",
			    "1.2.398.3.10.1.1.2.3.1" },
	[TEST_GOST_2004] = { GOST_CRYPTOPRO_A, GOST_34311, "1.2.398.3.10.1.1.1.1",
			     "1.2.398.3.10.1.1.1.1.1", "1.2.398.3.10.1.3.1.1.0",
			     "1.2.398.3.10.1.1.1.2" },
};

static bool is_gost(struct test_key key)
{
	return key.kind == TEST_GOST_512 || key.kind == TEST_GOST_256 || key.kind == TEST_GOST_2004;
}

static void free_keys(void)
{
	for (size_t kind = 0; kind <= TEST_RSA_SHORT; kind++) {
		for (int i = 0; i < TEST_KEYS; i++) {
			EVP_PKEY_free(openssl_keys[kind][i]);
			gost_key_free(gost_keys[kind][i]);
		}
	}
}

static void once(void)
{
	static bool done;
	if (!done)
		(void)atexit(free_keys);
	done = true;
}

static struct gost_key *gost_key(struct test_key key)
{
	struct gost_key **slot = &gost_keys[key.kind][key.number];
	once();
	if (!*slot)
		*slot = gost_key_new(gost[key.kind].curve);
	return *slot;
}

static EVP_PKEY *openssl_key(struct test_key key)
{
	enum { LONG = 2048, SHORT = 1024 };
	EVP_PKEY **slot = &openssl_keys[key.kind][key.number];
	once();
	if (!*slot)
		*slot = key.kind == TEST_EC    ? EVP_EC_gen("P-256")
			: key.kind == TEST_RSA ? EVP_RSA_gen((size_t)LONG)
					       : EVP_RSA_gen((size_t)SHORT);
	return *slot;
}

EVP_PKEY *test_openssl_key(struct test_key key)
{
	return openssl_key(key);
}

struct der test_key_algorithm(struct arena *a, struct test_key key)
{
	if (is_gost(key))
		return PUT(a, PUT_SEQUENCE, put_oid(a, gost[key.kind].key),
			   PUT(a, PUT_SEQUENCE, put_oid(a, gost[key.kind].parameters),
			       put_oid(a, gost[key.kind].hash_oid)));
	if (key.kind == TEST_EC)
		return PUT(a, PUT_SEQUENCE, put_oid(a, "1.2.840.10045.2.1"));
	return PUT(a, PUT_SEQUENCE, put_oid(a, "1.2.840.113549.1.1.1"), put_null(a));
}

struct der test_key_info(struct arena *a, struct test_key key)
{
	if (is_gost(key)) {
		const struct der point = gost_key_public(a, gost_key(key));
		return PUT(a, PUT_SEQUENCE, test_key_algorithm(a, key),
			   put_bits(a, put_bytes(a, PUT_OCTETS, point.bytes, point.size)));
	}
	unsigned char *der = NULL;
	const int size = i2d_PUBKEY(openssl_key(key), &der);
	struct der out = { (unsigned char *)arena_copy_n(a, der, (size_t)size), (size_t)size };
	OPENSSL_free(der);
	return out;
}

struct der test_signature_algorithm(struct arena *a, struct test_key key, enum test_hash hash)
{
	static const char *const rsa[] = { "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.5",
					   "1.2.840.113549.1.1.4" };
	if (is_gost(key))
		return PUT(a, PUT_SEQUENCE, put_oid(a, gost[key.kind].signature));
	if (key.kind == TEST_EC)
		return PUT(a, PUT_SEQUENCE,
			   put_oid(a, hash == TEST_GOOD ? "1.2.840.10045.4.3.2"
							: "1.2.840.10045.4.1"));
	return PUT(a, PUT_SEQUENCE, put_oid(a, rsa[hash]), put_null(a));
}

struct der test_hash_algorithm(struct arena *a, struct test_key key, enum test_hash hash)
{
	static const char *const oid[] = { "2.16.840.1.101.3.4.2.1", "1.3.14.3.2.26",
					   "1.2.840.113549.2.5" };
	return PUT(a, PUT_SEQUENCE, put_oid(a, is_gost(key) ? gost[key.kind].hash_oid : oid[hash]));
}

static const EVP_MD *digest(enum test_hash hash)
{
	return hash == TEST_GOOD ? EVP_sha256() : hash == TEST_SHA1 ? EVP_sha1() : EVP_md5();
}

struct der test_hash_of(struct arena *a, struct test_key key, enum test_hash hash, struct der bytes)
{
	unsigned char *out = arena_alloc(a, EVP_MAX_MD_SIZE);
	unsigned size = 0;
	if (is_gost(key)) {
		gost_hash_of(gost[key.kind].hash, bytes.bytes, bytes.size, out);
		return (struct der){ out, gost_hash_size(gost[key.kind].hash) };
	}
	(void)EVP_Digest(bytes.bytes, bytes.size, out, &size, digest(hash), NULL);
	return (struct der){ out, size };
}

struct der test_sign(struct arena *a, struct test_key key, enum test_hash hash, enum test_form form,
		     struct der bytes)
{
	if (is_gost(key))
		return gost_key_sign(a, gost_key(key), test_hash_of(a, key, hash, bytes).bytes,
				     form == TEST_RFC);
	enum { MOST = 1024 };
	unsigned char *out = arena_alloc(a, MOST);
	size_t size = MOST;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (EVP_DigestSignInit(context, NULL, digest(hash), NULL, openssl_key(key)) != 1 ||
	    EVP_DigestSign(context, out, &size, bytes.bytes, bytes.size) != 1)
		abort();
	EVP_MD_CTX_free(context);
	return (struct der){ out, size };
}
