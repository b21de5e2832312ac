/* drill_forge.c - the forger's own way to write a journal: he has read docs/journal.md, and not our
 * code. */
#include "cli/drill.h"

#include "db/row.h"
#include "journal/log_verify.h"
#include "journal/note.h"
#include "journal/tile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH = 32, SALT = 32, HEX = HASH * 2 + 1, HEADER_MOST = 2048 };

static void commit_to(const void *salt, const char *content, unsigned char ret[HASH])
{
	crypto_hash_sha256_state hash;
	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, salt, SALT);
	crypto_hash_sha256_update(&hash, (const unsigned char *)content, strlen(content));
	crypto_hash_sha256_final(&hash, ret);
}

bool forge_commitment(const struct drill *d, int64_t seq, const char *content, struct err *e)
{
	unsigned char salt[SALT];
	unsigned char hash[HASH];
	randombytes_buf(salt, sizeof(salt));
	commit_to(salt, content, hash);
	return db_exec(d->db, e, NULL,
		       "INSERT INTO journal_content (seq, salt, content) VALUES ($1, $2, $3)"
		       " ON CONFLICT (seq) DO UPDATE SET salt = excluded.salt,"
		       " content = excluded.content",
		       db_int(seq), db_blob(salt, sizeof(salt)), db_text(content)) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_entry SET content_hash = $1 WHERE seq = $2",
		       db_blob(hash, sizeof(hash)), db_int(seq));
}

bool forge_content(const struct drill *d, int64_t seq, const char *old, const char *new,
		   bool commit, int64_t *ret_changed, struct err *e)
{
	const char *content = NULL;
	const void *salt = NULL;
	unsigned char hash[HASH];
	size_t size = 0;
	if (!db_exec(d->db, e, ret_changed,
		     "UPDATE journal_content SET content = REPLACE(content, $1, $2) WHERE seq = $3"
		     " AND content LIKE '%' || $1 || '%'",
		     db_text(old), db_text(new), db_int(seq)))
		return false;
	if (!commit || *ret_changed == 0)
		return true;
	if (!db_string(d->db, d->arena, e, &content,
		       "SELECT content FROM journal_content WHERE seq = $1", db_int(seq)) ||
	    !db_bytes(d->db, d->arena, e, &salt, &size,
		      "SELECT salt FROM journal_content WHERE seq = $1", db_int(seq)))
		return false;
	commit_to(salt, content, hash);
	return db_exec(d->db, e, NULL, "UPDATE journal_entry SET content_hash = $1 WHERE seq = $2",
		       db_blob(hash, sizeof(hash)), db_int(seq));
}

static bool hex_of(const struct drill *d, int64_t seq, const char **ret_content, struct err *e)
{
	char *text = arena_alloc(d->arena, HEX);
	const void *bytes = NULL;
	size_t size = 0;
	if (!db_bytes(d->db, d->arena, e, &bytes, &size,
		      "SELECT content_hash FROM journal_entry WHERE seq = $1", db_int(seq)))
		return false;
	*ret_content = sodium_bin2hex(text, HEX, bytes, size < HASH ? size : HASH);
	return true;
}

static bool previous_of(const struct drill *d, int64_t seq, bool link, unsigned char ret[HASH],
			struct err *e)
{
	const void *bytes = NULL;
	size_t size = 0;
	memset(ret, 0, HASH);
	if (link && seq == 1)
		return true;
	if (!(link ? db_bytes(d->db, d->arena, e, &bytes, &size,
			      "SELECT hash FROM journal_entry WHERE seq = $1", db_int(seq - 1))
		   : db_bytes(d->db, d->arena, e, &bytes, &size,
			      "SELECT previous_hash FROM journal_entry WHERE seq = $1",
			      db_int(seq))))
		return false;
	memcpy(ret, bytes, size < HASH ? size : HASH);
	return true;
}

