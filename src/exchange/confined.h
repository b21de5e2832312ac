/* confined.h - exchange_read() in a process that can do nothing else (F26).
 *
 * Whoever takes the readers over by a hostile file finds no file, no network, no other process and
 * no new descriptor: the process may take memory, and write what it has read to one pipe.  What
 * comes back is a plain row of texts and numbers (wire.h) of which nothing is believed.
 *
 * base/confine.h says how the process comes about; it is `konkurs read-questions`. */
#pragma once
#include "exchange/exchange.h"

enum { EXCHANGE_WALL_MS = 60000 };

/* As exchange_read(), and on any thread.  ERR_INPUT at "file" "exchange.error.broken" if reading
 * ends the process, "exchange.error.effort" if it takes longer than EXCHANGE_WALL_MS or too much
 * memory; ERR_SYSTEM if there is no process to be had. */
bool exchange_read_confined(struct arena *a, const void *bytes, size_t size,
			    const struct exchange_options *options, struct exchange_set *ret,
			    struct err *e) MUST_USE;

/* The same with another limit of time. */
bool exchange_read_within(struct arena *a, const void *bytes, size_t size,
			  const struct exchange_options *options, int64_t most_ms,
			  struct exchange_set *ret, struct err *e) MUST_USE;

/* ---- the process itself ---------------------------------------------------------------------- */

/* Leaves it only what reading takes; for good. */
bool exchange_confine(void) MUST_USE;

/* Reads descriptor 0, writes the set to 1; its exit status. */
int exchange_child(const struct exchange_options *options) MUST_USE;
