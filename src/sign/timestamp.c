#include "sign/timestamp.h"

#include "sign/x509_text.h"

#include <openssl/err.h>
#include <openssl/ts.h>

enum { SECOND = 1000 };

struct token {
	CMS_ContentInfo *cms;
	struct der der, content; /* the whole; the TSTInfo in it */
	TS_TST_INFO *info;
	struct cms_set set; /* certificates of the token, then those of the CMS around it */
};

static void free_cms(void *cms)
{
	CMS_ContentInfo_free(cms);
}

static void free_info(void *info)
{
	TS_TST_INFO_free(info);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool there(CMS_SignerInfo *info)
{
	return CMS_unsigned_get_attr_by_NID(info, NID_id_smime_aa_timeStampToken, -1) >= 0;
}

/* The one value of the one attribute. */
static bool token_bytes(CMS_SignerInfo *info, struct der *ret)
{
	enum { ONLY_ONE = -3 };
	const ASN1_STRING *value = CMS_unsigned_get0_data_by_OBJ(
		info, OBJ_nid2obj(NID_id_smime_aa_timeStampToken), ONLY_ONE, V_ASN1_SEQUENCE);
	if (!value)
		return false;
	*ret = (struct der){ ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) };
	return true;
}

static bool read_info(struct arena *a, struct token *t)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(t->cms);
	if (!content || !*content)
		return false;
	t->content = (struct der){ ASN1_STRING_get0_data(*content),
				   (size_t)ASN1_STRING_length(*content) };
	const unsigned char *at = t->content.bytes;
	t->info = d2i_TS_TST_INFO(NULL, &at, (long)t->content.size);
	if (!t->info)
		return false;
	arena_defer(a, free_info, t->info);
	return at == t->content.bytes + t->content.size && TS_TST_INFO_get_version(t->info) == 1;
}

