/* worker.h - threads for what takes longer than a turn may: Argon2id, PDF, exports.
 *
 * Each has a connection of its own that cannot write.  A call that has gone through
 * call_slow() comes back by a file descriptor that the loop watches; `read_lost` if the database
 * was away: then it has not gone through it. */
#pragma once
#include "web/http/call.h"

enum { WORKERS_MOST = 8, WORKER_QUEUE_MOST = 256 };

struct workers;

bool workers_open(const char *database, int count, struct workers **ret, struct err *e) MUST_USE;

/* Finishes what is queued, then ends the threads.  NULL is fine. */
void workers_close(struct workers *w);

/* False when too many wait. */
bool workers_give(struct workers *w, struct call *c) MUST_USE;

/* Calls that are with them: given, and not taken yet. */
size_t workers_inside(struct workers *w);

/* Readable when there is something to take. */
int workers_descriptor(const struct workers *w);

/* A call that is done, or NULL. */
struct call *workers_take(struct workers *w);
