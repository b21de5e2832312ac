/* destruction.h - the act that destroys records whose time is over (F74, ASVS 2.3.5).
 *
 * One officer of HR proposes it, with number, day and reason of the act; until another officer of
 * the same organ has carried it out from the own account, nothing happens.  Both prove once more
 * who they are, neither competes in that competition, and both see the same numbers of what goes.
 * When anything has come to the records since the proposal, or a complaint or an office holds them
 * again, the proposal cannot be carried out: the first looks anew.  Nobody answers after a week
 * (app/access/asking.h).  What an act takes, and when, is retention.h's.
 *
 * What goes of a competition takes the contents of the entries about proposals along; who proposed
 * and who answered stays in their headers, and all of it in the rows and the last entry. */
#pragma once
#include "app/evidence/retention.h"

enum { DESTRUCTION_NUMBER_MOST = 60, DESTRUCTION_REASON_MOST = 500 };

struct destruction_form {
	int64_t competition_id, person_id; /* one of them is 0 */
	const char *number;
	day day;
	const char *reason;
};

/* ERR_INPUT at "number", "reason", or at "day" "destruction.error.day" for one before the end of
 * the term or after today.  ERR_CONFLICT "retention.error.early", "running", "held" or "in_use",
 * "destroyed" as retention_of() says, "destruction.error.asked" while a proposal waits. */
bool destruction_propose(const struct act *act, const struct destruction_form *form,
			 int64_t *ret_id, struct err *e) MUST_USE;

/* The second officer carries it out, all in this transaction, or refuses and says why.  `ret_act`
 * is 0 for a refusal.  ERR_DENIED "destruction.error.same" for the first; ERR_CONFLICT
 * "destruction.error.over" when it waits no more, "destruction.error.changed" when the records are
 * not those of the proposal, and what destruction_propose() says of the time; ERR_INPUT at
 * "reason". */
bool destruction_answer(const struct act *act, int64_t id, bool yes, const char *reason,
			int64_t *ret_act, struct err *e) MUST_USE;

/* The first takes it back: ERR_DENIED "destruction.error.other" for anybody else. */
bool destruction_withdraw(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* ---- for pages, which read ------------------------------------------------------------------- */

/* What an act would take now: {group: rows}, with "entries" of the journal; in the arena. */
bool destruction_contents(const struct act *act, int64_t competition_id, int64_t person_id,
			  json_t **ret, struct err *e) MUST_USE;

struct destruction {
	json_t *row;       /* of destruction_proposal, NULL columns 0 */
	const char *organ; /* whose HR decides */
	struct retention kept;
	bool waits;
	bool changed; /* while it waits: the records are not those of the proposal */
	bool own;     /* it waits, and the person of the act has made it */
	bool answers; /* it waits for the person of the act              */
};

/* ERR_MISSING if there is none.  Asks for no right. */
bool destruction_load(const struct act *act, int64_t id, struct destruction *ret,
		      struct err *e) MUST_USE;

/* Those that wait for the person of the act: how many, and the oldest. */
bool destruction_waiting(const struct act *act, int64_t *ret_count, int64_t *ret_first,
			 struct err *e) MUST_USE;
