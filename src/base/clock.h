/* clock.h - the server's clock, injected.
 *
 * Nothing below web/ and main.c reads the time: it is handed in with the
 * request, so that a test owns it.  `clock_now` is the one place that asks. */
#pragma once
#include "base/day.h"

struct clock {
	/* Milliseconds since 1970-01-01 UTC. */
	int64_t (*now_ms)(const struct clock *c);
	int64_t fixed_ms;      /* what a fixed clock answers; where a line began */
	int64_t since_boot_ms; /* when a line began                              */
};

/* The machine's wall clock. */
struct clock clock_real(void);

/* A clock that stands still, for tests and demonstrations of a given day. */
struct clock clock_fixed(int64_t instant_ms);

/* A clock that was at `instant_ms` when the machine had run for `since_boot_ms`, and goes on with
 * that: setting the wall clock does not move it (F51). */
struct clock clock_line(int64_t instant_ms, int64_t since_boot_ms);

/* How long the machine has run, sleep included: CLOCK_BOOTTIME. */
int64_t clock_since_boot_ms(void);

/* Tells one start of the machine from another; "" if the kernel does not say. */
enum { BOOT_ID_SIZE = 37 };
void clock_boot_id(char ret[BOOT_ID_SIZE]);

int64_t clock_now(const struct clock *c);

/* Milliseconds that only ever grow, for measuring how long something took. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
