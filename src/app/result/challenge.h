/* challenge.h - a candidate challenges a question of the own test, with grounds (F63).
 *
 * One for each question and person.  From the end of the test, in the hall at once, until the term
 * of the rule set that begins when the notice of the result is served (PARAM_CHALLENGE_DAYS).
 *
 * States: open -> decided | withdrawn.  What HR entered from a paper is "entered" until a second
 * officer has compared it, or "returned" to be entered again (F17).  What decides is a finding
 * about the version of the question, for everybody who challenged it (app/result/finding.h).
 *
 * The journal tells of a challenge under "challenge/ID", never under the application: officials
 * know codes alone until the names are opened (F9). */
#pragma once
#include "app/competition/competition.h"
#include "exam/item.h"

/* Whether questions of an attempt may be challenged today. */
struct challenge_term {
	const char
		*shut; /* NULL: they may; else the key of the refusal, "challenge.error.late" .. */
	bool has_last; /* the notice of the result is served, so the term runs               */
	day last;
};
bool challenge_term(const struct act *act, int64_t attempt_id, struct challenge_term *ret,
		    struct err *e) MUST_USE;

/* A question of an attempt, and whose it is. */
struct challenged {
	int64_t attempt_id, number, item_id, application_id, person_id, competition_id;
	const char *organ, *code;
};

/* The person's own: another's is ERR_MISSING. */
bool challenge_own_question(const struct act *act, int64_t attempt_id, int64_t number,
			    struct challenged *ret, struct err *e) MUST_USE;

/* The candidate reads an own question again, within the term: journalled.  ERR_CONFLICT with the
 * key of the term outside of it. */
bool challenge_look(const struct act *act, int64_t attempt_id, int64_t number,
		    struct err *e) MUST_USE;

/* Whether the person has looked at this question before, as the journal tells. */
bool challenge_looked(const struct act *act, int64_t attempt_id, int64_t number, bool *ret,
		      struct err *e) MUST_USE;

/* The words of a question; the one door to them from here.  The caller has journalled the view. */
bool challenge_words(const struct act *act, int64_t attempt_id, int64_t number,
		     struct item_text *ret_kk, struct item_text *ret_ru, struct err *e) MUST_USE;

/* The candidate.  `basis`: act and article relied on, or "".  HR is told.  ERR_INPUT at "grounds";
 * ERR_CONFLICT "challenge.error.twice", or the key of the term. */
bool challenge_file(const struct act *act, int64_t attempt_id, int64_t number, const char *grounds,
		    const char *basis, int64_t *ret_id, struct err *e) MUST_USE;

/* What a candidate has handed in on paper. */
struct challenge_paper {
	const char *code;  /* of the attempt: HR need not know whose it is (F9) */
	int64_t number;    /* of the question                                    */
	const char *paper; /* its number at HR's                                 */
	day day;           /* on which it came: the term is kept by that day     */
	const char *grounds, *basis;
};

/* HR of the organ.  ERR_INPUT at "code", "number", "paper", "day", "grounds"; what was returned
 * may be entered again. */
bool challenge_enter(const struct act *act, const struct challenge_paper *paper, int64_t *ret_id,
		     struct err *e) MUST_USE;

/* Another officer of HR has compared it with the paper: it is open, or goes back.  ERR_CONFLICT
 * "challenge.error.same_person", "challenge.error.state". */
bool challenge_compare(const struct act *act, int64_t id, bool agreed, struct err *e) MUST_USE;

/* The candidate takes an open one back; it stays on record.  ERR_CONFLICT "challenge.error.state"
 * once it is decided. */
bool challenge_withdraw(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* In which capacities the person may read it; ERR_MISSING in none.  Whoever had the version on a
 * form of the own test is no expert on it. */
struct challenge_reader {
	bool own, hr, auditor, expert;
};
bool challenge_may_read(const struct act *act, int64_t id, struct challenge_reader *ret,
			struct err *e) MUST_USE;
