#include "app/access/passkey.h"

#include "app/access/factor.h"
#include "app/access/reauth.h"
#include "base/base64.h"

#include <sodium.h>
#include <string.h>

struct bytes {
	unsigned char *at;
	size_t size;
};

static bool decode(struct arena *a, const char *text, struct bytes *ret)
{
	const size_t most = strlen(text);
	ret->at = arena_alloc(a, most + 1);
	return most > 0 && base64_read(text, most, BASE64_URL, ret->at, most, &ret->size);
}

static json_t *read_client(struct arena *a, const char *text)
{
	struct bytes b = { 0 };
	json_t *client = decode(a, text, &b) ? json_loadb((const char *)b.at, b.size,
							  JSON_REJECT_DUPLICATES, NULL)
					     : NULL;
	json_in_arena(a, client);
	return client;
}

const char *passkey_challenge(struct arena *a, const struct passkey_sent *sent)
{
	return json_string_value(json_object_get(read_client(a, sent->client), "challenge"));
}

/* Level 2, 7.1 and 7.2: type, challenge, origin; not inside another site's page. */
static bool client_fits(const struct act *act, const struct passkey_place *place,
			const struct passkey_sent *sent, const char *type, const char *challenge)
{
	const json_t *client = read_client(act->arena, sent->client);
	return strcmp(row_text(client, "type"), type) == 0 &&
	       strcmp(row_text(client, "challenge"), challenge) == 0 &&
	       strcmp(row_text(client, "origin"), place->origin) == 0 &&
	       !json_is_true(json_object_get(client, "crossOrigin"));
}

/* ---- registration ---------------------------------------------------------- */

static bool may_add(const struct act *act, const char *credential, const char *name, struct err *e)
{
	bool known = false;
	struct factors f = { 0 };
	if (!*name)
		return err_input(e, "name", "error.required", "a passkey without a name");
	if (!db_exists(act->db, e, &known, "SELECT 1 FROM passkey WHERE credential = $1",
		       db_text(credential)) ||
	    !factors_of(act->db, act->person_id, &f, e))
		return false;
	if (known)
		return err_set(e, ERR_CONFLICT, "passkey.error.known", "registered already");
	return f.passkeys < PASSKEYS_MOST ||
	       err_set(e, ERR_CONFLICT, "passkey.error.many", "as many as there may be");
}

static bool read_made(const struct act *act, const struct passkey_place *place,
		      const struct passkey_sent *sent, const char *challenge,
		      struct passkey_made *ret)
{
	struct bytes data = { 0 };
	struct bytes id = { 0 };
	return client_fits(act, place, sent, "webauthn.create", challenge) &&
	       decode(act->arena, sent->data, &data) && decode(act->arena, sent->credential, &id) &&
	       passkey_read(place->site, data.at, data.size, ret) && ret->id_size == id.size &&
	       memcmp(ret->id, id.at, id.size) == 0;
}

bool passkey_add(const struct act *act, const struct passkey_place *place,
		 const struct passkey_sent *sent, const char *challenge, const char *name,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct passkey_made made = { .id_size = 0 };
	if (!reauth_need(act, e) || !db_begin(act->db, &tx, e) ||
	    !may_add(act, sent->credential, name, e))
		return false;
	if (!read_made(act, place, sent, challenge, &made))
		return err_set(e, ERR_INPUT, "passkey.error.answer", "no answer to the challenge");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO passkey (person_id, credential, algorithm, public_key, uses,"
		       " name, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(act->person_id), db_text(sent->credential),
		       db_int(made.key.algorithm), db_blob(made.key.bytes, made.key.size),
		       db_int(made.uses), db_text(name), db_int(act->now_ms)) &&
	       factor_note(act, act->person_id, true, "passkey", e) && db_commit(&tx, e);
}

/* ---- use ------------------------------------------------------------------- */

