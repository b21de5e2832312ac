#include "app/bank/vault.h"

#include "app/access/reauth.h"
#include "app/bank/bank_item.h"
#include "sign/paper_share.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { DATA_KEY = BOX_KEY_SIZE, SHARE_MARK = 32, FINGERPRINT_BYTES = 8 };

static_assert((int)VAULT_PAPER_SIZE == (int)PAPER_TEXT_SIZE, "a paper is a paper");
static_assert((int)SPLIT_SIZE == (int)crypto_box_SECRETKEYBYTES, "a secret key is what is split");

/* The role of whoever may decide about the key itself. */
static bool require_head(const struct act *act, struct err *e)
{
	bool approver = false;
	return act_holds(act, ROLE_NAME_APPROVER, act->book->organs[0].code, &approver, e) &&
	       (approver || bank_require(act, ROLE_NAME_ADMIN, e));
}

/* ---- the key that counts --------------------------------------------------------------------- */

void vault_fingerprint(const unsigned char public_key[32], char ret[VAULT_FINGERPRINT_SIZE])
{
	unsigned char hash[crypto_generichash_BYTES];
	(void)crypto_generichash(hash, sizeof(hash), public_key, crypto_box_PUBLICKEYBYTES, NULL,
				 0);
	(void)sodium_bin2hex(ret, VAULT_FINGERPRINT_SIZE, hash, FINGERPRINT_BYTES);
}

struct public_key {
	int64_t id;
	unsigned char bytes[crypto_box_PUBLICKEYBYTES];
};

/* Columns: id, public_key. */
static bool take_public(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct public_key *k = user;
	(void)count;
	if (column[1].size != crypto_box_PUBLICKEYBYTES)
		return err_set(e, ERR_DB, "error.storage", "the bank's key is damaged");
	k->id = column[0].number;
	memcpy(k->bytes, column[1].bytes, crypto_box_PUBLICKEYBYTES);
	return true;
}

bool vault_public_key(const struct act *act, int64_t *ret_id, unsigned char ret[32], struct err *e)
{
	struct public_key k = { .id = 0 };
	if (!db_each(act->db, e, take_public, &k,
		     "SELECT id, public_key FROM bank_key WHERE ended_ms IS NULL"))
		return false;
	*ret_id = k.id;
	memcpy(ret, k.bytes, sizeof(k.bytes));
	return true;
}

/* ---- sealing what is in use ------------------------------------------------------------------ */

/* Ours and theirs: what a version in use may no longer be read with, and what it is sealed for. */
struct sealing {
	const struct act *act;
	const unsigned char *public_key;
	int64_t sealed;
};

static bool seal_version(struct sealing *s, int64_t version, struct err *e)
{
	struct bank_door shut = { .purpose = "", .looked = true };
	unsigned char key[DATA_KEY];
	unsigned char box[DATA_KEY + crypto_box_SEALBYTES];
	if (!bank_text_key(s->act, version, &shut, key, e))
		return false;
	(void)crypto_box_seal(box, key, sizeof(key), s->public_key);
	sodium_memzero(key, sizeof(key));
	s->sealed++;
	return db_exec(s->act->db, e, NULL,
		       "INSERT INTO item_key (item_id, holder, box) VALUES ($1, 'bank', $2)"
		       " ON CONFLICT (item_id, holder) DO NOTHING",
		       db_int(version), db_blob(box, sizeof(box))) &&
	       db_exec(s->act->db, e, NULL,
		       "DELETE FROM item_key WHERE item_id = $1 AND holder = 'service'",
		       db_int(version));
}

/* All questions that were ever in use, or the one with this code. */
static bool seal_versions(struct sealing *s, const char *code, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(s->act->db, s->act->arena, e,
			"SELECT k.item_id FROM bank_item b JOIN item i ON i.code = b.code"
			"  JOIN item_key k ON k.item_id = i.id AND k.holder = 'service'"
			" WHERE ($1 = '' OR b.code = $1) AND b.used_id IS NOT NULL"
			"  AND (b.state NOT IN ('draft', 'review') OR k.item_id <> b.newest_id"
			"   OR k.item_id = b.used_id)",
			db_text(code));
	json_array_foreach (rows, i, row) {
		if (!seal_version(s, row_number(row, "item_id"), e))
			return false;
	}
	return rows != NULL;
}

bool vault_seal_question(const struct act *act, const char *code, struct err *e)
{
	unsigned char public_key[crypto_box_PUBLICKEYBYTES];
	struct sealing s = { act, public_key, 0 };
	int64_t id = 0;
	return vault_public_key(act, &id, public_key, e) && (id == 0 || seal_versions(&s, code, e));
}

