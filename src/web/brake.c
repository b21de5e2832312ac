#include "web/brake.h"

#include "web/address.h"

const struct brake_limit brake_forms = { 'f', BRAKE_FORMS_MOST, BRAKE_FORMS_MS };
const struct brake_limit brake_slow = { 's', BRAKE_SLOW_MOST, BRAKE_SLOW_MS };
const struct brake_limit brake_slow_address = { 'a', BRAKE_ADDRESS_MOST, BRAKE_ADDRESS_MS };
const struct brake_limit brake_guesses = { 'g', BRAKE_GUESSES_MOST, BRAKE_GUESSES_MS };

/* FNV-1a: spreads names; nobody gains by meeting in a slot. */
static uint64_t hash_of(char kind, const char *text)
{
	uint64_t hash = (14695981039346656037ULL ^ (unsigned char)kind) * 1099511628211ULL;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash ? hash : 1;
}

/* The own slot, else one whose store is full and need not be remembered, else one of another. */
static size_t slot_of(const struct brake *b, uint64_t who, int64_t now_ms)
{
	const size_t first = who % (BRAKE_SLOTS / BRAKE_WAYS) * BRAKE_WAYS;
	size_t ret = first;
	for (size_t i = first; i < first + BRAKE_WAYS; i++) {
		if (b->slot[i].who == who)
			return i;
		if (b->slot[i].full_ms <= now_ms)
			ret = i;
	}
	return ret;
}

static int64_t full_at(const struct brake_slot *s, int64_t now_ms)
{
	return s->full_ms > now_ms ? s->full_ms : now_ms;
}

static int64_t wait_of(const struct brake_slot *s, const struct brake_limit *limit, int64_t now_ms)
{
	const int64_t over = full_at(s, now_ms) - now_ms - (limit->most - 1) * limit->each_ms;
	return over > 0 ? over : 0;
}

int64_t brake_wait(const struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms)
{
	return wait_of(&b->slot[slot_of(b, hash_of(limit->kind, who), now_ms)], limit, now_ms);
}

int64_t brake_take(struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms)
{
	const uint64_t hash = hash_of(limit->kind, who);
	struct brake_slot *s = &b->slot[slot_of(b, hash, now_ms)];
	const int64_t wait_ms = wait_of(s, limit, now_ms);
	if (wait_ms == 0) {
		if (s->full_ms <= now_ms)
			s->who = hash;
		s->full_ms = full_at(s, now_ms) + limit->each_ms;
	}
	return wait_ms;
}

int64_t brake_level(const struct brake *b, const char *who, const struct brake_limit *limit,
		    int64_t now_ms)
{
	const struct brake_slot *s = &b->slot[slot_of(b, hash_of(limit->kind, who), now_ms)];
	return (full_at(s, now_ms) - now_ms + limit->each_ms - 1) / limit->each_ms;
}

int64_t brake_take_slow(struct brake *b, const char *session, const char *address, int64_t now_ms)
{
	const bool own = session && *session;
	const bool shared = *address && !address_is_here(address);
	const int64_t one = own ? brake_wait(b, session, &brake_slow, now_ms) : 0;
	const int64_t two = shared ? brake_wait(b, address, &brake_slow_address, now_ms) : 0;
	if (one > 0 || two > 0)
		return one > two ? one : two;
	if (own)
		(void)brake_take(b, session, &brake_slow, now_ms);
	if (shared)
		(void)brake_take(b, address, &brake_slow_address, now_ms);
	return 0;
}
