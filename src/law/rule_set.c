#include "law/rule_set.h"

#include <assert.h>
#include <string.h>

const char *param_name(enum param_id id)
{
	static const char *const name[PARAM_COUNT] = {
		[PARAM_PASS_MARK] = "pass_mark",
		[PARAM_TEST_MINUTES] = "test_minutes",
		[PARAM_OPTIONS_LEAST] = "options_least",
		[PARAM_OPTIONS_MOST] = "options_most",
		[PARAM_FAILURE_MINUTES] = "failure_minutes",
		[PARAM_REPEAT_TEST] = "repeat_test",
		[PARAM_FILING_DAYS_OWN] = "filing_days_own",
		[PARAM_FILING_DAYS_OTHER] = "filing_days_other",
		[PARAM_CHECK_DAYS] = "check_days",
		[PARAM_SECURITY_DAYS] = "security_days",
		[PARAM_DOSSIER_DAYS] = "dossier_days",
		[PARAM_COMMISSION_LEAST] = "commission_least",
		[PARAM_QUORUM_NUMERATOR] = "quorum_numerator",
		[PARAM_QUORUM_DENOMINATOR] = "quorum_denominator",
		[PARAM_TIE_WITH_CHAIR] = "tie_with_chair",
		[PARAM_MINUTES_DAYS] = "minutes_days",
		[PARAM_NOTICE_DAYS] = "notice_days",
		[PARAM_APPEAL_MONTHS] = "appeal_months",
		[PARAM_CHALLENGE_DAYS] = "challenge_days",
		[PARAM_RECORD_YEARS] = "record_years",
		[PARAM_POSITIVE_PER_VACANCY] = "positive_per_vacancy",
		[PARAM_PASS_MARKS_PER_ACT] = "pass_marks_per_act",
		[PARAM_BREACH_ANNULS] = "breach_annuls",
		[PARAM_NEW_DATE_FOR_REASON] = "new_date_for_reason",
		[PARAM_NTH_DAY_IN_TIME] = "nth_day_in_time",
		[PARAM_OPEN_VOTE] = "open_vote",
		[PARAM_MAJORITY_OF_PRESENT] = "majority_of_present",
		[PARAM_CONFLICT_NO_QUORUM] = "conflict_no_quorum",
		[PARAM_REPLACEMENT_BY_ORDER] = "replacement_by_order",
		[PARAM_KEY_REPLACED] = "key_replaced",
		[PARAM_VOID_FOR_ALL] = "void_for_all",
	};
	return (size_t)id < PARAM_COUNT ? name[id] : "";
}

bool names_hold(const struct list_of_names *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->names[i], name) == 0)
			return true;
	}
	return false;
}

int rule_set_questions(const struct rule_set *rules)
{
	int sum = 0;
	for (size_t i = 0; i < rules->act_count; i++)
		sum += rules->acts[i].questions;
	return sum;
}

int64_t rule_set_value(const struct rule_set *rules, enum param_id id)
{
	assert(rules->params[id].set);
	return rules->params[id].value;
}

bool rule_set_holds(const struct rule_set *rules, enum param_id id)
{
	static const bool in_demonstration[PARAM_COUNT] = {
		[PARAM_PASS_MARKS_PER_ACT] = false, [PARAM_BREACH_ANNULS] = true,
		[PARAM_NEW_DATE_FOR_REASON] = true, [PARAM_NTH_DAY_IN_TIME] = true,
		[PARAM_OPEN_VOTE] = true,           [PARAM_MAJORITY_OF_PRESENT] = true,
		[PARAM_CONFLICT_NO_QUORUM] = true,  [PARAM_REPLACEMENT_BY_ORDER] = true,
		[PARAM_KEY_REPLACED] = true,        [PARAM_VOID_FOR_ALL] = true,
	};
	const struct parameter *p = &rules->params[id];
	return p->set ? p->value != 0 : in_demonstration[id];
}

/* F2 */
bool rule_set_opens(const struct rule_set *rules, bool demonstration, struct err *e)
{
	for (int i = 0; i < PARAM_COUNT; i++) {
		const struct parameter *p = &rules->params[i];
		if (!p->set && !(demonstration && i >= PARAM_RULES)) {
			(void)err_law(e, p->clause, "law.parameter.unset", "a parameter is unset");
			return err_value(e, param_name((enum param_id)i));
		}
		if (p->assumed && !demonstration) {
			(void)err_law(e, p->clause, "law.parameter.assumed",
				      "a parameter is a demonstration value");
			return err_value(e, param_name((enum param_id)i));
		}
	}
	if (rules->in_force_assumed && !demonstration) {
		(void)err_law(e, "", "law.parameter.assumed", "the date of force is assumed");
		return err_value(e, "in_force_from");
	}
	/* R28-3: the switch belongs to demonstrations. */
	if (rules->recording_may_be_off && !demonstration)
		return err_law(e, "28", "law.parameter.recording",
			       "the record of a sitting may be switched off");
	return true;
}

/* R44-2 */
bool rule_set_test_positive(const struct rule_set *rules, int correct, const int *by_act)
{
	if (correct < rule_set_value(rules, PARAM_PASS_MARK))
		return false;
	if (!rule_set_holds(rules, PARAM_PASS_MARKS_PER_ACT))
		return true;
	for (size_t i = 0; i < rules->act_count; i++) {
		if (by_act[i] < rules->acts[i].pass_mark)
			return false;
	}
	return true;
}

/* O-2 */
const struct clause_text *rule_set_clause(const struct rule_set *rules, const char *number)
{
	for (size_t i = 0; i < rules->clause_count; i++) {
		if (strcmp(rules->clauses[i].number, number) == 0)
			return &rules->clauses[i];
	}
	return NULL;
}

const struct other_body *rule_set_body_on(const struct rule_set *rules, const char *code, day d)
{
	for (size_t i = 0; i < rules->body_count; i++) {
		const struct other_body *b = &rules->bodies[i];
		if (strcmp(b->code, code) == 0 && d.n >= b->from.n && d.n <= b->until.n)
			return b;
	}
	return NULL;
}

/* O-4 */
const struct rule_set *rule_set_on(const struct rule_set *const *sets, size_t count, day d)
{
	const struct rule_set *best = NULL;
	for (size_t i = 0; i < count; i++) {
		if (sets[i]->in_force_from.n <= d.n &&
		    (!best || sets[i]->in_force_from.n > best->in_force_from.n))
			best = sets[i];
	}
	return best;
}
