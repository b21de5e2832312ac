#include "sign/scheme.h"

#include "sign/gost.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static const struct {
	const char *oid;
	struct scheme scheme;
} schemes[] = {
	{ "1.2.840.113549.1.1.1", { KEY_RSA, HASH_UNKNOWN } },
	{ "1.2.840.113549.1.1.2", { KEY_RSA, HASH_WEAK } }, /* MD2 */
	{ "1.2.840.113549.1.1.4", { KEY_RSA, HASH_WEAK } }, /* MD5 */
	{ "1.2.840.113549.1.1.5", { KEY_RSA, HASH_WEAK } }, /* SHA-1 */
	{ "1.3.14.3.2.29", { KEY_RSA, HASH_WEAK } },        /* SHA-1, OIW's identifier */
	{ "1.2.840.113549.1.1.11", { KEY_RSA, HASH_SHA256 } },
	{ "1.2.840.113549.1.1.12", { KEY_RSA, HASH_SHA384 } },
	{ "1.2.840.113549.1.1.13", { KEY_RSA, HASH_SHA512 } },
	{ "1.2.840.10045.2.1", { KEY_EC, HASH_UNKNOWN } },
	{ "1.2.840.10045.4.1", { KEY_EC, HASH_WEAK } }, /* SHA-1 */
	{ "1.2.840.10045.4.3.2", { KEY_EC, HASH_SHA256 } },
	{ "1.2.840.10045.4.3.3", { KEY_EC, HASH_SHA384 } },
	{ "1.2.840.10045.4.3.4", { KEY_EC, HASH_SHA512 } },
	{ "1.2.398.3.10.1.1.2.2", { KEY_GOST_512, HASH_UNKNOWN } },
	{ "1.2.398.3.10.1.1.2.3.2", { KEY_GOST_512, HASH_STREEBOG_512 } },
	{ "1.2.398.3.10.1.1.2.1", { KEY_GOST_256, HASH_UNKNOWN } },
	{ "1.2.398.3.10.1.1.2.3.1", { KEY_GOST_256, HASH_STREEBOG_256 } },
	{ "1.2.398.3.10.1.1.1.1", { KEY_GOST_2004, HASH_UNKNOWN } },
	{ "1.2.398.3.10.1.1.1.2", { KEY_GOST_2004, HASH_34311 } },
};

static const struct {
	const char *oid;
	enum hash_kind hash;
} hashes[] = {
	{ "1.2.840.113549.2.2", HASH_WEAK }, /* MD2 */
	{ "1.2.840.113549.2.5", HASH_WEAK }, /* MD5 */
	{ "1.3.14.3.2.26", HASH_WEAK },      /* SHA-1 */
	{ "2.16.840.1.101.3.4.2.1", HASH_SHA256 },
	{ "2.16.840.1.101.3.4.2.2", HASH_SHA384 },
	{ "2.16.840.1.101.3.4.2.3", HASH_SHA512 },
	{ "1.2.398.3.10.1.3.3", HASH_STREEBOG_512 },
	{ "1.2.398.3.10.1.3.2", HASH_STREEBOG_256 },
	{ "1.2.398.3.10.1.3.1", HASH_34311 },
	{ "1.2.398.3.10.1.3.1.1.0", HASH_34311 }, /* with its S-box */
};

/* What stands in a GOST key's algorithm, and how it is calculated with. */
static const struct {
	enum key_kind kind;
	const char *parameters;
	enum gost_curve curve;
	enum hash_kind hash;
} gost_keys[] = {
	{ KEY_GOST_512, "1.2.398.3.10.1.1.2.2.1", GOST_TC26_512_A, HASH_STREEBOG_512 },
	{ KEY_GOST_256, "1.2.398.3.10.1.1.2.1.1", GOST_TC26_256_A, HASH_STREEBOG_256 },
	{ KEY_GOST_2004, "1.2.398.3.10.1.1.1.1.1", GOST_CRYPTOPRO_A, HASH_34311 },
};

