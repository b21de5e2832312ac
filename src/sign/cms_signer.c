#include "sign/cms_part.h"
#include "sign/x509_text.h"

#include <openssl/evp.h>

const struct certificate *cms_signer_certificate(const struct cms_set *set, CMS_SignerInfo *info)
{
	const struct certificate *found = NULL;
	for (size_t i = 0; i < set->count; i++) {
		struct certificate *one = &set->certificates[i];
		if (CMS_SignerInfo_cert_cmp(info, one->x509) != 0)
			continue;
		if (found && !certificate_equal(found, one))
			return NULL;
		found = one;
	}
	return found;
}

static void algorithm_oid(const X509_ALGOR *algorithm, char ret[DER_OID_TEXT_SIZE])
{
	const ASN1_OBJECT *object = NULL;
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	(void)OBJ_obj2txt(ret, DER_OID_TEXT_SIZE, object, 1);
}

static enum key_kind key_of(const struct certificate *certificate)
{
	X509_ALGOR *algorithm = NULL;
	char oid[DER_OID_TEXT_SIZE];
	if (X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm,
				   X509_get_X509_PUBKEY(certificate->x509)) != 1)
		return KEY_UNKNOWN;
	algorithm_oid(algorithm, oid);
	return scheme_by_oid(oid).key;
}

/* The key's kind and the hash, if what the SignerInfo says of both fits the certificate. */
static fault_set read_scheme(CMS_SignerInfo *info, const struct certificate *certificate,
			     struct scheme *ret)
{
	X509_ALGOR *hash = NULL;
	X509_ALGOR *signature = NULL;
	char oid[DER_OID_TEXT_SIZE];
	CMS_SignerInfo_get0_algs(info, NULL, NULL, &hash, &signature);
	algorithm_oid(hash, oid);
	*ret = (struct scheme){ key_of(certificate), hash_by_oid(oid) };
	algorithm_oid(signature, oid);
	const struct scheme named = scheme_by_oid(oid);
	if (ret->hash == HASH_WEAK || named.hash == HASH_WEAK)
		return FAULT_BIT(FAULT_WEAK);
	if (named.key == KEY_UNKNOWN || named.key != ret->key || ret->hash == HASH_UNKNOWN ||
	    (named.hash != HASH_UNKNOWN && named.hash != ret->hash))
		return FAULT_BIT(FAULT_ALGORITHM);
	return 0;
}

/* What is signed where there are signed attributes: these as a SET OF, in the order in which they
 * stand (RFC 5652, 5.4). */
static bool attributes_as_set(struct arena *a, CMS_SignerInfo *info, struct der *ret)
{
	enum { MOST = 64 * 1024, HEADER = 8 };
	const int count = CMS_signed_get_attr_count(info);
	int size = 0;
	for (int i = 0; i < count; i++) {
		const int one = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), NULL);
		if (one <= 0 || one > MOST || (size += one) > MOST)
			return false;
	}
	unsigned char *bytes = arena_alloc(a, (size_t)size + HEADER);
	unsigned char *at = bytes;
	ASN1_put_object(&at, 1, size, V_ASN1_SET, V_ASN1_UNIVERSAL);
	for (int i = 0; i < count; i++)
		(void)i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &at);
	*ret = (struct der){ bytes, (size_t)(at - bytes) };
	return true;
}

/* The one value of the one attribute of this kind; NULL if it is missing, more than one, or of
 * another type. */
static const void *value_of(CMS_SignerInfo *info, int nid, int type)
{
	enum { ONLY_ONE = -3 };
	return CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(nid), ONLY_ONE, type);
}

static bool has(CMS_SignerInfo *info, int nid)
{
	return CMS_signed_get_attr_by_NID(info, nid, -1) >= 0;
}

/* None of them stands there twice, known to us or not (RFC 5652, 11). */
static bool each_once(CMS_SignerInfo *info)
{
	for (int i = 0; i < CMS_signed_get_attr_count(info); i++) {
		const ASN1_OBJECT *kind = X509_ATTRIBUTE_get0_object(CMS_signed_get_attr(info, i));
		if (CMS_signed_get_attr_by_OBJ(info, kind, i) >= 0)
			return false;
	}
	return true;
}

