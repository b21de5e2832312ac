/* screening.h - signs in the answers of a sitting that they may not be a candidate's own work
 * (F67).
 *
 * exam/screening.h has the figures.  A signal says that honest candidates seldom look like this.
 * It changes no result: a person looks at the record of the sitting and the seat's log, speaks
 * with those concerned, and notes what came of it.
 *
 * Screening is for HR of the competition's organ, after the sitting is closed; candidates stand
 * under their codes (F9).  Those are looked at whose results stand (figures.h). */
#pragma once
#include "app/act.h"
#include "exam/screening.h"

/* Kinds of a signal.  fast: too many answers too fast, or too many one after the other; known: at
 * least as many as such a run are fast, and right more often than a guess; neighbours, pair: two
 * answer too much alike, or at the same time. */
#define SCREENING_FAST       "fast"
#define SCREENING_KNOWN      "known"
#define SCREENING_NEIGHBOURS "neighbours"
#define SCREENING_PAIR       "pair"

/* The settings of this installation; the table screening_setting begins with our own values. */
bool screening_rules(const struct act *act, struct screening_rules *ret, struct err *e) MUST_USE;

/* The system.  One setting by its name.  ERR_INPUT "screening.error.setting" for one that does not
 * exist, or a value out of its bounds. */
bool screening_set(const struct act *act, const char *name, int64_t value, struct err *e) MUST_USE;

/* Reads only, so a worker can do it: {attempts, judged, pairs, neighbours, settings {..}, signals
 * [{kind, a, b, figures {..}}]}; `b` is 0 of one candidate.  Lives in the act's arena.
 * ERR_CONFLICT "screening.error.not_closed" before the end of the sitting. */
bool screening_find(const struct act *act, int64_t sitting, json_t **ret, struct err *e) MUST_USE;

/* Keeps what was found.  Signals that nobody has judged yet are replaced, judged ones stay. */
bool screening_keep(const struct act *act, int64_t sitting, const json_t *found,
		    struct err *e) MUST_USE;

struct screening_outcome {
	const char *state;        /* "nothing", "act", "passed" */
	bool record, log, spoken; /* what the person looked at */
	const char *reason;
	int64_t act; /* of "act": the act of a breach that was drawn up in this sitting */
};

/* What came of a signal; once.  ERR_INPUT at "looked" if nothing was looked at, at "reason" without
 * one, at "act" unless it is an act about one of the candidates of the signal; ERR_CONFLICT
 * "screening.error.settled". */
bool screening_settle(const struct act *act, int64_t signal,
		      const struct screening_outcome *outcome, struct err *e) MUST_USE;