/* ---- shares ---------------------------------------------------------------------------------- */

/* A share has 256 bits that nobody can guess, so a hash of it gives nothing away. */
static void mark_of(int64_t bank_key, const struct split_share *share,
		    unsigned char ret[SHARE_MARK])
{
	const int64_t head[] = { bank_key, share->number };
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, (const unsigned char *)"konkurs-share-1\0", 16,
				      SHARE_MARK);
	(void)crypto_generichash_update(&state, (const unsigned char *)head, sizeof(head));
	(void)crypto_generichash_update(&state, share->bytes, sizeof(share->bytes));
	(void)crypto_generichash_final(&state, ret, SHARE_MARK);
}

bool vault_share_is(const struct act *act, int64_t bank_key, const struct split_share *share,
		    bool *ret, struct err *e)
{
	unsigned char mark[SHARE_MARK];
	mark_of(bank_key, share, mark);
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bank_share WHERE bank_key_id = $1 AND number = $2"
			 " AND mark = $3",
			 db_int(bank_key), db_int(share->number), db_blob(mark, sizeof(mark)));
}

bool vault_paper_share(const struct act *act, int64_t bank_key, const char *paper,
		       struct split_share *ret, struct err *e)
{
	struct paper_share read;
	bool is = false;
	const bool ok = (paper_share_parse(paper, &read) ||
			 err_input(e, "paper", "vault.error.paper", "a mistyped paper")) &&
			vault_share_is(act, bank_key, &read.share, &is, e) &&
			(is || err_input(e, "paper", "vault.error.paper_old",
					 "a paper of another key than the bank's"));
	if (ok)
		*ret = read.share;
	sodium_memzero(&read, sizeof(read));
	return ok;
}

/* A key in the making. */
struct forging {
	const struct act *act;
	unsigned char public_key[crypto_box_PUBLICKEYBYTES];
	struct split_share share[SPLIT_MOST];
	struct {
		int64_t person;
		unsigned char public_key[crypto_box_PUBLICKEYBYTES];
	} keeper[SPLIT_MOST];
	size_t keepers;
	int64_t id;
	json_t *people; /* of the keepers, for the journal */
};

/* Columns: person, public key. */
static bool take_keeper(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct forging *f = user;
	(void)count;
	if (column[1].size != crypto_box_PUBLICKEYBYTES)
		return err_set(e, ERR_DB, "error.storage", "a keeper's key is damaged");
	if (f->keepers < SPLIT_MOST - VAULT_PAPERS) {
		f->keeper[f->keepers].person = column[0].number;
		memcpy(f->keeper[f->keepers++].public_key, column[1].bytes,
		       crypto_box_PUBLICKEYBYTES);
	}
	return true;
}

static bool read_keepers(struct forging *f, struct err *e)
{
	return db_each(f->act->db, e, take_keeper, f,
		       "SELECT k.person_id, k.public_key FROM keeper_key k WHERE EXISTS"
		       " (SELECT 1 FROM role_grant g WHERE g.person_id = k.person_id"
		       "  AND g.role = 'keeper' AND g.revoked_ms IS NULL) ORDER BY k.person_id") &&
	       (f->keepers >= VAULT_KEEPERS_LEAST || err_set(e, ERR_CONFLICT, "vault.error.keepers",
							     "%zu keepers have keys", f->keepers));
}

/* A share for each keeper, locked for that person. */
static bool give_shares(struct forging *f, struct err *e)
{
	for (size_t i = 0; i < f->keepers; i++) {
		unsigned char mark[SHARE_MARK];
		unsigned char box[SPLIT_SIZE + crypto_box_SEALBYTES];
		(void)crypto_box_seal(box, f->share[i].bytes, SPLIT_SIZE, f->keeper[i].public_key);
		mark_of(f->id, &f->share[i], mark);
		(void)json_array_append_new(f->people,
					    json_integer((json_int_t)f->keeper[i].person));
		if (!db_exec(f->act->db, e, NULL,
			     "INSERT INTO bank_share (bank_key_id, number, keeper_id, mark, box)"
			     " VALUES ($1, $2, $3, $4, $5)",
			     db_int(f->id), db_int(f->share[i].number), db_int(f->keeper[i].person),
			     db_blob(mark, sizeof(mark)), db_blob(box, sizeof(box))))
			return false;
	}
	return true;
}

