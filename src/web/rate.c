#include "web/rate.h"

#include "web/address.h"

#include <string.h>

/* FNV-1a, as throttle.c: nobody gains by meeting in a slot. */
static uint64_t hash_of(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash ? hash : 1;
}

/* A store as the moment when it will be full again: one request moves it by `each_ms`. */
static struct rate_slot *slot_of(struct rate *r, uint64_t who, int64_t now_ms)
{
	struct rate_slot *s = &r->slot[who % RATE_SLOTS];
	if (s->who != who && s->full_ms <= now_ms)
		*s = (struct rate_slot){ .who = who };
	if (s->full_ms < now_ms)
		s->full_ms = now_ms;
	return s;
}

static bool has(const struct rate_slot *s, int64_t most, int64_t each_ms, int64_t now_ms)
{
	return s->full_ms + each_ms <= now_ms + most * each_ms;
}

bool rate_take(struct rate *r, const char *session, const char *address, int64_t now_ms)
{
	struct rate_slot *own = NULL;
	struct rate_slot *shared = NULL;
	if (!r->counts)
		return true;
	if (session && *session)
		own = slot_of(r, hash_of(14695981039346656037ULL, session), now_ms);
	if (own && !has(own, RATE_SESSION_MOST, RATE_SESSION_MS, now_ms))
		return false;
	if (*address && !address_is_here(address))
		shared = slot_of(r, hash_of(1099511628211ULL, address), now_ms);
	if (shared && !has(shared, RATE_ADDRESS_MOST, RATE_ADDRESS_MS, now_ms))
		return false;
	if (own)
		own->full_ms += RATE_SESSION_MS;
	if (shared)
		shared->full_ms += RATE_ADDRESS_MS;
	return true;
}
