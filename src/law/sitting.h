/* sitting.h - where and when a test sitting may be held (R28-1 to R28-3).  Pure. */
#pragma once
#include "law/rule_set.h"

/* R28-1: ERR_LAW, clause 28, "law.sitting.hall", unless the kind of hall is allowed. */
bool sitting_require_hall(const struct rule_set *rules, const char *hall_kind, struct err *e)
	MUST_USE;

/* R28-2: Kazakh or Russian.  ERR_LAW, clause 28, "law.sitting.language". */
bool sitting_require_language(const char *language, struct err *e) MUST_USE;

/* How the gate of the record stands; codes "", "confirmed", "switched_off" of the database. */
enum recording { RECORDING_NONE, RECORDING_CONFIRMED, RECORDING_SWITCHED_OFF };
enum recording recording_of(const char *code);

/* R28-3: a sitting cannot start until the record is confirmed.  The switch exists for
 * demonstration rule sets alone.  ERR_LAW, clause 28, "law.sitting.recording" or
 * "law.sitting.recording_switch". */
bool sitting_require_recording(const struct rule_set *rules, enum recording recording,
			       struct err *e) MUST_USE;
