/* terms.h - the terms of a competition (R15-1, R16-2, section 4 of rules.md).  Pure.
 *
 * All terms are in working days of the calendar.  False means that the answer lies outside
 * what the calendar covers. */
#pragma once
#include "law/calendar.h"
#include "law/rule_set.h"

/* Last day for applications: `days` working days after the day of the announcement. */
bool terms_filing_last(const struct calendar *c, day announced, int days, day *ret) MUST_USE;

/* Last day of HR's check after the filing term. */
bool terms_check_last(const struct calendar *c, const struct rule_set *rules, day filing_last,
		      day *ret) MUST_USE;

/* R15-1: last day for own security's information, R16-2: for the dossier.  They are the N-th
 * working day before the interview, which is still in time unless the rule set says that
 * nothing but the days before it is (PARAM_NTH_DAY_IN_TIME). */
bool terms_security_last(const struct calendar *c, const struct rule_set *rules, day interview,
			 day *ret) MUST_USE;
bool terms_dossier_last(const struct calendar *c, const struct rule_set *rules, day interview,
			day *ret) MUST_USE;

/* How many working days that is, counted back. */
int terms_security_days(const struct rule_set *rules);
int terms_dossier_days(const struct rule_set *rules);

/* The same with each day that was counted or skipped, to be said in words. */
bool terms_explain_security(const struct calendar *c, const struct rule_set *rules, day interview,
			    struct calendar_explanation *ret) MUST_USE;
bool terms_explain_dossier(const struct calendar *c, const struct rule_set *rules, day interview,
			   struct calendar_explanation *ret) MUST_USE;

/* Last day for the minutes to be signed, for the notice to be given. */
bool terms_minutes_last(const struct calendar *c, const struct rule_set *rules, day interview,
			day *ret) MUST_USE;
bool terms_notice_last(const struct calendar *c, const struct rule_set *rules, day decided,
		       day *ret) MUST_USE;

/* F84: last day to appeal against what was served on `served`: the same day so many months later,
 * or the last day of a shorter month; a day off gives way to the next working day.  False too
 * where the rule set does not tell the term. */
bool terms_appeal_last(const struct calendar *c, const struct rule_set *rules, day served,
		       day *ret) MUST_USE;

/* F63: last day to challenge a question of a test whose result was served on `served`.  False too
 * where the rule set does not tell the term. */
bool terms_challenge_last(const struct calendar *c, const struct rule_set *rules, day served,
			  day *ret) MUST_USE;

/* What was done already, over all candidates of the interview; where it was not, today counts,
 * for it cannot be done earlier. */
struct interview_facts {
	day today;
	bool security_received;
	day security_day; /* of the last one received */
	bool dossier_released;
	day dossier_day; /* of the last one released */
};

enum interview_fault {
	INTERVIEW_LAWFUL,
	INTERVIEW_PAST,     /* not after today                                      */
	INTERVIEW_DAY_OFF,  /* no working day: nothing is heard on a day off        */
	INTERVIEW_SECURITY, /* own security's information cannot be in time, R15-1  */
	INTERVIEW_DOSSIER,  /* the dossier cannot be in time, R16-2                 */
	INTERVIEW_CALENDAR  /* outside what the calendar covers                     */
};

struct interview_check {
	enum interview_fault fault;       /* the first, in the order of the enum      */
	bool security_late, dossier_late; /* each term by itself; both may be missed */
	day security_last, dossier_last;  /* for the proposed day; valid unless CALENDAR */
	bool has_nearest;
	day nearest; /* the first lawful day not before the proposed one             */
};

/* S4-20: whether the interview may be on `proposed`.  There is no override but another day.  What
 * is received or released must have been so on or before its last day; what is not yet must still
 * be possible today. */
struct interview_check terms_interview(const struct calendar *c, const struct rule_set *rules,
				       const struct interview_facts *facts, day proposed);

/* The refusal as an error: ERR_LAW, clause 15 or 16, "law.interview.security",
 * ".dossier", ".past", ".day_off", ".calendar"; `value` is the nearest day as text. */
bool terms_require_interview(const struct interview_check *check, struct err *e) MUST_USE;
