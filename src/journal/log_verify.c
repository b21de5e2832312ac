#include "journal/log_verify.h"

#include "journal/note.h"
#include "journal/tile.h"

#include <string.h>

enum { LEVELS = 64 };

struct sealed { /* a checkpoint as it stands in the table */
	int64_t id, size;
	bool damaged;
	struct tree_hash root;
	const char *note;
	struct sealed *next;
};

struct check {
	struct db *db;
	struct arena *arena;
	struct log_report report;
	struct log_want *want;
	size_t want_count;
	struct sealed *next;           /* of those to come, by size */
	uint64_t size;                 /* leaves so far             */
	struct tree_hash peak[LEVELS]; /* full subtrees: one for each bit of size */
	struct tree_hash tile[TILE_LEVELS][TILE_WIDTH];
	int64_t tiles_kept;
	uint64_t covered; /* size of the largest checkpoint */
	struct note_key key;
	bool has_key;
};

static bool broken(struct check *c, int64_t at, const char *why)
{
	if (!c->report.broken) {
		c->report.broken = true;
		c->report.at = at;
		c->report.why = why;
	}
	return true;
}

static bool hash_of(const struct db_value *v, struct tree_hash *ret)
{
	if (v->type != DB_BLOB || v->size != TREE_HASH_SIZE)
		return false;
	memcpy(ret->bytes, v->bytes, TREE_HASH_SIZE);
	return true;
}

/* ---- tiles ----------------------------------------------------------------------------------- */

struct kept {
	const struct tree_hash *hash;
	struct tree_hash root;
	bool found, same;
};

static bool compare_tile(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct kept *k = user;
	struct tree_hash root;
	(void)count;
	(void)e;
	k->found = true;
	k->same = hash_of(&column[0], &root) && tree_equal(&root, &k->root) &&
		  column[1].type == DB_BLOB &&
		  column[1].size == TILE_WIDTH * sizeof(struct tree_hash) &&
		  memcmp(column[1].bytes, k->hash, column[1].size) == 0;
	return true;
}

/* A tile is full: what is kept of it must be the same. */
static bool check_tile(struct check *c, unsigned level, uint64_t number, struct err *e)
{
	struct kept k = { .hash = c->tile[level], .root = tile_root(c->tile[level], 8) };
	const uint64_t first = number << (8 * (level + 1));
	if (!db_each(c->db, e, compare_tile, &k,
		     "SELECT root, hashes FROM journal_tile WHERE level = $1 AND number = $2",
		     db_int(level), db_int((int64_t)number)))
		return false;
	if (k.found && !k.same)
		return broken(c, (int64_t)first + 1, "a tile is not that of its entries");
	if (!k.found && c->size <= c->covered)
		return broken(c, (int64_t)first + 1, "a tile is missing");
	c->report.tiles += k.found;
	return true;
}

