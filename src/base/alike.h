/* alike.h - near-duplicates among many short texts.
 *
 * Two texts are alike if at least ALIKE_PERCENT in a hundred of the different words that either has
 * are words of both; capital letters, accents and punctuation do not count, nor do words beyond
 * ALIKE_WORDS_MOST.  A text of fewer than ALIKE_WORDS_LEAST words is like none.
 *
 * Two such texts have one of their rarest words in common, so only those are looked up (prefix
 * filtering: Chaudhuri, Ganti & Kaushik, ICDE 2006; Bayardo, Ma & Srikant, WWW 2007), and what is
 * found is compared word by word: no pair is missed and none is told that is not. */
#pragma once
#include "base/arena.h"

enum { ALIKE_PERCENT = 80, ALIKE_WORDS_LEAST = 3, ALIKE_WORDS_MOST = 64 };

/* ---- two texts ------------------------------------------------------------------------------- */

/* The different words of a text, as hashes, sorted. */
struct alike_words {
	uint64_t word[ALIKE_WORDS_MOST];
	size_t count;
};

void alike_words_of(const char *text, struct alike_words *ret);

/* How many in a hundred of the different words that either has are words of both, rounded down; 0
 * if one of them has too few to be like any. */
int alike_percent(const struct alike_words *a, const struct alike_words *b);

/* ---- many ------------------------------------------------------------------------------------ */

struct alike;

/* Lives in the arena; its memory grows with the words that are added. */
struct alike *alike_new(struct arena *a);

/* Adds a text of thing `owner`.  A thing may have several (one in each language); things come in
 * the order of their numbers. */
void alike_add(struct alike *s, size_t owner, const char *text);

/* `other` < `owner`; a pair is told once. */
typedef void alike_fn(void *user, size_t owner, size_t other);

/* Once, when all are added: tells for each thing from `first` on which of those before it are
 * alike, at most `most` for each thing. */
void alike_each(struct alike *s, size_t first, size_t most, alike_fn *each, void *user);
