/* case_proof.h - what makes the case of a candidate one that can be checked by itself (F89): proofs
 * of its entries, receipts, and the tools that check them. */
#pragma once
#include "web/evidence/archive.h"
#include "web/web.h"

/* Adds to each of `journal`'s entries its "proof" under the newest checkpoint (null if it is newer
 * than that), and to the journal "checkpoint" and "key"; null before the first checkpoint. */
bool case_proofs(const struct req *r, json_t *journal, struct err *e) MUST_USE;

/* receipts/KIND-SEQ.json for every entry of the application there are receipts of; votes are the
 * members' own. */
bool case_receipts(const struct req *r, int64_t application, struct archive *archive,
		   struct err *e) MUST_USE;

/* signatures/NN-KIND-ID/: text, CMS, authorities and lists, and the command for OpenSSL. */
bool case_signatures(struct req *r, int64_t application, struct archive *archive, json_t *index,
		     struct err *e) MUST_USE;

/* The numbers of those whose proof is null. */
json_t *case_later(const json_t *journal);

/* export.json: the receipt of the entry `seq` that this was taken out, and in "later" the proofs
 * under its checkpoint of the entries that were newer than that of journal.json. */
bool case_export_receipt(const struct req *r, int64_t seq, const json_t *later, const char **ret,
			 struct err *e) MUST_USE;

/* draws/sitting-N.json: the values of the draw of every sitting at which this candidate was, once
 * they are out (F33). */
bool case_draws(const struct req *r, int64_t application, struct archive *archive,
		struct err *e) MUST_USE;

/* konkurs-verify, verify.html, verify.py, README.txt. */
bool case_tools(struct archive *archive, struct err *e) MUST_USE;
