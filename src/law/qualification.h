/* qualification.h - the Qualification Requirements as a table (R5-1, R5-2, R13-1).  Pure.
 *
 * For a category of post: alternatives, of which one is enough (OR); in each, conditions
 * that must all hold (AND).  Each condition comes out met, not met, or needing a human
 * decision, and a human finding may be fed back in. */
#pragma once
#include "base/day.h"

enum condition_kind {
	CONDITION_EDUCATION,       /* the education `code`                         */
	CONDITION_LAW_ENFORCEMENT, /* years of service in law-enforcement bodies   */
	CONDITION_PROSECUTION,     /* years in the prosecution service             */
	CONDITION_LEADERSHIP,      /* years in a leadership post                   */
	CONDITION_CATEGORY         /* years in category `code` or a higher one      */
};

struct condition {
	enum condition_kind kind;
	int years;
	const char *code; /* education or category; "" if the kind has none */
};

enum { CONDITIONS_MOST = 8, ALTERNATIVES_MOST = 6 };

struct alternative {
	const struct condition *conditions;
	size_t count;
};

struct category {
	const char *code, *name_kk, *name_ru;
	int rank; /* 1 is the highest: a higher category counts for a lower one */
	const struct alternative *alternatives;
	size_t count;
};

struct education {
	const char *code, *name_kk, *name_ru;
};

struct qualification_table {
	const char *id, *title_kk, *title_ru;
	day in_force_from;
	bool assumed;
	/* A term reached or missed by so few days is for a human: what a candidate states is
	 * not yet compared with the service list. */
	int doubt_days;
	const struct category *categories;
	size_t category_count;
	const struct education *educations;
	size_t education_count;
};

/* What a candidate states. */
enum service_kind { SERVICE_OTHER, SERVICE_LAW_ENFORCEMENT, SERVICE_PROSECUTION };

struct service_period {
	enum service_kind kind;
	bool leadership;
	const char *category; /* of the post held, "" if none     */
	day from, to;         /* both in; to >= from               */
};

struct service_record {
	const char *education; /* code, "" if not stated           */
	const struct service_period *periods;
	size_t count;
	day on; /* the day on which the years are counted          */
};

enum verdict { VERDICT_MET, VERDICT_NOT_MET, VERDICT_HUMAN };

/* An officer's finding for one condition, by position from 0. */
struct finding {
	size_t alternative, condition;
	bool met;
};

struct condition_result {
	const struct condition *condition;
	enum verdict verdict;  /* with the officer's finding, if there is one */
	enum verdict computed; /* what the table alone says                   */
	int days;              /* of service that count, 0 for education      */
};

struct qualification {
	enum verdict outcome;
	size_t count; /* alternatives */
	enum verdict alternative[ALTERNATIVES_MOST];
	size_t conditions[ALTERNATIVES_MOST];
	struct condition_result result[ALTERNATIVES_MOST][CONDITIONS_MOST];
};

/* The row of the table; NULL if there is none. */
const struct category *qualification_category(const struct qualification_table *table,
					      const char *code);

/* F2: assumed requirements keep a real competition from opening.  ERR_LAW, clause 5,
 * "law.qualification.assumed". */
bool qualification_opens(const struct qualification_table *table, bool demonstration,
			 struct err *e) MUST_USE;

/* "met", "not_met", "human": codes of the database and the end of a message key. */
const char *verdict_name(enum verdict verdict);

/* R5-2: met if an alternative has all conditions met; else human if one has no
 * condition that is not met; else not met.  A category that the table does not know, or that
 * is wider than ALTERNATIVES_MOST and CONDITIONS_MOST, is human.  Of several findings for one
 * condition the last counts. */
struct qualification qualification_judge(const struct qualification_table *table,
					 const char *category, const struct service_record *record,
					 const struct finding *findings, size_t finding_count);
