#include "sign/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

enum { PRESENT = 0x01, VERIFIED = 0x04, SITE_HASH = 32 };

static void cred_cleanup(fido_cred_t **c)
{
	fido_cred_free(c);
}

static void assert_cleanup(fido_assert_t **a)
{
	fido_assert_free(a);
}

/* ---- registration ---------------------------------------------------------- */

/* libfido2 reads the data for the algorithm that one says. */
static bool read_as(int algorithm, const void *data, size_t size, struct passkey_made *ret)
{
	CLEANUP(cred_cleanup) fido_cred_t *c = fido_cred_new();
	if (!c || fido_cred_set_type(c, algorithm) != FIDO_OK ||
	    fido_cred_set_authdata_raw(c, data, size) != FIDO_OK)
		return false;
	const int both = PRESENT | VERIFIED;
	const size_t key = fido_cred_pubkey_len(c);
	const size_t id = fido_cred_id_len(c);
	if ((fido_cred_flags(c) & both) != both || key == 0 || key > sizeof(ret->key.bytes) ||
	    id == 0 || id > sizeof(ret->id))
		return false;
	memcpy(ret->key.bytes, fido_cred_pubkey_ptr(c), key);
	memcpy(ret->id, fido_cred_id_ptr(c), id);
	ret->key.algorithm = algorithm;
	ret->key.size = key;
	ret->id_size = id;
	ret->uses = fido_cred_sigcount(c);
	return true;
}

bool passkey_read(const char *site, const void *data, size_t size, struct passkey_made *ret)
{
	static const int algorithms[] = { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };
	unsigned char hash[SITE_HASH];
	struct passkey_made made = { .id_size = 0 };
	fido_init(0);
	(void)SHA256((const unsigned char *)site, strlen(site), hash);
	if (size < SITE_HASH || size > PASSKEY_DATA_MOST ||
	    CRYPTO_memcmp(hash, data, SITE_HASH) != 0)
		return false;
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		if (read_as(algorithms[i], data, size, &made)) {
			*ret = made;
			return true;
		}
	}
	return false;
}

/* ---- signatures ------------------------------------------------------------ */

static int verify(const fido_assert_t *a, const struct passkey_key *key)
{
	int result = FIDO_ERR_INVALID_ARGUMENT;
	if (key->algorithm == PASSKEY_ES256) {
		es256_pk_t *pk = es256_pk_new();
		if (pk && es256_pk_from_ptr(pk, key->bytes, key->size) == FIDO_OK)
			result = fido_assert_verify(a, 0, COSE_ES256, pk);
		es256_pk_free(&pk);
	} else if (key->algorithm == PASSKEY_EDDSA) {
		eddsa_pk_t *pk = eddsa_pk_new();
		if (pk && eddsa_pk_from_ptr(pk, key->bytes, key->size) == FIDO_OK)
			result = fido_assert_verify(a, 0, COSE_EDDSA, pk);
		eddsa_pk_free(&pk);
	} else if (key->algorithm == PASSKEY_RS256) {
		rs256_pk_t *pk = rs256_pk_new();
		if (pk && rs256_pk_from_ptr(pk, key->bytes, key->size) == FIDO_OK)
			result = fido_assert_verify(a, 0, COSE_RS256, pk);
		rs256_pk_free(&pk);
	}
	return result;
}

bool passkey_signed(const struct passkey_key *key, const char *site, const void *data, size_t size,
		    const unsigned char client_hash[PASSKEY_HASH_SIZE], const void *signature,
		    size_t signature_size, int64_t *ret_uses)
{
	fido_init(0);
	CLEANUP(assert_cleanup) fido_assert_t *a = fido_assert_new();
	if (!a || size > PASSKEY_DATA_MOST || signature_size > PASSKEY_DATA_MOST ||
	    fido_assert_set_clientdata_hash(a, client_hash, PASSKEY_HASH_SIZE) != FIDO_OK ||
	    fido_assert_set_rp(a, site) != FIDO_OK || fido_assert_set_count(a, 1) != FIDO_OK ||
	    fido_assert_set_authdata_raw(a, 0, data, size) != FIDO_OK ||
	    fido_assert_set_sig(a, 0, signature, signature_size) != FIDO_OK ||
	    fido_assert_set_up(a, FIDO_OPT_TRUE) != FIDO_OK ||
	    fido_assert_set_uv(a, FIDO_OPT_TRUE) != FIDO_OK || verify(a, key) != FIDO_OK)
		return false;
	*ret_uses = fido_assert_sigcount(a, 0);
	return true;
}
