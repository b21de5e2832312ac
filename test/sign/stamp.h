/* stamp.h - a stamping authority for tests: by hand, so that it can be wrong in one place and stamp
 * with GOST, and OpenSSL's own (what `openssl ts -reply` runs). */
#pragma once
#include "authority.h"

struct test_stamp {
	const struct test_holder *holder;
	int64_t at_ms;
	bool other;                      /* over something else */
	bool broken;                     /* the signature on it */
	bool no_certificate;             /* none in it */
	bool no_ess;                     /* names no certificate */
	bool old_hash;                   /* SHA-1 of the signature */
	bool junk;                       /* no token at all */
	long version;                    /* 0: 1 */
	const struct test_holder *extra; /* a certificate that it brings along */
};

/* For test_signer.stamp; `plan` is a struct test_stamp. */
struct der test_stamp_by_hand(struct arena *a, const void *plan, struct der signature);
struct der test_stamp_by_openssl(struct arena *a, const void *plan, struct der signature);

/* What a stamping authority's certificate needs, under this name. */
struct test_plan test_stamp_plan(enum test_kind kind, int number);
