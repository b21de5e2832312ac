/* sitting.h - where and when a test sitting may be held (R28-1 to R28-3), and when an
 * interview may begin (R47-1, R47-2).  Pure. */
#pragma once
#include "law/rule_set.h"

/* R28-1: ERR_LAW, clause 28, "law.sitting.hall", unless the kind of hall is allowed. */
bool sitting_require_hall(const struct rule_set *rules, const char *hall_kind,
			  struct err *e) MUST_USE;

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

/* R28-3: whether a sitting may be recorded so: "seats" and "hall" by this installation, "outside"
 * by other equipment, on the operator's word.  That word counts only where the installation cannot
 * record (`records` is false), or where the rule set has the switch.  ERR_LAW, clause 28,
 * "law.sitting.record". */
bool sitting_require_record(const struct rule_set *rules, const char *record, bool records,
			    struct err *e) MUST_USE;

/* R28-3: every source that has to be recorded is, by files that grow: `missing` are not.  ERR_LAW,
 * clause 28, "law.sitting.sources". */
bool sitting_require_sources(size_t missing, struct err *e) MUST_USE;

/* R47-1: the same for the sound of an interview.  ERR_LAW, clause 47, "law.interview.recording". */
bool interview_require_recording(size_t missing, struct err *e) MUST_USE;

/* R47-1: an interview that other equipment records, on the secretary's word: demonstration rule
 * sets alone.  ERR_LAW, clause 47, "law.interview.outside". */
bool interview_require_outside(const struct rule_set *rules, struct err *e) MUST_USE;

/* R47-1, R47-2: the interview goes with a technical record, of which the candidate is told at
 * the start: `warned` before the first question.  ERR_LAW, clause 47, "law.interview.warning". */
bool interview_require_warning(bool warned, struct err *e) MUST_USE;

/* Section 4 of rules.md: what follows when the clock has stood still for a technical failure. */
enum failure_outcome {
	FAILURE_GO_ON,   /* the same variant goes on, the answers stay        */
	FAILURE_NEW_DATE /* an act is drawn up; a new date with a new variant */
};
enum failure_outcome sitting_after_failure(const struct rule_set *rules, int64_t stood_still_ms);

/* A second test in the same competition.  ERR_LAW, clause 36, "law.sitting.repeat", unless the
 * rule set allows it. */
bool sitting_require_first(const struct rule_set *rules, int attempts, struct err *e) MUST_USE;

/* Late or absent: not admitted; a new date only for a documented valid reason.  ERR_LAW,
 * clause 28, "law.sitting.late". */
bool sitting_require_new_date(const struct rule_set *rules, bool valid_reason,
			      struct err *e) MUST_USE;
