/* service_clock.h - the time that counts: no jump of the wall clock and no restart moves it (F51).
 *
 * The service's clock is a line: an instant at which it was anchored, and how long the machine has
 * run since.  The anchor is a row of the database, so that a restarted process goes on along the
 * same line.  After a restart of the machine there is a new line, from the wall clock; while an
 * attempt is under way it does not begin before the newest entry of the journal, as that would give
 * time back.  A wall clock that came up ahead after that cannot be told from a long pause: machines
 * take their time from NTP before a sitting (docs/clock.md).
 *
 * Several machines over one database have a line each.  They agree as far as their wall clocks do,
 * when nobody is at a test; during one a machine whose line is off is not ready (docs/nodes.md).
 *
 * When line and wall clock differ by more than CLOCK_DEVIATION_MS the line is set anew, ahead or
 * back, but only while no attempt is under way; that is journalled ("clock.set"). */
#pragma once
#include "app/act.h"
#include "base/clock.h"

enum { CLOCK_DEVIATION_MS = 500 };

/* What the machine's clocks say at one moment. */
struct clock_reading {
	char boot_id[BOOT_ID_SIZE];
	int64_t since_boot_ms, wall_ms;
};

void service_clock_read(struct clock_reading *ret);

/* The clock to go by; anchors it if this start of the machine has no anchor yet. */
bool service_clock_open(struct db *db, const struct clock_reading *now, struct clock *ret,
			struct err *e) MUST_USE;

/* The instant by the line of this start of the machine, or by the wall clock if it has none: for
 * the command line beside a running server. */
bool service_clock_instant(struct db *db, const struct clock_reading *now, int64_t *ret_ms,
			   struct err *e) MUST_USE;

/* Sets `clock` anew if it is off and nobody is at a test; else leaves it and logs how far off it is
 * once for each new deviation: `told_ms` is the caller's, 0 at first. */
bool service_clock_keep(const struct act *act, const struct clock_reading *now, struct clock *clock,
			int64_t *told_ms, struct err *e) MUST_USE;

/* How far the wall clock is ahead of the line of this start of the machine; 0 if it has none.
 * For `konkurs check`. */
bool service_clock_deviation(struct db *db, const struct clock_reading *now, int64_t *ret_ms,
			     struct err *e) MUST_USE;
