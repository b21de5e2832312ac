/* cms_part.h - within sign/cms: one SignerInfo. */
#pragma once
#include "sign/cms.h"

#include <openssl/cms.h>

/* The certificates that a CMS brings. */
struct cms_set {
	struct certificate *certificates;
	size_t count;
};

/* The one that the SignerInfo names; NULL if there is none, or if two different ones answer to that
 * name. */
const struct certificate *cms_signer_certificate(const struct cms_set *set, CMS_SignerInfo *info);

/* The certificates of a CMS, those that can be read; false if they are too many. */
bool cms_certificates(struct arena *a, CMS_ContentInfo *cms, struct cms_set *ret) MUST_USE;

/* What is signed: its bytes, and of what type the contents are. */
struct cms_content {
	struct der bytes;
	int type; /* OpenSSL's number: NID_pkcs7_data */
};

/* Checks the signature with the certificate's key, and the signed attributes; fills the algorithm
 * and the time claimed. */
fault_set cms_check_signature(struct arena *a, const struct cms_content *content,
			      CMS_SignerInfo *info, struct cms_signer *signer);
