/* drill_journal.c - what is changed in the journal: clumsily, well, and as well as it can be. */
#include "cli/drill.h"

#include "db/row.h"

#include <string.h>

/* An entry of a kind, the oldest; 0 if there is none. */
static bool find_entry(const struct drill *d, const char *kind, int64_t *ret, struct err *e)
{
	return db_number(d->db, e, ret,
			 "SELECT COALESCE(MIN(seq), 0) FROM journal_entry WHERE kind = $1",
			 db_text(kind));
}

/* One in the middle, with one after it. */
static bool find_middle(const struct drill *d, int64_t *ret, struct err *e)
{
	return db_number(d->db, e, ret, "SELECT COALESCE(MAX(seq), 0) / 2 FROM journal_entry");
}

/* ---- entries --------------------------------------------------------------------------------- */

static bool actor_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_middle(d, &seq, e) &&
	       db_exec(d->db, e, ret_changed,
		       "UPDATE journal_entry SET actor_id = actor_id + 1 WHERE seq = $1",
		       db_int(seq));
}

/* Its own hash fits again; the next one's link does not. */
static bool entry_time_moved(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_middle(d, &seq, e) &&
	       db_exec(d->db, e, ret_changed,
		       "UPDATE journal_entry SET at_ms = at_ms - 3600000 WHERE seq = $1",
		       db_int(seq)) &&
	       forge_entry(d, seq, false, e);
}

static bool move(const struct drill *d, int64_t from, int64_t to, int64_t *ret_changed,
		 struct err *e)
{
	return db_exec(d->db, e, ret_changed, "UPDATE journal_entry SET seq = $1 WHERE seq = $2",
		       db_int(to), db_int(from)) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET seq = $1 WHERE seq = $2",
		       db_int(to), db_int(from));
}

static bool entries_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_middle(d, &seq, e) && move(d, seq, -1, NULL, e) &&
	       move(d, seq + 1, seq, NULL, e) && move(d, -1, seq + 1, ret_changed, e);
}

static bool entry_removed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_middle(d, &seq, e) &&
	       db_exec(d->db, e, NULL, "DELETE FROM journal_content WHERE seq = $1", db_int(seq)) &&
	       db_exec(d->db, e, ret_changed, "DELETE FROM journal_entry WHERE seq = $1",
		       db_int(seq));
}

/* ---- contents -------------------------------------------------------------------------------- */

static bool content_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_entry(d, "test.result", &seq, e) &&
	       forge_content(d, seq, "\"correct\":", "\"correct\":1", false, ret_changed, e);
}

static bool content_committed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_entry(d, "test.result", &seq, e) &&
	       forge_content(d, seq, "\"correct\":", "\"correct\":1", true, ret_changed, e);
}

static bool salts_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const void *first = NULL;
	const void *second = NULL;
	size_t size = 0;
	int64_t seq = 0;
	return find_middle(d, &seq, e) &&
	       db_bytes(d->db, d->arena, e, &first, &size,
			"SELECT salt FROM journal_content WHERE seq = $1", db_int(seq)) &&
	       db_bytes(d->db, d->arena, e, &second, &size,
			"SELECT salt FROM journal_content WHERE seq = $1", db_int(seq + 1)) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET salt = $1 WHERE seq = $2",
		       db_blob(second, size), db_int(seq)) &&
	       db_exec(d->db, e, ret_changed, "UPDATE journal_content SET salt = $1 WHERE seq = $2",
		       db_blob(first, size), db_int(seq + 1));
}

static bool content_destroyed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "DELETE FROM journal_content WHERE seq = (SELECT MIN(seq) FROM"
		       " journal_entry WHERE kind = 'test.answer')");
}

static bool append(const struct drill *d, const char *kind, const char *content, struct err *e)
{
	int64_t at = 0;
	return db_number(d->db, e, &at, "SELECT MAX(at_ms) FROM journal_entry") &&
	       forge_append(d, kind, "", at, content, e);
}

