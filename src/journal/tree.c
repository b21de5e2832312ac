#include "journal/tree.h"

#include "base/base64.h"

#include <sodium.h>
#include <string.h>

bool tree_is_plain(const char *word)
{
	for (; *word; word++) {
		const unsigned char c = (unsigned char)*word;
		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return false;
	}
	return true;
}

/* ---- hashes ---------------------------------------------------------------------------------- */

struct tree_hash tree_leaf(const void *bytes, size_t size)
{
	struct tree_hash hash;
	crypto_hash_sha256_state state;
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)"\0", 1);
	(void)crypto_hash_sha256_update(&state, bytes, size);
	(void)crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}

struct tree_hash tree_node(const struct tree_hash *left, const struct tree_hash *right)
{
	unsigned char both[1 + 2 * TREE_HASH_SIZE] = { 1 };
	struct tree_hash hash;
	memcpy(both + 1, left->bytes, TREE_HASH_SIZE);
	memcpy(both + 1 + TREE_HASH_SIZE, right->bytes, TREE_HASH_SIZE);
	(void)crypto_hash_sha256(hash.bytes, both, sizeof(both));
	return hash;
}

static struct tree_hash tree_empty(void)
{
	struct tree_hash hash;
	(void)crypto_hash_sha256(hash.bytes, (const unsigned char *)"", 0);
	return hash;
}

bool tree_equal(const struct tree_hash *a, const struct tree_hash *b)
{
	return memcmp(a->bytes, b->bytes, TREE_HASH_SIZE) == 0;
}

void tree_print(const struct tree_hash *hash, char ret[TREE_TEXT_SIZE])
{
	(void)sodium_bin2base64(ret, TREE_TEXT_SIZE, hash->bytes, TREE_HASH_SIZE,
				sodium_base64_VARIANT_ORIGINAL);
}

bool tree_parse(const char *text, size_t size, struct tree_hash *ret)
{
	struct tree_hash hash;
	size_t length = 0;
	if (size != TREE_TEXT_SIZE - 1 ||
	    !base64_read(text, size, BASE64_PLAIN, hash.bytes, TREE_HASH_SIZE, &length) ||
	    length != TREE_HASH_SIZE)
		return false;
	*ret = hash;
	return true;
}

/* ---- sources --------------------------------------------------------------------------------- */

static bool leaves_hash(void *user, unsigned level, uint64_t number, struct tree_hash *ret,
			struct err *e)
{
	const struct tree_leaves *leaves = user;
	struct tree_hash left;
	struct tree_hash right;
	if (level == 0) {
		if (number >= leaves->count)
			return err_set(e, ERR_INPUT, "journal.error.range", "no such leaf");
		*ret = leaves->leaf[number];
		return true;
	}
	if (!leaves_hash(user, level - 1, 2 * number, &left, e) ||
	    !leaves_hash(user, level - 1, 2 * number + 1, &right, e))
		return false;
	*ret = tree_node(&left, &right);
	return true;
}

struct tree_source tree_of_leaves(struct tree_leaves *leaves)
{
	return (struct tree_source){ leaves_hash, leaves };
}

/* ---- making ---------------------------------------------------------------------------------- */

static unsigned log2_of(uint64_t n)
{
	return 63U - (unsigned)__builtin_clzll(n);
}

/* The largest power of two below n, of n > 1. */
static uint64_t split_at(uint64_t n)
{
	return 1ULL << log2_of(n - 1);
}

/* MTH(D[from:to]) of RFC 6962; `from` is where such a part begins in the definition, so a part of
 * a power of two is a full subtree. */
static bool part(const struct tree_source *s, uint64_t from, uint64_t to, struct tree_hash *ret,
		 struct err *e)
{
	const uint64_t n = to - from;
	struct tree_hash left;
	struct tree_hash right;
	if ((n & (n - 1)) == 0)
		return s->hash(s->user, log2_of(n), from / n, ret, e);
	const uint64_t k = split_at(n);
	if (!part(s, from, from + k, &left, e) || !part(s, from + k, to, &right, e))
		return false;
	*ret = tree_node(&left, &right);
	return true;
}

bool tree_root(const struct tree_source *source, uint64_t size, struct tree_hash *ret,
	       struct err *e)
{
	if (size > 0)
		return part(source, 0, size, ret, e);
	*ret = tree_empty();
	return true;
}

