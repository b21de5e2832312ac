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

/* Checks the signature with the certificate's key, and the signed attributes; fills the algorithm
 * and the time claimed. */
fault_set cms_check_signature(struct arena *a, struct der document, CMS_SignerInfo *info,
			      struct cms_signer *signer);