static bool print_papers(const struct forging *f, struct vault_papers *ret, struct err *e)
{
	struct paper_share paper;
	vault_fingerprint(f->public_key, ret->fingerprint);
	(void)sodium_hex2bin(paper.tag, sizeof(paper.tag), ret->fingerprint, sizeof(paper.tag) * 2,
			     NULL, NULL, NULL);
	for (size_t i = 0; i < VAULT_PAPERS; i++) {
		unsigned char mark[SHARE_MARK];
		paper.share = f->share[f->keepers + i];
		paper_share_print(&paper, ret->text[i]);
		ret->number[i] = paper.share.number;
		mark_of(f->id, &paper.share, mark);
		if (!db_exec(f->act->db, e, NULL,
			     "INSERT INTO bank_share (bank_key_id, number, mark)"
			     " VALUES ($1, $2, $3)",
			     db_int(f->id), db_int(paper.share.number),
			     db_blob(mark, sizeof(mark))))
			return false;
	}
	sodium_memzero(&paper, sizeof(paper));
	return true;
}

/* A new pair; its secret half is gone when this returns. */
static bool forge(struct forging *f, struct vault_papers *papers, struct err *e)
{
	unsigned char secret[crypto_box_SECRETKEYBYTES];
	char fingerprint[VAULT_FINGERPRINT_SIZE];
	if (!read_keepers(f, e))
		return false;
	(void)crypto_box_keypair(f->public_key, secret);
	const bool split = split_make(secret, f->keepers + VAULT_PAPERS, f->share, e);
	sodium_memzero(secret, sizeof(secret));
	vault_fingerprint(f->public_key, fingerprint);
	return split &&
	       db_number(f->act->db, e, &f->id,
			 "INSERT INTO bank_key (public_key, fingerprint, made_by, made_ms)"
			 " VALUES ($1, $2, NULLIF($3, 0), $4) RETURNING id",
			 db_blob(f->public_key, sizeof(f->public_key)), db_text(fingerprint),
			 db_int(f->act->person_id), db_int(f->act->now_ms)) &&
	       give_shares(f, e) && print_papers(f, papers, e);
}

static struct forging forging_of(const struct act *act)
{
	struct forging f = { .act = act, .people = json_array() };
	json_in_arena(act->arena, f.people);
	return f;
}

static bool note(const struct forging *f, const char *kind, struct vault_papers *papers,
		 int64_t questions, struct err *e)
{
	papers->keepers = (int64_t)f->keepers;
	papers->questions = questions;
	return act_journal(f->act, kind, 0, act_subject(f->act, "bank_key", f->id),
			   json_pack("{s:s,s:O,s:i,s:I}", "fingerprint", papers->fingerprint,
				     "keepers", f->people, "papers", VAULT_PAPERS, "versions",
				     (json_int_t)questions),
			   e);
}

/* ---- the ceremony ---------------------------------------------------------------------------- */

/* Forms of before the encryption have no keys of their own: their words would be lost to them. */
static bool no_old_forms(const struct act *act, struct err *e)
{
	bool waits = false;
	return db_exists(act->db, e, &waits,
			 "SELECT 1 FROM sitting s JOIN sitting_item x ON x.sitting_id = s.id"
			 " WHERE s.state = 'sealed' AND x.text_key IS NULL") &&
	       (!waits || err_set(e, ERR_CONFLICT, "vault.error.sitting",
				  "forms are sealed without keys of their own"));
}

bool vault_make(const struct act *act, struct vault_papers *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct forging f = forging_of(act);
	struct sealing s = { act, f.public_key, 0 };
	struct vault_papers papers = { .keepers = 0 };
	unsigned char before[crypto_box_PUBLICKEYBYTES];
	int64_t there = 0;
	if (!require_head(act, e) || !reauth_need(act, e) || !db_begin(act->db, &tx, e) ||
	    !vault_public_key(act, &there, before, e))
		return false;
	if (there != 0)
		return err_set(e, ERR_CONFLICT, "vault.error.sealed", "the bank has a key");
	const bool ok = no_old_forms(act, e) && forge(&f, &papers, e) && seal_versions(&s, "", e) &&
			/* the log still has what was deleted: the next start writes it anew */
			db_exec(act->db, e, NULL, "UPDATE service_key SET scrubbed = 0") &&
			note(&f, "vault.made", &papers, s.sealed, e) && db_commit(&tx, e);
	if (ok)
		*ret = papers;
	sodium_memzero(f.share, sizeof(f.share));
	sodium_memzero(&papers, sizeof(papers));
	return ok;
}

/* ---- renewal --------------------------------------------------------------------------------- */

struct renewing {
	struct forging *forging;
	const struct bank_secret *old;
	int64_t versions;
};