static fault_set check_digest(CMS_SignerInfo *info, const struct cms_content *content,
			      enum hash_kind kind)
{
	unsigned char hash[HASH_MOST];
	size_t size = 0;
	const ASN1_OBJECT *type = value_of(info, NID_pkcs9_contentType, V_ASN1_OBJECT);
	const ASN1_STRING *digest = value_of(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
	if (!each_once(info) || !type || OBJ_obj2nid(type) != content->type || !digest)
		return FAULT_BIT(FAULT_ATTRIBUTES);
	if (!hash_of(kind, content->bytes, hash, &size))
		return FAULT_BIT(FAULT_ALGORITHM);
	if ((size_t)ASN1_STRING_length(digest) != size ||
	    memcmp(ASN1_STRING_get0_data(digest), hash, size) != 0)
		return FAULT_BIT(FAULT_DOCUMENT);
	return 0;
}

/* The first ESSCertID of signingCertificate, ESSCertIDv2 of signingCertificateV2 (RFC 5035): the
 * hash of the signer's certificate.  `sha1` is the hash of the older one, which names none. */
static bool ess_names(struct der value, const struct certificate *certificate, bool sha1)
{
	enum hash_kind kind = HASH_SHA256;
	char oid[DER_OID_TEXT_SIZE];
	unsigned char hash[EVP_MAX_MD_SIZE];
	size_t size = 0;
	unsigned length = 0;
	struct der outer;
	struct der list;
	struct der id;
	struct der algorithm;
	struct der named;
	if (!der_take_tag(&value, DER_SEQUENCE, &outer) ||
	    !der_take_tag(&outer, DER_SEQUENCE, &list) || !der_take_tag(&list, DER_SEQUENCE, &id))
		return false;
	if (!sha1 && der_take_tag(&id, DER_SEQUENCE, &algorithm)) {
		if (!der_take_algorithm(&algorithm, oid))
			return false;
		kind = hash_by_oid(oid);
	}
	if (!der_take_tag(&id, DER_OCTET_STRING, &named))
		return false;
	if (sha1) {
		if (EVP_Digest(certificate->der.bytes, certificate->der.size, hash, &length,
			       EVP_sha1(), NULL) != 1)
			return false;
		size = length;
	} else if (!hash_of(kind, certificate->der, hash, &size)) {
		return false;
	}
	return named.size == size && memcmp(named.bytes, hash, size) == 0;
}

static fault_set check_ess(CMS_SignerInfo *info, const struct certificate *certificate)
{
	static const struct {
		int nid;
		bool sha1;
	} kinds[] = {
		{ NID_id_smime_aa_signingCertificate, true },
		{ NID_id_smime_aa_signingCertificateV2, false },
	};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!has(info, kinds[i].nid))
			continue;
		const ASN1_STRING *value = value_of(info, kinds[i].nid, V_ASN1_SEQUENCE);
		if (!value)
			return FAULT_BIT(FAULT_ATTRIBUTES);
		const struct der in = { ASN1_STRING_get0_data(value),
					(size_t)ASN1_STRING_length(value) };
		if (!ess_names(in, certificate, kinds[i].sha1))
			return FAULT_BIT(FAULT_CERTIFICATE);
	}
	return 0;
}

static fault_set read_time(CMS_SignerInfo *info, int64_t *ret_ms)
{
	if (!has(info, NID_pkcs9_signingTime))
		return 0;
	const ASN1_TIME *time = value_of(info, NID_pkcs9_signingTime, V_ASN1_UTCTIME);
	if (!time)
		time = value_of(info, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME);
	return time && x509_instant(time, ret_ms) ? 0 : FAULT_BIT(FAULT_ATTRIBUTES);
}

fault_set cms_check_signature(struct arena *a, const struct cms_content *content,
			      CMS_SignerInfo *info, struct cms_signer *signer)
{
	struct scheme scheme;
	struct der part = content->bytes;
	const struct certificate *certificate = signer->certificate;
	const ASN1_STRING *signature = CMS_SignerInfo_get0_signature(info);
	fault_set faults = read_scheme(info, certificate, &scheme);
	if (faults)
		return faults;
	signer->algorithm = scheme_name(scheme);
	if (CMS_signed_get_attr_count(info) <= 0 && content->type != NID_pkcs7_data)
		return FAULT_BIT(FAULT_ATTRIBUTES); /* RFC 5652, 5.3 */
	if (CMS_signed_get_attr_count(info) > 0) {
		if (!attributes_as_set(a, info, &part))
			return FAULT_BIT(FAULT_FORMAT);
		faults |= check_digest(info, content, scheme.hash) | check_ess(info, certificate) |
			  read_time(info, &signer->signed_ms);
	}
	return faults | scheme_check(scheme, X509_get_X509_PUBKEY(certificate->x509), part,
				     (struct der){ ASN1_STRING_get0_data(signature),
						   (size_t)ASN1_STRING_length(signature) });
}
