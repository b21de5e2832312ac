/* timestamp.h - within sign/cms: the time stamp over a signature (CAdES-T, RFC 3161).
 *
 * The signature-time-stamp attribute holds a token: a CMS of a stamping authority over the hash of
 * the signature's value and a time.  It must hold in all: one token, our hash, signed by one
 * certificate that may only stamp (extendedKeyUsage, critical), named by its signed attributes,
 * with a path to an anchor that is judged as of that time, revocation included.  OpenSSL's TS
 * checks RSA and ECDSA once more; GOST it cannot. */
#pragma once
#include "sign/cms_part.h"

/* 0 without a time stamp or with a good one, whose time stands in `ret` then; FAULT_TIMESTAMP else.
 * `set` are the certificates of the CMS around it: a token may bring none.  `trust->known_ms` is
 * now. */
fault_set timestamp_check(struct arena *a, const struct trust *trust, const struct cms_set *set,
			  CMS_SignerInfo *info, struct cms_stamp *ret);