struct scheme scheme_by_oid(const char *oid)
{
	for (size_t i = 0; i < COUNT(schemes); i++) {
		if (strcmp(oid, schemes[i].oid) == 0)
			return schemes[i].scheme;
	}
	return (struct scheme){ KEY_UNKNOWN, HASH_UNKNOWN };
}

enum hash_kind hash_by_oid(const char *oid)
{
	for (size_t i = 0; i < COUNT(hashes); i++) {
		if (strcmp(oid, hashes[i].oid) == 0)
			return hashes[i].hash;
	}
	return HASH_UNKNOWN;
}

const char *scheme_name(struct scheme scheme)
{
	static const struct {
		struct scheme scheme;
		const char *name;
	} names[] = {
		{ { KEY_RSA, HASH_SHA256 }, "RSA, SHA-256" },
		{ { KEY_RSA, HASH_SHA384 }, "RSA, SHA-384" },
		{ { KEY_RSA, HASH_SHA512 }, "RSA, SHA-512" },
		{ { KEY_EC, HASH_SHA256 }, "ECDSA, SHA-256" },
		{ { KEY_EC, HASH_SHA384 }, "ECDSA, SHA-384" },
		{ { KEY_EC, HASH_SHA512 }, "ECDSA, SHA-512" },
		{ { KEY_GOST_512, HASH_STREEBOG_512 }, "GOST 34.10-2015, 512" },
		{ { KEY_GOST_256, HASH_STREEBOG_256 }, "GOST 34.10-2015, 256" },
		{ { KEY_GOST_2004, HASH_34311 }, "GOST 34.310-2004" },
	};
	for (size_t i = 0; i < COUNT(names); i++) {
		if (names[i].scheme.key == scheme.key && names[i].scheme.hash == scheme.hash)
			return names[i].name;
	}
	return "";
}

static const EVP_MD *digest(enum hash_kind kind)
{
	return kind == HASH_SHA256   ? EVP_sha256()
	       : kind == HASH_SHA384 ? EVP_sha384()
	       : kind == HASH_SHA512 ? EVP_sha512()
				     : NULL;
}

bool hash_of(enum hash_kind kind, struct der bytes, unsigned char *ret, size_t *ret_size)
{
	if (kind == HASH_STREEBOG_512 || kind == HASH_STREEBOG_256 || kind == HASH_34311) {
		const enum gost_hash gost = kind == HASH_34311          ? GOST_34311
					    : kind == HASH_STREEBOG_256 ? GOST_STREEBOG_256
									: GOST_STREEBOG_512;
		gost_hash_of(gost, bytes.bytes, bytes.size, ret);
		*ret_size = gost_hash_size(gost);
		return true;
	}
	unsigned size = 0;
	if (!digest(kind) ||
	    EVP_Digest(bytes.bytes, bytes.size, ret, &size, digest(kind), NULL) != 1)
		return false;
	*ret_size = size;
	return true;
}

/* RSA that can be broken, or so long that checking it keeps the machine busy. */
static fault_set judge_rsa(const EVP_PKEY *key)
{
	enum { LEAST = 2048, MOST = 8192 };
	const int bits = EVP_PKEY_get_bits(key);
	return bits < LEAST ? FAULT_BIT(FAULT_WEAK) : bits > MOST ? FAULT_BIT(FAULT_ALGORITHM) : 0;
}

static fault_set judge_curve(const EVP_PKEY *key)
{
	static const char *const known[] = { SN_X9_62_prime256v1, SN_secp384r1, SN_secp521r1 };
	char group[32] = "";
	size_t length = 0;
	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &length) != 1)
		return FAULT_BIT(FAULT_ALGORITHM);
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strcmp(group, known[i]) == 0)
			return 0;
	}
	return FAULT_BIT(FAULT_ALGORITHM);
}

