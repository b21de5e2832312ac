/* log.h - the Merkle tree over the journal's entries, where it lies in the database (F86).
 *
 * Leaf i (from 0) is the entry of seq i + 1.  Full tiles are kept in journal_tile, the others are
 * made when they are wanted, of at most 255 rows for each level: so a root costs the entries since
 * the last one and a few hundred hashes, however long the journal is.
 *
 *   journal_tiles_keep(db, size, e)          in the transaction of an entry that fills one, and
 *                                            of a checkpoint
 *   journal_root(db, size, &root, e)
 *   struct journal_tree tree = { .db = db, .size = size };
 *   struct tree_source source = journal_tree_source(&tree);
 *   tree_prove(&source, index, size, &proof, e)             journal/tree.h */
#pragma once
#include "db/db.h"
#include "journal/tile.h"

/* How many entries there are. */
bool journal_size(struct db *db, int64_t *ret, struct err *e) MUST_USE;

/* Keeps every tile that is full in a tree of `size` leaves and not kept yet.  Inside a
 * transaction. */
bool journal_tiles_keep(struct db *db, int64_t size, struct err *e) MUST_USE;

/* The first `width` hashes of a tile, kept or not.  ERR_MISSING "error.missing" if there are not
 * as many. */
bool journal_tile_read(struct db *db, unsigned level, uint64_t number, unsigned width,
		       struct tree_hash ret[TILE_WIDTH], struct err *e) MUST_USE;

/* The same of entries: each with its length in two bytes before it. */
bool journal_bundle_read(struct db *db, struct arena *a, uint64_t number, unsigned width,
			 const void **ret, size_t *ret_size, struct err *e) MUST_USE;

/* The root of the first `size` entries.  Inside a transaction the next one costs the entries since
 * this one: of two hundred who finish together each has a checkpoint. */
bool journal_root(struct db *db, int64_t size, struct tree_hash *ret, struct err *e) MUST_USE;

/* Reads tiles as a root or a proof wants them, and remembers the last of each level. */
struct journal_tree {
	struct db *db;
	uint64_t size; /* of the tree asked about: a tile is read as far as it goes; 0: as far as
			  a hash needs it */
	struct {
		bool known;
		uint64_t number;
		unsigned width;
		struct tree_hash hash[TILE_WIDTH];
	} tile[TILE_LEVELS];
};
struct tree_source journal_tree_source(struct journal_tree *tree);
