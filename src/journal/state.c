#include "journal/state.h"

#include "journal/tree.h"

#include <sodium.h>
#include <string.h>

enum { LEVELS_MOST = 64 };

/* The roots of the whole trees to the left of the next entry, the largest first: one for each bit
 * of the size. */
struct growing {
	struct journal_state state;
	struct tree_hash part[LEVELS_MOST];
	size_t parts;
};

static void fold(struct growing *g)
{
	if (g->parts == 0) {
		crypto_hash_sha256(g->state.root, NULL, 0);
		return;
	}
	struct tree_hash root = g->part[g->parts - 1];
	for (size_t i = g->parts - 1; i > 0; i--)
		root = tree_node(&g->part[i - 1], &root);
	memcpy(g->state.root, root.bytes, JOURNAL_HASH_SIZE);
}

static bool take_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct growing *g = user;
	(void)count;
	if (column[0].number != g->state.size + 1 || column[1].type != DB_BLOB ||
	    column[1].size != JOURNAL_HASH_SIZE)
		return err_set(e, ERR_DB, "error.journal", "entry %lld is missing or damaged",
			       (long long)g->state.size + 1);
	memcpy(g->state.head, column[1].bytes, JOURNAL_HASH_SIZE);
	if (g->state.size == 0)
		memcpy(g->state.first, column[1].bytes, JOURNAL_HASH_SIZE);
	memcpy(g->part[g->parts++].bytes, column[1].bytes, JOURNAL_HASH_SIZE);
	for (int64_t bits = g->state.size; bits & 1; bits >>= 1) {
		g->parts--;
		g->part[g->parts - 1] = tree_node(&g->part[g->parts - 1], &g->part[g->parts]);
	}
	g->state.size++;
	return true;
}

bool journal_state(struct db *db, int64_t most, struct journal_state *ret, struct err *e)
{
	struct growing g = { .parts = 0 };
	if (!db_each(db, e, take_entry, &g,
		     "SELECT seq, hash FROM journal_entry WHERE $1 < 0 OR seq <= $1 ORDER BY seq",
		     db_int(most)))
		return false;
	fold(&g);
	*ret = g.state;
	return true;
}