/* The journal says itself that a content was destroyed, in an entry that fits. */
static bool destruction_invented(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "DELETE FROM journal_content WHERE seq = (SELECT MIN(seq) FROM"
		       " journal_entry WHERE kind = 'vote.cast')") &&
	       (*ret_changed == 0 || append(d, "records.destroyed", "{\"entries\":1}", e));
}

/* ---- the whole chain ------------------------------------------------------------------------- */

enum { TAIL = 3 };

static bool tail_cut(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t last = 0;
	return db_number(d->db, e, &last, "SELECT MAX(seq) FROM journal_entry") &&
	       db_exec(d->db, e, NULL, "DELETE FROM checkpoint WHERE size > $1",
		       db_int(last - TAIL)) &&
	       db_exec(d->db, e, NULL, "DELETE FROM journal_content WHERE seq > $1",
		       db_int(last - TAIL)) &&
	       db_exec(d->db, e, ret_changed, "DELETE FROM journal_entry WHERE seq > $1",
		       db_int(last - TAIL));
}

/* Cut off, and others written instead: the size is the same. */
static bool tail_replaced(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	if (!tail_cut(d, ret_changed, e))
		return false;
	for (int i = 0; i < TAIL; i++) {
		if (!append(d, "session.opened", "{}", e))
			return false;
	}
	return true;
}

/* Moves all from `from` on by one: through negative numbers, as no two may be equal meanwhile. */
static bool make_room(const struct drill *d, int64_t from, struct err *e)
{
	return db_exec(d->db, e, NULL, "UPDATE journal_entry SET seq = -seq - 1 WHERE seq >= $1",
		       db_int(from)) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_entry SET seq = -seq WHERE seq < 0") &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET seq = -seq - 1 WHERE seq >= $1",
		       db_int(from)) &&
	       db_exec(d->db, e, NULL, "UPDATE journal_content SET seq = -seq WHERE seq < 0");
}

static bool entry_inserted(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	return find_middle(d, &seq, e) && make_room(d, seq, e) &&
	       db_exec(d->db, e, ret_changed,
		       "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id,"
		       " subject, content_hash, previous_hash, hash) SELECT $1, at_ms, actor_id,"
		       " 'session.opened', competition_id, '', hash, hash, hash"
		       "  FROM journal_entry WHERE seq = $1 + 1",
		       db_int(seq)) &&
	       forge_commitment(d, seq, "{}", e) && forge_chain(d, seq, e) && forge_log(d, e);
}

/* Everything that is changed is changed everywhere, and every hash is right. */
static bool vote_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	if (!find_entry(d, "vote.cast", &seq, e) ||
	    !db_exec(d->db, e, NULL,
		     "UPDATE ballot SET at_ms = at_ms - 60000 WHERE id = (SELECT MIN(id)"
		     "  FROM ballot)") ||
	    !db_exec(d->db, e, ret_changed,
		     "UPDATE journal_entry SET at_ms = at_ms - 60000 WHERE seq = $1", db_int(seq)))
		return false;
	return *ret_changed == 0 || (forge_chain(d, seq, e) && forge_log(d, e));
}

static bool click_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	if (!find_entry(d, "test.answer", &seq, e) ||
	    !db_exec(d->db, e, NULL,
		     "UPDATE answer_event SET at_ms = at_ms - 1000 WHERE id = (SELECT MIN(id)"
		     "  FROM answer_event)") ||
	    !db_exec(d->db, e, ret_changed,
		     "UPDATE journal_entry SET at_ms = at_ms - 1000 WHERE seq = $1", db_int(seq)))
		return false;
	return *ret_changed == 0 || (forge_chain(d, seq, e) && forge_log(d, e));
}

/* Another history with other salts from the first entry on. */
static bool chain_rewritten(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const char *content = NULL;
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e, "SELECT MIN(seq) AS seq FROM journal_content"), 0);
	const int64_t seq = row_number(row, "seq");
	*ret_changed = seq > 0;
	return row && (seq == 0 || (db_string(d->db, d->arena, e, &content,
					      "SELECT content FROM journal_content WHERE seq = $1",
					      db_int(seq)) &&
				    forge_commitment(d, seq, content, e) && forge_chain(d, 1, e)));
}

