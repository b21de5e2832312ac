/* verify_log.c - checkpoints that were kept outside, checkpoints and tiles that are kept in the
 * database, all against the entries (F86, F88). */
#include "app/verify.h"

#include "journal/log.h"
#include "journal/note.h"

#include <stdlib.h>
#include <string.h>

enum { IDENTITIES_MOST = 64, TILE_HEIGHT = 8 };

/* A root that somebody says the journal had. */
struct said {
	int64_t size;
	struct tree_hash root;
	bool outside, reached;
};

struct checking {
	const struct act *act;
	struct verify_report *report;
	struct said *said; /* by size */
	size_t count, at;
	struct note_key key[IDENTITIES_MOST];
	size_t keys;
	int64_t bad_stored; /* size of the first that does not fit, 0 none */
};

static void found(struct checking *c, const struct said *s, const char *outside, const char *inside)
{
	if (!s->outside && c->bad_stored)
		return; /* one of those in the database is enough: all that follow are wrong too */
	if (!s->outside)
		c->bad_stored = s->size > 0 ? s->size : 1;
	verify_found(c->report, "checkpoint", "checkpoint", s->size, s->outside ? outside : inside);
}

/* ---- what is said ---------------------------------------------------------------------------- */

static bool take_key(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct checking *c = user;
	(void)count;
	(void)e;
	if (c->keys < IDENTITIES_MOST && column[1].size == NOTE_PUBLIC_SIZE &&
	    note_key_make(column[0].bytes, NOTE_ED25519, column[1].bytes, &c->key[c->keys]))
		c->keys++;
	return true;
}

/* Whether the note says what its row says, under a key of this log. */
static bool is_signed(const struct checking *c, const char *text, size_t size,
		      const struct said *said)
{
	struct note_checkpoint told;
	struct note *note = arena_alloc(c->act->arena, sizeof(*note));
	if (!note_parse(text, size, note) || !note_checkpoint_parse(note, &told) ||
	    told.size != (uint64_t)said->size || !tree_equal(&told.root, &said->root))
		return false;
	for (size_t i = 0; i < c->keys; i++) {
		if (strcmp(told.origin, c->key[i].name) == 0 &&
		    note_check(note, &c->key[i], NULL) == NOTE_GOOD)
			return true;
	}
	return false;
}

/* Columns: size, root, note. */
static bool take_stored(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct checking *c = user;
	struct said *s = &c->said[c->count++];
	(void)count;
	(void)e;
	*s = (struct said){ .size = column[0].number };
	if (column[1].type != DB_BLOB || column[1].size != TREE_HASH_SIZE) {
		found(c, s, "", "a checkpoint in the database is damaged");
		return true;
	}
	memcpy(s->root.bytes, column[1].bytes, TREE_HASH_SIZE);
	if (column[2].type != DB_TEXT || !is_signed(c, column[2].bytes, column[2].size, s))
		found(c, s, "", "a checkpoint in the database is not the one that was signed");
	return true;
}

static int by_size(const void *x, const void *y)
{
	const struct said *a = x;
	const struct said *b = y;
	return a->size < b->size ? -1 : a->size > b->size;
}

static bool collect(struct checking *c, const struct verify_checkpoint *outside, size_t count,
		    struct err *e)
{
	int64_t stored = 0;
	struct db *db = c->act->db;
	if (!db_number(db, e, &stored, "SELECT COUNT(*) FROM checkpoint"))
		return false;
	c->said = arena_array(c->act->arena, (size_t)stored + count + 1, sizeof(*c->said));
	if (!db_each(db, e, take_key, c,
		     "SELECT origin, public_key FROM log_identity ORDER BY id") ||
	    !db_each(db, e, take_stored, c,
		     "SELECT size, root, note FROM checkpoint ORDER BY size"))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct said *s = &c->said[c->count++];
		*s = (struct said){ .size = outside[i].size, .outside = true };
		memcpy(s->root.bytes, outside[i].root, TREE_HASH_SIZE);
	}
	qsort(c->said, c->count, sizeof(*c->said), by_size);
	return true;
}

