/* chain.h - from a signer's certificate up to an authority that the installation trusts (F12).
 *
 * The walk is our own and needs no network: anchors, intermediate authorities and lists of revoked
 * certificates are what was imported; a CMS may bring further intermediates, which are worth no
 * more than the signature that an anchor's path gives them.  Each certificate of the path is judged
 * for its time, its right to issue, the depth below it, critical extensions and revocation. */
#pragma once
#include "sign/crl.h"

/* A dozen authorities with their lists; nothing of it is changed here. */
struct trust {
	const struct certificate *anchors;
	size_t anchor_count;
	const struct certificate *authorities; /* intermediate ones */
	size_t authority_count;
	const struct crl *lists;
	size_t list_count;
	int64_t list_most_ms; /* a list older than this is too old */
	/* Lists made after the instant of the judgement count up to this one: of what a time stamp
	 * proves more may be known today than was then.  0: none. */
	int64_t known_ms;
};

enum purpose {
	PURPOSE_SIGNATURE, /* of documents: keyUsage nonRepudiation */
	PURPOSE_SIGN_IN,   /* keyUsage digitalSignature and extendedKeyUsage clientAuth */
	PURPOSE_STAMP      /* of time stamps: extendedKeyUsage timeStamping, alone and critical */
};
enum revocation { REVOCATION_UNKNOWN, REVOCATION_GOOD, REVOCATION_REVOKED };

enum { CHAIN_MOST = 6, CHAIN_SKEW_MS = 5 * 60 * 1000 };

struct chain {
	fault_set faults;
	/* from the leaf up to the anchor; only the leaf if there is no path */
	const struct certificate *path[CHAIN_MOST];
	size_t count;
	const struct crl *lists[CHAIN_MOST]; /* by which each of them was judged; NULL: none */
	enum revocation revocation;          /* of the leaf */
	const struct crl *list;              /* by which; NULL if unknown */
	int64_t list_age_ms;
	int64_t revoked_ms;
};

/* Judges `leaf` as of the instant `at_ms`. */
void chain_judge(const struct trust *trust, const struct certificate *leaf,
		 const struct certificate *brought, size_t brought_count, enum purpose purpose,
		 int64_t at_ms, struct chain *ret);
