/* ask.h - a question of the thread that watches to the loop, which knows the answer and may be
 * busy: the thread waits as long as it likes, never the loop (docs/observe.md). */
#pragma once
#include "base/arena.h"

#include <event2/event.h>

/* Runs in the loop; the text lives in the arena. */
typedef const char *ask_fn(void *user, struct arena *a);

struct ask;

bool ask_open(struct event_base *loop, ask_fn *answer, void *user, struct ask **ret,
	      struct err *e) MUST_USE;
/* NULL is fine. */
void ask_close(struct ask *q);

/* From one other thread: the answer, in the arena; NULL if it has not come within `ms`. */
const char *ask_loop(struct ask *q, int ms, struct arena *a);

/* For how long the loop has owed an answer; 0: it owes none. */
int64_t ask_silent_ms(struct ask *q);