/* The root of a full subtree of 256^level leaves takes its place in a tile. */
static bool into_tile(struct check *c, unsigned level, const struct tree_hash *hash, struct err *e)
{
	const uint64_t index = (c->size >> (8 * level)) - 1;
	c->tile[level][index % TILE_WIDTH] = *hash;
	return index % TILE_WIDTH != TILE_WIDTH - 1 || check_tile(c, level, index / TILE_WIDTH, e);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static struct tree_hash root_of(const struct check *c)
{
	struct tree_hash root = { { 0 } };
	bool some = false;
	for (unsigned level = 0; level < LEVELS; level++) {
		if (!(c->size >> level & 1))
			continue;
		root = some ? tree_node(&c->peak[level], &root) : c->peak[level];
		some = true;
	}
	return root;
}

/* What is said of a tree of this size. */
static void check_roots(struct check *c)
{
	struct tree_hash root = { { 0 } };
	bool made = false;
	for (; c->next && (uint64_t)c->next->size <= c->size; c->next = c->next->next) {
		root = made ? root : root_of(c);
		made = true;
		if (c->next->damaged || (uint64_t)c->next->size != c->size ||
		    !tree_equal(&root, &c->next->root))
			(void)broken(c, c->next->size, "a checkpoint is not of these entries");
	}
	for (size_t i = 0; i < c->want_count; i++) {
		if (c->want[i].size != c->size)
			continue;
		root = made ? root : root_of(c);
		made = true;
		c->want[i].found = true;
		c->want[i].root = root;
	}
}

static bool add_leaf(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct check *c = user;
	struct tree_hash hash;
	unsigned level = 0;
	(void)count;
	if (!hash_of(&column[0], &hash))
		return broken(c, (int64_t)c->size + 1, "a hash is damaged");
	const uint64_t before = c->size++;
	if (!into_tile(c, 0, &hash, e))
		return false;
	for (; before >> level & 1; level++) {
		hash = tree_node(&c->peak[level], &hash);
		if ((level + 1) % 8 == 0 && !into_tile(c, (level + 1) / 8, &hash, e))
			return false;
	}
	c->peak[level] = hash;
	check_roots(c);
	return true;
}

/* ---- signatures ------------------------------------------------------------------------------ */

static bool take_key(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct check *c = user;
	struct note_key key;
	(void)count;
	(void)e;
	if (column[0].type != DB_TEXT || column[1].size != NOTE_PUBLIC_SIZE ||
	    !note_key_make(column[0].bytes, NOTE_ED25519, column[1].bytes, &key))
		return broken(c, 0, "the log's key is damaged");
	if (c->has_key && (strcmp(key.name, c->key.name) != 0 ||
			   memcmp(key.public_key, c->key.public_key, NOTE_PUBLIC_SIZE) != 0))
		return broken(c, 0, "the log has two keys");
	c->key = key;
	c->has_key = true;
	return true;
}

/* Whether the log has signed just this size and root. */
static void check_note(struct check *c, const struct sealed *s)
{
	struct note note;
	struct note_checkpoint said;
	if (!c->has_key || !note_parse(s->note, strlen(s->note), &note) ||
	    note_check(&note, &c->key, NULL) != NOTE_GOOD || !note_checkpoint_parse(&note, &said))
		(void)broken(c, s->size, "a checkpoint is not signed by the log");
	else if (strcmp(said.origin, c->key.name) != 0 || said.size != (uint64_t)s->size ||
		 !tree_equal(&said.root, &s->root))
		(void)broken(c, s->size, "a checkpoint says something else than its row");
	else
		c->report.checkpoints++;
}

struct taking {
	struct check *check;
	struct sealed **at;
};

static bool take_checkpoint(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct taking *t = user;
	struct sealed *s = arena_alloc(t->check->arena, sizeof(*s));
	(void)count;
	(void)e;
	s->id = column[0].number;
	s->size = column[1].number;
	s->damaged = !hash_of(&column[2], &s->root);
	s->note = arena_copy_n(t->check->arena, column[3].bytes, column[3].size);
	*t->at = s;
	t->at = &s->next;
	t->check->covered = (uint64_t)s->size;
	check_note(t->check, s);
	return true;
}

static bool check_cosignature(void *user, const struct db_value *column, size_t count,
			      struct err *e)
{
	struct check *c = user;
	struct note_key key;
	struct note note;
	int64_t time_s = 0;
	(void)count;
	(void)e;
	const char *text = arena_print(c->arena, "%s%s\n", (const char *)column[1].bytes,
				       (const char *)column[2].bytes);
	if (!note_key_parse(column[3].bytes, &key) || !note_parse(text, strlen(text), &note) ||
	    note_check(&note, &key, &time_s) != NOTE_GOOD || time_s != column[4].number)
		return broken(c, column[0].number, "a witness has not signed this checkpoint");
	c->report.cosignatures++;
	return true;
}

static bool read_signed(struct check *c, struct err *e)
{
	struct taking t = { c, &c->next };
	return db_each(c->db, e, take_key, c,
		       "SELECT origin, public_key FROM log_identity ORDER BY id") &&
	       db_each(c->db, e, take_checkpoint, &t,
		       "SELECT id, size, root, note FROM checkpoint ORDER BY size") &&
	       db_each(c->db, e, check_cosignature, c,
		       "SELECT p.size, p.note, s.line, w.vkey, s.signed_s FROM witness_signature s"
		       "  JOIN checkpoint p ON p.id = s.checkpoint_id"
		       "  JOIN witness w ON w.id = s.witness_id ORDER BY s.id") &&
	       db_number(c->db, e, &c->tiles_kept, "SELECT COUNT(*) FROM journal_tile");
}

/* ---- those that must be there ---------------------------------------------------------------- */

/* What ends with a checkpoint in its own transaction: so the first one from it on is of the same
 * instant and the same hand.  Without this whoever takes all checkpoints away, with tiles and key,
 * would leave a log that nobody has ever signed. */
static bool check_made(struct check *c, struct err *e)
{
	int64_t bare = 0;
	if (!db_number(c->db, e, &bare,
		       "SELECT COALESCE(MIN(j.seq), 0) FROM journal_entry j"
		       " WHERE j.kind IN ('sitting.sealed', 'sitting.closed', 'vote.cast',"
		       "  'decision.recorded', 'application.sent', 'test.result', 'key.corrected',"
		       "  'result.corrected', 'checkpoint.asked')"
		       " AND NOT EXISTS (SELECT 1 FROM journal_entry l WHERE l.seq ="
		       "  (SELECT MIN(p.size) FROM checkpoint p WHERE p.size >= j.seq)"
		       "  AND l.at_ms = j.at_ms AND l.actor_id = j.actor_id)"))
		return false;
	return bare == 0 || broken(c, bare, "an entry that had a checkpoint has none");
}

/* Each signature of a witness came with an entry, and each entry with one: who has taken a witness
 * away, or a checkpoint with its witness, is found by the header that stays (F87). */
static bool check_cosigned(struct check *c, struct err *e)
{
	int64_t bare = 0;
	if (!db_number(c->db, e, &bare,
		       "SELECT COALESCE(MIN(x.seq), 0) FROM (SELECT MIN(j.seq) AS seq"
		       "  FROM journal_entry j WHERE j.kind = 'checkpoint.cosigned'"
		       "  GROUP BY j.subject HAVING COUNT(*) <> (SELECT COUNT(*)"
		       "   FROM witness_signature s JOIN checkpoint p ON p.id = s.checkpoint_id"
		       "   JOIN witness w ON w.id = s.witness_id"
		       "   WHERE 'checkpoint/' || s.checkpoint_id = j.subject)"
		       " UNION ALL SELECT p.size FROM witness_signature s"
		       "  JOIN checkpoint p ON p.id = s.checkpoint_id"
		       "  WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
		       "   WHERE j.subject = 'checkpoint/' || s.checkpoint_id"
		       "   AND j.kind <> 'test.answer' AND j.kind = 'checkpoint.cosigned')) x"))
		return false;
	return bare == 0 || broken(c, bare, "a witness' signature is missing or too many");
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool verify(struct check *c, struct err *e)
{
	if (!read_signed(c, e))
		return false;
	check_roots(c); /* of no entry at all */
	if (!db_each(c->db, e, add_leaf, c, "SELECT hash FROM journal_entry ORDER BY seq"))
		return false;
	c->report.entries = (int64_t)c->size;
	if (c->next)
		(void)broken(c, c->next->size, "the journal is shorter than a checkpoint says");
	if (c->tiles_kept != c->report.tiles)
		(void)broken(c, (int64_t)c->size, "there are tiles of no entries");
	return check_made(c, e) && check_cosigned(c, e);
}

bool log_verify(struct db *db, struct log_want *want, size_t count, struct log_report *ret,
		struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct check *c = arena_alloc(a, sizeof(*c));
	*c = (struct check){ .db = db, .arena = a, .want = want, .want_count = count };
	c->report.why = "";
	if (!verify(c, e))
		return false;
	*ret = c->report;
	return true;
}
