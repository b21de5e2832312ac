/* leaf.h - the header of a journal's entry, read and printed again (F15, F60).  Pure.
 *
 * The text is canonical JSON, so there is exactly one for each entry, and its bytes are the leaf
 * of the tree: what does not print again as it was read is no header.  Written apart from
 * journal/header.c, which has a database behind it; a test compares the two. */
#pragma once
#include "journal/tree.h"

enum {
	LEAF_TEXT_SIZE = 1024, /* of the whole text, with its terminator */
	LEAF_WORD_SIZE = 128,  /* of kind and subject                    */
};

struct leaf {
	int64_t actor, at_ms, competition, seq;
	char kind[LEAF_WORD_SIZE];    /* "application.sent" */
	char subject[LEAF_WORD_SIZE]; /* "application/12"   */
	struct tree_hash content;     /* SHA-256(salt || content) */
	struct tree_hash previous;    /* hash of the entry before */
};

/* False if it is no header to the last byte. */
bool leaf_parse(const char *text, size_t size, struct leaf *ret) MUST_USE;

/* False if kind or subject cannot stand in one. */
bool leaf_print(const struct leaf *leaf, char ret[LEAF_TEXT_SIZE]) MUST_USE;

/* What a header commits to. */
struct tree_hash leaf_content_hash(const void *salt, size_t salt_size, const char *content,
				   size_t content_size);
