#include "web/throttle.h"

/* FNV-1a: spreads addresses; nobody gains by meeting in a slot. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 14695981039346656037ULL;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash ? hash : 1;
}

void throttle_failed(struct throttle *t, const char *address, int64_t now_ms)
{
	uint64_t hash = hash_of(address);
	struct throttle_slot *s = &t->slot[hash % THROTTLE_SLOTS];
	if (s->address != hash || now_ms - s->last_ms > THROTTLE_FORGET_MS)
		*s = (struct throttle_slot){ .address = hash };
	s->failures++;
	s->last_ms = now_ms;
	if (s->failures < THROTTLE_FREE)
		return;
	int64_t wait_ms = THROTTLE_FIRST_MS;
	for (int64_t i = THROTTLE_FREE; i < s->failures && wait_ms < THROTTLE_MOST_MS; i++)
		wait_ms *= 2;
	s->until_ms = now_ms + (wait_ms < THROTTLE_MOST_MS ? wait_ms : THROTTLE_MOST_MS);
}

bool throttle_waits(const struct throttle *t, const char *address, int64_t now_ms)
{
	uint64_t hash = hash_of(address);
	const struct throttle_slot *s = &t->slot[hash % THROTTLE_SLOTS];
	return s->address == hash && now_ms < s->until_ms;
}
