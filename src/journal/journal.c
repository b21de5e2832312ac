#include "journal/journal.h"

#include "db/driver.h"
#include "journal/destroyed.h"
#include "journal/header.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SALT_SIZE = JOURNAL_SALT_SIZE };

static char *canonical(const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	assert(text); /* only out of memory or broken text, and text was checked at the door */
	return text;
}

static void hash_content(const unsigned char salt[SALT_SIZE], const char *content, size_t size,
			 unsigned char ret[JOURNAL_HASH_SIZE])
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, salt, SALT_SIZE);
	crypto_hash_sha256_update(&state, (const unsigned char *)content, size);
	crypto_hash_sha256_final(&state, ret);
}

/* RFC 6962, 2.1: the hash of a leaf is SHA-256(0x00 || leaf). */
static void hash_header(const struct journal_header *h, unsigned char ret[JOURNAL_HASH_SIZE])
{
	char text[JOURNAL_HEADER_SIZE];
	memset(ret, 0, JOURNAL_HASH_SIZE);
	/* never so from journal_append(); a table may have been tampered with */
	if (!journal_header_print(h, text))
		return;
	const struct tree_hash leaf = tree_leaf(text, strlen(text));
	memcpy(ret, leaf.bytes, JOURNAL_HASH_SIZE);
}

/* ---- append ---------------------------------------------------------------- */

static bool read_head(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct journal_header *r = user;
	(void)count;
	if (column[1].type != DB_BLOB || column[1].size != JOURNAL_HASH_SIZE)
		return err_set(e, ERR_DB, "error.journal", "the newest entry has no hash");
	r->seq = column[0].number;
	memcpy(r->previous_hash, column[1].bytes, JOURNAL_HASH_SIZE);
	return true;
}

/* Leaves seq and previous_hash of the newest entry in `r`, or zeros. */
static bool newest(struct db *db, struct journal_header *r, struct err *e)
{
	return db_each(db, e, read_head, r,
		       "SELECT seq, hash FROM journal_entry ORDER BY seq DESC LIMIT 1");
}

/* The same, without asking again within one transaction. */
static bool head_of(struct db *db, struct journal_header *r, struct err *e)
{
	if (!db->head.known || db->depth == 0)
		return newest(db, r, e);
	r->seq = db->head.seq;
	memcpy(r->previous_hash, db->head.hash, JOURNAL_HASH_SIZE);
	return true;
}

static bool insert(struct db *db, const struct journal_header *r, const unsigned char *salt,
		   const char *content, struct err *e)
{
	unsigned char hash[JOURNAL_HASH_SIZE];
	hash_header(r, hash);
	if (!db_add(db, e,
		    "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id,"
		    " subject, content_hash, previous_hash, hash)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		    db_int(r->seq), db_int(r->at_ms), db_int(r->actor_id), db_text(r->kind),
		    db_int(r->competition_id), db_text(r->subject),
		    db_blob(r->content_hash, JOURNAL_HASH_SIZE),
		    db_blob(r->previous_hash, JOURNAL_HASH_SIZE),
		    db_blob(hash, JOURNAL_HASH_SIZE)) ||
	    !db_add(db, e, "INSERT INTO journal_content (seq, salt, content) VALUES ($1, $2, $3)",
		    db_int(r->seq), db_blob(salt, SALT_SIZE), db_text(content)))
		return false;
	db->head.known = true;
	db->head.seq = r->seq;
	memcpy(db->head.hash, hash, JOURNAL_HASH_SIZE);
	return true;
}

bool journal_append(struct db *db, const struct journal_entry *entry, struct err *e)
{
	assert(db->depth > 0);
	assert(tree_is_plain(entry->kind) && tree_is_plain(entry->subject));
	struct journal_header r = { .at_ms = entry->at_ms,
				    .actor_id = entry->actor_id,
				    .kind = entry->kind,
				    .competition_id = entry->competition_id,
				    .subject = entry->subject };
	if (!head_of(db, &r, e))
		return false;
	r.seq++;
	unsigned char salt[SALT_SIZE];
	randombytes_buf(salt, sizeof(salt));
	char *content = canonical(entry->content);
	hash_content(salt, content, strlen(content), r.content_hash);
	bool ok = insert(db, &r, salt, content, e);
	free(content);
	return ok;
}

