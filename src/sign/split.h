/* split.h - a secret in shares, any two of which give it back and one of which gives nothing away
 * (A. Shamir, How to share a secret, CACM 22, 1979; GF(256), libgfshare). */
#pragma once
#include "base/err.h"

enum { SPLIT_SIZE = 32, SPLIT_NEEDED = 2, SPLIT_MOST = 64 };

struct split_share {
	unsigned char number; /* from 1 */
	unsigned char bytes[SPLIT_SIZE];
};

/* Shares 1 to count; 3 <= count <= SPLIT_MOST. */
bool split_make(const unsigned char secret[SPLIT_SIZE], size_t count, struct split_share *ret,
		struct err *e) MUST_USE;

/* What two shares of one secret give; of two that do not belong together it is nobody's secret,
 * which only the caller can tell.  False if both have the same number, or none. */
bool split_join(const struct split_share share[SPLIT_NEEDED], unsigned char ret[SPLIT_SIZE],
		struct err *e) MUST_USE;
