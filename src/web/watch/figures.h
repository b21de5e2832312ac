/* figures.h - what the loop counts about itself; /metrics shows it (docs/observe.md).
 *
 * Belongs to the loop's thread; no locks.  Nothing here grows with what people send: routes are
 * counted by class, statuses by what we answer.  Every function takes NULL, which counts nothing.
 */
#pragma once
#include "web/http/call.h"
#include "web/watch/openmetrics.h"

struct figures;

struct figures *figures_new(void);
void figures_free(struct figures *f);

/* An answer is on its way; with site->log_requests it is a line of the log too. */
void figures_answered(struct site *site, const struct call *c);

/* A turn begins, of so many calls, some of which write. */
void figures_turn(struct figures *f, size_t calls, size_t writers);

/* It is over: the loop did nothing else so long. */
void figures_turn_over(struct figures *f, int64_t took_us);

/* Its commit took so long. */
void figures_commit(struct figures *f, int64_t took_us, bool done);

/* A commit whose answer did not come was asked for: whether that is known now, and what it is. */
void figures_settled(struct figures *f, bool known, bool stored);

/* What was done flat had to be done again (web/http/turn.h). */
void figures_again(struct figures *f);

/* Turns since the start: by this number a line of the log finds its turn. */
int64_t figures_turns(const struct figures *f);

void figures_print(const struct figures *f, struct buf *out);
