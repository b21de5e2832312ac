/* log_verify.h - is the log what its checkpoints say?  (F86, F88)
 *
 * One pass over all entries makes the tree anew, without what is kept of it, and compares: every
 * tile, every checkpoint with its signature and those of its witnesses, and the roots that a reader
 * brings along on paper.  Each sealing and closing of a sitting, each vote and decision, and each
 * entry of which a receipt is given must have its checkpoint (app/evidence/checkpoint.h).  That the
 * entries themselves are whole is journal_verify()'s. */
#pragma once
#include "db/db.h"
#include "journal/tree.h"

/* The root of the first `size` entries, for a checkpoint that somebody has kept. */
struct log_want {
	uint64_t size;
	bool found; /* there are so many entries */
	struct tree_hash root;
};

struct log_report {
	int64_t entries, tiles, checkpoints, cosignatures; /* that fit             */
	bool broken;
	int64_t at;      /* what is broken: a size, or the first entry of a tile */
	const char *why; /* "" or what is wrong, a literal                      */
};

/* False only if the database could not be read. */
bool log_verify(struct db *db, struct log_want *want, size_t count, struct log_report *ret,
		struct err *e) MUST_USE;
