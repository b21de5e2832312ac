#include "law/sitting.h"

#include <string.h>

/* R28-1 */
bool sitting_require_hall(const struct rule_set *rules, const char *hall_kind, struct err *e)
{
	return names_hold(&rules->hall_kinds, hall_kind) ||
	       err_law(e, "28", "law.sitting.hall", "this kind of hall is not allowed");
}

/* R28-2 */
bool sitting_require_language(const char *language, struct err *e)
{
	return strcmp(language, "kk") == 0 || strcmp(language, "ru") == 0 ||
	       err_law(e, "28", "law.sitting.language", "neither Kazakh nor Russian");
}

enum recording recording_of(const char *code)
{
	if (strcmp(code, "confirmed") == 0)
		return RECORDING_CONFIRMED;
	return strcmp(code, "switched_off") == 0 ? RECORDING_SWITCHED_OFF : RECORDING_NONE;
}

/* R28-3 */
bool sitting_require_recording(const struct rule_set *rules, enum recording recording,
			       struct err *e)
{
	if (recording == RECORDING_CONFIRMED)
		return true;
	if (recording == RECORDING_SWITCHED_OFF)
		return rules->recording_may_be_off ||
		       err_law(e, "28", "law.sitting.recording_switch",
			       "this rule set has no switch for the record");
	return err_law(e, "28", "law.sitting.recording", "the record is not confirmed");
}

/* R28-3 */
bool sitting_require_record(const struct rule_set *rules, const char *record, bool records,
			    struct err *e)
{
	return strcmp(record, "outside") != 0 || !records || rules->recording_may_be_off ||
	       err_law(e, "28", "law.sitting.record",
		       "this installation records: nobody's word stands for it");
}

bool sitting_require_sources(size_t missing, struct err *e)
{
	return missing == 0 ||
	       err_law(e, "28", "law.sitting.sources", "%zu are not recorded", missing);
}

/* R47-1 */
bool interview_require_recording(size_t missing, struct err *e)
{
	return missing == 0 ||
	       err_law(e, "47", "law.interview.recording", "%zu sources are not recorded", missing);
}

bool interview_require_outside(const struct rule_set *rules, struct err *e)
{
	return rules->recording_may_be_off ||
	       err_law(e, "47", "law.interview.outside", "the rule set wants it recorded here");
}

bool interview_require_warning(bool warned, struct err *e)
{
	return warned || err_law(e, "47", "law.interview.warning",
				 "the candidate was not told of the record");
}

enum failure_outcome sitting_after_failure(const struct rule_set *rules, int64_t stood_still_ms)
{
	int64_t limit_ms = rule_set_value(rules, PARAM_FAILURE_MINUTES) * 60 * 1000;
	return stood_still_ms <= limit_ms ? FAILURE_GO_ON : FAILURE_NEW_DATE;
}

bool sitting_require_first(const struct rule_set *rules, int attempts, struct err *e)
{
	return attempts == 0 || rule_set_value(rules, PARAM_REPEAT_TEST) != 0 ||
	       err_law(e, "36", "law.sitting.repeat", "a second test in one competition");
}

bool sitting_require_new_date(const struct rule_set *rules, bool valid_reason, struct err *e)
{
	return (valid_reason && rule_set_holds(rules, PARAM_NEW_DATE_FOR_REASON)) ||
	       err_law(e, "28", "law.sitting.late", "late or absent without a valid reason");
}
