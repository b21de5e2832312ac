/* brake.h - how often one may do a thing: a store for each who does it, which fills again with
 * time.
 *
 * Three things, each with limits of its own:
 *
 *   forms     of a person, in however many sessions, as fast as people send them; whoever has
 *             prepared many has a store (ASVS 2.4.2).  What programs send - clicks and pulses of a
 * test - is not counted. slow      what takes long (PDF, sign-in, lists as files), by session and
 * by address; an address has the larger store, for a whole hall sits behind one.  This machine has
 * none as an address: a proxy or a bench. guesses   wrong passwords, by address.  Nobody is refused
 * for them: while an address is crowded with guesses, browsers at it that nobody knows have fewer
 * free tries (app/access/device.h).
 *
 * An address of IPv6 is its network (web/http/address.h).  Slots are of a keyed hash: who could
 * choose to meet the address of a hall would fill its store from elsewhere (ASVS 6.1.1).
 *
 * A brake only, and a restart forgets it.  Each process has its own; several over one database tell
 * each other what was taken, each second (web/http/ear.h), as amounts, so that their clocks do not
 * matter.  Belongs to the loop. */
#pragma once
#include "base/err.h"

#include <sodium.h>

struct brake_limit {
	unsigned char kind; /* two kinds of the same name are two */
	bool address;       /* names are addresses                */
	int64_t most;       /* at once, after a pause             */
	int64_t each_ms;    /* until there is one more            */
};

extern const struct brake_limit brake_forms, brake_slow, brake_slow_address, brake_guesses;

enum {
	BRAKE_SLOTS = 8192,
	BRAKE_WAYS = 4,
	BRAKE_FORMS_MOST = 60,
	BRAKE_FORMS_MS = 250,
	BRAKE_SLOW_MOST = 60,
	BRAKE_SLOW_MS = 500,
	BRAKE_ADDRESS_MOST = 600,
	BRAKE_ADDRESS_MS = 50,
	BRAKE_GUESSES_MOST = 240, /* so that even the worst is over after an hour */
	BRAKE_GUESSES_MS = 15 * 1000,
	BRAKE_CROWDED = 20, /* guesses: more than a hall mistypes */
	BRAKE_SHARES = 256, /* that are not told yet; more are not told at all */
};

/* What was taken here. */
struct brake_share {
	uint64_t who;
	int64_t ms;
};

struct brake_slot {
	uint64_t who;    /* hashed; 0: free                    */
	int64_t full_ms; /* when the store will be full again */
};

/* Zeroed at first, but for the key.  Those who find no slot of their own share one. */
struct brake {
	unsigned char key[crypto_shorthash_KEYBYTES]; /* of the installation */
	struct brake_slot slot[BRAKE_SLOTS];
	struct brake_share share[BRAKE_SHARES];
	size_t shares;
};

/* How long `who` has to wait for the next one; 0: not at all. */
int64_t brake_wait(const struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms);

/* The same, and if it is 0 it is counted. */
int64_t brake_take(struct brake *b, const char *who, const struct brake_limit *limit,
		   int64_t now_ms);

/* How many of the store are used. */
int64_t brake_level(const struct brake *b, const char *who, const struct brake_limit *limit,
		    int64_t now_ms);

/* What takes long: both stores, or neither.  `session` may be NULL or "". */
int64_t brake_take_slow(struct brake *b, const char *session, const char *address, int64_t now_ms);

/* What was taken since it was told last, as a text that brake_hear() of another process reads;
 * false: nothing.  What does not fit comes with the next text. */
bool brake_tell(struct brake *b, char *ret, size_t size) MUST_USE;
void brake_hear(struct brake *b, const char *text, int64_t now_ms);
