/* rule_set.h - the Rules as data: what a competition runs under (O-4).
 *
 * A rule set is read from rules/order-118/ by rules/ and never changes; a competition keeps
 * for life the one in force on the day it was announced.  All texts are borrowed from the
 * arena of the reader.  What the published text does not tell is a parameter marked `assumed`:
 * it works in a demonstration and keeps a real competition from opening (F2). */
#pragma once
#include "base/day.h"

/* Values of section 4 of rules.md and of the order's terms; names in param_name(). */
enum param_id {
	PARAM_PASS_MARK,     /* S4-1: right answers, clause 36              */
	PARAM_TEST_MINUTES,  /* S4-3 */
	PARAM_OPTIONS_LEAST, /* S4-4 */
	PARAM_OPTIONS_MOST,
	PARAM_FAILURE_MINUTES, /* S4-5: a technical failure is mended within        */
	PARAM_REPEAT_TEST,     /* S4-8; 0: no second test in a competition          */
	PARAM_FILING_DAYS_OWN, /* S4-9 */
	PARAM_FILING_DAYS_OTHER,
	PARAM_CHECK_DAYS,       /* S4-10: HR's check, working days after the filing term */
	PARAM_SECURITY_DAYS,    /* R15-1: working days before the interview    */
	PARAM_DOSSIER_DAYS,     /* R16-2: working days before the interview    */
	PARAM_COMMISSION_LEAST, /* members                                     */
	PARAM_QUORUM_NUMERATOR, /* S4-11: of the members                              */
	PARAM_QUORUM_DENOMINATOR,
	PARAM_TIE_WITH_CHAIR,       /* S4-12; 1: a tie goes with the chair; 0: negative   */
	PARAM_MINUTES_DAYS,         /* S4-15 */
	PARAM_NOTICE_DAYS,          /* S4-16 */
	PARAM_APPEAL_MONTHS,        /* F84: to appeal, from the service of a decision */
	PARAM_CHALLENGE_DAYS,       /* F63: to challenge a question, working days from the service
				     * of the result                                            */
	PARAM_RECORD_YEARS,         /* S4-18 */
	PARAM_POSITIVE_PER_VACANCY, /* S4-17 */
	/* Rules that are assumed as well, so that an officer confirms them too (F2): 1 or 0.
	 * Ask with rule_set_holds(). */
	PARAM_RULES,
	PARAM_PASS_MARKS_PER_ACT =
		PARAM_RULES, /* S4-2; 0: only the total counts, no act has a mark of its own */
	PARAM_BREACH_ANNULS, /* S4-6; 1: a breach of the test rules annuls the result */
	PARAM_NEW_DATE_FOR_REASON,  /* S4-7; 1: late or absent with a documented valid reason: a new
				     * date
				     */
	PARAM_NTH_DAY_IN_TIME,      /* S4-19; 1: the N-th working day back is still in time */
	PARAM_OPEN_VOTE,            /* 1: for or against, by name                  */
	PARAM_MAJORITY_OF_PRESENT,  /* S4-12; 1: of those present; 0: of all members      */
	PARAM_CONFLICT_NO_QUORUM,   /* S4-13; 1: a conflicted member counts for no quorum; 0: the
				     * member counts, but does not vote              */
	PARAM_REPLACEMENT_BY_ORDER, /* S4-14; 1: an absent member is replaced by a new order alone
				     */
	/* F62, F63: what a finding does to results, fixed before anybody challenges (exam/key.h) */
	PARAM_KEY_REPLACED, /* 1: the corrected key alone counts; 0: the old one counts too     */
	PARAM_VOID_FOR_ALL, /* 1: a void question is right for all; 0: for whoever answered it */
	PARAM_COUNT
};

struct parameter {
	int64_t value;
	const char *clause; /* it comes from; "" if not known               */
	bool set;           /* false: has no value                          */
	bool assumed;       /* a demonstration value of ours                */
	/* Where the Rules are silent and another act tells it: that act and its clause; "" if these
	 * Rules do, and `clause` is "" if another act does, as it would be taken for theirs. */
	const char *act, *act_clause;
};

/* "pass_mark", ...: the word in the YAML file and the end of a message key. */
const char *param_name(enum param_id id);

struct act_of_programme { /* A5-1 */
	const char *code, *name_kk, *name_ru;
	int questions;
	int pass_mark; /* least right answers in this act; 0: none */
};

