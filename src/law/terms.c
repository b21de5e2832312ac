#include "law/terms.h"

bool terms_filing_last(const struct calendar *c, day announced, int days, day *ret)
{
	return calendar_add(c, announced, days, ret);
}

static bool after(const struct calendar *c, const struct rule_set *rules, enum param_id id,
		  day from, day *ret)
{
	return calendar_add(c, from, (int)rule_set_value(rules, id), ret);
}

static bool before(const struct calendar *c, const struct rule_set *rules, enum param_id id,
		   day d, day *ret)
{
	return calendar_last_before(c, d, (int)rule_set_value(rules, id), ret);
}

bool terms_check_last(const struct calendar *c, const struct rule_set *rules, day filing_last,
		      day *ret)
{
	return after(c, rules, PARAM_CHECK_DAYS, filing_last, ret);
}

/* R15-1 */
bool terms_security_last(const struct calendar *c, const struct rule_set *rules, day interview,
			 day *ret)
{
	return before(c, rules, PARAM_SECURITY_DAYS, interview, ret);
}

/* R16-2 */
bool terms_dossier_last(const struct calendar *c, const struct rule_set *rules, day interview,
			day *ret)
{
	return before(c, rules, PARAM_DOSSIER_DAYS, interview, ret);
}

bool terms_minutes_last(const struct calendar *c, const struct rule_set *rules, day interview,
			day *ret)
{
	return after(c, rules, PARAM_MINUTES_DAYS, interview, ret);
}

bool terms_notice_last(const struct calendar *c, const struct rule_set *rules, day decided,
		       day *ret)
{
	return after(c, rules, PARAM_NOTICE_DAYS, decided, ret);
}

/* ---- the interview -------------------------------------------------------------- */

/* R15-1, R16-2: what is done counts by its day, what is not done by today at the earliest. */
static enum interview_fault fault_of(const struct calendar *c, const struct rule_set *rules,
				     const struct interview_facts *f, day d, day *ret_security,
				     day *ret_dossier)
{
	day security = f->security_received ? f->security_day : f->today;
	day dossier = f->dossier_released ? f->dossier_day : f->today;
	if (!calendar_covers(c, d) || !terms_security_last(c, rules, d, ret_security) ||
	    !terms_dossier_last(c, rules, d, ret_dossier))
		return INTERVIEW_CALENDAR;
	if (d.n <= f->today.n)
		return INTERVIEW_PAST;
	if (!calendar_works(c, d))
		return INTERVIEW_DAY_OFF;
	if (security.n > ret_security->n)
		return INTERVIEW_SECURITY;
	return dossier.n > ret_dossier->n ? INTERVIEW_DOSSIER : INTERVIEW_LAWFUL;
}

struct interview_check terms_interview(const struct calendar *c, const struct rule_set *rules,
				       const struct interview_facts *facts, day proposed)
{
	struct interview_check check = { .fault = INTERVIEW_LAWFUL };
	check.fault = fault_of(c, rules, facts, proposed, &check.security_last,
			       &check.dossier_last);
	day start = proposed.n > facts->today.n ? proposed : facts->today;
	for (day d = start; calendar_covers(c, d); d.n++) {
		day security = { 0 };
		day dossier = { 0 };
		if (fault_of(c, rules, facts, d, &security, &dossier) == INTERVIEW_LAWFUL) {
			check.has_nearest = true;
			check.nearest = d;
			break;
		}
	}
	return check;
}

bool terms_require_interview(const struct interview_check *check, struct err *e)
{
	static const struct {
		const char *clause, *key;
	} row[] = {
		[INTERVIEW_LAWFUL] = { "", "" },
		[INTERVIEW_PAST] = { "", "law.interview.past" },
		[INTERVIEW_DAY_OFF] = { "", "law.interview.day_off" },
		[INTERVIEW_SECURITY] = { "15", "law.interview.security" },
		[INTERVIEW_DOSSIER] = { "16", "law.interview.dossier" },
		[INTERVIEW_CALENDAR] = { "", "law.interview.calendar" },
	};
	char nearest[DAY_TEXT_SIZE] = "";
	if (check->fault == INTERVIEW_LAWFUL)
		return true;
	if (check->has_nearest)
		day_print(check->nearest, nearest);
	(void)err_law(e, row[check->fault].clause, row[check->fault].key,
		      "an unlawful day of interview");
	return err_value(e, nearest);
}
