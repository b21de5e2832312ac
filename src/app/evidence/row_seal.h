/* row_seal.h - rows that nothing changes any more, committed to by the journal.
 *
 * When a sitting or an interview is closed, the entry that says so holds a hash of the rows of each
 * table that belongs to it and is settled by then ("rows": {table: SHA-256}).  From then on a row
 * that is changed, added or removed does not fit the entry.  What is settled earlier is committed
 * to by entries of its own; docs/journal.md, "What rows are committed by", lists all.
 *
 * A hash is SHA-256 over the columns of the rows in the order of their keys; each column is one
 * byte of its type ('n' NULL, 'i' integer, 't' text, 'b' bytes), its length (integers: their eight
 * bytes) as 64 bits little-endian, and its bytes; each row begins with 'r'. */
#pragma once
#include "app/act.h"

#include <sodium.h>

enum row_seal_of { ROW_SEAL_SITTING, ROW_SEAL_INTERVIEW };

/* {table: hash} of a thing as it stands now; a new object. */
bool row_seal(const struct act *act, enum row_seal_of of, int64_t id, json_t **ret,
	      struct err *e) MUST_USE;

/* The first table whose rows are not those of `sealed` (an object as row_seal() made it), or "".
 * What `sealed` does not name is not looked at: older entries have fewer tables, or none.
 * `destroyed`: an act has taken the log of the seats (app/evidence/retention.h). */
bool row_seal_differs(const struct act *act, enum row_seal_of of, int64_t id, const json_t *sealed,
		      bool destroyed, const char **ret, struct err *e) MUST_USE;

/* Hexadecimal hash of the keys of the questions that a sitting's forms are drawn from: which
 * option of which version is right; in the arena.  The entry of the sealing holds it. */
bool row_seal_keys(const struct act *act, int64_t sitting, const char **ret,
		   struct err *e) MUST_USE;

/* ---- how a hash is made ---- */

/* For db_each(): `user` is the crypto_hash_sha256_state. */
bool row_hash_add(void *user, const struct db_value *column, size_t count, struct err *e) MUST_USE;

/* Hexadecimal, in the arena. */
const char *row_hash_end(struct arena *a, crypto_hash_sha256_state *hash);
