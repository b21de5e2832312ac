/* minutes.h - the minutes of an interview: their text, their number, their signatures (R47-1,
 * section 4 of rules.md).
 *
 * The text is a record of rows, the same for every language.  It is frozen, with its SHA-256, when
 * the secretary gives the minutes their number; from then on nothing that happens to rows changes
 * it.  The members who were present and the secretary sign that hash, each from his or her own
 * account, within PARAM_MINUTES_DAYS working days of the close; who disagrees signs with an opinion
 * of one's own.  Until all have signed the competition cannot be closed
 * (app/competition/closing.h).
 *
 * Minutes of before this was built have no frozen text: they were signed on paper. */
#pragma once
#include "app/interview/interview.h"

struct minutes {
	bool numbered;
	bool frozen;               /* numbered, and has a text whose hash is right  */
	bool broken;               /* numbered, but the text is not that of the hash */
	const char *number, *hash; /* "" before                       */
	int64_t numbered_ms;
	json_t *record; /* frozen, or as it would be now */
};

/* The record as it stands now:
 *   {interview {id, state, place, start_ms, started_ms, closed_ms, ordering}, order {order_number,
 *    order_day}, orders [{number, day, changes [{what, name, role, kind}]}],
 *    people [{id, name, role, kind, organ, position_kk, position_ru, present, left_ms}],
 *    candidates [{application_id, turn, name, withdrawn, warned_ms, started_ms, ended_ms,
 * questions, opinions, marks, roll, decision}]} with codes for organs and positions in both
 * languages.  Lives in act->arena. */
bool minutes_record(const struct act *act, const struct interview *i, json_t **ret,
		    struct err *e) MUST_USE;

bool minutes_load(const struct act *act, const struct interview *i, struct minutes *ret,
		  struct err *e) MUST_USE;

/* The secretary gives the minutes of a closed interview their number, once; the text is frozen and
 * those who have to sign are told.  ERR_INPUT at "number" if empty; ERR_CONFLICT
 * "interview.error.not_closed", "interview.error.numbered". */
bool minutes_number(const struct act *act, int64_t interview_id, const char *number,
		    struct err *e) MUST_USE;

/* One signs what one has read: `hash` is that of the page.  `dissent` is an opinion of one's own,
 * "" for none.  ERR_DENIED "minutes.error.not_signer"; ERR_CONFLICT "minutes.error.unnumbered",
 * "minutes.error.signed", "minutes.error.changed" if the hash is not that of the frozen text. */
bool minutes_sign(const struct act *act, int64_t interview_id, const char *hash,
		  const char *dissent, struct err *e) MUST_USE;

/* By when the minutes of a closed interview are signed, and how many working days after today are
 * left up to then; false if the calendar does not reach so far. */
bool minutes_term(const struct act *act, const struct interview *i, int64_t closed_ms,
		  day *ret_last, int *ret_left);

/* The job of every day, by the system: who has not signed is reminded once a day, and the secretary
 * of an interview that is closed and has no numbered minutes.  Running it again on a day sends
 * nothing.
 */
bool minutes_remind(const struct act *act, struct err *e) MUST_USE;

/* The same for one interview, on demand of its secretary or of HR.  `ret_told` may be NULL. */
bool minutes_remind_one(const struct act *act, int64_t interview_id, int64_t *ret_told,
			struct err *e) MUST_USE;