bool journal_head(struct db *db, char ret[JOURNAL_TEXT_SIZE], int64_t *ret_seq, struct err *e)
{
	struct journal_header r = { 0 };
	if (!newest(db, &r, e))
		return false;
	sodium_bin2hex(ret, JOURNAL_TEXT_SIZE, r.previous_hash, JOURNAL_HASH_SIZE);
	if (ret_seq)
		*ret_seq = r.seq;
	return true;
}

/* ---- verify ---------------------------------------------------------------- */

static bool hash_column(const struct db_value *v, unsigned char ret[JOURNAL_HASH_SIZE])
{
	if (v->type != DB_BLOB || v->size != JOURNAL_HASH_SIZE)
		return false;
	memcpy(ret, v->bytes, JOURNAL_HASH_SIZE);
	return true;
}

/* What is wrong with one entry, or "". */
static const char *fault(const struct journal_report *report, const struct journal_header *r,
			 const struct db_value *hash, const struct db_value *salt,
			 const struct db_value *content)
{
	unsigned char wanted[JOURNAL_HASH_SIZE];
	if (r->seq != report->entries + 1)
		return "an entry is missing";
	if (memcmp(r->previous_hash, report->head, JOURNAL_HASH_SIZE) != 0)
		return "the link to the entry before is wrong";
	hash_header(r, wanted);
	if (hash->type != DB_BLOB || hash->size != JOURNAL_HASH_SIZE ||
	    memcmp(wanted, hash->bytes, JOURNAL_HASH_SIZE) != 0)
		return "the entry was changed";
	if (salt->type == DB_NULL)
		return "";
	if (salt->type != DB_BLOB || salt->size != SALT_SIZE || content->type != DB_TEXT)
		return "the content is damaged";
	hash_content(salt->bytes, content->bytes, content->size, wanted);
	if (memcmp(wanted, r->content_hash, JOURNAL_HASH_SIZE) != 0)
		return "the content was changed";
	return "";
}

/* A look at the chain on its way. */
struct checking {
	struct journal_report report;
	const struct teller *teller;
	int64_t all;
};

static bool check_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	enum { TELL_EVERY = 1024 };
	struct checking *c = user;
	struct journal_report *report = &c->report;
	(void)count;
	(void)e;
	if (report->entries % TELL_EVERY == 0)
		teller_tell(c->teller, "entries of the journal", report->entries, c->all);
	if (report->broken_seq != 0)
		return true;
	struct journal_header r = { .seq = column[0].number,
				    .at_ms = column[1].number,
				    .actor_id = column[2].number,
				    .kind = column[3].bytes,
				    .competition_id = column[4].number,
				    .subject = column[5].bytes };
	bool whole =
		hash_column(&column[6], r.content_hash) && hash_column(&column[7], r.previous_hash);
	const char *why = whole ? fault(report, &r, &column[8], &column[9], &column[10])
				: "a hash is damaged";
	if (*why) {
		report->broken_seq = r.seq;
		report->why = why;
		return true;
	}
	report->entries++;
	report->destroyed += column[9].type == DB_NULL;
	memcpy(report->head, column[8].bytes, JOURNAL_HASH_SIZE);
	return true;
}

bool journal_verify_watched(struct db *db, const struct teller *teller, struct journal_report *ret,
			    struct err *e)
{
	struct checking c = { { .why = "" }, teller, 0 };
	if (teller && !db_number(db, e, &c.all, "SELECT COUNT(*) FROM journal_entry"))
		return false;
	if (!db_each(db, e, check_entry, &c,
		     "SELECT j.seq, j.at_ms, j.actor_id, j.kind, j.competition_id, j.subject,"
		     " j.content_hash, j.previous_hash, j.hash, c.salt, c.content"
		     " FROM journal_entry j LEFT JOIN journal_content c ON c.seq = j.seq"
		     " ORDER BY j.seq"))
		return false;
	if (c.report.broken_seq == 0 && !destroyed_verify(db, &c.report, e))
		return false;
	*ret = c.report;
	return true;
}

bool journal_verify(struct db *db, struct journal_report *ret, struct err *e)
{
	return journal_verify_watched(db, NULL, ret, e);
}
