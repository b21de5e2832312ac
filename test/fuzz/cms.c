/* cms.c - a CMS, with the authorities and the lists that it brings as trusted, so that paths and
 * time stamps are walked to their ends: what is good has no fault and a signer with a number. */
#include "fuzz.h"

#include "sign/cms.h"

#include <openssl/cms.h>
#include <stdlib.h>
#include <string.h>

/* What the CMS of corpus/cms sign. */
enum { LISTS_MOST = 4 };
static const char document[] = "{\"document\":\"application/12\"}";

static void free_certificates(void *stack)
{
	sk_X509_pop_free(stack, X509_free);
}

static size_t read_anchors(struct arena *a, const uint8_t *bytes, size_t size,
			   struct certificate *ret)
{
	const unsigned char *at = bytes;
	size_t count = 0;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	STACK_OF(X509) *stack = cms ? CMS_get1_certs(cms) : NULL;
	if (stack)
		arena_defer(a, free_certificates, stack);
	for (int i = 0; stack && i < sk_X509_num(stack) && count < CMS_CERTIFICATES_MOST; i++) {
		if (certificate_of(a, sk_X509_value(stack, i), &ret[count], NULL) &&
		    ret[count].authority)
			count++;
	}
	CMS_ContentInfo_free(cms);
	return count;
}

static size_t read_lists(struct arena *a, const uint8_t *bytes, size_t size, struct crl *ret)
{
	const unsigned char *at = bytes;
	size_t count = 0;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	STACK_OF(X509_CRL) *stack = cms ? CMS_get1_crls(cms) : NULL;
	for (int i = 0; i < sk_X509_CRL_num(stack) && count < LISTS_MOST; i++) {
		unsigned char *der = NULL;
		const int length = i2d_X509_CRL(sk_X509_CRL_value(stack, i), &der);
		if (length > 0 && crl_read(a, arena_copy_n(a, (const char *)der, (size_t)length),
					   (size_t)length, &ret[count], NULL))
			count++;
		OPENSSL_free(der);
	}
	sk_X509_CRL_pop_free(stack, X509_CRL_free);
	CMS_ContentInfo_free(cms);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct certificate anchors[CMS_CERTIFICATES_MOST];
	struct crl lists[LISTS_MOST];
	struct cms_verdict v;
	const struct trust trust = { .anchors = anchors,
				     .anchor_count = read_anchors(a, bytes, size, anchors),
				     .lists = lists,
				     .list_count = read_lists(a, bytes, size, lists),
				     .list_most_ms = INT64_MAX };
	cms_verify(a,
		   &(struct cms_question){
			   .trust = &trust,
			   .document = { (const unsigned char *)document, strlen(document) },
			   .cms = { bytes, size },
			   .at_ms = (int64_t)1774000000 * 1000 },
		   &v);
	if (v.good != (v.faults == 0) || (v.good && v.signer_count == 0))
		abort();
	for (size_t i = 0; i < v.signer_count; i++) {
		if (v.good && (!v.signers[i].certificate || v.signers[i].faults ||
			       strlen(v.signers[i].person.iin) != PERSON_NUMBER_SIZE - 1))
			abort();
		if (v.signers[i].chain.count > CHAIN_MOST ||
		    (v.good && v.signers[i].stamp.there != (v.signers[i].stamp.at_ms != 0)))
			abort();
	}
	return 0;
}
