/* drill_forge.c - the forger's own way to write a journal: he has read docs/journal.md, and not our
 * code. */
#include "cli/drill.h"

#include "db/row.h"

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
	const struct drill mine = { d->db, own };
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
