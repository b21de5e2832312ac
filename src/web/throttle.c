#include "web/throttle.h"

/* FNV-1a: spreads addresses; nobody gains by meeting in a slot. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 14695981039346656037ULL;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash ? hash : 1;
}

static int64_t level_now(const struct throttle_slot *s, int64_t now_ms, int64_t leak_ms)
{
	const int64_t leaked = (now_ms - s->last_ms) / leak_ms;
	return s->level > leaked ? s->level - leaked : 0;
}

void throttle_failed(struct throttle *t, const char *address, int64_t now_ms)
{
	const uint64_t hash = hash_of(address);
	struct throttle_slot *s = &t->slot[hash % THROTTLE_SLOTS];
	const int64_t before = s->address == hash ? level_now(s, now_ms, THROTTLE_LEAK_MS) : 0;
	*s = (struct throttle_slot){ hash, before < THROTTLE_MOST ? before + 1 : before, now_ms };
}

bool throttle_is_crowded(const struct throttle *t, const char *address, int64_t now_ms)
{
	const uint64_t hash = hash_of(address);
	const struct throttle_slot *s = &t->slot[hash % THROTTLE_SLOTS];
	return s->address == hash && level_now(s, now_ms, THROTTLE_LEAK_MS) >= THROTTLE_CROWDED;
}

bool pace_take(struct throttle *t, const char *session, int64_t now_ms)
{
	const uint64_t hash = hash_of(session);
	struct throttle_slot *s = &t->slot[hash % THROTTLE_SLOTS];
	const int64_t level = s->address == hash ? level_now(s, now_ms, PACE_LEAK_MS) : 0;
	if (level >= PACE_MOST)
		return false;
	*s = (struct throttle_slot){ hash, level + 1, now_ms };
	return true;
}
