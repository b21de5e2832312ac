#include "journal/log.h"

#include "base/buf.h"
#include "db/driver.h"
#include "journal/header.h"

#include <assert.h>
#include <string.h>

/* ---- hashes out of rows ---------------------------------------------------------------------- */

struct taking {
	struct tree_hash *hash;
	unsigned count, most;
};

static bool take(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct taking *t = user;
	(void)count;
	if (column[0].type != DB_BLOB || column[0].size != TREE_HASH_SIZE || t->count == t->most)
		return err_set(e, ERR_DB, "error.journal", "a hash of the tree is damaged");
	memcpy(t->hash[t->count++].bytes, column[0].bytes, TREE_HASH_SIZE);
	return true;
}

/* The roots of the tiles below, or the hashes of entries. */
static bool take_below(struct db *db, unsigned level, uint64_t from, unsigned width,
		       struct tree_hash *ret, struct err *e)
{
	struct taking t = { .hash = ret, .most = width };
	const int64_t first = (int64_t)from;
	const bool ok =
		level == 0 ? db_each(db, e, take, &t,
				     "SELECT hash FROM journal_entry WHERE seq > $1 AND seq <= $2"
				     " ORDER BY seq",
				     db_int(first), db_int(first + width))
			   : db_each(db, e, take, &t,
				     "SELECT root FROM journal_tile WHERE level = $1"
				     " AND number >= $2 AND number < $3 ORDER BY number",
				     db_int(level - 1), db_int(first), db_int(first + width));
	if (!ok)
		return false;
	return t.count == width ||
	       err_set(e, ERR_MISSING, "error.missing", "the tree has no tile %u/%llu of %u hashes",
		       level, (unsigned long long)from / TILE_WIDTH, width);
}

struct kept {
	struct tree_hash *hash;
	bool found;
};

static bool take_tile(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct kept *k = user;
	(void)count;
	if (column[0].type != DB_BLOB || column[0].size != TILE_WIDTH * sizeof(struct tree_hash))
		return err_set(e, ERR_DB, "error.journal", "a tile of the tree is damaged");
	memcpy(k->hash, column[0].bytes, column[0].size);
	k->found = true;
	return true;
}

bool journal_tile_read(struct db *db, unsigned level, uint64_t number, unsigned width,
		       struct tree_hash ret[TILE_WIDTH], struct err *e)
{
	struct kept kept = { .hash = ret };
	assert(width > 0 && width <= TILE_WIDTH);
	if (level >= TILE_LEVELS || number > (uint64_t)INT64_MAX / TILE_WIDTH)
		return err_set(e, ERR_MISSING, "error.missing", "no such tile");
	if (width == TILE_WIDTH &&
	    !db_each(db, e, take_tile, &kept,
		     "SELECT hashes FROM journal_tile WHERE level = $1 AND number = $2",
		     db_int(level), db_int((int64_t)number)))
		return false;
	return kept.found || take_below(db, level, number * TILE_WIDTH, width, ret, e);
}

/* ---- keeping --------------------------------------------------------------------------------- */

bool journal_size(struct db *db, int64_t *ret, struct err *e)
{
	return db_number(db, e, ret, "SELECT COALESCE(MAX(seq), 0) FROM journal_entry");
}

static bool keep(struct db *db, unsigned level, uint64_t number, struct err *e)
{
	struct tree_hash hash[TILE_WIDTH];
	if (!take_below(db, level, number * TILE_WIDTH, TILE_WIDTH, hash, e))
		return false;
	const struct tree_hash root = tile_root(hash, 8);
	return db_exec(db, e, NULL,
		       "INSERT INTO journal_tile (level, number, root, hashes)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(level), db_int((int64_t)number), db_blob(root.bytes, TREE_HASH_SIZE),
		       db_blob(hash, sizeof(hash)));
}

