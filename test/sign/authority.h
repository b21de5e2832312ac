/* authority.h - a certification authority for tests: RSA, ECDSA and GOST, right and wrong.
 *
 * OpenSSL signs RSA and ECDSA; for GOST, which it cannot, nettle does (tc26-256-A: OpenSSL's
 * arithmetic).  Keys are made once a program and kind, four of each. */
#pragma once
#include "der_put.h"
#include "sign/cms.h"

enum test_kind { TEST_EC, TEST_RSA, TEST_GOST_512, TEST_GOST_256, TEST_GOST_2004, TEST_RSA_SHORT };
enum { TEST_KEYS = 4 };
enum test_hash { TEST_GOOD, TEST_SHA1, TEST_MD5 };
enum test_form { TEST_LITTLE, TEST_RFC }; /* of a GOST signature */

#define TEST_DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define TEST_NOW_MS ((int64_t)1774000000 * 1000) /* 20.03.2026 */

struct test_key {
	enum test_kind kind;
	int number; /* below TEST_KEYS */
};

struct test_plan {
	struct test_key key;
	const char *name;
	const char *numbers[2]; /* serialNumber: "IIN..." */
	const char *patronymic, *organisation, *unit;
	long serial;
	int64_t from_ms, to_ms; /* 0: a year to each side of TEST_NOW_MS */
	unsigned usage;         /* 0: no keyUsage */
	bool authority;
	bool no_constraints;     /* of an authority that does not say that it is one */
	int most;                /* pathLenConstraint + 1; 0: none */
	const char *strange;     /* a critical extension of this identifier */
	bool twice;              /* keyUsage stands there twice */
	const char *purposes[2]; /* extendedKeyUsage: identifiers */
	bool loose;              /* ... which is not critical */
	bool wide;               /* names are BMPStrings */
	bool anonymous;          /* names no keys */
	enum test_hash hash;     /* which the issuer signs with */
	enum test_form form;
};

struct test_holder {
	struct test_plan plan;
	struct certificate certificate;
};

/* Issued by `issuer`, or by itself if that is NULL. */
struct test_holder test_issue(struct arena *a, const struct test_plan *plan,
			      const struct test_holder *issuer);
/* Its bytes alone: of one that certificate_read() refuses. */
struct der test_certificate(struct arena *a, const struct test_plan *plan,
			    const struct test_holder *issuer);

struct test_list {
	const struct test_holder *issuer;
	long number; /* 0: no cRLNumber */
	int64_t made_ms;
	long revoked[4]; /* serial numbers, 0 ends */
	int64_t revoked_ms;
	int reason;         /* CRLReason of the entries + 1; 0: none is given */
	int64_t invalid_ms; /* invalidityDate of the entries; 0: none */
	bool delta, part, odd_entry;
	enum test_hash hash;
};
struct der test_crl_bytes(struct arena *a, const struct test_list *plan);
struct crl test_crl(struct arena *a, const struct test_list *plan);

struct test_signer {
	const struct test_holder *holder;
	const char *signed_text;       /* NULL: the document */
	const struct test_holder *ess; /* signingCertificateV2 of whom; NULL: of the holder */
	bool old_ess;                  /* signingCertificate */
	bool no_ess, no_attributes, no_type, no_digest, two_digests, broken, no_certificate;
	int64_t signed_ms; /* 0: no signingTime */
	enum test_hash hash;
	enum test_form form;
	bool key_oid;  /* signatureAlgorithm names the key, as NCALayer writes it */
	bool odd_type; /* contentType is another */
	bool two_times, two_types, two_unknown; /* attributes that stand there twice */
	/* Makes a time stamp over the signature's value: an unsigned attribute (stamp.h). */
	struct der (*stamp)(struct arena *a, const void *plan, struct der signature);
	const void *stamp_plan;
};

struct test_cms {
	const char *document;
	bool attached;
	const char *content; /* NULL: the document */
	const struct test_signer *signers;
	size_t count;
	const struct test_holder *extra; /* brought with it; NULL: none */
	const char *type;                /* identifier of the contents' type; NULL: data */
	struct der bytes;                /* contents that are no text: instead of the document */
	struct der lists;                /* of revoked certificates, brought along */
	bool ber;                        /* lengths are indefinite, the contents in pieces */
};
struct der test_cms_bytes(struct arena *a, const struct test_cms *plan);
