/* measure.h - what the database tells about the service: queues, sittings, copies, the journal.
 *
 * Reads alone, on a connection of its own, every few seconds: never in the loop (probe.h). */
#pragma once
#include "base/clock.h"
#include "db/db.h"
#include "db/state.h"
#include "web/watch/openmetrics.h"

enum { MEASURES_MOST = 48 };

struct measured {
	bool known[MEASURES_MOST];
	int64_t value[MEASURES_MOST];
	struct db_state state;
};

/* As of `now_ms` by the service's clock.  What there is none of (no copy yet) is not known. */
bool measure(struct db *db, int64_t now_ms, const struct db_state *state, struct measured *ret,
	     struct err *e) MUST_USE;

void measured_print(const struct measured *m, struct buf *out);
