/* draw.h - a candidate's form, drawn from a seed so that anyone can draw it again.  Pure.
 *
 * The algorithm, byte by byte:
 *  1. The key of the stream is BLAKE2b-256 over the 14 bytes "konkurs-draw-1", the 32 bytes of
 *     the sitting's seed and the candidate's number as 8 bytes, little-endian.
 *  2. The stream is ChaCha20 (djb's, 64-bit nonce of zeros, counter from 0) under that key, read as
 *     unsigned 32-bit little-endian numbers.
 *  3. below(n): numbers x of the stream are taken until x < 2^32 - (2^32 mod n); x mod n.
 *  4. The items of the bank are sorted by their hash.  For each act of the programme, in its
 *     order: its items, in that order, without those excluded, are shuffled from the front
 *     (for i from 0: swap i with i + below(count - i)) until as many are drawn as
 *     the programme asks for.
 *  5. All drawn questions, in the order drawn, are shuffled the same way (to the last but one).
 *  6. For each question in that order its options 0..n-1 are shuffled the same way. */
#pragma once
#include "exam/item.h"

enum { DRAW_SEED_SIZE = 32, FORM_HASH_SIZE = 32 };

/* How many questions of which act (A5-1); acts are numbered by their place in the programme. */
struct blueprint {
	const int *questions; /* per act */
	size_t acts;
};

int blueprint_total(const struct blueprint *b);

/* An item that may be drawn.  No two of a bank have the same hash: they would be one item. */
struct bank_entry {
	unsigned char hash[ITEM_HASH_SIZE];
	int64_t id;    /* the caller's */
	int act;       /* place in the programme */
	int options;   /* at most ITEM_OPTIONS_MOST (asserted) */
	bool excluded; /* not to be used in this draw */
};

struct form_question {
	int64_t item_id;
	const unsigned char *hash; /* of the bank entry */
	int act, options;
	unsigned char shown[ITEM_OPTIONS_MOST]; /* option positions in the order shown */
};

/* Sorts a bank by hash, as step 4 wants it. */
void bank_sort(struct bank_entry *bank, size_t count);

/* BLAKE2b-256 over the hashes of a sorted bank: what was drawn from. */
void bank_hash(const struct bank_entry *bank, size_t count, unsigned char ret[ITEM_HASH_SIZE]);

/* Items an act has beyond what the blueprint asks; negative: so many are short (F29). */
int bank_spare(const struct bank_entry *bank, size_t count, const struct blueprint *b, int act);

/* Draws a form of exactly blueprint_total() questions into `form`.  `bank` is sorted; `scratch`
 * is room for `count` numbers.  ERR_CONFLICT "exam.bank.shortage" when an act has too few
 * items: no form with one question less is ever made. */
bool draw_form(const struct blueprint *b, const struct bank_entry *bank, size_t count,
	       const unsigned char seed[DRAW_SEED_SIZE], int64_t candidate, uint32_t *scratch,
	       struct form_question *form, struct err *e) MUST_USE;

/* BLAKE2b-256 over "konkurs-form-1", then for each question in order its item's hash, its number
 * of options (one byte) and the options in the order shown (one byte each). */
void form_hash(const struct form_question *form, size_t count, unsigned char ret[FORM_HASH_SIZE]);
