/* watch.h - everything that watches a server: counters, the look at the database, the listener for
 * figures, each of the two on a thread of its own.  They are the site's from watch_open() to
 * watch_close(). */
#pragma once
#include "web/watch/scrape.h"

struct watch;

/* Counts, and listens, if options->address is not NULL.  Nothing is looked at yet. */
bool watch_open(struct event_base *base, struct site *site, const struct scrape_options *options,
		struct watch **ret, struct err *e) MUST_USE;

/* From here on the database is looked at: needs threads. */
bool watch_begin(struct watch *w, struct err *e) MUST_USE;
void watch_close(struct watch *w);
