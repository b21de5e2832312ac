#include "sign/device_key.h"

#include "base/base64.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <string.h>

enum { HALF = 32, SHA256_SIZE = 32 };

static unsigned char *decode(struct arena *a, const char *text, size_t *ret_size)
{
	size_t room = strlen(text) + 1;
	unsigned char *bytes = arena_alloc(a, room);
	return base64_read(text, strlen(text), BASE64_PLAIN, bytes, room, ret_size) ? bytes : NULL;
}

static bool is_p256(const EVP_PKEY *key)
{
	char group[32] = "";
	size_t length = 0;
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &length) == 1 &&
	       strcmp(group, SN_X9_62_prime256v1) == 0;
}

/* The key, to be freed; NULL if it is none of P-256. */
static EVP_PKEY *read_key(struct arena *a, const char *public_key, const unsigned char **ret_der,
			  size_t *ret_size)
{
	const unsigned char *der = decode(a, public_key, ret_size);
	const unsigned char *at = der;
	EVP_PKEY *key = der ? d2i_PUBKEY(NULL, &at, (long)*ret_size) : NULL;
	if (key && (at != der + *ret_size || !is_p256(key))) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	*ret_der = der;
	return key;
}

static bool hash_hex(const unsigned char *bytes, size_t size, char ret[DEVICE_FINGERPRINT_SIZE])
{
	unsigned char hash[SHA256_SIZE];
	if (crypto_hash_sha256(hash, bytes, size) != 0)
		return false;
	(void)sodium_bin2hex(ret, DEVICE_FINGERPRINT_SIZE, hash, sizeof(hash));
	return true;
}

bool device_key_fingerprint(struct arena *a, const char *public_key,
			    char ret[DEVICE_FINGERPRINT_SIZE])
{
	const unsigned char *der = NULL;
	size_t size = 0;
	EVP_PKEY *key = read_key(a, public_key, &der, &size);
	if (!key)
		return false;
	EVP_PKEY_free(key);
	return hash_hex(der, size, ret);
}

/* r || s as the DER that OpenSSL wants; to be freed with OPENSSL_free(). */
static int to_der(const unsigned char *raw, unsigned char **ret)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, HALF, NULL);
	BIGNUM *s = BN_bin2bn(raw + HALF, HALF, NULL);
	int size = -1;
	if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
		size = i2d_ECDSA_SIG(signature, ret); /* r and s are the signature's now */
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(signature);
	return size;
}

static bool verify(EVP_PKEY *key, const char *message, const unsigned char *der, int size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context && size > 0 &&
		  EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
		  EVP_DigestVerify(context, der, (size_t)size, (const unsigned char *)message,
				   strlen(message)) == 1;
	EVP_MD_CTX_free(context);
	return ok;
}

bool device_key_signed(struct arena *a, const char *public_key, const char *message,
		       const char *signature)
{
	const unsigned char *spki = NULL;
	unsigned char *der = NULL;
	size_t spki_size = 0;
	size_t raw_size = 0;
	const unsigned char *raw = decode(a, signature, &raw_size);
	if (!raw || raw_size != (size_t)2 * HALF)
		return false;
	EVP_PKEY *key = read_key(a, public_key, &spki, &spki_size);
	if (!key)
		return false;
	const int size = to_der(raw, &der);
	bool ok = verify(key, message, der, size);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	return ok;
}

bool certificate_fingerprint(const char *pem, char ret[DEVICE_FINGERPRINT_SIZE])
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *certificate = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	unsigned char *der = NULL;
	const int size = certificate ? i2d_X509(certificate, &der) : -1;
	bool ok = size > 0 && hash_hex(der, (size_t)size, ret);
	OPENSSL_free(der);
	X509_free(certificate);
	BIO_free(in);
	return ok;
}
