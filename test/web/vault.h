/* vault.h - a sealed bank, for tests.
 *
 *   struct vault v = vault_seal(h);                   three keepers, a ceremony
 *   vault_open_for(&v, VAULT_SITTING, sitting, asker)  two of them open it
 *
 * Everything goes through the use cases, but Argon2id: the keys of passphrases are made up. */
#pragma once
#include "hall.h"

#include "app/bank/vault.h"

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

/* ---- a hall with its bank sealed ------------------------------------------------------------- */

struct world {
	struct hall hall;
	struct vault vault;
	struct harness *h;
	int64_t author;
};

struct world world_open(struct harness *h);

/* Whether the author reads both languages of a version now. */
bool world_reads(struct world *w, int64_t version, struct err *e);
void world_expect_sealed(struct world *w, const char *why);
void world_expect_open(struct world *w, const char *why);

/* Data keys that the service has, "service", or the bank, "bank"; "shares" that lie open. */
int64_t world_count(struct harness *h, const char *what);
