/* paper_share.h - a share as it stands on paper: 17 groups of four letters and digits.
 *
 *   00WE-2G48-...            Crockford's base 32 (no I, L, O, U), without regard to capitals;
 *                            I and L read as 1, O as 0
 *
 * It holds a version (1), the tag of the key that it is a share of, its number, its bytes, and four
 * bytes of BLAKE2b over all of these, so that a slip of the pen is found where it is typed in. */
#pragma once
#include "sign/split.h"

enum { PAPER_TAG_SIZE = 4, PAPER_GROUPS = 17, PAPER_GROUP = 4, PAPER_TEXT_SIZE = 17 * 5 };

struct paper_share {
	unsigned char tag[PAPER_TAG_SIZE];
	struct split_share share;
};

void paper_share_print(const struct paper_share *paper, char ret[PAPER_TEXT_SIZE]);

/* Blanks, strokes and line ends do not count.  False if it is no share or was mistyped. */
bool paper_share_parse(const char *text, struct paper_share *ret) MUST_USE;
