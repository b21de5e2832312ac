#include "sign/cms.h"

#include "sign/timestamp.h"
#include "sign/x509_text.h"

#include <openssl/err.h>

static void free_cms(void *cms)
{
	CMS_ContentInfo_free(cms);
}

static void free_certificates(void *stack)
{
	sk_X509_pop_free(stack, X509_free);
}

/* The SignedData, or NULL. */
static CMS_ContentInfo *read_cms(struct arena *a, struct der in, struct der *ret_der)
{
	const unsigned char *der = NULL;
	size_t size = 0;
	if (!x509_unwrap(a, in.bytes, in.size, CMS_MOST, &der, &size))
		return NULL;
	const unsigned char *at = der;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	if (!cms)
		return NULL;
	arena_defer(a, free_cms, cms);
	if (at != der + size || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return NULL;
	*ret_der = (struct der){ der, size };
	return cms;
}

bool cms_certificates(struct arena *a, CMS_ContentInfo *cms, struct cms_set *ret)
{
	STACK_OF(X509) *stack = CMS_get1_certs(cms);
	const int count = stack ? sk_X509_num(stack) : 0;
	if (stack)
		arena_defer(a, free_certificates, stack);
	if (count > CMS_CERTIFICATES_MOST)
		return false;
	ret->certificates = arena_array(a, (size_t)count + 1, sizeof(struct certificate));
	for (int i = 0; i < count; i++) {
		if (certificate_of(a, sk_X509_value(stack, i), &ret->certificates[ret->count],
				   NULL))
			ret->count++;
	}
	return true;
}

/* A document that travels in the CMS must be the same one, to the byte. */
static bool same_content(CMS_ContentInfo *cms, struct der document)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	if (!content || !*content)
		return true;
	const size_t size = (size_t)ASN1_STRING_length(*content);
	return size == document.size &&
	       (size == 0 || memcmp(ASN1_STRING_get0_data(*content), document.bytes, size) == 0);
}

static void judge_person(struct arena *a, const struct cms_question *q, struct cms_signer *signer)
{
	signer->faults |= person_of(a, signer->certificate, &signer->person);
	if (q->iin && strcmp(signer->person.iin, q->iin) != 0)
		signer->faults |= FAULT_BIT(FAULT_PERSON);
}

/* The time that the signer's computer claims proves nothing, but must not be impossible: no later
 * than the time stamp, if there is one. */
static void judge_time(const struct cms_question *q, struct cms_signer *signer)
{
	const int64_t until_ms = signer->stamp.at_ms ? signer->stamp.at_ms : q->at_ms;
	if (signer->signed_ms != 0 && (signer->signed_ms > until_ms + CHAIN_SKEW_MS ||
				       signer->signed_ms < signer->certificate->not_before_ms ||
				       signer->signed_ms > signer->certificate->not_after_ms))
		signer->faults |= FAULT_BIT(FAULT_TIME);
}

static void judge_signer(struct arena *a, const struct cms_question *q, const struct cms_set *set,
			 CMS_SignerInfo *info, struct cms_signer *signer)
{
	signer->person = (struct person){ .name = "", .organisation = "" };
	signer->algorithm = "";
	signer->certificate = cms_signer_certificate(set, info);
	if (!signer->certificate) {
		signer->faults |= FAULT_BIT(FAULT_NO_CERTIFICATE);
		return;
	}
	const struct cms_content content = { q->document, NID_pkcs7_data };
	struct trust trust = *q->trust;
	if (trust.known_ms == 0)
		trust.known_ms = q->at_ms;
	signer->faults |= cms_check_signature(a, &content, info, signer) |
			  timestamp_check(a, &trust, set, info, &signer->stamp);
	judge_person(a, q, signer);
	judge_time(q, signer);
	/* a key for signing in must be valid now, whatever was stamped */
	const bool stamped = signer->stamp.at_ms != 0 && q->purpose == PURPOSE_SIGNATURE;
	chain_judge(&trust, signer->certificate, set->certificates, set->count, q->purpose,
		    stamped ? signer->stamp.at_ms : q->at_ms, &signer->chain);
	signer->faults |= signer->chain.faults;
}

static fault_set judge(struct arena *a, const struct cms_question *q, struct cms_verdict *v)
{
	struct cms_set set = { .count = 0 };
	CMS_ContentInfo *cms = read_cms(a, q->cms, &v->der);
	if (!cms)
		return FAULT_BIT(FAULT_FORMAT);
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	const int count = infos ? sk_CMS_SignerInfo_num(infos) : 0;
	if (count > CMS_SIGNERS_MOST || !cms_certificates(a, cms, &set))
		return FAULT_BIT(FAULT_FORMAT);
	fault_set faults = count > 0 ? 0 : FAULT_BIT(FAULT_NO_SIGNER);
	if (!same_content(cms, q->document))
		faults |= FAULT_BIT(FAULT_DOCUMENT);
	for (int i = 0; i < count; i++) {
		struct cms_signer *signer = &v->signers[v->signer_count++];
		judge_signer(a, q, &set, sk_CMS_SignerInfo_value(infos, i), signer);
		faults |= signer->faults;
	}
	return faults;
}

void cms_verify(struct arena *a, const struct cms_question *q, struct cms_verdict *ret)
{
	*ret = (struct cms_verdict){ .good = false };
	ret->faults = judge(a, q, ret);
	ret->good = ret->faults == 0;
	ERR_clear_error();
}
