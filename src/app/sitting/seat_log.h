/* seat_log.h - the technical log of a seat: what happened to its page, and when.  Acts carry it
 * (rules.md section 4). */
#pragma once
#include "app/act.h"

/* `kind`: entered, gap, moved, stopped, resumed, extra (schema/0003_sitting.sql). */
bool seat_log_add(const struct act *act, int64_t attempt, const char *kind, int64_t length_ms,
		  struct err *e) MUST_USE;

/* The log so far and the clicks that did not count, as a JSON text for an act. */
bool seat_log_text(const struct act *act, int64_t attempt, const char **ret,
		   struct err *e) MUST_USE;