static fault_set check_openssl(struct scheme scheme, const X509_PUBKEY *key, struct der bytes,
			       struct der signature)
{
	EVP_PKEY *public = X509_PUBKEY_get0(key);
	const int kind = scheme.key == KEY_RSA ? EVP_PKEY_RSA : EVP_PKEY_EC;
	if (!digest(scheme.hash))
		return FAULT_BIT(FAULT_ALGORITHM);
	if (!public || EVP_PKEY_get_base_id(public) != kind)
		return FAULT_BIT(FAULT_TAMPERED); /* not by this key, whatever it is */
	const fault_set faults = kind == EVP_PKEY_RSA ? judge_rsa(public) : judge_curve(public);
	if (faults)
		return faults;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const bool ok =
		context &&
		EVP_DigestVerifyInit(context, NULL, digest(scheme.hash), NULL, public) == 1 &&
		EVP_DigestVerify(context, signature.bytes, signature.size, bytes.bytes,
				 bytes.size) == 1;
	EVP_MD_CTX_free(context);
	return ok ? 0 : FAULT_BIT(FAULT_TAMPERED);
}

/* The first identifier in the parameters of a key's algorithm, which names the curve. */
static void curve_of(const X509_ALGOR *algorithm, char ret[DER_OID_TEXT_SIZE])
{
	const void *value = NULL;
	int type = V_ASN1_UNDEF;
	struct der content;
	ret[0] = '\0';
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type != V_ASN1_SEQUENCE)
		return;
	const ASN1_STRING *sequence = value;
	struct der in = { ASN1_STRING_get0_data(sequence), (size_t)ASN1_STRING_length(sequence) };
	if (!der_take_tag(&in, DER_SEQUENCE, &content) || !der_take_algorithm(&content, ret))
		ret[0] = '\0';
}

/* Where the scheme stands among the GOST keys; COUNT(gost_keys) if nowhere. */
static size_t find_gost(struct scheme scheme)
{
	size_t i = 0;
	while (i < COUNT(gost_keys) &&
	       (gost_keys[i].kind != scheme.key || gost_keys[i].hash != scheme.hash))
		i++;
	return i;
}

static fault_set check_gost(struct scheme scheme, const X509_PUBKEY *key, struct der bytes,
			    struct der signature)
{
	const unsigned char *bits = NULL;
	int size = 0;
	X509_ALGOR *algorithm = NULL;
	ASN1_OBJECT *object = NULL;
	char text[DER_OID_TEXT_SIZE];
	unsigned char hash[HASH_MOST];
	size_t hash_size = 0;
	struct der point;
	const size_t at = find_gost(scheme);
	if (at == COUNT(gost_keys) ||
	    X509_PUBKEY_get0_param(&object, &bits, &size, &algorithm, key) != 1)
		return FAULT_BIT(FAULT_ALGORITHM);
	(void)OBJ_obj2txt(text, sizeof(text), object, 1);
	if (scheme_by_oid(text).key != scheme.key)
		return FAULT_BIT(FAULT_TAMPERED); /* not by this key, whatever it is */
	curve_of(algorithm, text);
	struct der in = { bits, (size_t)size };
	if (strcmp(text, gost_keys[at].parameters) != 0 ||
	    !der_take_tag(&in, DER_OCTET_STRING, &point) || in.size != 0 ||
	    !hash_of(scheme.hash, bytes, hash, &hash_size))
		return FAULT_BIT(FAULT_ALGORITHM);
	return gost_signed(gost_keys[at].curve, point.bytes, point.size, hash, hash_size,
			   signature.bytes, signature.size)
		       ? 0
		       : FAULT_BIT(FAULT_TAMPERED);
}

fault_set scheme_check(struct scheme scheme, const X509_PUBKEY *key, struct der bytes,
		       struct der signature)
{
	if (scheme.hash == HASH_WEAK)
		return FAULT_BIT(FAULT_WEAK);
	if (scheme.key == KEY_RSA || scheme.key == KEY_EC)
		return check_openssl(scheme, key, bytes, signature);
	return check_gost(scheme, key, bytes, signature);
}
