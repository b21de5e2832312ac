/* words.h - what two texts have in common, word by word, for showing what was changed.
 *
 * The longest common subsequence of words (Wagner & Fischer, "The String-to-String Correction
 * Problem", JACM 21 (1974)).  Debian has no C library for it. */
#pragma once
#include "base/arena.h"

enum { WORDS_MOST = 600 }; /* longer texts are told as replaced */

enum word_kind { WORD_SAME, WORD_TAKEN, WORD_ADDED };

struct word_piece {
	enum word_kind kind;
	const char *text; /* words with their white space; joined, those not taken give `after` */
};

/* Neighbouring words of one kind are one piece; of a change what was taken comes first. */
struct word_piece *words_compare(struct arena *a, const char *before, const char *after,
				 size_t *ret_count);
