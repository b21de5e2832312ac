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

/* One click of the turn, as the server has parsed it. */
struct parsed {
	const struct bench_seat *seat;
	struct act act;
	int64_t number;
	char token[TOKEN_SIZE], key[PLAYER_KEY_SIZE];
};

static void draw_click(struct clicks *c, int64_t n, struct arena *a, struct parsed *ret)
{
	const size_t at = (size_t)exam_random(c->exam, (int64_t)c->exam->big.count);
	ret->seat = &c->exam->big.seats[at];
	ret->number = 1 + exam_random(c->exam, PLAYER_QUESTIONS);
	ret->act = bench_act(&c->exam->act, &ret->seat->session);
	ret->act.arena = a;
	option_token(c->keys[at].bytes, c->keys[at].size, ret->number, n % 2, ret->token);
	player_key(ret->key, PLAYER_NOBODY, (size_t)n);
}

/* How many from `from` on are of seats of their own: the server looks ahead for those together
 * (web/http/turn.c). */
static size_t together(const struct parsed *p, size_t from, size_t most)
{
	size_t count = 0;
	for (; from + count < most; count++) {
		for (size_t i = from; i < from + count; i++) {
			if (p[i].seat == p[from + count].seat)
				return count;
		}
	}
	return count;
}

static bool run_together(const struct parsed *p, size_t count, struct err *e)
{
	struct answer_ack ack = { 0 };
	for (size_t i = 0; i < count; i++) {
		if (!attempt_answer_ahead(&p[i].act, p[i].seat->attempt, p[i].number, p[i].key, e))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!attempt_answer(&p[i].act, p[i].seat->attempt, p[i].seat->session.hash,
				    p[i].number, p[i].token, p[i].key, &ack, e))
			return false;
	}
	db_ahead_over(p->act.db);
	return true;
}

bool clicks_turn(struct clicks *c, int64_t from, int64_t to, bool flat, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct db *db = c->exam->act.db;
	const size_t count = (size_t)(to - from);
	struct parsed *p = arena_array(a, count, sizeof(*p));
	for (size_t i = 0; i < count; i++)
		draw_click(c, from + (int64_t)i, a, &p[i]);
	if (flat ? !db_begin_flat(db, &tx, e) : !db_begin(db, &tx, e))
		return false;
	for (size_t i = 0; i < count;) {
		const size_t some = together(p, i, count);
		if (!run_together(p + i, some, e))
			return false;
		i += some;
	}
	return db_commit(&tx, e);
}
