/* case_proof.h - what makes the case of a candidate one that can be checked by itself (F89): proofs
 * of its entries, receipts, and the tools that check them. */
#pragma once
#include "web/archive.h"
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

/* konkurs-verify, verify.html, verify.py, README.txt. */
bool case_tools(struct archive *archive, struct err *e) MUST_USE;
