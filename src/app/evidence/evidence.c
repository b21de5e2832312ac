#include "app/evidence/evidence.h"

#include "app/evidence/checkpoint.h"
#include "journal/header.h"

#include <string.h>

/* ---- making ---------------------------------------------------------------------------------- */

/* The first that covers it: it stays the same for good. */
static bool first_size(struct db *db, int64_t seq, int64_t *ret, struct err *e)
{
	return db_number(db, e, ret,
			 "SELECT COALESCE(MIN(size), 0) FROM checkpoint WHERE size >= $1",
			 db_int(seq));
}

static const char *key_text(struct arena *a, const struct note_key *key)
{
	char text[NOTE_KEY_SIZE];
	note_key_print(key, text);
	return arena_copy(a, text);
}

bool evidence_receipt(struct db *db, struct arena *a, int64_t seq, bool whole, struct receipt *ret,
		      struct err *e)
{
	struct receipt r = { .index = (uint64_t)seq - 1 };
	struct journal_leaf leaf = { 0 };
	struct checkpoint c = { 0 };
	struct note_key key;
	int64_t size = 0;
	if (!journal_leaf_read(db, a, seq, &leaf, e) || !first_size(db, seq, &size, e))
		return false;
	if (size == 0)
		return err_set(e, ERR_MISSING, "receipt.error.none", "no checkpoint covers it");
	if (!checkpoint_of_size(db, a, size, &c, e) || !checkpoint_key(db, &key, e) ||
	    !checkpoint_prove(db, seq, size, &r.proof, e) ||
	    !checkpoint_note(db, a, &c, &r.checkpoint, e))
		return false;
	r.leaf = leaf.header;
	r.key = key_text(a, &key);
	r.whole = whole && !leaf.destroyed;
	if (r.whole) {
		memcpy(r.salt, leaf.salt, sizeof(r.salt));
		r.content = leaf.content;
	}
	*ret = r;
	return true;
}

/* ---- whose ----------------------------------------------------------------------------------- */

bool evidence_require_own(const struct act *act, int64_t seq, bool *ret_whole, struct err *e)
{
	json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT j.kind FROM journal_entry j WHERE j.seq = $1 AND j.kind IN " EVIDENCE_KINDS
		" AND CASE WHEN j.kind = 'vote.cast' THEN j.actor_id = $2 ELSE"
		"  EXISTS (SELECT 1 FROM application a WHERE a.person_id = $2"
		"   AND 'application/' || a.id = j.subject) END",
		db_int(seq), db_int(act->person_id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_MISSING, "error.missing", "no entry of this person");
	*ret_whole = strcmp(row_text(json_array_get(rows, 0), "kind"), "decision.recorded") != 0;
	return true;
}

/* ---- finding --------------------------------------------------------------------------------- */

bool evidence_find(struct db *db, const unsigned char code[RECEIPT_CODE_BYTES], int64_t *ret_seq,
		   struct err *e)
{
	unsigned char from[TREE_HASH_SIZE] = { 0 };
	unsigned char to[TREE_HASH_SIZE];
	memset(to, 0xff, sizeof(to));
	memcpy(from, code, RECEIPT_CODE_BYTES);
	memcpy(to, code, RECEIPT_CODE_BYTES);
	return db_number(db, e, ret_seq,
			 "SELECT COALESCE(MIN(seq), 0) FROM journal_entry WHERE hash >= $1"
			 " AND hash <= $2 AND kind IN " EVIDENCE_KINDS,
			 db_blob(from, sizeof(from)), db_blob(to, sizeof(to)));
}

bool evidence_newest(const struct act *act, int64_t application, const char *kind,
		     const char *other, int64_t *ret_seq, struct err *e)
{
	return db_number(act->db, e, ret_seq,
			 "SELECT COALESCE(MAX(seq), 0) FROM journal_entry WHERE subject = $1"
			 " AND kind <> 'test.answer' AND kind IN ($2, $3)",
			 db_text(act_subject(act, "application", application)), db_text(kind),
			 db_text(other));
}
