#include "web/http/brake.h"

#include "web/http/address.h"

#include <string.h>

const struct brake_limit brake_forms = { 'f', false, BRAKE_FORMS_MOST, BRAKE_FORMS_MS };
const struct brake_limit brake_slow = { 's', false, BRAKE_SLOW_MOST, BRAKE_SLOW_MS };
const struct brake_limit brake_slow_address = { 'a', true, BRAKE_ADDRESS_MOST, BRAKE_ADDRESS_MS };
const struct brake_limit brake_guesses = { 'g', true, BRAKE_GUESSES_MOST, BRAKE_GUESSES_MS };

static uint64_t hash_of(const struct brake *b, const struct brake_limit *limit, const char *name)
{
	unsigned char key[crypto_shorthash_KEYBYTES];
	unsigned char hash[crypto_shorthash_BYTES];
	unsigned char network[ADDRESS_NETWORK];
	uint64_t number = 0;
	memcpy(key, b->key, sizeof(key));
	key[0] ^= limit->kind;
	if (limit->address)
		(void)crypto_shorthash(hash, network, address_network(name, network), key);
	else
		(void)crypto_shorthash(hash, (const unsigned char *)name, strlen(name), key);
	memcpy(&number, hash, sizeof(number));
	return number ? number : 1;
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
	return wait_of(&b->slot[slot_of(b, hash_of(b, limit, who), now_ms)], limit, now_ms);
}

int64_t brake_take(struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms)
{
	const uint64_t hash = hash_of(b, limit, who);
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
	const struct brake_slot *s = &b->slot[slot_of(b, hash_of(b, limit, who), now_ms)];
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
