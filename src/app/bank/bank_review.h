/* bank_review.h - how a question comes into use and out of it again (F23, F24, F25).
 *
 * Whoever wrote a revision since the last approval, its Kazakh reviewer, its Russian reviewer and
 * who approves it are four different people. */
#pragma once
#include "app/bank/bank_item.h"

/* Authors.  Sends a draft to review.  ERR_CONFLICT "bank.error.state" if it is no draft,
 * "bank.error.language" if a language is missing. */
bool bank_send(const struct act *act, int64_t id, struct err *e) MUST_USE;

struct bank_verdict {
	int64_t revision; /* that was read: ERR_CONFLICT "bank.error.changed" if it is not the
			     newest */
	bool agreed;
	const char *reason; /* needed to return: ERR_INPUT at "reason" */
};

/* Reviewers.  `language` is "kk" or "ru": the text is right, and says what the other says (F24).
 * Returned, it is a draft again.  ERR_CONFLICT "bank.error.state", "bank.error.signed",
 * "bank.error.same_person". */
bool bank_sign(const struct act *act, int64_t id, const char *language,
	       const struct bank_verdict *verdict, struct err *e) MUST_USE;

/* Approvers.  The version comes into use and takes the place of the one before.  ERR_CONFLICT
 * "bank.error.unsigned" before both languages are signed; as bank_bar_newest()
 * (app/bank/bank_bar.h) if it was checked against an old text of its act or has a key that was
 * found wrong (F23, F62); and as bank_sign(). */
bool bank_approve(const struct act *act, int64_t id, const struct bank_verdict *verdict,
		  struct err *e) MUST_USE;

/* What holds a question that is in use. */
#define BANK_HOLD_ACT       "act"     /* its act has another text          */
#define BANK_HOLD_OFFICER   "officer" /* an approver, with a reason        */
#define BANK_HOLD_FIGURES   "figures" /* it works differently in the languages: DIF class C (F66) */
#define BANK_HOLD_CHALLENGE "challenge" /* its key was wrong (F62)           */

/* Approvers.  No new form has it until it is released.  ERR_CONFLICT "bank.error.state" if it is
 * not in use. */
bool bank_hold(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* Holds it in the name of the caller, who has checked right and state and is in a transaction. */
bool bank_hold_for(const struct act *act, int64_t id, const char *kind, const char *reason,
		   struct err *e) MUST_USE;

/* Approvers.  Back into use as it is.  ERR_CONFLICT "bank.error.state"; and, whatever the last hold
 * was for, as bank_bar_version() (app/bank/bank_bar.h): "bank.error.act_changed" if its act has
 * changed: then only a revision checked against the new text helps (F23);
 * "bank.error.key_corrected" after a challenge: then only another key or other words do (F62). */
bool bank_release(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* Approvers.  Out of use for ever; forms that had it keep it. */
bool bank_retire(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;
