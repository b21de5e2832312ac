/* der.h - reading DER where OpenSSL has no function for it: one element after another.
 *
 * Pure.  An element is its tag, its content and the whole of its bytes; nothing is copied, so what
 * comes out lives as long as what went in.  Lengths are definite and within the bytes given. */
#pragma once
#include "base/err.h"

struct der {
	const unsigned char *bytes;
	size_t size;
};

enum der_tag {
	DER_BIT_STRING = 3,
	DER_OCTET_STRING = 4,
	DER_OID = 6,
	DER_SEQUENCE = 16,
	DER_SET = 17
};

struct der_item {
	int tag; /* of the universal class; -1 of another */
	struct der content, whole;
};

/* Takes the first element of `in` off it; false if there is none, `in` is untouched then. */
bool der_take(struct der *in, struct der_item *ret) MUST_USE;

/* The same for an element that must have this tag. */
bool der_take_tag(struct der *in, enum der_tag tag, struct der *ret_content) MUST_USE;

/* The first element within the one element that `in` is: of a certificate or a CRL what its
 * issuer has signed. */
bool der_signed_part(struct der in, struct der *ret) MUST_USE;

enum { DER_OID_TEXT_SIZE = 80 };

/* The object identifier whose content `oid` is, as numbers and dots; "" if it is none or too long.
 */
void der_oid_text(struct der oid, char ret[DER_OID_TEXT_SIZE]);

/* The algorithm's identifier of an AlgorithmIdentifier's content, the rest of which stays in `in`.
 */
bool der_take_algorithm(struct der *in, char ret[DER_OID_TEXT_SIZE]) MUST_USE;
