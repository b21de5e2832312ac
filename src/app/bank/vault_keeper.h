/* vault_keeper.h - a keeper's own pair of keys, which a share of the bank's key is locked for.
 *
 * The secret one lies in keeper_key under Argon2id of a passphrase that nobody else knows and
 * nothing keeps.  Whoever forgets it makes a new pair, and has no share until the bank's key is
 * renewed. */
#pragma once
#include "app/act.h"

enum {
	KEEPER_KEY_SIZE = 32,
	KEEPER_SALT_SIZE = 16,
	KEEPER_PHRASE_LEAST = 12, /* characters, as of a password */
	KEEPER_PHRASE_MOST = 200,
	KEEPER_WRONG_MOST = 5, /* passphrases in a row; then a wait */
	KEEPER_WAIT_MS = 15 * 60 * 1000,
};

/* Argon2id of a passphrase: slow on purpose, for worker threads. */
bool keeper_derive(const char *phrase, const unsigned char salt[KEEPER_SALT_SIZE],
		   unsigned char ret[KEEPER_KEY_SIZE], struct err *e) MUST_USE;

/* Of the pair of act->person_id.  ERR_CONFLICT "vault.error.key_none" if there is none. */
bool keeper_salt(const struct act *act, unsigned char ret[KEEPER_SALT_SIZE],
		 struct err *e) MUST_USE;

/* Keepers alone: a new pair of act->person_id under the key of a passphrase.  If there was one, its
 * share can no longer be taken out. */
bool keeper_make(const struct act *act, const unsigned char salt[KEEPER_SALT_SIZE],
		 const unsigned char key[KEEPER_KEY_SIZE], struct err *e) MUST_USE;

/* The same pair under another passphrase; `ret_right` as in keeper_open(). */
bool keeper_change(const struct act *act, const unsigned char old[KEEPER_KEY_SIZE],
		   const unsigned char salt[KEEPER_SALT_SIZE],
		   const unsigned char key[KEEPER_KEY_SIZE], bool *ret_right,
		   struct err *e) MUST_USE;

struct keeper_pair {
	unsigned char public_key[KEEPER_KEY_SIZE], secret_key[KEEPER_KEY_SIZE];
};

/* Keepers alone: takes the pair of act->person_id out; the caller wipes it.  A wrong passphrase is
 * `ret_right` false and counted in the rows; ERR_CONFLICT "vault.error.waits" after
 * KEEPER_WRONG_MOST of them, for KEEPER_WAIT_MS.  In the caller's transaction. */
bool keeper_open(const struct act *act, const unsigned char key[KEEPER_KEY_SIZE],
		 struct keeper_pair *ret, bool *ret_right, struct err *e) MUST_USE;