/* ---- what is so ------------------------------------------------------------------------------ */

static bool compare(void *user, const struct journal_state *at, struct err *e)
{
	struct checking *c = user;
	struct said *s = &c->said[c->at++];
	(void)e;
	s->reached = true;
	if (memcmp(at->root, s->root.bytes, TREE_HASH_SIZE) != 0)
		found(c, s, "the journal is not the one that the checkpoint tells of",
		      "the journal is not the one that a checkpoint in the database tells of");
	return true;
}

static void compare_all(struct checking *c)
{
	struct err why = { 0 };
	int64_t *size = arena_array(c->act->arena, c->count + 1, sizeof(*size));
	for (size_t i = 0; i < c->count; i++)
		size[i] = c->said[i].size;
	if (!journal_state_each(c->act->db, size, c->count, compare, c, &why))
		err_clear(&why); /* what was not reached is told below */
	for (size_t i = 0; i < c->count; i++) {
		if (!c->said[i].reached)
			found(c, &c->said[i], "the journal does not reach as far as the checkpoint",
			      "the journal does not reach as far as a checkpoint in the database");
	}
}

/* ---- tiles ----------------------------------------------------------------------------------- */

/* The hashes that a tile is over: of entries, or the roots of the tiles below it. */
struct below {
	struct tree_hash hash[TILE_WIDTH];
	size_t count;
};

static bool take_hash(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct below *b = user;
	(void)count;
	(void)e;
	if (b->count < TILE_WIDTH && column[0].type == DB_BLOB && column[0].size == TREE_HASH_SIZE)
		memcpy(b->hash[b->count++].bytes, column[0].bytes, TREE_HASH_SIZE);
	return true;
}

static bool read_below(struct db *db, int64_t level, int64_t number, struct below *ret,
		       struct err *e)
{
	const struct db_value first = db_int(number * TILE_WIDTH);
	const struct db_value end = db_int((number + 1) * TILE_WIDTH);
	ret->count = 0;
	return level == 0 ? db_each(db, e, take_hash, ret,
				    "SELECT hash FROM journal_entry WHERE seq > $1 AND seq <= $2"
				    " ORDER BY seq",
				    first, end)
			  : db_each(db, e, take_hash, ret,
				    "SELECT root FROM journal_tile WHERE level = $3"
				    " AND number >= $1 AND number < $2 ORDER BY number",
				    first, end, db_int(level - 1));
}

/* Columns: level, number, root, hashes.  A tile is over those below it, so the lowest that is wrong
 * comes first. */
static bool take_tile(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct checking *c = user;
	struct below *below = arena_alloc(c->act->arena, sizeof(*below));
	(void)count;
	if (c->bad_stored)
		return true;
	if (!read_below(c->act->db, column[0].number, column[1].number, below, e))
		return false;
	const struct tree_hash root = tile_root(below->hash, TILE_HEIGHT);
	if (below->count != TILE_WIDTH || column[2].size != TREE_HASH_SIZE ||
	    column[3].size != sizeof(below->hash) ||
	    memcmp(column[3].bytes, below->hash, sizeof(below->hash)) != 0 ||
	    memcmp(column[2].bytes, root.bytes, TREE_HASH_SIZE) != 0) {
		c->bad_stored = 1;
		verify_found(c->report, "checkpoint", "tile", column[1].number,
			     "a tile of the tree is not what the entries give");
	}
	return true;
}

bool verify_log(const struct act *act, const struct verify_checkpoint *outside, size_t count,
		struct verify_report *r, struct err *e)
{
	struct checking *c = arena_alloc(act->arena, sizeof(*c));
	*c = (struct checking){ .act = act, .report = r };
	if (!collect(c, outside, count, e))
		return false;
	r->checkpoints = (int64_t)c->count;
	compare_all(c);
	return db_each(act->db, e, take_tile, c,
		       "SELECT level, number, root, hashes FROM journal_tile"
		       " ORDER BY level, number");
}
