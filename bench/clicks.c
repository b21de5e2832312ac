#include "bench/clicks.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_KEY = 64 };

struct click_key {
	unsigned char bytes[TOKEN_KEY];
	size_t size;
};

static bool read_key(struct exam *x, int64_t attempt, struct click_key *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const void *bytes = NULL;
	if (!db_bytes(x->act.db, a, e, &bytes, &ret->size,
		      "SELECT token_key FROM attempt WHERE id = $1", db_int(attempt)))
		return false;
	if (ret->size > TOKEN_KEY)
		return err_set(e, ERR_SYSTEM, "error.system", "a long token key");
	memcpy(ret->bytes, bytes, ret->size);
	return true;
}

bool clicks_open(struct exam *x, struct clicks *ret, struct err *e)
{
	*ret = (struct clicks){ x, calloc(x->big.count, sizeof(*ret->keys)) };
	if (!ret->keys)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	for (size_t i = 0; i < x->big.count; i++) {
		if (!read_key(x, x->big.seats[i].attempt, &ret->keys[i], e))
			return false;
	}
	return true;
}

void clicks_close(struct clicks *c)
{
	free(c->keys);
	c->keys = NULL;
}

static bool click(struct clicks *c, int64_t n, struct arena *a, struct err *e)
{
	const size_t at = (size_t)exam_random(c->exam, (int64_t)c->exam->big.count);
	const struct bench_seat *seat = &c->exam->big.seats[at];
	const int64_t number = 1 + exam_random(c->exam, PLAYER_QUESTIONS);
	struct act act = bench_act(&c->exam->act, &seat->session);
	struct answer_ack ack = { 0 };
	char token[TOKEN_SIZE];
	char key[PLAYER_KEY_SIZE];
	act.arena = a;
	option_token(c->keys[at].bytes, c->keys[at].size, number, n % 2, token);
	player_key(key, PLAYER_NOBODY, (size_t)n);
	return attempt_answer(&act, seat->attempt, seat->session.hash, number, token, key, &ack, e);
}

bool clicks_turn(struct clicks *c, int64_t from, int64_t to, bool flat, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct db *db = c->exam->act.db;
	if (flat ? !db_begin_flat(db, &tx, e) : !db_begin(db, &tx, e))
		return false;
	for (int64_t n = from; n < to; n++) {
		if (!click(c, n, a, e))
			return false;
		arena_reset(a);
	}
	return db_commit(&tx, e);
}