static bool move_key(struct renewing *r, int64_t version, struct err *e)
{
	const struct act *act = r->forging->act;
	unsigned char key[DATA_KEY];
	unsigned char box[DATA_KEY + crypto_box_SEALBYTES];
	const void *old = NULL;
	size_t size = 0;
	if (!db_bytes(act->db, act->arena, e, &old, &size,
		      "SELECT box FROM item_key WHERE item_id = $1 AND holder = 'bank'",
		      db_int(version)))
		return false;
	if (size != sizeof(box) ||
	    crypto_box_seal_open(key, old, size, r->old->public_key, r->old->secret_key) != 0)
		return err_set(e, ERR_DB, "error.storage", "a key of a version is damaged");
	(void)crypto_box_seal(box, key, sizeof(key), r->forging->public_key);
	sodium_memzero(key, sizeof(key));
	r->versions++;
	return db_exec(act->db, e, NULL,
		       "UPDATE item_key SET box = $1 WHERE item_id = $2 AND holder = 'bank'",
		       db_blob(box, sizeof(box)), db_int(version));
}

/* Everything that the old key opened, once more for the new one; then the old one ends. */
static bool move_all(struct renewing *r, int64_t old_id, struct err *e)
{
	const struct act *act = r->forging->act;
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT item_id FROM item_key WHERE holder = 'bank'");
	json_array_foreach (rows, i, row) {
		if (!move_key(r, row_number(row, "item_id"), e))
			return false;
	}
	return rows &&
	       db_exec(act->db, e, NULL, "UPDATE bank_key SET ended_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(old_id)) &&
	       db_exec(act->db, e, NULL, "UPDATE bank_share SET box = NULL WHERE bank_key_id = $1",
		       db_int(old_id));
}

/* Openings are of one key: with the old one they end. */
static bool end_openings(const struct act *act, int64_t old_id, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM bank_opening WHERE bank_key_id = $1"
				     " AND ended_ms IS NULL",
				     db_int(old_id));
	json_array_foreach (rows, i, row) {
		if (!vault_end(act, row_number(row, "id"), "renewed", e))
			return false;
	}
	return rows != NULL;
}

static bool renew(const struct act *act, const struct bank_secret *old, int64_t old_id,
		  const char *kind, struct vault_papers *ret, struct err *e)
{
	struct forging f = forging_of(act);
	struct renewing r = { &f, old, 0 };
	struct vault_papers papers = { .keepers = 0 };
	const bool ok = forge(&f, &papers, e) && move_all(&r, old_id, e) &&
			end_openings(act, old_id, e) && note(&f, kind, &papers, r.versions, e);
	if (ok)
		*ret = papers;
	sodium_memzero(f.share, sizeof(f.share));
	sodium_memzero(&papers, sizeof(papers));
	return ok;
}

bool vault_renew(const struct act *act, struct vault_papers *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_RENEWAL };
	unsigned char public_key[crypto_box_PUBLICKEYBYTES];
	struct vault_papers papers;
	int64_t id = 0;
	if (!require_head(act, e) || !reauth_need(act, e) || !db_begin(act->db, &tx, e) ||
	    !vault_public_key(act, &id, public_key, e) ||
	    !vault_secret(act, VAULT_RENEWAL, 0, &door.secret, &door.open, e))
		return false;
	if (!door.open)
		return err_set(e, ERR_CONFLICT, "vault.error.renewal",
			       "no opening for renewal is open");
	const bool ok =
		renew(act, &door.secret, id, "vault.renewed", &papers, e) && db_commit(&tx, e);
	if (ok)
		*ret = papers;
	sodium_memzero(&papers, sizeof(papers));
	return ok;
}

/* The secret key of two papers; every share was compared with its mark. */
static bool join_papers(const struct act *act, int64_t id, const char *const paper[VAULT_PAPERS],
			struct bank_secret *secret, struct err *e)
{
	struct split_share share[SPLIT_NEEDED];
	const bool ok = vault_paper_share(act, id, paper[0], &share[0], e) &&
			vault_paper_share(act, id, paper[1], &share[1], e) &&
			split_join(share, secret->secret_key, e);
	sodium_memzero(share, sizeof(share));
	return ok;
}

bool vault_recover(const struct act *act, const char *const paper[VAULT_PAPERS],
		   struct vault_papers *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_RENEWAL };
	struct vault_papers papers;
	int64_t id = 0;
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "the system itself alone recovers");
	if (!db_begin(act->db, &tx, e) || !vault_public_key(act, &id, door.secret.public_key, e))
		return false;
	if (id == 0)
		return err_set(e, ERR_CONFLICT, "vault.error.unsealed", "the bank has no key");
	const bool ok = join_papers(act, id, paper, &door.secret, e) &&
			renew(act, &door.secret, id, "vault.recovered", &papers, e) &&
			db_commit(&tx, e);
	if (ok)
		*ret = papers;
	sodium_memzero(&papers, sizeof(papers));
	return ok;
}
