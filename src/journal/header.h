/* header.h - the header of an entry as text: what the chain and the tree are made of.
 *
 * Canonical JSON: keys sorted, no white space, integers and plain text.  The text is RFC 6962's
 * leaf, and its hash the hash of the entry. */
#pragma once
#include "journal/journal.h"
#include "journal/tree.h"

enum { JOURNAL_HEADER_SIZE = 1024, JOURNAL_SALT_SIZE = 32 };

struct journal_header {
	int64_t seq, at_ms, actor_id, competition_id;
	const char *kind, *subject;
	unsigned char content_hash[JOURNAL_HASH_SIZE];
	unsigned char previous_hash[JOURNAL_HASH_SIZE];
};

/* False if it is no header: kind or subject are not plain (tree.h), or too long. */
bool journal_header_print(const struct journal_header *h, char ret[JOURNAL_HEADER_SIZE]) MUST_USE;

/* An entry as a receipt or an auditor wants it. */
struct journal_leaf {
	int64_t seq;
	const char *header; /* the leaf's text                                   */
	struct tree_hash hash;
	bool destroyed; /* the content is gone, by act                       */
	unsigned char salt[JOURNAL_SALT_SIZE];
	const char *content; /* canonical JSON; "" if it is gone                  */
};

/* ERR_MISSING "error.missing" if there is no such entry. */
bool journal_leaf_read(struct db *db, struct arena *a, int64_t seq, struct journal_leaf *ret,
		       struct err *e) MUST_USE;
