/* drill.h - attacks on a database by somebody who has its file, for `konkurs drill`.
 *
 * Each does to an open copy, whose triggers are gone, what it is named after, as well as it can be
 * hidden: rows that hang together are changed together.  Messages "drill.attack.NAME" say what it
 * is. */
#pragma once
#include "db/db.h"
#include "sign/service_key.h"

struct drill {
	struct db *db;
	struct arena *arena;
	const struct service_key *key; /* NULL: he has not got it */
	/* He has the folder of the records, too; NULL: there is none.  What he does to a file he
	 * does to a copy in `scratch`, and its size and hash take the place of those in `files`. */
	const char *records, *scratch;
	json_t *files; /* {name: {size, sha256}} */
};

struct drill_attack {
	const char *name;
	/* `ret_changed`: 0 if the database has nothing of the kind */
	bool (*doctor)(const struct drill *d, int64_t *ret_changed, struct err *e);
};

/* NULL name last. */
extern const struct drill_attack drill_rows[], drill_early[], drill_states[], drill_journal[],
	drill_video[];

/* ---- the forger's tools: drill_forge.c ---- */

/* Puts `new` for `old` into the content of an entry, with the commitment made anew if asked for. */
bool forge_content(const struct drill *d, int64_t seq, const char *old, const char *new,
		   bool commit, int64_t *ret_changed, struct err *e) MUST_USE;

/* Makes the hashes of all entries from `from` on anew, each linked to the one before. */
bool forge_chain(const struct drill *d, int64_t from, struct err *e) MUST_USE;

/* The hash of one entry alone. */
bool forge_entry(const struct drill *d, int64_t seq, bool link, struct err *e) MUST_USE;

/* Makes tiles and checkpoints of the database fit its entries again.  With the service key they are
 * signed by the log itself; without, a key of the forger's takes its place. */
bool forge_log(const struct drill *d, struct err *e) MUST_USE;

/* Commits to `content` with a new salt in an entry that is there. */
bool forge_commitment(const struct drill *d, int64_t seq, const char *content,
		      struct err *e) MUST_USE;

/* A new entry of the system at the end, as the program itself would append it. */
bool forge_append(const struct drill *d, const char *kind, const char *subject, int64_t at_ms,
		  const char *content, struct err *e) MUST_USE;

/* Takes the entries about `subject` of one instant out; those after them move up, their hashes stay
 * for forge_chain(). */
bool forge_take_out(const struct drill *d, const char *subject, int64_t at_ms,
		    struct err *e) MUST_USE;

/* Puts `is` for `was` into all entries about `subject` from the first one of kind `from` on, and
 * makes chain and log fit again. */
bool forge_told(const struct drill *d, const char *subject, const char *from, const char *was,
		const char *is, struct err *e) MUST_USE;
