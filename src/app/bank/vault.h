/* vault.h - the key of the sealed bank: made in a ceremony, split among keepers, renewed (F28).
 *
 * The bank's pair of keys is made once; its secret half is split in shares of which any two give it
 * back (sign/split.h), one for each keeper and two for paper, and is forgotten.  The public half
 * stays, so that whatever comes into use is sealed without anybody.  Questions that are written or
 * reviewed stay readable for those who work at them.
 *
 * Until the ceremony all words lie under the service key alone: everything works, and whoever has
 * the database and the key file can read. */
#pragma once
#include "app/act.h"
#include "app/bank/vault_opening.h"
#include "sign/split.h"

enum {
	VAULT_KEEPERS_LEAST = 3, /* one may be ill and one may leave, and it still opens; ours */
	VAULT_PAPERS = 2,
	VAULT_PAPER_SIZE = 85,
	VAULT_FINGERPRINT_SIZE = 17,
};

/* What is printed once and kept nowhere. */
struct vault_papers {
	char fingerprint[VAULT_FINGERPRINT_SIZE]; /* of the bank's public key */
	char text[VAULT_PAPERS][VAULT_PAPER_SIZE];
	int64_t number[VAULT_PAPERS];
	int64_t keepers, questions; /* sealed by it */
};

/* The ceremony: approvers and administrators.  Everything in use is sealed by it.  ERR_CONFLICT
 * "vault.error.sealed" if there is a key already, "vault.error.keepers" with fewer than
 * VAULT_KEEPERS_LEAST keepers who have made theirs, "vault.error.sitting" while the forms of a
 * sitting are sealed that could not be read without it. */
bool vault_make(const struct act *act, struct vault_papers *ret, struct err *e) MUST_USE;

/* A new key and new shares for the keepers of today, with an opening for renewal that is open: what
 * the old shares opened they open no more.  Approvers and administrators; ERR_CONFLICT
 * "bank.error.sealed" if it is not open. */
bool vault_renew(const struct act *act, struct vault_papers *ret, struct err *e) MUST_USE;

/* The same with two papers and without any keeper's old share: at the machine alone, by the system
 * itself.  ERR_INPUT "vault.error.paper", "vault.error.paper_old", "vault.error.shares". */
bool vault_recover(const struct act *act, const char *const paper[VAULT_PAPERS],
		   struct vault_papers *ret, struct err *e) MUST_USE;

/* Seals every version of a question but one that is being written or reviewed and is not in use;
 * nothing if the bank has no key.  For whatever brings a version into use, in its transaction. */
bool vault_seal_question(const struct act *act, const char *code, struct err *e) MUST_USE;

/* The key that counts.  `ret_id` is 0 if the bank is not sealed. */
bool vault_public_key(const struct act *act, int64_t *ret_id, unsigned char ret[32],
		      struct err *e) MUST_USE;

/* The first 16 hexadecimal digits of BLAKE2b over a public key. */
void vault_fingerprint(const unsigned char public_key[32], char ret[VAULT_FINGERPRINT_SIZE]);

/* A share of the bank's key as `paper` says it; checks tag and mark, "vault.error.paper..." at
 * "paper".  For vault_opening.c. */
bool vault_paper_share(const struct act *act, int64_t bank_key, const char *paper,
		       struct split_share *ret, struct err *e) MUST_USE;

/* Whether `share` is the one that was given out under its number. */
bool vault_share_is(const struct act *act, int64_t bank_key, const struct split_share *share,
		    bool *ret, struct err *e) MUST_USE;
