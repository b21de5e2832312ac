/* evidence.h - receipts of what stands in the journal, for those it is about (F15, F60).
 *
 * Nothing of a receipt is stored: it is the entry, the first checkpoint that covers it, and the
 * proof between the two, so that the same entry gives the same receipt each time.  What gives a
 * receipt calls checkpoint_make() in its own transaction: the proof exists before the paper is
 * printed. */
#pragma once
#include "app/act.h"
#include "verify/receipt.h"

/* The kinds of entries there are receipts of; the index journal_receipt has the same words. */
#define EVIDENCE_KINDS                                                                             \
	"('application.sent', 'test.result', 'result.corrected', 'decision.recorded', "            \
	"'vote.cast')"

/* ERR_MISSING "receipt.error.none" before a checkpoint covers it.  `whole`: with its content, if
 * that was not destroyed. */
bool evidence_receipt(struct db *db, struct arena *a, int64_t seq, bool whole, struct receipt *ret,
		      struct err *e) MUST_USE;

/* Whether the entry is the person's own: of an own application, or an own vote.  `ret_whole`: the
 * content may be handed out, too.  That of a decision may not: it tells how many voted how, and a
 * candidate is told the outcome (R47-1).  ERR_MISSING for what is another's. */
bool evidence_require_own(const struct act *act, int64_t seq, bool *ret_whole,
			  struct err *e) MUST_USE;

/* The entry of a short code, among those there are receipts of; 0 for none. */
bool evidence_find(struct db *db, const unsigned char code[RECEIPT_CODE_BYTES], int64_t *ret_seq,
		   struct err *e) MUST_USE;

/* The newest entry of this kind, or the other one ("" for none), about an application; 0 for none.
 */
bool evidence_newest(const struct act *act, int64_t application, const char *kind,
		     const char *other, int64_t *ret_seq, struct err *e) MUST_USE;
