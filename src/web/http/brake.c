#include "web/http/brake.h"

#include "web/http/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

/* To be told to other processes. */
static void note_share(struct brake *b, uint64_t who, int64_t ms)
{
	for (size_t i = 0; i < b->shares; i++) {
		if (b->share[i].who == who) {
			b->share[i].ms += ms;
			return;
		}
	}
	if (b->shares < BRAKE_SHARES)
		b->share[b->shares++] = (struct brake_share){ who, ms };
}

static void add(struct brake_slot *s, uint64_t who, int64_t ms, int64_t now_ms)
{
	if (s->full_ms <= now_ms)
		s->who = who;
	s->full_ms = full_at(s, now_ms) + ms;
}

int64_t brake_take(struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms)
{
	const uint64_t hash = hash_of(b, limit, who);
	struct brake_slot *s = &b->slot[slot_of(b, hash, now_ms)];
	const int64_t wait_ms = wait_of(s, limit, now_ms);
	if (wait_ms == 0) {
		add(s, hash, limit->each_ms, now_ms);
		note_share(b, hash, limit->each_ms);
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

bool brake_tell(struct brake *b, char *ret, size_t size)
{
	enum { ONE_MOST = 34 }; /* two numbers in hexadecimal and their marks */
	size_t used = 0;
	*ret = '\0';
	while (b->shares > 0 && size - used > ONE_MOST) {
		const struct brake_share *one = &b->share[--b->shares];
		used += (size_t)snprintf(ret + used, size - used, "%" PRIx64 "+%" PRIx64 ",",
					 one->who, (uint64_t)one->ms);
	}
	return used > 0;
}

void brake_hear(struct brake *b, const char *text, int64_t now_ms)
{
	enum { MOST_MS = 3600 * 1000 }; /* no store is larger */
	while (*text) {
		char *end = NULL;
		const uint64_t who = strtoull(text, &end, 16);
		if (*end != '+')
			return;
		const uint64_t ms = strtoull(end + 1, &end, 16);
		if (*end != ',' || who == 0 || ms > MOST_MS)
			return;
		add(&b->slot[slot_of(b, who, now_ms)], who, (int64_t)ms, now_ms);
		text = end + 1;
	}
}
