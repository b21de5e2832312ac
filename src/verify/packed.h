/* packed.h - a receipt in as few characters as a QR code wants (docs/receipts.md, "Packed").
 *
 *   version 1 or 2; actor, at, competition, seq as LEB128; kind and subject with their length in a
 * byte; content and previous hash; number of hashes of the proof and the hashes; size of the tree
 * as LEB128; its root; name of the log's key with its length; its public key; its signature; of
 * version 2 the salt, the content's length as LEB128, and the content, in which a byte 1, n and n
 * bytes stand for 2n small hexadecimal digits: hashes are most of it
 *
 * in base 41: two bytes are three characters, the least first, of 0-9 A-Z * - . / : only.  Base 45
 * (RFC 9285) is as short, but has a blank, a plus and a per cent sign, which do not survive being
 * typed, pasted or put into an address; 41 is the least that holds two bytes in three characters.
 */
#pragma once
#include "verify/receipt.h"

/* Of what follows the prefix; blanks at its end are left out. */
bool packed_read(struct arena *a, const char *text, size_t size, struct receipt *ret) MUST_USE;
const char *packed_print(struct arena *a, const struct receipt *r);
