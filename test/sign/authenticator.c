#include "authenticator.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

struct authenticator authenticator_new(int algorithm)
{
	struct authenticator a = { .algorithm = algorithm,
				   .id = "credential of a test",
				   .flags = AUTH_PRESENT | AUTH_VERIFIED };
	if (algorithm == PASSKEY_ES256)
		a.key = EVP_EC_gen("P-256");
	else if (algorithm == PASSKEY_EDDSA)
		a.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		a.key = EVP_RSA_gen(2048);
	must(a.key != NULL);
	return a;
}

void authenticator_free(struct authenticator *a)
{
	EVP_PKEY_free(a->key);
}

static size_t put(unsigned char *to, size_t at, const void *bytes, size_t size)
{
	memcpy(to + at, bytes, size);
	return at + size;
}

static size_t put_number(EVP_PKEY *key, const char *name, unsigned char *to, size_t at, int size)
{
	BIGNUM *n = NULL;
	must(EVP_PKEY_get_bn_param(key, name, &n) && BN_bn2binpad(n, to + at, size) == size);
	BN_free(n);
	return at + (size_t)size;
}

/* RFC 9053 and 8812: the key as a CBOR map. */
static size_t put_key(const struct authenticator *a, unsigned char *to, size_t at)
{
	size_t raw = 32;
	if (a->algorithm == PASSKEY_ES256) {
		at = put(to, at, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10);
		at = put_number(a->key, "qx", to, at, 32);
		at = put(to, at, "\x22\x58\x20", 3);
		return put_number(a->key, "qy", to, at, 32);
	}
	if (a->algorithm == PASSKEY_EDDSA) {
		at = put(to, at, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", 10);
		must(EVP_PKEY_get_raw_public_key(a->key, to + at, &raw));
		return at + raw;
	}
	at = put(to, at, "\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", 11);
	at = put_number(a->key, "n", to, at, 256);
	return put(to, at, "\x21\x43\x01\x00\x01", 5);
}

static size_t put_head(const struct authenticator *a, const char *site, unsigned more,
		       unsigned char *to)
{
	const unsigned char count[] = { (unsigned char)(a->uses >> 24),
					(unsigned char)(a->uses >> 16),
					(unsigned char)(a->uses >> 8), (unsigned char)a->uses };
	(void)SHA256((const unsigned char *)site, strlen(site), to);
	to[32] = (unsigned char)(a->flags | more);
	return put(to, 33, count, sizeof(count));
}

size_t authenticator_make(struct authenticator *a, const char *site, unsigned char *ret)
{
	static const unsigned char maker[16] = { 0 };
	static const unsigned char id_size[] = { 0, AUTH_ID_SIZE };
	size_t at = put_head(a, site, AUTH_ATTESTED, ret);
	at = put(ret, at, maker, sizeof(maker));
	at = put(ret, at, id_size, sizeof(id_size));
	at = put(ret, at, a->id, sizeof(a->id));
	return put_key(a, ret, at);
}

size_t authenticator_data(struct authenticator *a, const char *site, unsigned char *ret)
{
	a->uses++;
	return put_head(a, site, 0, ret);
}

size_t authenticator_sign(struct authenticator *a, const unsigned char *data, size_t size,
			  const unsigned char hash[PASSKEY_HASH_SIZE], unsigned char *ret)
{
	unsigned char message[PASSKEY_DATA_MOST + PASSKEY_HASH_SIZE];
	size_t length = PASSKEY_DATA_MOST;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	const size_t at = put(message, put(message, 0, data, size), hash, PASSKEY_HASH_SIZE);
	must(c &&
	     EVP_DigestSignInit(c, NULL, a->algorithm == PASSKEY_EDDSA ? NULL : EVP_sha256(), NULL,
				a->key) == 1 &&
	     EVP_DigestSign(c, ret, &length, message, at) == 1);
	EVP_MD_CTX_free(c);
	return length;
}
