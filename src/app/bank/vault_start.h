/* vault_start.h - a database and its service key come together.
 *
 *   struct service_key *key = NULL;
 *   vault_key_open(db, "konkurs.db", NULL, &key, e)     the file "konkurs.db.key"
 *   vault_begin(&act, e)                                act.key is that key
 *
 * A database that has no key yet takes the one of the file, which is made if there is none; from
 * then on it knows that key's fingerprint and opens with no other. */
#pragma once
#include "app/act.h"

/* Where the key of a database in a file is if nothing else is said: "<database>.key". */
const char *vault_key_path(struct arena *a, const char *database);

/* Finds or makes the key; `path` NULL is vault_key_path().  A database in memory gets one that is
 * gone with it, that of one on a server has no such place: without `path` it is ERR_INPUT
 * "vault.error.key_where".  ERR_CONFLICT "vault.error.key_missing" if the database has a key and
 * the file is not there, "vault.error.key_other" if it is another one; what service_key.h says. */
bool vault_key_open(struct db *db, const char *database, const char *path, struct service_key **ret,
		    struct err *e) MUST_USE;

/* Binds the database to act->key at the first time, and encrypts what was stored in plain text
 * before there was a key, in one transaction; then leaves nothing of it in free pages.  Again it
 * does nothing.  Not inside a transaction. */
bool vault_begin(const struct act *act, struct err *e) MUST_USE;

/* Leaves nothing of what was deleted in the files of the database, if something asked for that
 * (service_key.scrubbed is 0): words that were in plain text before, records that an act has
 * destroyed.  Takes as long as writing the database anew.  Not inside a transaction. */
bool vault_scrub(const struct act *act, struct err *e) MUST_USE;
