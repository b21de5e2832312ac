/* tree.h - the Merkle tree over the entries of a log, as RFC 6962 defines it (F86).  Pure: no
 * database, no memory, libsodium's SHA-256 alone, so that a verifier of one file has it too.
 *
 *   leaf   SHA-256(0x00 || what it stands for)
 *   node   SHA-256(0x01 || left || right)
 *   root   of no leaf SHA-256(""), of one the leaf; of n the node over the first k and the others,
 *          k the largest power of two below n
 *
 * An inclusion proof shows that a leaf stands at its place in the tree of a root; a consistency
 * proof shows that the tree of one root is the beginning of the tree of another.  Making a proof
 * asks a source for the hashes of full subtrees; checking it needs nothing but what was given. */
#pragma once
#include "base/err.h"

enum {
	TREE_HASH_SIZE = 32,
	TREE_TEXT_SIZE = 45,  /* of a hash in base64, with its terminator */
	TREE_PROOF_MOST = 65, /* hashes, for the largest tree             */
};

struct tree_hash {
	unsigned char bytes[TREE_HASH_SIZE];
};

/* Whether a word can stand in a leaf as it is: printable ASCII that JSON does not escape.  The same
 * on every machine, as is what follows from it. */
bool tree_is_plain(const char *word);

struct tree_hash tree_leaf(const void *bytes, size_t size);
struct tree_hash tree_node(const struct tree_hash *left, const struct tree_hash *right);
bool tree_equal(const struct tree_hash *a, const struct tree_hash *b);

/* Standard base64 with padding; reading takes nothing but what printing gives. */
void tree_print(const struct tree_hash *hash, char ret[TREE_TEXT_SIZE]);
bool tree_parse(const char *text, size_t size, struct tree_hash *ret) MUST_USE;

/* ---- where hashes come from ------------------------------------------------------------------ */

/* `hash` gives the root of the full subtree of 2^level leaves that begins at leaf
 * number * 2^level; level 0 is the leaf itself.  Never asked for one beyond the size. */
struct tree_source {
	bool (*hash)(void *user, unsigned level, uint64_t number, struct tree_hash *ret,
		     struct err *e);
	void *user;
};

/* Leaves that lie in memory; the array is borrowed. */
struct tree_leaves {
	const struct tree_hash *leaf;
	uint64_t count;
};
struct tree_source tree_of_leaves(struct tree_leaves *leaves);

/* ---- making ---------------------------------------------------------------------------------- */

struct tree_proof {
	size_t count;
	struct tree_hash hash[TREE_PROOF_MOST];
};

bool tree_root(const struct tree_source *source, uint64_t size, struct tree_hash *ret,
	       struct err *e) MUST_USE;

/* RFC 6962, 2.1.1: of leaf `index` (from 0) in the tree of `size` leaves.  ERR_INPUT
 * "journal.error.range" unless index < size. */
bool tree_prove(const struct tree_source *source, uint64_t index, uint64_t size,
		struct tree_proof *ret, struct err *e) MUST_USE;

/* RFC 6962, 2.1.2: that the tree of `older` leaves is the beginning of that of `newer`.  Empty if
 * they are the same, or `older` is 0.  ERR_INPUT "journal.error.range" unless older <= newer. */
bool tree_prove_growth(const struct tree_source *source, uint64_t older, uint64_t newer,
		       struct tree_proof *ret, struct err *e) MUST_USE;

/* ---- checking -------------------------------------------------------------------------------- */

/* Whether leaf `index` of the tree of `size` leaves and this root is `leaf` (RFC 9162, 2.1.3.2). */
bool tree_proves(const struct tree_hash *leaf, uint64_t index, uint64_t size,
		 const struct tree_proof *proof, const struct tree_hash *root);

/* Whether the tree of `newer` leaves begins with that of `older` (RFC 9162, 2.1.4.2). */
bool tree_grew(uint64_t older, const struct tree_hash *older_root, uint64_t newer,
	       const struct tree_hash *newer_root, const struct tree_proof *proof);
