/* clock.h - the server's clock, injected.
 *
 * Nothing below web/ and main.c reads the time: it is handed in with the
 * request, so that a test owns it.  `clock_now` is the one place that asks. */
#pragma once
#include "base/day.h"

struct clock {
	/* Milliseconds since 1970-01-01 UTC. */
	int64_t (*now_ms)(const struct clock *c);
	int64_t fixed_ms; /* what a fixed clock answers */
};

/* The machine's wall clock. */
struct clock clock_real(void);

/* A clock that stands still, for tests and demonstrations of a given day. */
struct clock clock_fixed(int64_t instant_ms);

int64_t clock_now(const struct clock *c);

/* Milliseconds that only ever grow, for measuring how long something took. */
int64_t clock_monotonic_ms(void);
