#include "journal/state.h"

#include <sodium.h>
#include <string.h>

enum { LEVELS_MOST = 64 };

/* The roots of the whole trees to the left of the next entry, the largest first: one for each bit
 * of the size. */
struct growing {
	struct journal_state state;
	unsigned char part[LEVELS_MOST][JOURNAL_HASH_SIZE];
	size_t parts;
};

/* RFC 6962, 2.1: the hash of a node is SHA-256(0x01 || left || right). */
static void hash_node(unsigned char left[JOURNAL_HASH_SIZE],
		      const unsigned char right[JOURNAL_HASH_SIZE])
{
	crypto_hash_sha256_state hash;
	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const unsigned char *)"\1", 1);
	crypto_hash_sha256_update(&hash, left, JOURNAL_HASH_SIZE);
	crypto_hash_sha256_update(&hash, right, JOURNAL_HASH_SIZE);
	crypto_hash_sha256_final(&hash, left);
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
	memcpy(g->part[g->parts++], column[1].bytes, JOURNAL_HASH_SIZE);
	for (int64_t bits = g->state.size; bits & 1; bits >>= 1) {
		g->parts--;
		hash_node(g->part[g->parts - 1], g->part[g->parts]);
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
	if (g.parts == 0)
		crypto_hash_sha256(g.state.root, NULL, 0);
	while (g.parts > 1) {
		unsigned char *left = g.part[g.parts - 2];
		hash_node(left, g.part[g.parts - 1]);
		g.parts--;
	}
	if (g.parts == 1)
		memcpy(g.state.root, g.part[0], JOURNAL_HASH_SIZE);
	*ret = g.state;
	return true;
}