static bool read_token(struct arena *a, CMS_SignerInfo *info, const struct cms_set *outer,
		       struct token *t)
{
	struct cms_set own = { .count = 0 };
	if (!token_bytes(info, &t->der))
		return false;
	const unsigned char *at = t->der.bytes;
	t->cms = d2i_CMS_ContentInfo(NULL, &at, (long)t->der.size);
	if (!t->cms)
		return false;
	arena_defer(a, free_cms, t->cms);
	if (at != t->der.bytes + t->der.size ||
	    OBJ_obj2nid(CMS_get0_type(t->cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(t->cms)) != NID_id_smime_ct_TSTInfo ||
	    !read_info(a, t) || !cms_certificates(a, t->cms, &own))
		return false;
	t->set.certificates =
		arena_array(a, own.count + outer->count + 1, sizeof(*t->set.certificates));
	for (size_t i = 0; i < own.count; i++)
		t->set.certificates[t->set.count++] = own.certificates[i];
	for (size_t i = 0; i < outer->count; i++)
		t->set.certificates[t->set.count++] = outer->certificates[i];
	return true;
}

/* ---- judging --------------------------------------------------------------------------------- */

/* The stamp is over the value of this signature (RFC 5126, 6.1.1). */
static bool is_over(TS_TST_INFO *info, const ASN1_STRING *signature)
{
	unsigned char hash[HASH_MOST];
	size_t size = 0;
	char oid[DER_OID_TEXT_SIZE];
	const ASN1_OBJECT *object = NULL;
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_STRING *told = TS_MSG_IMPRINT_get_msg(imprint);
	X509_ALGOR_get0(&object, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	(void)OBJ_obj2txt(oid, sizeof(oid), object, 1);
	return hash_of(hash_by_oid(oid),
		       (struct der){ ASN1_STRING_get0_data(signature),
				     (size_t)ASN1_STRING_length(signature) },
		       hash, &size) &&
	       (size_t)ASN1_STRING_length(told) == size &&
	       memcmp(ASN1_STRING_get0_data(told), hash, size) == 0;
}

static bool names_certificate(CMS_SignerInfo *info)
{
	return CMS_signed_get_attr_by_NID(info, NID_id_smime_aa_signingCertificate, -1) >= 0 ||
	       CMS_signed_get_attr_by_NID(info, NID_id_smime_aa_signingCertificateV2, -1) >= 0;
}

/* The path that our own walk has found, for OpenSSL to walk again as of the same time. */
static X509_STORE *store_of(const struct chain *chain, int64_t at_ms, STACK_OF(X509) * between)
{
	X509_STORE *store = X509_STORE_new();
	if (!store)
		return NULL;
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)(at_ms / SECOND));
	(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	(void)X509_STORE_add_cert(store, chain->path[chain->count - 1]->x509);
	for (size_t i = 0; i + 1 < chain->count; i++) {
		if (X509_up_ref(chain->path[i]->x509) == 1)
			(void)sk_X509_push(between, chain->path[i]->x509);
	}
	return store;
}

/* What OpenSSL says of the token: signature, signer, version. */
static bool openssl_agrees(const struct token *t, const struct chain *chain, int64_t at_ms)
{
	const unsigned char *at = t->der.bytes;
	PKCS7 *token = d2i_PKCS7(NULL, &at, (long)t->der.size);
	TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	bool ok = false;
	if (token && context && between) {
		(void)TS_VERIFY_CTX_set_flags(context,
					      TS_VFY_VERSION | TS_VFY_SIGNER | TS_VFY_SIGNATURE);
		(void)TS_VERIFY_CTX_set_store(context, store_of(chain, at_ms, between));
		(void)TS_VERIFY_CTX_set_certs(context, between);
		between = NULL; /* the context's */
		ok = TS_RESP_verify_token(context, token) == 1;
	}
	sk_X509_pop_free(between, X509_free);
	TS_VERIFY_CTX_free(context);
	PKCS7_free(token);
	ERR_clear_error();
	return ok;
}

static bool openssl_can(const struct certificate *one)
{
	const EVP_PKEY *key = X509_get0_pubkey(one->x509);
	return key && (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ||
		       EVP_PKEY_get_base_id(key) == EVP_PKEY_EC);
}

/* Whoever has stamped: one, and good at that time. */
static bool judge_authority(struct arena *a, const struct trust *trust, const struct token *t,
			    int64_t at_ms, struct cms_signer *authority)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(t->cms);
	const struct cms_content content = { t->content, NID_id_smime_ct_TSTInfo };
	if (!infos || sk_CMS_SignerInfo_num(infos) != 1)
		return false;
	CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, 0);
	authority->certificate = cms_signer_certificate(&t->set, info);
	if (!authority->certificate) {
		authority->faults |= FAULT_BIT(FAULT_NO_CERTIFICATE);
		return false;
	}
	authority->faults |= cms_check_signature(a, &content, info, authority);
	if (!names_certificate(info))
		authority->faults |= FAULT_BIT(FAULT_CERTIFICATE);
	chain_judge(trust, authority->certificate, t->set.certificates, t->set.count, PURPOSE_STAMP,
		    at_ms, &authority->chain);
	authority->faults |= authority->chain.faults;
	return authority->faults == 0 && (!openssl_can(authority->certificate) ||
					  openssl_agrees(t, &authority->chain, at_ms));
}

fault_set timestamp_check(struct arena *a, const struct trust *trust, const struct cms_set *set,
			  CMS_SignerInfo *info, struct cms_stamp *ret)
{
	struct token t = { .cms = NULL };
	int64_t at_ms = 0;
	char serial[SERIAL_SIZE];
	*ret = (struct cms_stamp){ .there = there(info), .serial = "" };
	if (!ret->there)
		return 0;
	if (!read_token(a, info, set, &t) || !x509_instant(TS_TST_INFO_get_time(t.info), &at_ms) ||
	    !x509_number(TS_TST_INFO_get_serial(t.info), serial, sizeof(serial)))
		return FAULT_BIT(FAULT_TIMESTAMP);
	ret->serial = arena_copy(a, serial);
	ret->signer = arena_alloc(a, sizeof(*ret->signer));
	*ret->signer = (struct cms_signer){ .algorithm = "" };
	if (!judge_authority(a, trust, &t, at_ms, ret->signer) || at_ms <= 0 ||
	    at_ms > trust->known_ms + CHAIN_SKEW_MS ||
	    !is_over(t.info, CMS_SignerInfo_get0_signature(info)))
		return FAULT_BIT(FAULT_TIMESTAMP);
	ret->at_ms = at_ms;
	return 0;
}
