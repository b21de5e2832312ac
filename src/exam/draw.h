/* draw.h - a candidate's form, drawn from a seed so that anyone can draw it again.  Pure.
 *
 * docs/draw.md tells the algorithm to strangers, with test vectors; byte by byte:
 *  1. The key of the stream is BLAKE2b-256 over the 14 bytes "konkurs-draw-2", the 32 bytes of
 *     the sitting's seed and the candidate's number as 8 bytes, little-endian.
 *  2. The stream is ChaCha20 (djb's, 64-bit nonce of zeros, counter from 0) under that key, read as
 *     unsigned 32-bit little-endian numbers.
 *  3. below(n): numbers x of the stream are taken until x < 2^32 - (2^32 mod n); x mod n.
 *  4. pick(pool, n): for i from 0, until n items are drawn or the pool is at its end: swap
 *     pool[i] with pool[i + below(size - i)]; pool[i] is drawn unless an enemy of it is on the form
 *     already (F30).
 *  5. The items of the bank are sorted by their hash.  For each act of the programme, in its
 *     order, its available items are those, in that order, that do not rest (F31) and were not
 *     seen by the candidate (F30).  Items are drawn least shown first (F31): pick() draws from
 *     those shown least in this sitting, then what is still wanted from those shown next to least,
 *     and so on.
 *     If one of them has a stratum (F32): of the act's w questions stratum k = 1, 2, 3 with s_k of
 *     the s available items gets the whole part of w s_k / s, and those still missing go one each
 *     to the strata that are most behind: (t + w) s_k / s less t_k and the whole part, where t_k
 *     and t are how often the available items of the stratum and of all three have been shown in
 *     this sitting; the lower stratum first among equals.  Items are drawn so from each in turn.
 *     Then what is still wanted is drawn so from all available items that are not drawn.
 *  6. All drawn questions, in the order drawn, are shuffled (for i from 0 to the last but one: swap
 *     i with i + below(count - i)).
 *  7. For each question in that order its options 0..n-1 are shuffled the same way.
 *
 * F31, the promise: the forms of a sitting are drawn in the order of its candidates, bank_shown()
 * after each.  Where an act has n available items, a form takes q of them and no two are enemies,
 * none is on more than ceil(N q / n) of the first N forms, for every N, and any two differ by one
 * form at most; with strata that one is kept, too, wherever n and q are such that a stratum's
 * share after n / q forms is whole, as for a bank of 600 (test/exam/exposure_test.c).  Pairs of
 * enemies of one act that have no item in common can add one form to that bound; what candidates
 * have seen, more. */
#pragma once
#include "exam/item.h"

enum { DRAW_SEED_SIZE = 32, FORM_HASH_SIZE = 32, DRAW_COINS = 2, STRATA = 3 };

/* How many questions of which act (A5-1); acts are numbered by their place in the programme. */
struct blueprint {
	const int *questions; /* per act */
	size_t acts;
};

int blueprint_total(const struct blueprint *b);

/* An item that may be drawn.  No two of a bank have the same hash: they would be one item. */
struct bank_entry {
	unsigned char hash[ITEM_HASH_SIZE];
	int64_t id;  /* the caller's */
	int act;     /* place in the programme */
	int options; /* at most ITEM_OPTIONS_MOST (asserted) */
	int stratum; /* 0: no figures; 1 hard, 2 middle, 3 easy (strata.h) */
	int shown;   /* forms of this sitting that have it so far (F31): bank_shown() */
	bool rests;  /* shown too often in earlier sittings (F31) */
	bool seen;   /* by the candidate this draw is for (F30) */
};

/* Two items, by their places in the sorted bank, of which a form has at most one. */
struct enemy_pair {
	uint32_t a, b; /* a < b */
};

struct bank {
	const struct bank_entry *items; /* sorted: bank_sort() */
	size_t count;
	const struct enemy_pair *enemies; /* sorted: enemies_sort() */
	size_t enemy_count;
};

struct form_question {
	int64_t item_id;
	const unsigned char *hash; /* of the bank entry */
	int act, options;
	unsigned char shown[ITEM_OPTIONS_MOST]; /* option positions in the order shown */
};

/* Sorts a bank by hash, as step 5 wants it. */
void bank_sort(struct bank_entry *items, size_t count);

/* Sorts pairs by a, then b. */
void enemies_sort(struct enemy_pair *pairs, size_t count);

/* What was drawn from: BLAKE2b-256 over "konkurs-bank-1", the number of items (unsigned, 32 bits,
 * little-endian), of each its hash and, a byte each, act, options, stratum and whether it rests;
 * then the number of enemy pairs and of each the hashes of both items. */
void bank_hash(const struct bank *bank, unsigned char ret[ITEM_HASH_SIZE]);

/* Items of an act that are sure to be there beyond what the blueprint asks: those available, less
 * one for each pair of enemies that touches the act.  Negative: so many may be short (F29). */
int bank_spare(const struct bank *bank, const struct blueprint *b, int act);

/* What the server commits to before the coins: BLAKE2b-256 over "konkurs-commit-1" and the
 * secret (F33). */
void draw_commitment(const unsigned char secret[DRAW_SEED_SIZE], unsigned char ret[DRAW_SEED_SIZE]);

/* The seed: BLAKE2b-256 over "konkurs-seed-1", the secret, each coin as its length in bytes
 * (unsigned, 32 bits, little-endian) and its bytes, the number of the sitting (64 bits,
 * little-endian) and the hash of the bank. */
void draw_seed(const unsigned char secret[DRAW_SEED_SIZE], const char *const coins[DRAW_COINS],
	       int64_t sitting, const unsigned char bank[ITEM_HASH_SIZE],
	       unsigned char ret[DRAW_SEED_SIZE]);

/* Counts a form that was drawn, so that the next one of the sitting takes other items first (F31).
 * Before the first form of a sitting every `shown` is 0. */
void bank_shown(struct bank_entry *items, size_t count, const struct form_question *form,
		size_t questions);

/* Draws a form of exactly blueprint_total() questions into `form`.  `scratch` is room for
 * `bank->count` numbers.  ERR_CONFLICT "exam.bank.shortage" when an act has too few items: no
 * form with one question less is ever made. */
bool draw_form(const struct blueprint *b, const struct bank *bank,
	       const unsigned char seed[DRAW_SEED_SIZE], int64_t candidate, uint32_t *scratch,
	       struct form_question *form, struct err *e) MUST_USE;

/* A5-1, F40: whether a form is lawful by itself: the programme's number of questions of each act,
 * no item twice, no two enemies, every option shown once. */
bool form_fits(const struct blueprint *b, const struct bank *bank, const struct form_question *form,
	       size_t count);

/* BLAKE2b-256 over "konkurs-form-1", then for each question in order its item's hash, its number
 * of options (one byte) and the options in the order shown (one byte each). */
void form_hash(const struct form_question *form, size_t count, unsigned char ret[FORM_HASH_SIZE]);