static bool chain_resigned(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t signed_ones = 0;
	*ret_changed = 0;
	if (!db_number(d->db, e, &signed_ones, "SELECT COUNT(*) FROM checkpoint"))
		return false;
	return signed_ones == 0 || (chain_rewritten(d, ret_changed, e) && forge_log(d, e));
}

/* ---- what is kept of the tree ---------------------------------------------------------------- */

static bool checkpoint_edited(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE checkpoint SET root = (SELECT hash FROM journal_entry WHERE seq = 1)"
		       " WHERE size = (SELECT MAX(size) FROM checkpoint)");
}

static bool tile_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE journal_tile SET root = (SELECT hash FROM journal_entry"
		       " WHERE seq = 1) WHERE level = 0 AND number = 0");
}

/* As if nobody had ever signed anything. */
static bool checkpoints_removed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, NULL, "DELETE FROM witness_signature") &&
	       db_exec(d->db, e, NULL, "DELETE FROM checkpoint_reason") &&
	       db_exec(d->db, e, ret_changed, "DELETE FROM checkpoint") &&
	       db_exec(d->db, e, NULL, "DELETE FROM journal_tile") &&
	       db_exec(d->db, e, NULL, "DELETE FROM log_identity");
}

/* Those of votes alone; what else was signed stays and fits. */
static bool vote_checkpoints_removed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "DELETE FROM checkpoint WHERE id IN (SELECT r.checkpoint_id"
		       " FROM checkpoint_reason r WHERE r.reason = 'vote')") &&
	       db_exec(d->db, e, NULL, "DELETE FROM checkpoint_reason WHERE reason = 'vote'");
}

/* A vote goes, with its row, by an act that fits in row and entry; but what the entry lists is not
 * all of the competition, and this is not over. */
static bool act_invented(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	int64_t seq = 0;
	int64_t last = 0;
	if (!find_entry(d, "vote.cast", &seq, e) ||
	    !db_number(d->db, e, &last, "SELECT MAX(seq) FROM journal_entry") ||
	    !db_exec(d->db, e, ret_changed, "DELETE FROM journal_content WHERE seq = $1",
		     db_int(seq)))
		return false;
	return *ret_changed == 0 ||
	       (db_exec(d->db, e, NULL,
			"INSERT INTO destruction_act (competition_id, number, kept_until, by_id,"
			" second_id, at_ms, last_seq, seat_events, entries)"
			" SELECT competition_id, '7', 1, 1, 2, at_ms, $1, 0, 1 FROM journal_entry"
			"  WHERE seq = $1",
			db_int(last)) &&
		append(d, "records.destroyed",
		       arena_print(d->arena,
				   "{\"entries\":1,\"kept_until\":1,\"number\":\"7\","
				   "\"seat_events\":0,\"second\":2,\"seqs\":\"%lld\"}",
				   (long long)seq),
		       e));
}

const struct drill_attack drill_journal[] = {
	{ "actor_changed", actor_changed },
	{ "entry_time_moved", entry_time_moved },
	{ "entries_swapped", entries_swapped },
	{ "entry_removed", entry_removed },
	{ "content_changed", content_changed },
	{ "content_committed", content_committed },
	{ "salts_swapped", salts_swapped },
	{ "content_destroyed", content_destroyed },
	{ "destruction_invented", destruction_invented },
	{ "act_invented", act_invented },
	{ "tail_cut", tail_cut },
	{ "tail_replaced", tail_replaced },
	{ "entry_inserted", entry_inserted },
	{ "vote_rewritten", vote_rewritten },
	{ "click_rewritten", click_rewritten },
	{ "chain_rewritten", chain_rewritten },
	{ "chain_resigned", chain_resigned },
	{ "checkpoint_edited", checkpoint_edited },
	{ "tile_changed", tile_changed },
	{ "checkpoints_removed", checkpoints_removed },
	{ "vote_checkpoints_removed", vote_checkpoints_removed },
	{ NULL, NULL },
};
