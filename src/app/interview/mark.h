/* mark.h - the notes and marks of the commission's members (F81).
 *
 * Notes are a member's own: nobody else ever reads them, and no journal holds them.  Marks, one for
 * each criterion of R5-1 on the scale of the rule set, are an aid that decides nothing.  They are
 * sealed when they are entered - the journal holds SHA-256(salt || content) from that moment, so
 * that nobody changes them, and the member does not either - and are opened to all at once when
 * every member who is present and may vote has entered, or has given the secretary a reason.  At
 * the opening every commitment is checked against the journal, which from then on holds the marks
 * themselves; one that does not fit keeps all of them closed and is shown. */
#pragma once
#include "app/interview/interview.h"
#include "law/mark.h"

/* Chair and members, until the interview is closed; not in a conflict (ERR_DENIED
 * "conflict.error.view").  An empty text takes the note away. */
bool note_write(const struct act *act, int64_t application_id, const char *text,
		struct err *e) MUST_USE;

/* This member's own note, "" for none. */
bool note_read(const struct act *act, int64_t application_id, const char **ret,
	       struct err *e) MUST_USE;

/* `values` holds "criterion=mark", each criterion once: ERR_INPUT at "marks".  ERR_LAW, clause 41,
 * "mark.error.not_member" for secretary and invited; ERR_LAW "vote.error.conflicted",
 * "mark.error.absent", "mark.error.not_heard" before the hearing has begun; ERR_CONFLICT
 * "mark.error.twice", "mark.error.opened", "vote.error.decided", "mark.error.none" where the rule
 * set has no marks. */
bool mark_enter(const struct act *act, int64_t application_id, const json_t *values,
		struct err *e) MUST_USE;

/* The secretary notes why a member who is present has no marks.  ERR_INPUT at "reason";
 * ERR_CONFLICT "mark.error.twice" for who has entered, "mark.error.opened"; ERR_MISSING for who is
 * not waited for. */
bool mark_excuse(const struct act *act, int64_t application_id, int64_t member_id,
		 const char *reason, struct err *e) MUST_USE;

/* Opens the marks of every candidate of the interview for whom nobody is waited for any more. Every
 * use case after which that may be so calls it, in its transaction. */
bool mark_settle(const struct act *act, const struct interview *i, struct err *e) MUST_USE;

/* How the marks of a candidate stand: MARK_READY without an opening means that a commitment does
 * not fit. */
bool mark_stand(const struct act *act, const struct interview *i, int64_t application_id,
		enum mark_state *ret, bool *ret_opened, struct err *e) MUST_USE;

/* {state ("none", "sealed", "opened", "broken"), opened_ms, rows [{member_id, name, role, state
 * ("marked", "waiting", "excused", "conflict", "absent"), reason, values}]}: `values` is null until
 * the opening, then a list of marks in the order of the criteria. */
bool mark_read(const struct act *act, const struct interview *i, int64_t application_id,
	       json_t **ret, struct err *e) MUST_USE;

/* Whether each mark of a candidate is the one to which the journal committed when it was entered.
 */
bool mark_fits(const struct act *act, int64_t application_id, bool *ret, struct err *e) MUST_USE;
