/* certificate.h - a certificate of X.509 as far as signatures need it (F12).
 *
 * Bytes of others: size and text are checked, what is read lives in the arena.  Whether it counts
 * for anything is sign/chain's to say. */
#pragma once
#include "base/arena.h"
#include "sign/scheme.h"

enum { CERTIFICATE_MOST = 64 * 1024, FINGERPRINT_SIZE = 65, SERIAL_SIZE = 130 };

/* keyUsage, as the numbers of its bits (RFC 5280, 4.2.1.3). */
enum key_usage {
	USAGE_DIGITAL_SIGNATURE = 1 << 0,
	USAGE_NON_REPUDIATION = 1 << 1,
	USAGE_CERTIFICATES = 1 << 5,
	USAGE_LISTS = 1 << 6
};

struct certificate {
	struct der der;
	const char *subject, *issuer;       /* names in one line, UTF-8 */
	const char *name;                   /* the subject's CN, "" without one */
	char serial[SERIAL_SIZE];           /* hexadecimal */
	char fingerprint[FINGERPRINT_SIZE]; /* SHA-256 of the DER form */
	int64_t not_before_ms, not_after_ms;
	bool authority;       /* basicConstraints says cA */
	int path_length;      /* of basicConstraints; -1 without one */
	unsigned usage;       /* bits of enum key_usage; 0 without the extension */
	bool stamps;          /* extendedKeyUsage, critical: time stamps and nothing else */
	bool signs_in;        /* extendedKeyUsage: to a server as a client */
	bool strange;         /* has a critical extension that we do not process */
	struct scheme scheme; /* how it is signed */
	struct x509_st *x509;
};

/* DER or PEM.  ERR_INPUT "signature.error.certificate" if it is none. */
bool certificate_read(struct arena *a, const void *bytes, size_t size, struct certificate *ret,
		      struct err *e) MUST_USE;

/* The same for one that OpenSSL holds already, as those in a CMS. */
bool certificate_of(struct arena *a, struct x509_st *x509, struct certificate *ret,
		    struct err *e) MUST_USE;

/* Whether `one` names `issuer` as its issuer: by name, and by key identifier where both have one.
 */
bool certificate_names(const struct certificate *one, const struct certificate *issuer);

/* 0 if `issuer`'s key has signed `one`; else what sign/scheme finds. */
fault_set certificate_signed_by(const struct certificate *one, const struct certificate *issuer);

/* Name and issuer are the same. */
bool certificate_self_issued(const struct certificate *one);
bool certificate_equal(const struct certificate *one, const struct certificate *other);
