#include "law/admission.h"

#include <string.h>

static enum part_state study_state(enum study_outcome outcome)
{
	switch (outcome) {
	case STUDY_NONE: return PART_ABSENT;
	case STUDY_UNDERGONE: return PART_DONE;
	case STUDY_REFUSED: return PART_FAILED;
	default: return PART_PENDING; /* postponed or absent: a new date may follow */
	}
}

static enum part_state check_state(enum check_outcome outcome)
{
	static const enum part_state state[] = {
		[CHECK_NONE] = PART_ABSENT,
		[CHECK_PROPOSED_REFUSAL] = PART_PENDING,
		[CHECK_MET] = PART_DONE,
		[CHECK_NOT_MET] = PART_FAILED,
	};
	return state[outcome];
}

static enum part_state test_state(enum test_outcome outcome)
{
	static const enum part_state state[] = {
		[TEST_NONE] = PART_ABSENT,     [TEST_RUNNING] = PART_PENDING,
		[TEST_POSITIVE] = PART_DONE,   [TEST_NEGATIVE] = PART_FAILED,
		[TEST_ANNULLED] = PART_FAILED,
	};
	return state[outcome];
}

struct admission admission_judge(const struct admission_record *record)
{
	struct admission a = {
		.part = {
			[PART_QUALIFICATION] = check_state(record->check),
			[PART_RATING] = record->rating ? PART_DONE : PART_ABSENT,
			[PART_POLYGRAPH] = study_state(record->polygraph),
			[PART_PSYCHO] = study_state(record->psycho),
			[PART_TEST] = test_state(record->test),
			[PART_INTERVIEW] = record->interviewed ? PART_DONE : PART_ABSENT,
		},
		.qualified = record->check == CHECK_MET,
		.test_positive = record->test == TEST_POSITIVE,
		.polygraph_undergone = record->polygraph == STUDY_UNDERGONE,
		.psycho_undergone = record->psycho == STUDY_UNDERGONE,
	};
	/* R13-1: if and only if qualified; R6-2: the check comes first. */
	a.to_studies = record->sent && a.qualified;
	/* R44-1: these four and no fifth. */
	a.to_interview = record->sent && a.qualified && a.test_positive && a.polygraph_undergone &&
			 a.psycho_undergone;
	/* R6-1: no decision while one part is absent; R6-2: the interview comes last. */
	a.decidable = a.to_interview && record->rating && record->interviewed;
	return a;
}

bool admission_require_studies(const struct admission *a, struct err *e)
{
	return a->to_studies ||
	       err_law(e, "13", "law.admission.studies", "not admitted to test and studies");
}

bool admission_require_interview(const struct admission *a, struct err *e)
{
	if (!a->qualified)
		return err_law(e, "44", "law.admission.qualification", "not qualified");
	if (!a->test_positive)
		return err_law(e, "44", "law.admission.test", "no positive test result");
	if (!a->polygraph_undergone)
		return err_law(e, "44", "law.admission.polygraph", "polygraph not undergone");
	if (!a->psycho_undergone)
		return err_law(e, "44", "law.admission.psycho",
			       "psycho-sociological study not undergone");
	return a->to_interview ||
	       err_law(e, "44", "law.admission.application", "no application on record");
}

const char *part_name(enum part part)
{
	static const char *const name[PART_COUNT] = {
		[PART_QUALIFICATION] = "qualification",
		[PART_RATING] = "rating",
		[PART_POLYGRAPH] = "polygraph",
		[PART_PSYCHO] = "psycho",
		[PART_TEST] = "test",
		[PART_INTERVIEW] = "interview",
	};
	return name[part];
}

const char *part_state_name(enum part_state state)
{
	static const char *const name[] = {
		[PART_ABSENT] = "absent",
		[PART_PENDING] = "pending",
		[PART_DONE] = "done",
		[PART_FAILED] = "failed",
	};
	return name[state];
}

enum study_outcome study_outcome_of(const char *code)
{
	static const struct {
		const char *code;
		enum study_outcome outcome;
	} row[] = {
		{ "undergone", STUDY_UNDERGONE },
		{ "refused", STUDY_REFUSED },
		{ "postponed", STUDY_POSTPONED },
		{ "absent", STUDY_ABSENT },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].code, code) == 0)
			return row[i].outcome;
	}
	return STUDY_NONE;
}
