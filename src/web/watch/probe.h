/* probe.h - looks at the database every second, on a thread and a connection of its own, so that
 * neither the loop nor a worker ever waits for a database that does not answer.
 *
 * What was seen is read by the loop: for /readyz, and, with `measure`, for /metrics. */
#pragma once
#include "web/site.h"
#include "web/watch/measure.h"

enum { PROBE_EVERY_MS = 1000, MEASURE_EVERY_MS = 10 * 1000 };

/* One look. */
struct probe_seen {
	bool reached;  /* it answered                                   */
	bool writable; /* and is the primary                            */
	bool schema;   /* every migration of this program, and newer ones that bear it */
	bool ours;     /* of this installation: its key is the site's   */
	/* How far apart are the service's clock, the machine's and the database's; 0 unknown. */
	int64_t deviation_ms, database_deviation_ms;
	/* How far the service's clock here is ahead of that of the node furthest from it, and
	 * whether it is this one that is wrong, in several looks: clocks.h. */
	int64_t nodes_deviation_ms;
	bool astray;
	int64_t took_us;
};

struct probe_options {
	const char *database;
	unsigned char key[SITE_KEY_SIZE]; /* site->key */
	struct clock clock;               /* site->clock; probe_clock() says when it was set */
	bool clock_kept;                  /* it goes with the machine's                   */
	bool measure;
	const char *node; /* its name among others; "" none   */
};

/* Looks once before it returns, then goes on by itself. */
bool probe_open(const struct probe_options *options, struct probe **ret, struct err *e) MUST_USE;
void probe_close(struct probe *p);

void probe_clock(struct probe *p, const struct clock *clock);

/* The newest look, and how old it is by the monotonic clock. */
void probe_read(struct probe *p, struct probe_seen *ret, int64_t *ret_age_ms);

/* False before the first measurement. */
bool probe_measured(struct probe *p, struct measured *ret);

/* One look on a connection of the caller's, without the clocks of other nodes. */
bool probe_look(struct db *db, const struct probe_options *options, struct probe_seen *ret,
		struct db_state *ret_state, struct err *e) MUST_USE;
