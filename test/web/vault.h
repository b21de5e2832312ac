/* vault.h - a sealed bank, for tests.
 *
 *   struct vault v = vault_seal(h);                   three keepers, a ceremony
 *   vault_open_for(&v, VAULT_SITTING, sitting, asker)  two of them open it
 *
 * Everything goes through the use cases, but Argon2id: the keys of passphrases are made up. */
#pragma once
#include "harness.h"

#include "app/vault.h"

enum { VAULT_TEST_KEEPERS = 3 };

struct vault {
	struct harness *h;
	int64_t keeper[VAULT_TEST_KEEPERS], approver;
	struct vault_papers papers;
};

/* What stands for the passphrase of a keeper. */
void vault_key_of(int64_t keeper, unsigned char ret[32]);

/* A keeper with an own pair of keys. */
int64_t vault_keeper(struct harness *h);

struct vault vault_seal(struct harness *h);

/* Asked for, not yet open. */
int64_t vault_asked(struct vault *v, const char *purpose, int64_t sitting, int64_t asker);

/* By keepers 0 and 1; the opening. */
int64_t vault_open_for(struct vault *v, const char *purpose, int64_t sitting, int64_t asker);

/* One share of a keeper, which must be taken. */
void vault_share(struct vault *v, int64_t opening, int64_t keeper);