/* Level by level: a tile is made of whole ones below it. */
static bool keep_some(struct db *db, int64_t size, int64_t *left, struct err *e)
{
	for (unsigned level = 0; level + 1 < TILE_LEVELS; level++) {
		const uint64_t full = (uint64_t)size >> (8 * (level + 1));
		int64_t kept = 0;
		if (full == 0)
			return true;
		if (!db_number(db, e, &kept,
			       "SELECT COALESCE(MAX(number) + 1, 0) FROM journal_tile"
			       " WHERE level = $1",
			       db_int(level)))
			return false;
		for (uint64_t n = (uint64_t)kept; n < full; n++, (*left)--) {
			if (*left == 0)
				return true;
			if (!keep(db, level, n, e))
				return false;
		}
	}
	return true;
}

bool journal_tiles_keep(struct db *db, int64_t size, struct err *e)
{
	int64_t left = INT64_MAX;
	return keep_some(db, size, &left, e);
}

bool journal_tiles_step(struct db *db, int64_t most, bool *ret_more, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t size = 0;
	int64_t left = most;
	bool some = false;
	*ret_more = false;
	if (!db_exists(db, e, &some,
		       "SELECT 1 FROM (SELECT MAX(seq) AS seq FROM journal_entry) j"
		       " WHERE j.seq / 256 > (SELECT COALESCE(MAX(number) + 1, 0)"
		       "  FROM journal_tile WHERE level = 0)"))
		return false;
	if (!some)
		return true;
	if (!db_begin(db, &tx, e) || !journal_size(db, &size, e) ||
	    !keep_some(db, size, &left, e) || !db_commit(&tx, e))
		return false;
	*ret_more = left == 0;
	return true;
}

/* ---- the source ------------------------------------------------------------------------------ */

/* How many hashes of a tile to read, of which `least` are wanted now. */
static unsigned width_to_read(const struct journal_tree *tree, unsigned level, uint64_t tile,
			      unsigned least)
{
	const uint64_t all = tree->size >> (8 * level);
	const uint64_t before = tile * TILE_WIDTH;
	if (all < before + least)
		return least;
	return all - before < TILE_WIDTH ? (unsigned)(all - before) : TILE_WIDTH;
}

/* 2^height hashes from `at` on, of the tile that has them. */
static bool tree_hash_of(void *user, unsigned level, uint64_t number, struct tree_hash *ret,
			 struct err *e)
{
	struct journal_tree *tree = user;
	const unsigned tile_level = level / 8;
	const unsigned height = level % 8;
	const uint64_t first = number << height;
	const uint64_t tile = first / TILE_WIDTH;
	const unsigned at = (unsigned)(first % TILE_WIDTH);
	const unsigned least = at + (1U << height);
	assert(tile_level < TILE_LEVELS);
	if (!tree->tile[tile_level].known || tree->tile[tile_level].number != tile ||
	    tree->tile[tile_level].width < least) {
		const unsigned width = width_to_read(tree, tile_level, tile, least);
		tree->tile[tile_level].known = false;
		if (!journal_tile_read(tree->db, tile_level, tile, width,
				       tree->tile[tile_level].hash, e))
			return false;
		tree->tile[tile_level].known = true;
		tree->tile[tile_level].number = tile;
		tree->tile[tile_level].width = width;
	}
	*ret = tile_root(tree->tile[tile_level].hash + at, height);
	return true;
}

struct tree_source journal_tree_source(struct journal_tree *tree)
{
	return (struct tree_source){ tree_hash_of, tree };
}

/* ---- the root, and the edge that it is made of ---------------------------------------------- */

enum { EDGE_LEVELS = 63 }; /* of an int64_t */

static void put_edge(struct db *db, unsigned level, const struct tree_hash *hash)
{
	memcpy(db->edge.hash[level], hash->bytes, TREE_HASH_SIZE);
}

static struct tree_hash get_edge(const struct db *db, unsigned level)
{
	struct tree_hash hash;
	memcpy(hash.bytes, db->edge.hash[level], TREE_HASH_SIZE);
	return hash;
}

/* A leaf joins the subtrees that it completes. */
static void extend_edge(struct db *db, struct tree_hash hash)
{
	unsigned level = 0;
	for (; db->edge.size >> level & 1; level++) {
		const struct tree_hash left = get_edge(db, level);
		hash = tree_node(&left, &hash);
	}
	put_edge(db, level, &hash);
	db->edge.size++;
}

