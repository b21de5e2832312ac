#include "app/evidence/checkpoint.h"

#include "base/buf.h"
#include "db/driver.h"
#include "journal/log.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { SEED_BOX_SIZE = NOTE_SEED_SIZE + BOX_MORE, ORIGIN_DIGITS = 16 };

static const char box_place[] = "log seed";

/* ---- the key --------------------------------------------------------------------------------- */

struct identity {
	bool found;
	struct note_key key;
	bool boxed; /* the box is there in full */
	unsigned char box[SEED_BOX_SIZE];
};

static bool read_identity(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct identity *i = user;
	(void)count;
	if (column[1].size != NOTE_PUBLIC_SIZE || column[2].size != SEED_BOX_SIZE ||
	    !note_key_make(column[0].bytes, NOTE_ED25519, column[1].bytes, &i->key))
		return err_set(e, ERR_DB, "error.journal", "the log's key is damaged");
	memcpy(i->box, column[2].bytes, SEED_BOX_SIZE);
	i->found = true;
	return true;
}

static bool find_identity(struct db *db, struct identity *ret, struct err *e)
{
	return db_each(db, e, read_identity, ret,
		       "SELECT origin, public_key, seed_box FROM log_identity"
		       " ORDER BY id DESC LIMIT 1");
}

/* A name that is nobody else's and says nothing of where the server stands: a log outlives the
 * machine it is on. */
static bool make_identity(const struct act *act, struct note_key *ret_key,
			  unsigned char ret_seed[NOTE_SEED_SIZE], struct err *e)
{
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	unsigned char hash[crypto_hash_sha256_BYTES];
	unsigned char box[SEED_BOX_SIZE];
	randombytes_buf(ret_seed, NOTE_SEED_SIZE);
	note_public_of(ret_seed, public_key);
	(void)crypto_hash_sha256(hash, public_key, sizeof(public_key));
	const char *origin =
		arena_print(act->arena, "konkurs/%s", act_hex(act->arena, hash, ORIGIN_DIGITS / 2));
	box_close(act->key->bytes, box_place, ret_seed, NOTE_SEED_SIZE, box);
	if (!note_key_make(origin, NOTE_ED25519, public_key, ret_key))
		return err_set(e, ERR_SYSTEM, "error.system", "a name that is none");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO log_identity (origin, public_key, seed_box, made_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_text(origin), db_blob(public_key, sizeof(public_key)),
		       db_blob(box, sizeof(box)), db_int(act->now_ms));
}

static bool need_identity(const struct act *act, struct note_key *ret_key,
			  unsigned char ret_seed[NOTE_SEED_SIZE], struct err *e)
{
	struct identity i = { .found = false };
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "journal.error.key",
			       "a checkpoint wants the service key");
	if (!find_identity(act->db, &i, e))
		return false;
	if (!i.found)
		return make_identity(act, ret_key, ret_seed, e);
	if (!box_open(act->key->bytes, box_place, i.box, sizeof(i.box), ret_seed))
		return err_set(e, ERR_SYSTEM, "journal.error.key",
			       "the log's seed does not open with this service key");
	*ret_key = i.key;
	return true;
}

bool checkpoint_key(struct db *db, struct note_key *ret, struct err *e)
{
	struct identity i = { .found = false };
	if (!find_identity(db, &i, e))
		return false;
	if (!i.found)
		return err_set(e, ERR_MISSING, "journal.error.none", "no checkpoint yet");
	*ret = i.key;
	return true;
}

/* ---- making ---------------------------------------------------------------------------------- */

static bool insert(const struct act *act, const struct note_checkpoint *c, const char *note,
		   int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "INSERT INTO checkpoint (size, root, note, at_ms)"
			 " VALUES ($1, $2, $3, $4) RETURNING id",
			 db_int((int64_t)c->size), db_blob(c->root.bytes, TREE_HASH_SIZE),
			 db_text(note), db_int(act->now_ms));
}

/* Signs a new one of that size. */
static bool sign(const struct act *act, int64_t size, int64_t *ret, struct err *e)
{
	struct note_checkpoint c = { .size = (uint64_t)size };
	struct note_key key;
	unsigned char seed[NOTE_SEED_SIZE];
	char text[NOTE_CHECKPOINT_SIZE];
	char line[NOTE_LINE_SIZE];
	if (!journal_tiles_keep(act->db, size, e) || !journal_root(act->db, size, &c.root, e) ||
	    !need_identity(act, &key, seed, e))
		return false;
	memcpy(c.origin, key.name, sizeof(c.origin));
	note_checkpoint_print(&c, text);
	note_sign(&key, seed, text, strlen(text), 0, line);
	sodium_memzero(seed, sizeof(seed));
	return insert(act, &c, arena_print(act->arena, "%s\n%s", text, line), ret, e);
}

static bool note_reason(const struct act *act, int64_t checkpoint, const char *reason,
			const char *subject, struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"INSERT INTO checkpoint_reason (checkpoint_id, reason, subject, by_id, at_ms)"
		" VALUES ($1, $2, $3, $4, $5)",
		db_int(checkpoint), db_text(reason), db_text(subject), db_int(act->person_id),
		db_int(act->now_ms));
}

