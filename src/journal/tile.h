/* tile.h - the tiles of C2SP's tlog-tiles: the tree in files that anybody can fetch and keep (F86).
 * Pure, as tree.h is.
 *
 * A tile of level L holds up to 256 hashes, each the root of 256^L leaves; full tiles never change.
 * A bundle holds the entries that belong to a tile of level 0, each with its length before it in
 * two bytes.  Numbers stand in paths in groups of three digits: 1234067 is x001/x234/067. */
#pragma once
#include "journal/tree.h"

enum {
	TILE_WIDTH = 256,
	TILE_LEVELS = 8, /* as many as 2^64 leaves need */
	TILE_PATH_SIZE = 64,
};

/* What a path names. */
struct tile_name {
	bool entries;    /* a bundle of entries instead of hashes          */
	unsigned level;  /* of hashes                                     */
	uint64_t number; /* from 0                                        */
	unsigned width;  /* 1 to 256; below 256 it is a partial tile      */
};

/* How many hashes tile `number` of `level` has in a tree of `size` leaves: 0 if there is none. */
unsigned tile_width(uint64_t size, unsigned level, uint64_t number);

/* "tile/0/x001/234.p/17", "tile/entries/003". */
void tile_print(const struct tile_name *name, char ret[TILE_PATH_SIZE]);
bool tile_parse(const char *path, struct tile_name *ret) MUST_USE;

/* The root of a full subtree of 2^height of the hashes, from `at` on; at most a whole tile. */
struct tree_hash tile_root(const struct tree_hash *hash, unsigned height);
