#include "app/bank/vault_keeper.h"

#include "app/bank/bank_item.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { MEMORY = 64 * 1024 * 1024, SECRET_BOX = KEEPER_KEY_SIZE + BOX_MORE };

static_assert(KEEPER_KEY_SIZE == crypto_box_SECRETKEYBYTES, "a key is a key");
static_assert(KEEPER_SALT_SIZE == crypto_pwhash_SALTBYTES, "a salt is a salt");

bool keeper_derive(const char *phrase, const unsigned char salt[KEEPER_SALT_SIZE],
		   unsigned char ret[KEEPER_KEY_SIZE], struct err *e)
{
	return crypto_pwhash(ret, KEEPER_KEY_SIZE, phrase, strlen(phrase), salt,
			     crypto_pwhash_OPSLIMIT_MODERATE, MEMORY,
			     crypto_pwhash_ALG_ARGON2ID13) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
}

static bool no_key(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "vault.error.key_none", "the keeper has made no key yet");
}

bool keeper_salt(const struct act *act, unsigned char ret[KEEPER_SALT_SIZE], struct err *e)
{
	const void *salt = NULL;
	size_t size = 0;
	struct err why = { 0 };
	if (!db_bytes(act->db, act->arena, &why, &salt, &size,
		      "SELECT salt FROM keeper_key WHERE person_id = $1", db_int(act->person_id))) {
		if (why.kind == ERR_MISSING)
			return no_key(e);
		*e = why;
		return false;
	}
	if (size != KEEPER_SALT_SIZE)
		return err_set(e, ERR_DB, "error.storage", "a keeper's salt is damaged");
	memcpy(ret, salt, KEEPER_SALT_SIZE);
	return true;
}

static const char *name_pair(const struct act *act)
{
	return arena_print(act->arena, "keeper %lld", (long long)act->person_id);
}

static bool store(const struct act *act, const struct keeper_pair *pair, const unsigned char *salt,
		  const unsigned char *box, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO keeper_key (person_id, public_key, salt, box, made_ms,"
		       " changed_ms, wrong, wrong_ms) VALUES ($1, $2, $3, $4, $5, $5, 0, 0)"
		       " ON CONFLICT (person_id) DO UPDATE SET public_key = excluded.public_key,"
		       " salt = excluded.salt, box = excluded.box, made_ms = excluded.made_ms,"
		       " changed_ms = excluded.changed_ms, wrong = 0, wrong_ms = 0",
		       db_int(act->person_id), db_blob(pair->public_key, KEEPER_KEY_SIZE),
		       db_blob(salt, KEEPER_SALT_SIZE), db_blob(box, SECRET_BOX),
		       db_int(act->now_ms));
}

bool keeper_make(const struct act *act, const unsigned char salt[KEEPER_SALT_SIZE],
		 const unsigned char key[KEEPER_KEY_SIZE], struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct keeper_pair pair;
	unsigned char box[SECRET_BOX];
	(void)crypto_box_keypair(pair.public_key, pair.secret_key);
	box_close(key, name_pair(act), pair.secret_key, KEEPER_KEY_SIZE, box);
	sodium_memzero(pair.secret_key, sizeof(pair.secret_key));
	return bank_require(act, ROLE_NAME_KEEPER, e) && db_begin(act->db, &tx, e) &&
	       store(act, &pair, salt, box, e) &&
	       /* what was locked for the pair before is lost to its keeper */
	       db_exec(act->db, e, NULL, "UPDATE bank_share SET box = NULL WHERE keeper_id = $1",
		       db_int(act->person_id)) &&
	       act_journal(act, "vault.keeper", 0, act_subject(act, "person", act->person_id),
			   json_pack("{s:s}", "key",
				     act_hex(act->arena, pair.public_key, KEEPER_KEY_SIZE)),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- the passphrase -------------------------------------------------------------------------- */

struct stored {
	unsigned char public_key[KEEPER_KEY_SIZE], box[SECRET_BOX];
	int64_t wrong, wrong_ms;
	bool found;
};

/* Columns: public_key, box, wrong, wrong_ms. */
static bool take_stored(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct stored *s = user;
	(void)count;
	if (column[0].size != sizeof(s->public_key) || column[1].size != sizeof(s->box))
		return err_set(e, ERR_DB, "error.storage", "a keeper's key is damaged");
	memcpy(s->public_key, column[0].bytes, sizeof(s->public_key));
	memcpy(s->box, column[1].bytes, sizeof(s->box));
	s->wrong = column[2].number;
	s->wrong_ms = column[3].number;
	s->found = true;
	return true;
}

/* Guessing is slow by Argon2id, and slower by this. */
static bool count_wrong(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE keeper_key SET wrong = wrong + 1, wrong_ms = $1 WHERE person_id = "
		       "$2",
		       db_int(act->now_ms), db_int(act->person_id)) &&
	       act_journal(act, "vault.wrong", 0, act_subject(act, "person", act->person_id),
			   json_object(), e);
}

bool keeper_open(const struct act *act, const unsigned char key[KEEPER_KEY_SIZE],
		 struct keeper_pair *ret, bool *ret_right, struct err *e)
{
	struct stored s = { .found = false };
	if (!bank_require(act, ROLE_NAME_KEEPER, e) ||
	    !db_each(act->db, e, take_stored, &s,
		     "SELECT public_key, box, wrong, wrong_ms FROM keeper_key WHERE person_id = $1",
		     db_int(act->person_id)))
		return false;
	if (!s.found)
		return no_key(e);
	if (s.wrong >= KEEPER_WRONG_MOST && act->now_ms - s.wrong_ms < KEEPER_WAIT_MS)
		return err_set(e, ERR_CONFLICT, "vault.error.waits", "too many wrong passphrases");
	*ret_right = box_open(key, name_pair(act), s.box, sizeof(s.box), ret->secret_key);
	if (!*ret_right)
		return count_wrong(act, e);
	memcpy(ret->public_key, s.public_key, sizeof(s.public_key));
	return s.wrong == 0 ||
	       db_exec(act->db, e, NULL, "UPDATE keeper_key SET wrong = 0 WHERE person_id = $1",
		       db_int(act->person_id));
}

bool keeper_change(const struct act *act, const unsigned char old[KEEPER_KEY_SIZE],
		   const unsigned char salt[KEEPER_SALT_SIZE],
		   const unsigned char key[KEEPER_KEY_SIZE], bool *ret_right, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct keeper_pair pair;
	unsigned char box[SECRET_BOX];
	bool right = false;
	const bool opened = db_begin(act->db, &tx, e) && keeper_open(act, old, &pair, &right, e);
	if (opened && right)
		box_close(key, name_pair(act), pair.secret_key, KEEPER_KEY_SIZE, box);
	sodium_memzero(&pair.secret_key, sizeof(pair.secret_key));
	if (!opened)
		return false;
	if (right && (!db_exec(act->db, e, NULL,
			       "UPDATE keeper_key SET salt = $1, box = $2, changed_ms = $3"
			       " WHERE person_id = $4",
			       db_blob(salt, KEEPER_SALT_SIZE), db_blob(box, sizeof(box)),
			       db_int(act->now_ms), db_int(act->person_id)) ||
		      !act_journal(act, "vault.passphrase", 0,
				   act_subject(act, "person", act->person_id), json_object(), e)))
		return false;
	if (!db_commit(&tx, e))
		return false;
	*ret_right = right;
	return true;
}
