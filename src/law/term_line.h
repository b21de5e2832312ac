/* term_line.h - every term of a competition on one line (F6).  Pure.
 *
 * A term is done, kept or missed by the day on which it was done; what is not done is open, at risk
 * or missed by today.  A term whose beginning is not known yet waits. */
#pragma once
#include "law/terms.h"

/* In the order in which they end. */
enum term_kind {
	TERM_FILING,   /* applications or referrals                        */
	TERM_CHECK,    /* HR's check of all of them                        */
	TERM_SECURITY, /* own security's information, R15-1                */
	TERM_DOSSIER,  /* the dossiers reach the commission, R16-2         */
	TERM_INTERVIEW,
	TERM_NOTICE,  /* the candidates are told the decision             */
	TERM_MINUTES, /* the minutes are signed                           */
	TERM_COUNT
};

/* "filing", "check", ...: the end of the message key "term.<name>". */
const char *term_kind_name(enum term_kind kind);

enum term_state {
	TERM_WAITS, /* what it counts from has not been set             */
	TERM_OPEN,
	TERM_AT_RISK, /* not done, and its last day is near: TERM_RISK_DAYS */
	TERM_MISSED,  /* not done, and its last day has passed            */
	TERM_KEPT,
	TERM_LATE /* done after its last day                          */
};
enum { TERM_RISK_DAYS = 2 }; /* working days: ours, a hint and no rule */

/* "waits", "open", "at_risk", "missed", "kept", "late" */
const char *term_state_name(enum term_state state);

/* What is known; a day is valid if its flag is set. */
struct term_facts {
	day today;
	bool own_route;
	bool announced, planned, heard, decided; /* decided: at least one candidate */
	day announced_day, interview_day, heard_day, decided_day; /* decided_day: of the last */
	day filing_last;                                          /* as announced or prolonged   */
	bool done[TERM_COUNT]; /* all of it: every application checked, every dossier sent, ... */
	day done_day[TERM_COUNT];
};

struct term {
	enum term_kind kind;
	enum term_state state;
	const char *clause; /* of the rule set; "" if not known                       */
	const char *who;    /* must act: "candidate", "hr", "security", "secretary"   */
	day last;           /* valid unless it waits                                  */
	int left;           /* working days after today up to `last`; 0 when it is over */
	day from;           /* counted from this day, valid unless it waits           */
	int wanted;         /* working days from there; negative: back; 0: the day itself */
	bool assumed;       /* its length is a demonstration value                    */
};

/* Fills `ret` in the order of the enum.  False if a day lies outside what the calendar covers. */
bool term_line(const struct calendar *c, const struct rule_set *rules, const struct term_facts *f,
	       struct term ret[TERM_COUNT]) MUST_USE;

/* The days that were counted for a term, to be said in words; false if there are none. */
bool term_explain(const struct calendar *c, const struct term *t,
		  struct calendar_explanation *ret) MUST_USE;
