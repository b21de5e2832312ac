/* scrape.h - /metrics, on an address of its own: for a scraper on the closed network, never on the
 * port that people use (docs/observe.md).
 *
 * Plain HTTP without sessions; nothing but GET and HEAD of /metrics, /readyz and /healthz.  Shows
 * figures and names of checks, nothing of anybody.
 *
 * It is served by a thread of its own (watch.c): a loop that waits for a database that stands still
 * knows its figures, but cannot tell them; then there are those that others know. */
#pragma once
#include "web/site.h"
#include "web/watch/ask.h"

#include <event2/event.h>

/* What the server knows at this moment. */
struct scrape_gauges {
	size_t queued;      /* requests that wait for a turn            */
	int64_t arrived_us; /* the oldest of them, monotonic; 0 none   */
	size_t held;        /* until the database is there again       */
	size_t slow;        /* requests and jobs with the workers       */
	size_t inside;      /* without an answer on its way             */
	size_t unsent;      /* answers that are not with the kernel yet */
	size_t connections;
	int connections_most; /* 0: no limit */
};
typedef void scrape_gauges_fn(void *user, struct scrape_gauges *ret);

struct scrape_options {
	const char *address;
	uint16_t port;
	const char *database; /* a file: how much room is on its disk; a server: not shown */
	scrape_gauges_fn *gauges;
	void *user;
};

struct scrape;

enum {
	SCRAPE_WAIT_MS = 500,        /* for the loop                                          */
	SCRAPE_SERVES_MS = 2 * 1000, /* a loop that is silent for longer is not ready          */
	SCRAPE_LIVES_MS =
		30 * 1000 /* and for longer than this the process is to be started again */
};

/* Listens; served by the loop of `base`, while `loop` answers for the server's with scrape_text().
 * Everything is borrowed; site->figures must be there. */
bool scrape_open(struct event_base *base, struct site *site, const struct scrape_options *options,
		 struct ask *loop, struct scrape **ret, struct err *e) MUST_USE;
void scrape_close(struct scrape *s);

/* The whole text, by the server's loop. */
const char *scrape_text(const struct site *site, const struct scrape_options *options,
			struct arena *a);

/* process.c: memory, descriptors, processor time of this process; room on the disk. */
void scrape_process(const char *database, struct buf *out);
