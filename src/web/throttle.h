/* throttle.h - failed sign-ins by address, so that one sender cannot try many accounts.
 *
 * The account's own count stands in the database; this one is a brake only, so that it is
 * harmless that each process has its own and that a restart forgets it. */
#pragma once
#include "base/err.h"

enum {
	THROTTLE_SLOTS = 1024,
	THROTTLE_FREE = 20, /* a whole test hall may sit behind one address */
	THROTTLE_FIRST_MS = 10 * 1000,
	THROTTLE_MOST_MS = 10 * 60 * 1000,
	THROTTLE_FORGET_MS = 30 * 60 * 1000,
};

struct throttle_slot {
	uint64_t address; /* hashed; 0: free */
	int64_t failures, last_ms, until_ms;
};

/* Zeroed at first.  Addresses that meet in one slot share it: the later one takes it over. */
struct throttle {
	struct throttle_slot slot[THROTTLE_SLOTS];
};

void throttle_failed(struct throttle *t, const char *address, int64_t now_ms);
bool throttle_waits(const struct throttle *t, const char *address, int64_t now_ms);