bool forge_entry(const struct drill *d, int64_t seq, bool link, struct err *e)
{
	unsigned char previous[HASH];
	unsigned char hash[HASH];
	char hex[HEX];
	char header[HEADER_MOST];
	const char *content = NULL;
	const json_t *row = db_row(d->db, d->arena, e,
				   "SELECT at_ms, actor_id, kind, competition_id, subject"
				   "  FROM journal_entry WHERE seq = $1",
				   db_int(seq));
	if (!row || !hex_of(d, seq, &content, e) || !previous_of(d, seq, link, previous, e))
		return false;
	(void)sodium_bin2hex(hex, sizeof(hex), previous, sizeof(previous));
	/* RFC 6962: a leaf is hashed with a zero before it */
	header[0] = '\0';
	const int size = snprintf(
		header + 1, sizeof(header) - 1,
		"{\"actor\":%lld,\"at\":%lld,\"competition\":%lld,\"content\":\"%s\","
		"\"kind\":\"%s\",\"previous\":\"%s\",\"seq\":%lld,\"subject\":\"%s\"}",
		(long long)row_number(row, "actor_id"), (long long)row_number(row, "at_ms"),
		(long long)row_number(row, "competition_id"), content, row_text(row, "kind"), hex,
		(long long)seq, row_text(row, "subject"));
	crypto_hash_sha256(hash, (const unsigned char *)header, (unsigned long long)size + 1);
	return db_exec(d->db, e, NULL,
		       "UPDATE journal_entry SET previous_hash = $1, hash = $2 WHERE seq = $3",
		       db_blob(previous, HASH), db_blob(hash, HASH), db_int(seq));
}

bool forge_chain(const struct drill *d, int64_t from, struct err *e)
{
	enum { AT_ONCE = 1000 };
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	struct drill mine = *d;
	mine.arena = own;
	int64_t last = 0;
	if (!db_number(d->db, e, &last, "SELECT MAX(seq) FROM journal_entry"))
		return false;
	for (int64_t seq = from; seq <= last; seq++) {
		if (!forge_entry(&mine, seq, true, e))
			return false;
		if (seq % AT_ONCE == 0)
			arena_reset(own);
	}
	return true;
}

bool forge_append(const struct drill *d, const char *kind, const char *subject, int64_t at_ms,
		  const char *content, struct err *e)
{
	int64_t seq = 0;
	return db_number(d->db, e, &seq,
			 "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id,"
			 " subject, content_hash, previous_hash, hash) SELECT seq + 1, $3, 0, $1,"
			 " competition_id, $2, hash, hash, hash FROM journal_entry"
			 " ORDER BY seq DESC LIMIT 1 RETURNING seq",
			 db_text(kind), db_text(subject), db_int(at_ms)) &&
	       forge_commitment(d, seq, content, e) && forge_entry(d, seq, true, e);
}

static bool take_out(const struct drill *d, int64_t seq, struct err *e)
{
	const struct db_value at = db_int(seq);
	/* through negative numbers, as no two may be equal meanwhile */
	return db_exec(d->db, e, NULL, "DELETE FROM journal_content WHERE seq = $1", at) &&
	       db_exec(d->db, e, NULL, "DELETE FROM journal_entry WHERE seq = $1", at) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_entry SET seq = -(seq - 1) WHERE seq > $1",
		       at) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_entry SET seq = -seq WHERE seq < 0") &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET seq = -(seq - 1) WHERE seq > $1",
		       at) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET seq = -seq WHERE seq < 0");
}

