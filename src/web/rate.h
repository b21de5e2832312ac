/* rate.h - how often one may ask for what takes long (PDF, sign-in, lists as files).
 *
 * A session has a store of requests that fills again with time; so has an address, a larger one,
 * because a session's cookie is only believed later and a whole hall may sit behind one address.
 * This machine (a proxy names the address; a bench has none) has no store as an address.
 *
 * A brake only: each process has its own, and a restart forgets it.  Belongs to the loop. */
#pragma once
#include "base/err.h"

enum {
	RATE_SLOTS = 4096,
	RATE_SESSION_MOST = 60, /* at once, after a pause     */
	RATE_SESSION_MS = 500,  /* until there is one more    */
	RATE_ADDRESS_MOST = 600,
	RATE_ADDRESS_MS = 50,
};
#define RATE_AGAIN_S "5"

struct rate_slot {
	uint64_t who; /* hashed; 0: free */
	int64_t full_ms;
};

/* Zeroed at first.  Two that meet in one slot share it. */
struct rate {
	bool counts; /* of a server; the pages of a test have a clock that stands */
	struct rate_slot slot[RATE_SLOTS];
};

/* Whether the sender may ask now; if so, it is counted.  `session` may be NULL or "". */
bool rate_take(struct rate *r, const char *session, const char *address, int64_t now_ms);