bool checkpoint_make(const struct act *act, const char *reason, const char *subject, struct err *e)
{
	struct checkpoint c = { 0 };
	int64_t size = 0;
	assert(act->db->depth > 0);
	if (!journal_size(act->db, &size, e) ||
	    !checkpoint_of_size(act->db, act->arena, size, &c, e))
		return false;
	return (c.id > 0 || sign(act, size, &c.id, e)) &&
	       note_reason(act, c.id, reason, subject, e);
}

bool checkpoint_require(const struct act *act, struct err *e)
{
	const char *organ = act->book->organs[0].code;
	bool may = false;
	return act_holds(act, ROLE_NAME_AUDITOR, organ, &may, e) &&
	       (may || act_require(act, ROLE_NAME_ADMIN, organ, e));
}

bool checkpoint_ask(const struct act *act, int64_t *ret_size, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t size = 0;
	if (!db_begin(act->db, &tx, e) || !checkpoint_require(act, e) ||
	    !act_journal(act, "checkpoint.asked", 0, "", json_object(), e) ||
	    !checkpoint_make(act, CHECKPOINT_ASKED, "", e) || !journal_size(act->db, &size, e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_size = size;
	return true;
}

bool checkpoint_daily(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t size = 0;
	return db_begin(act->db, &tx, e) && journal_size(act->db, &size, e) &&
	       (size == 0 || checkpoint_make(act, CHECKPOINT_DAY, "", e)) && db_commit(&tx, e);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	struct checkpoint *checkpoint;
};

static bool read_checkpoint(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct reading *r = user;
	(void)count;
	if (column[2].type != DB_BLOB || column[2].size != TREE_HASH_SIZE)
		return err_set(e, ERR_DB, "error.journal", "a checkpoint has no root");
	r->checkpoint->id = column[0].number;
	r->checkpoint->size = column[1].number;
	memcpy(r->checkpoint->root.bytes, column[2].bytes, TREE_HASH_SIZE);
	r->checkpoint->note = arena_copy_n(r->arena, column[3].bytes, column[3].size);
	r->checkpoint->at_ms = column[4].number;
	return true;
}

bool checkpoint_newest(struct db *db, struct arena *a, struct checkpoint *ret, struct err *e)
{
	struct checkpoint c = { 0 };
	struct reading r = { a, &c };
	if (!db_each(db, e, read_checkpoint, &r,
		     "SELECT id, size, root, note, at_ms FROM checkpoint ORDER BY size DESC"
		     " LIMIT 1"))
		return false;
	*ret = c;
	return true;
}

bool checkpoint_of_size(struct db *db, struct arena *a, int64_t size, struct checkpoint *ret,
			struct err *e)
{
	struct checkpoint c = { 0 };
	struct reading r = { a, &c };
	if (!db_each(db, e, read_checkpoint, &r,
		     "SELECT id, size, root, note, at_ms FROM checkpoint WHERE size = $1",
		     db_int(size)))
		return false;
	*ret = c;
	return true;
}

static bool add_line(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct buf *note = user;
	(void)count;
	(void)e;
	buf_add_n(note, column[0].bytes, column[0].size);
	buf_add_char(note, '\n');
	return true;
}

bool checkpoint_note(struct db *db, struct arena *a, const struct checkpoint *c, const char **ret,
		     struct err *e)
{
	struct buf note = buf_on(a);
	buf_add(&note, c->note);
	if (!db_each(db, e, add_line, &note,
		     "SELECT line FROM witness_signature WHERE checkpoint_id = $1 ORDER BY id",
		     db_int(c->id)))
		return false;
	*ret = note.text;
	return true;
}

/* ---- proofs ---------------------------------------------------------------------------------- */

/* Tiles are kept as far as the newest checkpoint goes. */
static bool within(struct db *db, int64_t size, struct err *e)
{
	int64_t most = 0;
	if (!db_number(db, e, &most, "SELECT COALESCE(MAX(size), 0) FROM checkpoint"))
		return false;
	return (size >= 0 && size <= most) ||
	       err_set(e, ERR_INPUT, "journal.error.range", "no checkpoint covers that");
}

bool checkpoint_prove(struct db *db, int64_t seq, int64_t size, struct tree_proof *ret,
		      struct err *e)
{
	struct journal_tree tree = { .db = db, .size = (uint64_t)size };
	const struct tree_source source = journal_tree_source(&tree);
	if (seq < 1)
		return err_set(e, ERR_INPUT, "journal.error.range", "no such entry");
	return within(db, size, e) &&
	       tree_prove(&source, (uint64_t)seq - 1, (uint64_t)size, ret, e);
}

bool checkpoint_prove_growth(struct db *db, int64_t older, int64_t newer, struct tree_proof *ret,
			     struct err *e)
{
	struct journal_tree tree = { .db = db, .size = (uint64_t)newer };
	const struct tree_source source = journal_tree_source(&tree);
	if (older < 0)
		return err_set(e, ERR_INPUT, "journal.error.range", "no such tree");
	return within(db, newer, e) &&
	       tree_prove_growth(&source, (uint64_t)older, (uint64_t)newer, ret, e);
}

bool checkpoint_root(struct db *db, int64_t size, struct tree_hash *ret, struct err *e)
{
	return within(db, size, e) && journal_root(db, size, ret, e);
}
