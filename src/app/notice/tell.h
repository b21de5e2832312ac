/* tell.h - who is told what at each step of a competition (F84).
 *
 * Each is called in the transaction of its step, after the rows of it: nobody is told what did not
 * happen.  No notice tells what its reader may not see: members and officers get no names, nor does
 * anybody hear what own security or a study found.  Whoever acts is not told of the own act. */
#pragma once
#include "app/competition/competition.h"

/* ---- the application ---- */

/* The candidate: sent, with its receipt (F15). */
bool tell_received(const struct act *act, const struct competition *c, int64_t application_id,
		   const char *receipt, struct err *e) MUST_USE;

/* The candidate: what is missing, and until when it can be mended by sending it again. */
bool tell_incomplete(const struct act *act, const struct competition *c, int64_t application_id,
		     const char *note, struct err *e) MUST_USE;

/* The candidate and HR. */
bool tell_withdrawn(const struct act *act, const struct competition *c, int64_t application_id,
		    struct err *e) MUST_USE;

/* R13-1: the candidate; when met the officers of both studies (on the route of other bodies they
 * are held elsewhere, R23-1), and the sittings that are open.  A refusal carries its reason. */
bool tell_met(const struct act *act, const struct competition *c, int64_t application_id,
	      struct err *e) MUST_USE;
bool tell_refused(const struct act *act, const struct competition *c, int64_t application_id,
		  const char *reason, struct err *e) MUST_USE;

/* ---- own security (R14-1, R15-1): a list has come; information has come, not what it says ---- */
bool tell_security_list(const struct act *act, const struct competition *c, const char *number,
			int64_t count, struct err *e) MUST_USE;
bool tell_security_informed(const struct act *act, const struct competition *c,
			    int64_t application_id, struct err *e) MUST_USE;

/* ---- the test ---- */

/* R28-1: everybody admitted who has no attempt yet is called to this sitting ("test.called"), or
 * told its new hour ("test.moved"), or that it does not take place ("test.cancelled"). */
bool tell_sitting(const struct act *act, const struct competition *c, int64_t sitting_id,
		  const char *kind, struct err *e) MUST_USE;

/* R44-2, F9: results of a sitting whose names are open. */
bool tell_results(const struct act *act, const struct competition *c, int64_t sitting_id,
		  struct err *e) MUST_USE;

/* Section 4: "test.annulled" after a breach, "test.void" after a failure that took too long. */
bool tell_attempt(const struct act *act, const struct competition *c, int64_t attempt_id,
		  const char *kind, struct err *e) MUST_USE;

/* F63: HR that a question is challenged; the candidate that it is decided (no figure, no name). */
bool tell_challenge(const struct act *act, const struct competition *c, int64_t challenge_id,
		    struct err *e) MUST_USE;
bool tell_challenge_decided(const struct act *act, const struct competition *c,
			    int64_t application_id, int64_t challenge_id, struct err *e) MUST_USE;

/* F62: the candidate whose result was corrected; HR and the secretary that some were. */
bool tell_corrected(const struct act *act, const struct competition *c, int64_t application_id,
		    int64_t attempt_id, struct err *e) MUST_USE;
bool tell_correction(const struct act *act, const struct competition *c, struct err *e) MUST_USE;

/* ---- commission, interview, decision ---- */
bool tell_commission(const struct act *act, const struct competition *c, int64_t commission_id,
		     struct err *e) MUST_USE;

/* R16-2: the members without a conflict of interest; one unread notice is enough for many. */
bool tell_dossier(const struct act *act, const struct competition *c, int64_t application_id,
		  struct err *e) MUST_USE;

/* Whoever is to be heard and does not know this hour and place yet, as an invitation or as a move;
 * and the commission. */
bool tell_interview(const struct act *act, const struct competition *c, struct err *e) MUST_USE;

/* "decision.positive", "decision.negative": what TERM_NOTICE of law/term_line.h waits for. */
bool tell_decision(const struct act *act, const struct competition *c, int64_t application_id,
		   const char *outcome, struct err *e) MUST_USE;

/* ---- the competition ---- */

/* HR of the organ; a second competition also the accounts of the bodies on today's list (L33). */
bool tell_announced(const struct act *act, const struct competition *c, struct err *e) MUST_USE;

/* All candidates: that it is over, or that it gave nobody a positive conclusion. */
bool tell_closed(const struct act *act, const struct competition *c, struct err *e) MUST_USE;
