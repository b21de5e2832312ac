/* throttle.h - how many wrong passwords come from an address, as a bucket that leaks.
 *
 * Nobody is refused because of an address: a whole hall sits behind one, and whoever guesses there
 * would close it.  While an address is crowded with guesses, browsers at it that nobody knows have
 * fewer free tries for each account (app/device.h), and that is all.
 *
 * The accounts' own counts stand in the database; this one is a brake only, so that it is harmless
 * that each process has its own and that a restart forgets it. */
#pragma once
#include "base/err.h"

enum {
	THROTTLE_SLOTS = 1024,
	THROTTLE_CROWDED = 20,        /* so many in the bucket: more than a hall mistypes */
	THROTTLE_LEAK_MS = 15 * 1000, /* one of them is forgotten after so long           */
	THROTTLE_MOST = 240,          /* so that even the worst is over after an hour     */
};

struct throttle_slot {
	uint64_t address; /* hashed; 0: free */
	int64_t level, last_ms;
};

/* Zeroed at first.  Addresses that meet in one slot share it: the later one takes it over. */
struct throttle {
	struct throttle_slot slot[THROTTLE_SLOTS];
};

/* How fast one session sends forms (ASVS 2.4.2): as fast as people can, with a store for whoever
 * has prepared many; a script that goes through a list is told to slow down.  What programs send -
 * the clicks and pulses of a test - is not counted. */
enum {
	PACE_MOST = 60,     /* forms at once                           */
	PACE_LEAK_MS = 250, /* and so many a second for ever           */
};

/* False if the session has sent too many just now; counts this one otherwise. */
bool pace_take(struct throttle *t, const char *session, int64_t now_ms);

void throttle_failed(struct throttle *t, const char *address, int64_t now_ms);
bool throttle_is_crowded(const struct throttle *t, const char *address, int64_t now_ms);
