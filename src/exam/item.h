/* item.h - a version of a question, addressed by its content (F22).  Pure.
 *
 * The hash of an item version is BLAKE2b-256 over its canonical bytes: the text
 * "konkurs-item-1" and a zero byte, then each field as its length in bytes (unsigned, 32 bits,
 * little-endian) and its bytes, in this order: act, article, date of the act's text
 * ("YYYY-MM-DD"), number of options (one ASCII digit), position of the right option from 0
 * (one ASCII digit), then the Kazakh question, its options in order, the Russian question,
 * its options in order.  So a change of one letter or of the key is another item. */
#pragma once
#include "base/day.h"

enum { ITEM_HASH_SIZE = 32, ITEM_OPTIONS_MOST = 5 };

struct item_text {
	const char *stem;
	const char *option[ITEM_OPTIONS_MOST];
};

struct item {
	const char *act, *article;
	day text_date;
	int options; /* 2 to ITEM_OPTIONS_MOST */
	int answer;  /* position of the right one, from 0 */
	struct item_text kk, ru;
};

void item_hash(const struct item *item, unsigned char ret[ITEM_HASH_SIZE]);
