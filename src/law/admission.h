/* admission.h - the six parts and what follows from them (R6-1, R6-2, R13-1, R44-1).  Pure. */
#pragma once
#include "base/err.h"

/* R6-1: exactly six. */
enum part {
	PART_QUALIFICATION,
	PART_RATING,
	PART_POLYGRAPH,
	PART_PSYCHO,
	PART_TEST,
	PART_INTERVIEW,
	PART_COUNT
};

enum part_state {
	PART_ABSENT,  /* nothing on record                                           */
	PART_PENDING, /* begun, or recorded without being undergone (postponed)      */
	PART_DONE,    /* on record                                                   */
	PART_FAILED   /* on record, and it bars the interview (R44-1)                */
};

enum study_outcome { STUDY_NONE, STUDY_UNDERGONE, STUDY_REFUSED, STUDY_POSTPONED, STUDY_ABSENT };
enum check_outcome { CHECK_NONE, CHECK_PROPOSED_REFUSAL, CHECK_MET, CHECK_NOT_MET };
enum test_outcome { TEST_NONE, TEST_RUNNING, TEST_POSITIVE, TEST_NEGATIVE, TEST_ANNULLED };

/* What is on record.  Nothing of what a conclusion, the rating or own security says stands
 * here: no fifth condition exists (R44-1). */
struct admission_record {
	bool sent; /* the application is sent and not withdrawn */
	enum check_outcome check;
	bool rating;
	enum study_outcome polygraph, psycho;
	enum test_outcome test;
	bool interviewed;
};

struct admission {
	enum part_state part[PART_COUNT];
	bool to_studies;   /* R13-1: test, polygraph, psycho-sociological study, all three */
	bool to_interview; /* R44-1                                                        */
	bool decidable;    /* R6-1: all six are on record                                  */
	/* R44-1, one by one */
	bool qualified, test_positive, polygraph_undergone, psycho_undergone;
};

struct admission admission_judge(const struct admission_record *record);

/* R13-1 as a gate: ERR_LAW, clause 13, "law.admission.studies". */
bool admission_require_studies(const struct admission *a, struct err *e) MUST_USE;

/* R44-1 as a gate: ERR_LAW, clause 44, "law.admission.qualification", ".test",
 * ".polygraph" or ".psycho", the first that is missing. */
bool admission_require_interview(const struct admission *a, struct err *e) MUST_USE;

/* "qualification", "rating", ...: the end of a message key. */
const char *part_name(enum part part);
const char *part_state_name(enum part_state state); /* "absent", "pending", "done", "failed" */

/* Codes of the database; unknown ones give STUDY_NONE. */
enum study_outcome study_outcome_of(const char *code);
