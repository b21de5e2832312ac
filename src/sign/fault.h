/* fault.h - everything that can be wrong with a signature, by name (F12).
 *
 * A name is what `signature.fault.NAME` in locale/signature.*.po explains to people and what a
 * stored verdict holds.  Faults are collected in a set: whoever is refused learns of all of them.
 */
#pragma once
#include "base/err.h"

enum signature_fault {
	FAULT_FORMAT,         /* no CMS, too large, or broken */
	FAULT_NO_SIGNER,      /* no SignerInfo in it */
	FAULT_TAMPERED,       /* the signature does not hold */
	FAULT_DOCUMENT,       /* it is of another document */
	FAULT_ATTRIBUTES,     /* signed attributes that must be there once are not */
	FAULT_NO_CERTIFICATE, /* the signer's certificate is not in it */
	FAULT_CERTIFICATE,    /* signingCertificate names another one */
	FAULT_ALGORITHM,      /* an algorithm or a curve that we do not know */
	FAULT_WEAK,           /* MD5, SHA-1, a short RSA key */
	FAULT_ANCHOR,         /* no path to a trusted authority */
	FAULT_EXPIRED,        /* the signer's certificate has run out */
	FAULT_NOT_YET,        /* ... is not valid yet */
	FAULT_AUTHORITY_TIME, /* an authority's certificate is not valid at that time */
	FAULT_NOT_AUTHORITY,  /* a certificate of the path may not issue certificates */
	FAULT_PATH_LENGTH,    /* more authorities in between than one of them allows */
	FAULT_USAGE,          /* the key is not for this purpose */
	FAULT_EXTENSION,      /* a critical extension that we do not process */
	FAULT_REVOKED,        /* a certificate of the path is revoked */
	FAULT_CRL_MISSING,    /* no list of revoked certificates of its issuer */
	FAULT_CRL_OLD,        /* ... is older than allowed */
	FAULT_SERIAL_NUMBERS, /* not exactly one serialNumber in the subject */
	FAULT_NO_IIN,         /* that one is no IIN */
	FAULT_PERSON,         /* it is somebody else's IIN */
	FAULT_TIME,           /* the time claimed is in the future or out of the certificate's */
	FAULT_TIMESTAMP,      /* the time stamp that it brings does not hold */
	FAULT_COUNT
};

typedef uint32_t fault_set;
#define FAULT_BIT(fault) ((fault_set)1 << (fault))

/* "format", "no_signer", ... */
const char *signature_fault_name(enum signature_fault fault);
