/* check.h - the checks of konkurs-verify (F15, F60, F89).  They read what they are given, believe
 * nothing of it, and write what they find into a report; they know neither a database nor a
 * network.  False with ERR_INPUT is: this cannot be read at all.
 *
 * Whose word is taken: a receipt brings the log's key along, so by itself it shows only that it
 * fits together.  That the log is the prosecution service's is shown by a key that one has from
 * elsewhere (--key), that nobody was shown another log by the signatures of witnesses (--witness).
 */
#pragma once
#include "verify/bundle.h"
#include "verify/receipt.h"
#include "verify/report.h"

enum { WITNESSES_MOST = 16, KEPT_MOST = 16 };

struct trust {
	bool pinned;
	struct note_key log;
	size_t witnesses;
	struct note_key witness[WITNESSES_MOST];
};

/* Checkpoints that somebody has kept, on paper or as files, to look for in a copy. */
struct kept {
	size_t count;
	struct file file[KEPT_MOST];
};

/* "2026-03-02T10:00:00+05:00" */
const char *check_time(struct arena *a, int64_t ms);

/* The signatures of a checkpoint, and what it says; false if it says nothing that counts.  `key` is
 * the one that came with it, NULL or "" for none.  Without any key its size and root still count:
 * they are as good as one that is signed by a key of its own, and the report says which it is. */
bool check_note(struct report *r, const char *note, size_t size, const char *key,
		const struct trust *trust, struct note_checkpoint *ret);

/* The header's text, its content if there is one, and the way to the root of its checkpoint. */
void check_receipt(struct report *r, const struct receipt *receipt, const struct trust *trust);

/* The same of a receipt that proves something else, in as few words as that takes: nothing that was
 * said before, nothing of its content.  True if it holds; gives the header. */
bool check_entry_of(struct report *r, const struct receipt *receipt, const struct trust *trust,
		    struct leaf *ret);

/* The signatures of a checkpoint, or of the one in a request of C2SP's tlog-witness. */
bool check_checkpoint(struct report *r, struct file file, const struct trust *trust,
		      struct err *e) MUST_USE;

/* That NEW continues OLD.  NEW is a request of C2SP's tlog-witness, which has the proof, or a bare
 * checkpoint: then the two must be the same, or nothing can be said. */
bool check_growth(struct report *r, struct file old, struct file new, const struct trust *trust,
		  struct err *e) MUST_USE;

/* A case as it was exported (case.c): that its files are those of the export, which the journal
 * commits to; its entries, proofs, receipts and draws. */
bool check_case(struct report *r, const struct bundle *files, const struct trust *trust,
		struct err *e) MUST_USE;

/* An excerpt of a record of sound and picture (excerpt.c): that its files are those whose hashes
 * the journal has, and that no segment between the first and the last is missing. */
bool check_excerpt(struct report *r, const struct bundle *files, const struct trust *trust,
		   struct err *e) MUST_USE;

/* A copy of the journal: lines ("konkurs-journal-1"), or a folder or zip of C2SP's tiles.  It must
 * begin with what each checkpoint that was kept covers; `kept` may be NULL. */
bool check_lines(struct report *r, struct file file, const struct kept *kept,
		 const struct trust *trust, struct err *e) MUST_USE;
bool check_tiles(struct report *r, const struct bundle *files, const struct kept *kept,
		 const struct trust *trust, struct err *e) MUST_USE;

/* What was published of a draw (F33): every form drawn again, and that commitment, coins, bank and
 * forms are those of the journal, by the receipts that come along.  Without these the report says
 * that nothing but the file itself speaks for it. */
bool check_forms(struct report *r, struct file file, const struct trust *trust,
		 struct err *e) MUST_USE;
bool check_draw(struct report *r, const json_t *draw, const struct trust *trust,
		struct err *e) MUST_USE;