static bool add_part(const struct tree_source *s, uint64_t from, uint64_t to,
		     struct tree_proof *proof, struct err *e)
{
	if (proof->count == TREE_PROOF_MOST)
		return err_set(e, ERR_SYSTEM, "error.system", "a proof without end");
	return part(s, from, to, &proof->hash[proof->count], e) && ++proof->count > 0;
}

/* PATH(index, D[from:to]). */
static bool path(const struct tree_source *s, uint64_t index, uint64_t from, uint64_t to,
		 struct tree_proof *proof, struct err *e)
{
	if (to - from == 1)
		return true;
	const uint64_t middle = from + split_at(to - from);
	if (index < middle)
		return path(s, index, from, middle, proof, e) && add_part(s, middle, to, proof, e);
	return path(s, index, middle, to, proof, e) && add_part(s, from, middle, proof, e);
}

bool tree_prove(const struct tree_source *source, uint64_t index, uint64_t size,
		struct tree_proof *ret, struct err *e)
{
	struct tree_proof proof = { .count = 0 };
	if (index >= size)
		return err_set(e, ERR_INPUT, "journal.error.range", "no such leaf in that tree");
	if (!path(source, index, 0, size, &proof, e))
		return false;
	*ret = proof;
	return true;
}

/* SUBPROOF(older, D[from:to], known): `known` while the older tree ends where a whole one of the
 * verifier's does. */
static bool subproof(const struct tree_source *s, uint64_t older, uint64_t from, uint64_t to,
		     bool known, struct tree_proof *proof, struct err *e)
{
	if (older == to)
		return known || add_part(s, from, to, proof, e);
	const uint64_t middle = from + split_at(to - from);
	if (older <= middle)
		return subproof(s, older, from, middle, known, proof, e) &&
		       add_part(s, middle, to, proof, e);
	return subproof(s, older, middle, to, false, proof, e) &&
	       add_part(s, from, middle, proof, e);
}

bool tree_prove_growth(const struct tree_source *source, uint64_t older, uint64_t newer,
		       struct tree_proof *ret, struct err *e)
{
	struct tree_proof proof = { .count = 0 };
	if (older > newer)
		return err_set(e, ERR_INPUT, "journal.error.range", "the older tree is larger");
	if (older > 0 && !subproof(source, older, 0, newer, true, &proof, e))
		return false;
	*ret = proof;
	return true;
}

/* ---- checking -------------------------------------------------------------------------------- */

bool tree_proves(const struct tree_hash *leaf, uint64_t index, uint64_t size,
		 const struct tree_proof *proof, const struct tree_hash *root)
{
	if (index >= size || proof->count > TREE_PROOF_MOST)
		return false;
	uint64_t fn = index;
	uint64_t sn = size - 1;
	struct tree_hash r = *leaf;
	for (size_t i = 0; i < proof->count; i++) {
		const struct tree_hash *p = &proof->hash[i];
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			r = tree_node(p, &r);
			for (; !(fn & 1) && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			r = tree_node(&r, p);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && tree_equal(&r, root);
}

/* RFC 9162, 2.1.4.2, from the second step on: `first` is where both trees still agree. */
static bool grew_from(uint64_t fn, uint64_t sn, const struct tree_hash *first,
		      const struct tree_hash *hash, size_t count,
		      const struct tree_hash *older_root, const struct tree_hash *newer_root)
{
	struct tree_hash fr = *first;
	struct tree_hash sr = *first;
	for (size_t i = 0; i < count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			fr = tree_node(&hash[i], &fr);
			sr = tree_node(&hash[i], &sr);
			for (; !(fn & 1) && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			sr = tree_node(&sr, &hash[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && tree_equal(&fr, older_root) && tree_equal(&sr, newer_root);
}

bool tree_grew(uint64_t older, const struct tree_hash *older_root, uint64_t newer,
	       const struct tree_hash *newer_root, const struct tree_proof *proof)
{
	if (older > newer || proof->count > TREE_PROOF_MOST)
		return false;
	if (older == newer)
		return proof->count == 0 && tree_equal(older_root, newer_root);
	if (older == 0) {
		const struct tree_hash empty = tree_empty();
		return proof->count == 0 && tree_equal(older_root, &empty);
	}
	if (proof->count == 0)
		return false;
	/* a tree of a power of two is a full subtree of the other, and not in the proof */
	const bool whole = (older & (older - 1)) == 0;
	const struct tree_hash *first = whole ? older_root : &proof->hash[0];
	uint64_t fn = older - 1;
	uint64_t sn = newer - 1;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	return grew_from(fn, sn, first, proof->hash + !whole, proof->count - !whole, older_root,
			 newer_root);
}
