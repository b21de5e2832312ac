/* state.h - a journal as far as an entry, in three hashes, from the first entry on.
 *
 * The root is that of the tree over the hashes of the entries as they are stored, which is what a
 * checkpoint signs; no tile that is kept is believed.
 * Whether the entries have these hashes is journal_verify()'s question.  Two journals with the same
 * size and root are the same; one whose first entry is another belongs to another installation. */
#pragma once
#include "journal/journal.h"

struct journal_state {
	int64_t size;
	unsigned char root[JOURNAL_HASH_SIZE];  /* SHA-256("") of none              */
	unsigned char head[JOURNAL_HASH_SIZE];  /* hash of the newest, zeros of none */
	unsigned char first[JOURNAL_HASH_SIZE]; /* hash of the first, zeros of none  */
};

/* Of the first `most` entries, or of as many as there are; negative: of all.  ERR_DB
 * "error.journal" if a number is missing or a hash is damaged. */
bool journal_state(struct db *db, int64_t most, struct journal_state *ret, struct err *e) MUST_USE;
