/* outbox.h - what waits to be told to other systems, and what its sender does with it. */
#pragma once
#include "app/act.h"
#include "hook/signature.h"
#include "journal/journal.h"

/* For act_journal(): queues the entry for each address that wants its kind.  What is told is the
 * kind, when, and the numbers of competition and subject: no name, nothing of what stands in it. */
bool hook_queue(const struct act *act, const struct journal_entry *entry, struct err *e) MUST_USE;

/* Queues a message of one address. */
bool hook_queue_one(const struct act *act, int64_t hook_id, const char *kind,
		    struct err *e) MUST_USE;

struct hook_delivery {
	int64_t id, hook_id;
	const char *message, *body, *url;
	bool inside;
	unsigned char secret[HOOK_SECRET_SIZE];
	int attempts;     /* this one counted          */
	int64_t first_ms; /* when it was tried first   */
};

/* The next one that is due; `ret_found` false: none.  Of an address only the oldest: the order is
 * kept, and one that fails holds back those behind it.  It is put off before it is sent, so that a
 * sender that dies sends one twice at most, and none never. */
bool hook_claim(const struct act *act, struct hook_delivery *ret, bool *ret_found,
		struct err *e) MUST_USE;

enum hook_end { HOOK_END_SENT, HOOK_END_LATER, HOOK_END_GONE };

/* What became of the attempt that was claimed; harmless if another one has begun since.  After
 * HOOK_GIVE_UP_MS, or when it is gone, the address is turned off and the administrators are told;
 * what waits behind stays. */
bool hook_settle(const struct act *act, const struct hook_delivery *d, enum hook_end end,
		 int status, const char *problem, struct err *e) MUST_USE;

/* The sender is at work. */
bool hook_seen(const struct act *act, struct err *e) MUST_USE;

/* After so many attempts the next one waits so long: 5 s, 30 s, 2, 10, 30 min, 1, 2, 4, then 6 h.
 */
int64_t hook_pause_ms(int attempts);

enum { HOOK_GIVE_UP_MS = 5 * 24 * 60 * 60 * 1000 };
