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

/* Working days to count back: the N-th itself is in time, or the one before it. */
static int days_before(const struct rule_set *rules, enum param_id id)
{
	return (int)rule_set_value(rules, id) + !rule_set_holds(rules, PARAM_NTH_DAY_IN_TIME);
}

int terms_security_days(const struct rule_set *rules)
{
	return days_before(rules, PARAM_SECURITY_DAYS);
}

int terms_dossier_days(const struct rule_set *rules)
{
	return days_before(rules, PARAM_DOSSIER_DAYS);
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
	return calendar_last_before(c, interview, days_before(rules, PARAM_SECURITY_DAYS), ret);
}

/* R16-2 */
bool terms_dossier_last(const struct calendar *c, const struct rule_set *rules, day interview,
			day *ret)
{
	return calendar_last_before(c, interview, days_before(rules, PARAM_DOSSIER_DAYS), ret);
}

bool terms_explain_security(const struct calendar *c, const struct rule_set *rules, day interview,
			    struct calendar_explanation *ret)
{
	return calendar_explain_before(c, interview, days_before(rules, PARAM_SECURITY_DAYS), ret);
}

bool terms_explain_dossier(const struct calendar *c, const struct rule_set *rules, day interview,
			   struct calendar_explanation *ret)
{
	return calendar_explain_before(c, interview, days_before(rules, PARAM_DOSSIER_DAYS), ret);
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

/* The day before the first of the next month. */
static int days_of_month(int year, int month)
{
	const day next = day_from_date((struct date){ year + month / 12, month % 12 + 1, 1 });
	return day_to_date((day){ next.n - 1 }).day;
}

/* F84.  A rule set that was pinned before the term was known is silent about it. */
bool terms_appeal_last(const struct calendar *c, const struct rule_set *rules, day served, day *ret)
{
	const struct parameter *p = &rules->params[PARAM_APPEAL_MONTHS];
	struct date d = day_to_date(served);
	if (!p->set)
		return false;
	const int month = d.month - 1 + (int)p->value;
	d.year += month / 12;
	d.month = month % 12 + 1;
	const int longest = days_of_month(d.year, d.month);
	d.day = d.day < longest ? d.day : longest;
	return calendar_next_working(c, day_from_date(d), ret);
}

/* F63.  Of a rule set that was pinned before the term was known nothing can be challenged. */
bool terms_challenge_last(const struct calendar *c, const struct rule_set *rules, day served,
			  day *ret)
{
	return rules->params[PARAM_CHALLENGE_DAYS].set &&
	       after(c, rules, PARAM_CHALLENGE_DAYS, served, ret);
}

/* ---- the interview -------------------------------------------------------------- */

/* R15-1, R16-2: what is done counts by its day, what is not done by today at the earliest. */
static struct interview_check check_day(const struct calendar *c, const struct rule_set *rules,
					const struct interview_facts *f, day d)
{
	struct interview_check x = { .fault = INTERVIEW_CALENDAR };
	day security = f->security_received ? f->security_day : f->today;
	day dossier = f->dossier_released ? f->dossier_day : f->today;
	if (!terms_security_last(c, rules, d, &x.security_last) ||
	    !terms_dossier_last(c, rules, d, &x.dossier_last))
		return x;
	x.security_late = security.n > x.security_last.n;
	x.dossier_late = dossier.n > x.dossier_last.n;
	if (d.n <= f->today.n)
		x.fault = INTERVIEW_PAST;
	else if (!calendar_works(c, d))
		x.fault = INTERVIEW_DAY_OFF;
	else if (x.security_late)
		x.fault = INTERVIEW_SECURITY;
	else
		x.fault = x.dossier_late ? INTERVIEW_DOSSIER : INTERVIEW_LAWFUL;
	return x;
}

struct interview_check terms_interview(const struct calendar *c, const struct rule_set *rules,
				       const struct interview_facts *facts, day proposed)
{
	struct interview_check check = check_day(c, rules, facts, proposed);
	day start = proposed.n > facts->today.n ? proposed : facts->today;
	if (start.n < c->first.n)
		start = c->first;
	for (day d = start; d.n <= c->last.n && !check.has_nearest; d.n++) {
		check.has_nearest = check_day(c, rules, facts, d).fault == INTERVIEW_LAWFUL;
		check.nearest = d;
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