static bool make_edge(struct db *db, uint64_t size, struct err *e)
{
	struct journal_tree tree = { .db = db, .size = size };
	uint64_t done = 0;
	db->edge.size = 0;
	for (unsigned level = EDGE_LEVELS; level-- > 0;) {
		struct tree_hash hash;
		if (!(size >> level & 1))
			continue;
		if (!tree_hash_of(&tree, level, done >> level, &hash, e))
			return false;
		put_edge(db, level, &hash);
		done += (uint64_t)1 << level;
	}
	db->edge.size = size;
	return true;
}

/* Beyond a tile it is as quick to make it anew. */
static bool move_edge(struct db *db, uint64_t size, struct err *e)
{
	struct tree_hash hash[TILE_WIDTH];
	const uint64_t from = db->edge.size;
	if (db->depth == 0 || from == 0 || from > size || size - from > TILE_WIDTH)
		return make_edge(db, size, e);
	if (from < size && !take_below(db, 0, from, (unsigned)(size - from), hash, e))
		return false;
	for (uint64_t i = from; i < size; i++)
		extend_edge(db, hash[i - from]);
	return true;
}

bool journal_root(struct db *db, int64_t size, struct tree_hash *ret, struct err *e)
{
	struct tree_leaves none = { NULL, 0 };
	const struct tree_source source = tree_of_leaves(&none);
	struct tree_hash root;
	unsigned level = 0;
	if (size <= 0)
		return tree_root(&source, 0, ret, e);
	if (!move_edge(db, (uint64_t)size, e))
		return false;
	while (!((uint64_t)size >> level & 1))
		level++;
	root = get_edge(db, level);
	while (++level < EDGE_LEVELS) {
		const struct tree_hash left = get_edge(db, level);
		if ((uint64_t)size >> level & 1)
			root = tree_node(&left, &root);
	}
	*ret = root;
	return true;
}

/* ---- entries --------------------------------------------------------------------------------- */

struct bundle {
	struct buf text;
	unsigned count;
};

static bool add_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct bundle *b = user;
	char text[JOURNAL_HEADER_SIZE];
	struct journal_header h = { .seq = column[0].number,
				    .at_ms = column[1].number,
				    .actor_id = column[2].number,
				    .kind = column[3].bytes,
				    .competition_id = column[4].number,
				    .subject = column[5].bytes };
	(void)count;
	if (column[6].size != JOURNAL_HASH_SIZE || column[7].size != JOURNAL_HASH_SIZE)
		return err_set(e, ERR_DB, "error.journal", "an entry is damaged");
	memcpy(h.content_hash, column[6].bytes, JOURNAL_HASH_SIZE);
	memcpy(h.previous_hash, column[7].bytes, JOURNAL_HASH_SIZE);
	if (!journal_header_print(&h, text))
		return err_set(e, ERR_DB, "error.journal", "an entry is damaged");
	const size_t size = strlen(text);
	buf_add_char(&b->text, (char)(size >> 8));
	buf_add_char(&b->text, (char)(size & 0xff));
	buf_add_n(&b->text, text, size);
	b->count++;
	return true;
}

bool journal_bundle_read(struct db *db, struct arena *a, uint64_t number, unsigned width,
			 const void **ret, size_t *ret_size, struct err *e)
{
	struct bundle b = { .text = buf_on(a) };
	if (number > (uint64_t)INT64_MAX / TILE_WIDTH / TILE_WIDTH)
		return err_set(e, ERR_MISSING, "error.missing", "no such bundle");
	const int64_t first = (int64_t)number * TILE_WIDTH;
	if (!db_each(db, e, add_entry, &b,
		     "SELECT seq, at_ms, actor_id, kind, competition_id, subject, content_hash,"
		     " previous_hash FROM journal_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq",
		     db_int(first), db_int(first + width)))
		return false;
	if (b.count != width)
		return err_set(e, ERR_MISSING, "error.missing", "no such bundle");
	*ret = b.text.text;
	*ret_size = b.text.length;
	return true;
}
