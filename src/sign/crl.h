/* crl.h - a list of revoked certificates (F12).
 *
 * Whole lists only: a delta list, a list of part of the reasons or an indirect one is refused, as
 * is one with a critical extension that we do not process. */
#pragma once
#include "sign/certificate.h"

enum { CRL_MOST = 24 * 1024 * 1024 };

struct crl {
	struct der der;
	const char *issuer;
	char number[SERIAL_SIZE];           /* cRLNumber, hexadecimal; "" without one */
	char fingerprint[FINGERPRINT_SIZE]; /* SHA-256 of the DER form */
	int64_t made_ms, next_ms;           /* next_ms is 0 without a nextUpdate */
	size_t count;                       /* of revoked certificates */
	struct scheme scheme;
	struct X509_crl_st *x509;
};

/* DER or PEM.  ERR_INPUT "signature.error.crl" if it is none that we take. */
bool crl_read(struct arena *a, const void *bytes, size_t size, struct crl *ret,
	      struct err *e) MUST_USE;

/* Whether it is of this issuer: by name and key, by signature, by the right to sign lists. */
bool crl_issued_by(const struct crl *list, const struct certificate *issuer);

/* Below 0 if `one` is older than `other`, by number where both have one, else by time. */
int crl_compare(const struct crl *one, const struct crl *other);

/* What a list says of a certificate in it. */
struct crl_word {
	/* The day of the revocation, or of invalidityDate (RFC 5280, 5.3.2) if that is earlier:
	 * since then the key may have been in other hands. */
	int64_t since_ms;
	/* The reason is one by which nobody else has the key, so what it has signed before stands
	 * (RFC 3161, 4): unspecified, affiliationChanged, superseded, cessationOfOperation. */
	bool kept;
};

/* Whether the certificate stands in the list; `ret` only then. */
bool crl_revokes(const struct crl *list, const struct certificate *one, struct crl_word *ret);