bool forge_take_out(const struct drill *d, const char *subject, int64_t at_ms, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(d->db, d->arena, e,
				     "SELECT seq FROM journal_entry WHERE subject = $1"
				     " AND at_ms = $2 AND kind <> 'test.answer' ORDER BY seq DESC",
				     db_text(subject), db_int(at_ms));
	json_array_foreach (rows, i, row) {
		if (!take_out(d, row_number(row, "seq"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- tiles and checkpoints ------------------------------------------------------------------- */

struct hashes {
	struct tree_hash hash[TILE_WIDTH];
	size_t count;
};

static bool take_hash(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct hashes *h = user;
	(void)count;
	(void)e;
	if (h->count < TILE_WIDTH && column[0].size == HASH)
		memcpy(h->hash[h->count++].bytes, column[0].bytes, HASH);
	return true;
}

static bool forge_tile(const struct drill *d, int64_t level, int64_t number, struct err *e)
{
	enum { HEIGHT = 8 };
	struct hashes *h = arena_alloc(d->arena, sizeof(*h));
	const struct db_value from = db_int(number * TILE_WIDTH);
	const struct db_value to = db_int((number + 1) * TILE_WIDTH);
	if (!(level == 0 ? db_each(d->db, e, take_hash, h,
				   "SELECT hash FROM journal_entry WHERE seq > $1 AND seq <= $2"
				   " ORDER BY seq",
				   from, to)
			 : db_each(d->db, e, take_hash, h,
				   "SELECT root FROM journal_tile WHERE level = $3"
				   " AND number >= $1 AND number < $2 ORDER BY number",
				   from, to, db_int(level - 1))))
		return false;
	const struct tree_hash root = tile_root(h->hash, HEIGHT);
	return db_exec(d->db, e, NULL,
		       "UPDATE journal_tile SET hashes = $1, root = $2 WHERE level = $3"
		       " AND number = $4",
		       db_blob(h->hash, sizeof(h->hash)), db_blob(root.bytes, HASH), db_int(level),
		       db_int(number));
}

/* The log's own seed if he has the service key; else one of his, and the log's key is his from now
 * on. */
static bool take_seed(const struct drill *d, unsigned char seed[NOTE_SEED_SIZE],
		      struct note_key *ret, struct err *e)
{
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	const void *box = NULL;
	const char *origin = NULL;
	size_t size = 0;
	if (!db_bytes(d->db, d->arena, e, &box, &size,
		      "SELECT seed_box FROM log_identity ORDER BY id DESC LIMIT 1") ||
	    !db_string(d->db, d->arena, e, &origin,
		       "SELECT origin FROM log_identity ORDER BY id DESC LIMIT 1"))
		return false;
	const bool own = d->key && size == NOTE_SEED_SIZE + BOX_MORE &&
			 box_open(d->key->bytes, "log seed", box, size, seed);
	if (!own)
		randombytes_buf(seed, NOTE_SEED_SIZE);
	note_public_of(seed, public_key);
	if (!note_key_make(origin, NOTE_ED25519, public_key, ret))
		return err_set(e, ERR_DB, "error.journal", "the log has no name");
	return own || db_exec(d->db, e, NULL, "UPDATE log_identity SET public_key = $1",
			      db_blob(public_key, sizeof(public_key)));
}

static bool resign(const struct drill *d, const struct note_key *key,
		   const unsigned char seed[NOTE_SEED_SIZE], const struct log_want *at,
		   struct err *e)
{
	struct note_checkpoint c = { .size = at->size, .root = at->root };
	char text[NOTE_CHECKPOINT_SIZE];
	char line[NOTE_LINE_SIZE];
	memcpy(c.origin, key->name, sizeof(c.origin));
	note_checkpoint_print(&c, text);
	note_sign(key, seed, text, strlen(text), 0, line);
	return db_exec(d->db, e, NULL, "UPDATE checkpoint SET root = $1, note = $2 WHERE size = $3",
		       db_blob(at->root.bytes, HASH),
		       db_text(arena_print(d->arena, "%s\n%s", text, line)),
		       db_int((int64_t)at->size));
}

static bool forge_tiles(const struct drill *d, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *tiles = db_rows(d->db, d->arena, e,
				      "SELECT level, number FROM journal_tile"
				      " ORDER BY level, number");
	json_array_foreach (tiles, i, row) {
		if (!forge_tile(d, row_number(row, "level"), row_number(row, "number"), e))
			return false;
	}
	return tiles != NULL;
}

bool forge_log(const struct drill *d, struct err *e)
{
	struct note_key key;
	struct log_report report;
	unsigned char seed[NOTE_SEED_SIZE];
	if (!forge_tiles(d, e))
		return false;
	const json_t *rows =
		db_rows(d->db, d->arena, e, "SELECT size FROM checkpoint ORDER BY size");
	const size_t count = json_array_size(rows);
	struct log_want *want = arena_array(d->arena, count + 1, sizeof(*want));
	for (size_t i = 0; i < count; i++)
		want[i].size = (uint64_t)row_number(json_array_get(rows, i), "size");
	if (!rows || count == 0)
		return rows != NULL;
	if (!log_verify(d->db, want, count, &report, e) || !take_seed(d, seed, &key, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!resign(d, &key, seed, &want[i], e))
			return false;
	}
	return true;
}

bool forge_told(const struct drill *d, const char *subject, const char *from, const char *was,
		const char *is, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	int64_t first = 0;
	const json_t *rows = db_rows(d->db, d->arena, e,
				     "SELECT seq FROM journal_entry WHERE subject = $1"
				     " AND kind <> 'test.answer' AND seq >= (SELECT MIN(seq)"
				     "  FROM journal_entry WHERE subject = $1"
				     "  AND kind <> 'test.answer' AND kind = $2) ORDER BY seq",
				     db_text(subject), db_text(from));
	json_array_foreach (rows, i, row) {
		int64_t changed = 0;
		if (!forge_content(d, row_number(row, "seq"), was, is, true, &changed, e))
			return false;
		first = first == 0 ? row_number(row, "seq") : first;
	}
	return rows && first > 0 && forge_chain(d, first, e) && forge_log(d, e);
}
