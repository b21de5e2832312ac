/* ear.h - what several processes over one database tell each other (db_notify()): that boards have
 * something new, and what the brakes have counted.
 *
 * A connection of its own, which the loop watches.  What is missed while it is lost is no harm:
 * boards are told to look when it is there again, and a brake forgets a little. */
#pragma once
#include "web/site.h"

#include <event2/event.h>

struct ear;

/* `live` is called when boards have something new.  A database that nobody else serves has no ear:
 * `ret` is NULL. */
bool ear_open(struct site *site, struct event_base *base, const char *database,
	      void (*live)(void *user), void *user, struct ear **ret, struct err *e) MUST_USE;

/* Once a second: tells the others what the brake has counted, and connects again.  NULL is fine. */
void ear_tick(struct ear *ear);

/* Whether what this process tells comes back to it, as to all others. */
bool ear_hears(const struct ear *ear);

void ear_close(struct ear *ear);
