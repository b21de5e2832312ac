/* seal.h - the draw of a sitting: commitment, coins, sealed forms, start (F33, F34, F39, F40).
 *
 * docs/draw.md describes it for strangers.  In short: the secret was committed to when the sitting
 * was opened; two witnesses give a coin each; sealing draws every form from a hash over all of
 * these, checks it against the programme (A5-1) and stores it under a key that only the opening
 * codes of two officials give.  The start needs both codes and is one instant for the hall.
 *
 * The words of the questions lie sealed in the bank (app/bank/vault.h): for the sealing two keepers
 * open it, and from then on the key of the seal reads what is on these forms. */
#pragma once
#include "app/sitting/sitting.h"
#include "exam/draw.h"

enum {
	SEAL_KEY_SIZE = 32,
	SEAL_SALT_SIZE = 16,
	SEAL_CODE_LEAST = 8,
	SEAL_CODE_MOST = 64,
	COIN_LEAST = 1,
	COIN_MOST = 64,
};

/* The key of two opening codes: Argon2id of each.  Slow on purpose: for worker threads. */
bool seal_key(const char *code_1, const char *code_2, const unsigned char salt[SEAL_SALT_SIZE],
	      unsigned char ret[SEAL_KEY_SIZE], struct err *e) MUST_USE;

/* The salt of a sealed sitting, for seal_key().  ERR_CONFLICT "sitting.error.not_sealed". */
bool seal_salt(const struct act *act, int64_t id, unsigned char ret[SEAL_SALT_SIZE],
	       struct err *e) MUST_USE;

/* One witness' coin, journalled at once and never changed in this round.  `place` is 1 or 2; two
 * different witnesses (ERR_INPUT at "witness").  ERR_CONFLICT "sitting.error.coin". */
bool seal_coin(const struct act *act, int64_t id, int64_t place, const char *witness,
	       const char *coin, struct err *e) MUST_USE;

/* Draws, checks and stores all forms.  `second` is the other official, who agrees here and now
 * (sitting_agree); the first code is of whoever acts, the second one is his.
 * ERR_CONFLICT "sitting.error.nobody", "sitting.error.coins", "sitting.error.started",
 * "sitting.error.bank" while the bank is sealed and not open for this sitting;
 * "exam.bank.shortage" with the act in `value`. */
bool seal_forms(const struct act *act, int64_t id, const struct second *second,
		const unsigned char salt[SEAL_SALT_SIZE], const unsigned char key[SEAL_KEY_SIZE],
		struct err *e) MUST_USE;

/* Puts the data keys of the snapshot's questions under the key of the seal; in the caller's
 * transaction.  ERR_CONFLICT "bank.error.sealed" as bank_text_key(). */
bool seal_texts(const struct act *act, int64_t sitting, const unsigned char key[SEAL_KEY_SIZE],
		struct err *e) MUST_USE;

/* Takes the seal off and goes back to checking in: forms and coins of this round are void, a new
 * secret is committed to.  For a lost code or a candidate who came after the sealing. */
bool seal_remove(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* Starts the hall: one instant for all, the same for who presses again (F41).  Those two start it
 * who have sealed it: one acts, the other one agrees here and now, so that the code of each counts
 * only with the person.  ERR_CONFLICT "sitting.error.sealers" for anybody else who acts, ERR_INPUT
 * "sitting.error.sealer" at "second" for another second one; ERR_INPUT "sitting.error.codes" at
 * "code_1" if the key does not open the seal; ERR_LAW, clause 28, until the record is settled
 * (R28-3): sitting_record_gate(). */
bool sitting_start(const struct act *act, int64_t id, const struct second *second,
		   const unsigned char key[SEAL_KEY_SIZE], struct err *e) MUST_USE;

/* Who of the two that have sealed it is not `person_id`; 0 if that person is none of them. */
bool seal_other(const struct act *act, int64_t id, int64_t person_id, int64_t *ret,
		struct err *e) MUST_USE;

/* Puts the questions of a started attempt into form_question; harmless when they are there. */
bool form_open(const struct act *act, int64_t attempt, struct err *e) MUST_USE;
