/* cms.h - whether a CMS or CAdES signature over a document holds, and whose it is (F12).
 *
 * Bytes in, verdict out: no network, no file, no clock, no state.  A verdict names every fault that
 * was found and whatever could be read all the same.  Every SignerInfo must hold, and be the asked
 * person's.  Signed attributes are looked at where they are: contentType and messageDigest must be
 * there then, signingCertificate and signingCertificateV2 (CAdES-BES) must name the signer's
 * certificate.  A signature's time stamp (CAdES-T, sign/timestamp.h) must hold where there is one,
 * and the signer's path is judged as of its time; without one, as of the instant that the caller
 * gives.  Other unsigned attributes (archives, counter-signatures) are not looked at. */
#pragma once
#include "sign/chain.h"
#include "sign/person.h"

enum { CMS_MOST = 1024 * 1024, CMS_SIGNERS_MOST = 8, CMS_CERTIFICATES_MOST = 32 };

struct cms_signer;

/* A time stamp over the signature. */
struct cms_stamp {
	bool there;
	int64_t at_ms;             /* the time that it proves; 0 unless it holds */
	const char *serial;        /* of the stamp, hexadecimal */
	struct cms_signer *signer; /* the stamping authority: certificate, algorithm, chain, faults;
				    * NULL if it could not be read */
};

struct cms_question {
	const struct trust *trust;
	struct der document; /* what must have been signed */
	struct der cms;      /* DER, PEM or base64; detached, or with the same document in it */
	enum purpose purpose;
	int64_t at_ms;   /* as of when */
	const char *iin; /* whose it must be; NULL for anybody's */
};

struct cms_signer {
	fault_set faults;
	struct person person;
	const struct certificate *certificate; /* NULL if it is not there */
	const char *algorithm;                 /* "RSA, SHA-256"; "" if it does not count */
	int64_t signed_ms; /* as the signer's computer claims; 0 without a claim */
	struct chain chain;
	struct cms_stamp stamp;
};

struct cms_verdict {
	bool good;
	fault_set faults; /* of the whole, with those of every signer */
	struct cms_signer signers[CMS_SIGNERS_MOST];
	size_t signer_count;
	struct der der; /* the CMS as bytes, to be kept; empty if it is none */
};

void cms_verify(struct arena *a, const struct cms_question *q, struct cms_verdict *ret);
