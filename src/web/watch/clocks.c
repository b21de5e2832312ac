#include "web/watch/clocks.h"

#include <stdlib.h>

static bool agree(int64_t a, int64_t b)
{
	return llabs(a - b) <= CLOCKS_NEAR_MS;
}

/* The database's clock is the 0 of all. */
static size_t voices(const struct clocks *c, int64_t ms)
{
	size_t n = agree(ms, 0) + agree(ms, c->own_ms);
	for (size_t i = 0; i < c->others; i++)
		n += agree(ms, c->other_ms[i]);
	return n;
}

/* The database is a voice and no judge: where it stands alone between two halves nobody goes. */
bool clocks_astray(const struct clocks *c)
{
	const size_t mine = voices(c, c->own_ms);
	for (size_t i = 0; i < c->others; i++) {
		if (!agree(c->other_ms[i], c->own_ms) && voices(c, c->other_ms[i]) > mine)
			return true;
	}
	return false;
}

int64_t clocks_apart(const struct clocks *c)
{
	int64_t most = 0;
	for (size_t i = 0; i < c->others; i++) {
		const int64_t ahead = c->own_ms - c->other_ms[i];
		if (llabs(ahead) > llabs(most))
			most = ahead;
	}
	return most;
}