static bool load_key(const struct act *act, const json_t *row, struct passkey_key *ret,
		     struct err *e)
{
	const void *bytes = NULL;
	size_t size = 0;
	if (!db_bytes(act->db, act->arena, e, &bytes, &size,
		      "SELECT public_key FROM passkey WHERE id = $1",
		      db_int(row_number(row, "id"))))
		return false;
	if (size > sizeof(ret->bytes))
		return err_set(e, ERR_DB, "error.storage", "a key of a wrong size");
	ret->algorithm = (int)row_number(row, "algorithm");
	ret->size = size;
	memcpy(ret->bytes, bytes, size);
	return true;
}

static bool has_signed(const struct act *act, const struct passkey_place *place,
		       const struct passkey_sent *sent, const struct passkey_key *key,
		       int64_t *ret_uses)
{
	struct bytes client = { 0 };
	struct bytes data = { 0 };
	struct bytes signature = { 0 };
	unsigned char hash[PASSKEY_HASH_SIZE];
	if (!decode(act->arena, sent->client, &client) || !decode(act->arena, sent->data, &data) ||
	    !decode(act->arena, sent->signature, &signature))
		return false;
	(void)crypto_hash_sha256(hash, client.at, client.size);
	return passkey_signed(key, place->site, data.at, data.size, hash, signature.at,
			      signature.size, ret_uses);
}

/* Level 2, 7.2.21: a counter that has not grown tells of a second copy of the key. */
static bool count_use(const struct act *act, const json_t *row, int64_t uses, bool *ret,
		      struct err *e)
{
	const int64_t before = row_number(row, "uses");
	const int64_t id = row_number(row, "id");
	*ret = (before == 0 && uses == 0) || uses > before;
	if (*ret)
		return db_exec(act->db, e, NULL,
			       "UPDATE passkey SET uses = $1, used_ms = $2 WHERE id = $3",
			       db_int(uses), db_int(act->now_ms), db_int(id));
	return db_exec(act->db, e, NULL, "UPDATE passkey SET removed_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(act, "account.passkey_copied", 0,
			   act_subject(act, "person", row_number(row, "person_id")),
			   json_pack("{s:I}", "passkey", (json_int_t)id), e) &&
	       factor_note(act, row_number(row, "person_id"), false, "passkey", e);
}

bool passkey_take(const struct act *act, const struct passkey_place *place,
		  const struct passkey_sent *sent, const char *challenge, int64_t person_id,
		  int64_t *ret_person, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct passkey_key key = { .size = 0 };
	int64_t uses = 0;
	bool grown = false;
	*ret_person = 0;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT k.id, k.person_id, k.algorithm, k.uses FROM passkey k"
			       " JOIN account a ON a.person_id = k.person_id"
			       " WHERE k.credential = $1 AND k.removed_ms IS NULL"
			       " AND ($2 = 0 OR k.person_id = $2)",
			       db_text(sent->credential), db_int(person_id));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || !row || !client_fits(act, place, sent, "webauthn.get", challenge))
		return rows != NULL;
	if (!load_key(act, row, &key, e))
		return false;
	if (!has_signed(act, place, sent, &key, &uses))
		return true;
	if (!db_begin(act->db, &tx, e) || !count_use(act, row, uses, &grown, e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_person = grown ? row_number(row, "person_id") : 0;
	return true;
}

bool passkey_remove(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t gone = 0;
	return reauth_need(act, e) && db_begin(act->db, &tx, e) && factor_may_go(act, false, e) &&
	       db_exec(act->db, e, &gone,
		       "UPDATE passkey SET removed_ms = $1 WHERE id = $2 AND person_id = $3"
		       " AND removed_ms IS NULL",
		       db_int(act->now_ms), db_int(id), db_int(act->person_id)) &&
	       (gone == 1 || err_set(e, ERR_MISSING, "error.missing", "no such passkey")) &&
	       factor_note(act, act->person_id, false, "passkey", e) && db_commit(&tx, e);
}
