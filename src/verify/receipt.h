/* receipt.h - what a person takes home: an entry of the journal with the proof that it is in it
 * (F15, F60).  No database and no network; docs/receipts.md has the formats for strangers.
 *
 * Two forms of the same thing:
 *   JSON        "konkurs-receipt-1", with the content of the entry and its salt
 *   for a code  "KONKURS1:" and base 41 of packed bytes; with content and salt, too, so that who
 *               holds a sheet sees what the code itself says, unless they do not fit into a code
 * and one to type: the short code, the first ten bytes of the leaf's hash in Crockford's base 32.
 */
#pragma once
#include "base/arena.h"
#include "journal/note.h"
#include "verify/leaf.h"

#include <jansson.h>

#define RECEIPT_FORMAT "konkurs-receipt-1"
#define RECEIPT_PREFIX "KONKURS1:"

enum {
	RECEIPT_MOST = 256 * 1024, /* bytes that are read                      */
	RECEIPT_SALT_SIZE = 32,
	RECEIPT_CODE_BYTES = 10,
	RECEIPT_CODE_SIZE = 20,     /* "ABCD-EFGH-JKMN-PQRS", terminated         */
	RECEIPT_PACKED_MOST = 4296, /* characters that the largest QR code holds */
};

struct receipt {
	const char *leaf; /* the header's text                            */
	uint64_t index;   /* from 0                                       */
	bool whole;       /* has salt and content                         */
	unsigned char salt[RECEIPT_SALT_SIZE];
	const char *content; /* canonical JSON; NULL unless whole             */
	struct tree_proof proof;
	const char *checkpoint; /* a signed note                                */
	const char *key;        /* verifier key of the log, as the receipt says */
};

/* Either form; blanks around it do not matter.  ERR_INPUT "verify.error.format" for what is none,
 * "verify.error.large" beyond RECEIPT_MOST.  Nothing of it is believed yet: check.h. */
bool receipt_read(struct arena *a, const char *bytes, size_t size, struct receipt *ret,
		  struct err *e) MUST_USE;

/* The JSON form that was read already; what else the object has does not matter. */
bool receipt_take(struct arena *a, const json_t *object, struct receipt *ret,
		  struct err *e) MUST_USE;

/* One line of canonical JSON. */
const char *receipt_json(struct arena *a, const struct receipt *r);

/* With salt and content if it is whole and RECEIPT_PACKED_MOST is not exceeded by that.  NULL if it
 * is none that can be packed: a leaf or note that is not ours.  Only the log's own signature goes
 * along. */
const char *receipt_compact(struct arena *a, const struct receipt *r);

/* ---- the short code -------------------------------------------------------------------------- */

void receipt_code(const struct tree_hash *leaf, char ret[RECEIPT_CODE_SIZE]);

/* Small letters, blanks and hyphens do not matter; O is 0, I and L are 1. */
bool receipt_code_parse(const char *text, unsigned char ret[RECEIPT_CODE_BYTES]) MUST_USE;
