/* state.h - a journal as far as an entry, in three hashes, from the first entry on.
 *
 * The root is that of the tree over the hashes of the entries as they are stored, which is what a
 * checkpoint signs; no tile that is kept is believed (journal/log.h is quick, this is not).
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

/* The same at each of several sizes, which grow, in one pass, as far as the journal goes; `fn`
 * returns false with `e` set to stop. */
typedef bool journal_state_fn(void *user, const struct journal_state *at, struct err *e);
bool journal_state_each(struct db *db, const int64_t *size, size_t count, journal_state_fn *fn,
			void *user, struct err *e) MUST_USE;
