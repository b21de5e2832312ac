/* demonstration.h - fills an empty database with fictitious people, halls and a competition. */
#pragma once
#include "app/bank/vault.h"

/* `people` is sample/demo.json.  Marks the database as a demonstration, adds people with
 * their rights and halls, opens and announces a competition.  Passwords come last and apart
 * (demonstration_passwords), because Argon2id is slow on purpose. */
bool demonstration_make(const struct act *act, const json_t *people, struct err *e) MUST_USE;

/* Gives everybody of sample/demo.json the demonstration password. */
bool demonstration_passwords(const struct act *act, const json_t *people, struct err *e) MUST_USE;

/* Its keepers make their keys, under the password of all as passphrase, and its approver holds the
 * ceremony (app/bank/vault.h): the bank is sealed.  Slow, as passwords are. */
bool demonstration_seal(const struct act *act, const json_t *people, struct vault_papers *ret,
			struct err *e) MUST_USE;
