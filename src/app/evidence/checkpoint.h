/* checkpoint.h - signed statements of what the journal is (F86): so many entries, this root.
 *
 * Whoever keeps one, on paper or as a file, can have it shown later that the journal of that day is
 * the beginning of the journal of today; nobody, with all rights on the database, can rewrite what
 * it covers unnoticed (F88).  There is one at least per sitting, vote, day and receipt.
 *
 *   checkpoint_make(&act, "vote", subject, e)     the last thing in the transaction it covers
 *
 * The log signs with an Ed25519 key of its own, made at the first need, whose seed lies locked
 * under the service key.  The format is C2SP's: journal/note.h, docs/journal.md. */
#pragma once
#include "app/act.h"
#include "journal/note.h"

#define CHECKPOINT_SITTING "sitting" /* sealed, closed             */
#define CHECKPOINT_VOTE    "vote"    /* a vote cast, a decision     */
#define CHECKPOINT_DAY     "day"     /* the job of the day          */
#define CHECKPOINT_RECEIPT "receipt" /* something that is handed out */
#define CHECKPOINT_ASKED   "asked"   /* by an auditor               */

/* Makes a checkpoint of the journal as it stands, and notes why.  Call it after act_journal(), in
 * its transaction (asserted).  A second one of the same size is the same one with one more reason.
 * ERR_SYSTEM "journal.error.key" without the service key. */
bool checkpoint_make(const struct act *act, const char *reason, const char *subject,
		     struct err *e) MUST_USE;

/* Whoever watches over the journal: an auditor or administrator of the first organ. */
bool checkpoint_require(const struct act *act, struct err *e) MUST_USE;

/* On demand, by whoever checkpoint_require() lets; "checkpoint.asked" in the journal is its last
 * entry. */
bool checkpoint_ask(const struct act *act, int64_t *ret_size, struct err *e) MUST_USE;

/* The job of the day: nothing in an empty journal. */
bool checkpoint_daily(const struct act *act, struct err *e) MUST_USE;

/* ---- reading: any connection ----------------------------------------------------------------- */

struct checkpoint {
	int64_t id; /* 0: there is none */
	int64_t size, at_ms;
	struct tree_hash root;
	const char *note; /* signed by the log alone            */
};

bool checkpoint_newest(struct db *db, struct arena *a, struct checkpoint *ret,
		       struct err *e) MUST_USE;

/* Of exactly that size; id 0 if there is none. */
bool checkpoint_of_size(struct db *db, struct arena *a, int64_t size, struct checkpoint *ret,
			struct err *e) MUST_USE;

/* The note with the lines of all witnesses that have signed. */
bool checkpoint_note(struct db *db, struct arena *a, const struct checkpoint *c, const char **ret,
		     struct err *e) MUST_USE;

/* The log's key; false with ERR_MISSING "journal.error.none" before the first checkpoint. */
bool checkpoint_key(struct db *db, struct note_key *ret, struct err *e) MUST_USE;

/* That entry `seq` is in the tree of `size` entries; that the tree of `older` entries is the
 * beginning of that of `newer`.  ERR_INPUT "journal.error.range" beyond the newest checkpoint. */
bool checkpoint_prove(struct db *db, int64_t seq, int64_t size, struct tree_proof *ret,
		      struct err *e) MUST_USE;
bool checkpoint_prove_growth(struct db *db, int64_t older, int64_t newer, struct tree_proof *ret,
			     struct err *e) MUST_USE;

/* The root of the first `size` entries; the same limit. */
bool checkpoint_root(struct db *db, int64_t size, struct tree_hash *ret, struct err *e) MUST_USE;
