#include "journal/header.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool journal_header_print(const struct journal_header *h, char ret[JOURNAL_HEADER_SIZE])
{
	char content[JOURNAL_TEXT_SIZE];
	char previous[JOURNAL_TEXT_SIZE];
	sodium_bin2hex(content, sizeof(content), h->content_hash, JOURNAL_HASH_SIZE);
	sodium_bin2hex(previous, sizeof(previous), h->previous_hash, JOURNAL_HASH_SIZE);
	const int size =
		snprintf(ret, JOURNAL_HEADER_SIZE,
			 "{\"actor\":%lld,\"at\":%lld,\"competition\":%lld,\"content\":\"%s\","
			 "\"kind\":\"%s\",\"previous\":\"%s\",\"seq\":%lld,\"subject\":\"%s\"}",
			 (long long)h->actor_id, (long long)h->at_ms, (long long)h->competition_id,
			 content, h->kind, previous, (long long)h->seq, h->subject);
	return size > 0 && size < JOURNAL_HEADER_SIZE && tree_is_plain(h->kind) &&
	       tree_is_plain(h->subject);
}

struct reading {
	struct arena *arena;
	struct journal_leaf *leaf;
	bool found;
};

static bool hash_in(const struct db_value *v, unsigned char ret[JOURNAL_HASH_SIZE])
{
	if (v->type != DB_BLOB || v->size != JOURNAL_HASH_SIZE)
		return false;
	memcpy(ret, v->bytes, JOURNAL_HASH_SIZE);
	return true;
}

static bool read_leaf(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	struct journal_leaf *leaf = r->leaf;
	char text[JOURNAL_HEADER_SIZE];
	struct journal_header h = { .seq = column[0].number,
				    .at_ms = column[1].number,
				    .actor_id = column[2].number,
				    .kind = column[3].bytes,
				    .competition_id = column[4].number,
				    .subject = column[5].bytes };
	(void)count;
	if (!hash_in(&column[6], h.content_hash) || !hash_in(&column[7], h.previous_hash) ||
	    !hash_in(&column[8], leaf->hash.bytes) || !journal_header_print(&h, text))
		return err_set(e, ERR_DB, "error.journal", "entry %lld is damaged",
			       (long long)h.seq);
	leaf->seq = h.seq;
	leaf->header = arena_copy(r->arena, text);
	leaf->destroyed = !hash_in(&column[9], leaf->salt);
	leaf->content =
		leaf->destroyed ? "" : arena_copy_n(r->arena, column[10].bytes, column[10].size);
	r->found = true;
	return true;
}

bool journal_leaf_read(struct db *db, struct arena *a, int64_t seq, struct journal_leaf *ret,
		       struct err *e)
{
	struct journal_leaf leaf = { 0 };
	struct reading r = { .arena = a, .leaf = &leaf };
	if (!db_each(db, e, read_leaf, &r,
		     "SELECT j.seq, j.at_ms, j.actor_id, j.kind, j.competition_id, j.subject,"
		     " j.content_hash, j.previous_hash, j.hash, c.salt, c.content"
		     " FROM journal_entry j LEFT JOIN journal_content c ON c.seq = j.seq"
		     " WHERE j.seq = $1",
		     db_int(seq)))
		return false;
	if (!r.found)
		return err_set(e, ERR_MISSING, "error.missing", "no entry %lld", (long long)seq);
	*ret = leaf;
	return true;
}