struct required_document { /* R10-1, R20-1 */
	const char *kind;  /* "certificate", "recommendation", ...           */
	const char *clause;
	const char *signed_by; /* "direct_supervisor", "matrix", "sending_hr", "" not named */
	const char *name_kk, *name_ru;
};

struct signatory_row {        /* section 2 of rules.md, clause 10 */
	const char *place;    /* row: where the candidate serves now           */
	const char *position; /* code of who signs                              */
	bool deputy;          /* a deputy may sign in the head's stead          */
	const char *place_kk, *place_ru, *position_kk, *position_ru;
};

struct clause_text {                 /* O-2 */
	const char *number, *change; /* changed, deleted, added, ""           */
	const char *text_kk, *text_ru;
};

struct list_of_names {
	const char *const *names;
	size_t count;
};

struct other_body { /* S4-21: bodies of the second route, dated */
	const char *code, *name_kk, *name_ru;
	day from, until; /* both in */
};

struct criterion { /* R5-1 */
	const char *code, *name_kk, *name_ru;
};

/* Marks of the commission's members, one for each criterion (F81): an aid of ours that decides
 * nothing.  most 0: the rule set has none. */
struct mark_scale {
	int least, most;
	bool assumed;
	const struct criterion *criteria;
	size_t criterion_count;
};

struct rule_set {
	const char *id, *title_kk, *title_ru, *source_kk, *source_ru;
	day in_force_from;
	bool in_force_assumed;
	const char *in_force_act; /* that tells the day; "" the file does not say */
	struct parameter params[PARAM_COUNT];
	const struct act_of_programme *acts;
	size_t act_count;
	const struct required_document *own_documents, *other_documents;
	size_t own_document_count, other_document_count;
	const struct signatory_row *signatories;
	size_t signatory_count;
	struct list_of_names dossier;          /* R16-1: exactly seven kinds         */
	struct list_of_names commission_kinds; /* R41-1: at least one of each        */
	struct list_of_names hall_kinds;       /* R28-1                              */
	struct list_of_names deleted_clauses;  /* R52/53                             */
	bool recording_may_be_off;             /* R28-3: the switch; only a demonstration has it */
	bool results_name_people; /* the public results name whom they recommend (O-2) */
	const struct clause_text *clauses;
	size_t clause_count;
	const struct other_body *bodies;
	size_t body_count;
	struct mark_scale marks;
	const char *appeal_kk, *appeal_ru; /* for notices (R52/53)                    */
};

bool names_hold(const struct list_of_names *list, const char *name);

/* Questions of the whole programme (A5-1). */
int rule_set_questions(const struct rule_set *rules);

/* The value of a parameter; it must be set (asserted: an open competition has all). */
int64_t rule_set_value(const struct rule_set *rules, enum param_id id);

/* Whether one of the rules from PARAM_RULES on holds.  A demonstration whose file is silent
 * about it goes by section 4 of rules.md; a real competition does not open without it. */
bool rule_set_holds(const struct rule_set *rules, enum param_id id);

/* F2: a real competition cannot open while a parameter is unset or assumed, or while the
 * record of a sitting may be switched off (R28-3); a demonstration cannot while a value, one
 * before PARAM_RULES, is unset.
 * ERR_LAW "law.parameter.unset" or "law.parameter.assumed", the parameter's name in `value`, or
 * clause 28, "law.parameter.recording". */
bool rule_set_opens(const struct rule_set *rules, bool demonstration, struct err *e) MUST_USE;

/* R44-2: a positive test result is one not lower than the pass mark: equality passes.  `by_act`
 * holds the right answers of each act in the order of `rules->acts`; the marks of acts count
 * only if the rule set has them (PARAM_PASS_MARKS_PER_ACT). */
bool rule_set_test_positive(const struct rule_set *rules, int correct, const int *by_act);

/* O-2: the text of a clause on the public page; NULL if the rule set does not hold it. */
const struct clause_text *rule_set_clause(const struct rule_set *rules, const char *number);

/* The body of the second route by its code, if it stood on the list that day; else NULL. */
const struct other_body *rule_set_body_on(const struct rule_set *rules, const char *code, day d);

/* O-4: the one in force on a day, the newest that has begun; NULL if none. */
const struct rule_set *rule_set_on(const struct rule_set *const *sets, size_t count, day d);
