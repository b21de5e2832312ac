#include "law_test.h"

day on(const char *text)
{
	day d = { 0 };
	if (!day_parse(text, &d))
		fail_msg("%s is no day", text);
	return d;
}

void same_day(const char *why, day got, const char *want)
{
	char text[DAY_TEXT_SIZE];
	day_print(got, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: %s, wanted %s", why, text, want);
}

void refused_by_law(const char *why, const struct err *e, const char *clause, const char *key)
{
	if (e->kind != ERR_LAW || strcmp(e->clause, clause) != 0 || strcmp(e->key, key) != 0)
		fail_msg("%s: %s, clause '%s', %s; wanted clause '%s', %s", why,
			 err_kind_name(e->kind), e->clause, e->key, clause, key);
}

/* ---- the calendar of rules.md 5 ------------------------------------------------- */

enum { EVER = 2199 };

static const struct holiday holidays[] = {
	{ 1, 1, 1992, EVER },   { 1, 2, 1992, EVER },   { 3, 8, 1992, EVER },
	{ 3, 15, 2027, EVER },  { 3, 21, 2010, EVER },  { 3, 22, 1992, EVER },
	{ 3, 23, 2010, EVER },  { 5, 1, 1996, EVER },   { 5, 7, 2013, EVER },
	{ 5, 9, 1992, EVER },   { 7, 6, 2008, EVER },   { 8, 30, 1995, 2025 },
	{ 10, 25, 2022, EVER }, { 12, 16, 1992, EVER },
};

static struct dated_day days[12];

static void add_day(size_t *count, const char *text, enum day_reason reason, bool provisional)
{
	days[(*count)++] = (struct dated_day){ on(text), reason, provisional, NULL };
}

struct calendar_source kazakh_source(void)
{
	size_t n = 0;
	add_day(&n, "2024-01-07", REASON_DAY_OFF, false);
	add_day(&n, "2025-01-07", REASON_DAY_OFF, false);
	add_day(&n, "2026-01-07", REASON_DAY_OFF, false);
	add_day(&n, "2027-01-07", REASON_DAY_OFF, false);
	add_day(&n, "2024-06-16", REASON_DAY_OFF, false);
	add_day(&n, "2025-06-06", REASON_DAY_OFF, false);
	add_day(&n, "2026-05-27", REASON_DAY_OFF, false);
	add_day(&n, "2027-05-16", REASON_DAY_OFF, true);
	add_day(&n, "2024-05-04", REASON_MOVED_WORKED, false);
	add_day(&n, "2024-05-08", REASON_MOVED_OFF, false);
	add_day(&n, "2025-01-05", REASON_MOVED_WORKED, false);
	add_day(&n, "2025-01-03", REASON_MOVED_OFF, false);
	return (struct calendar_source){
		.holidays = holidays,
		.holiday_count = COUNT(holidays),
		.days = days,
		.day_count = n,
		.first_year = 2024,
		.last_year = 2027,
	};
}

const struct calendar *kazakh_calendar(void)
{
	static struct calendar_day room[4 * CALENDAR_DAYS_A_YEAR];
	static struct calendar calendar;
	struct calendar_source source = kazakh_source();
	struct err e = { 0 };
	if (!calendar.count && !calendar_build(&source, room, COUNT(room), &calendar, &e))
		fail_msg("the calendar of rules.md 5: %s %s", e.key, e.value);
	return &calendar;
}

/* ---- the rule set ---------------------------------------------------------------- */

static const struct act_of_programme acts[] = {
	/* A5-1 */
	{ "criminal-code", "", "", 20, 0 },
	{ "criminal-procedure-code", "", "", 20, 0 },
	{ "civil-code", "", "", 10, 0 },
	{ "civil-procedure-code", "", "", 10, 0 },
	{ "administrative-procedural-code", "", "", 10, 0 },
	{ "administrative-offences-code", "", "", 10, 0 },
	{ "prosecutors-office-law", "", "", 10, 0 },
	{ "law-enforcement-service-law", "", "", 10, 0 },
	{ "anti-corruption-law", "", "", 10, 0 },
	{ "code-of-ethics", "", "", 10, 0 },
};

static const struct required_document own_documents[] = {
	/* R10-1 */
	{ "certificate", "10", "direct_supervisor", "", "" },
	{ "recommendation", "10", "matrix", "", "" },
};

static const struct required_document other_documents[] = {
	/* R20-1 */
	{ "service_list", "20", "sending_hr", "", "" },
	{ "certificate", "20", "", "", "" },
	{ "rating", "20", "", "", "" },
	{ "recommendation", "20", "direct_supervisor", "", "" },
};

static const struct signatory_row signatories[] = {
	/* section 2 */
	{ "pgo", "head_of_subdivision", true, "", "", "", "" },
	{ "regional", "head_of_body", true, "", "", "", "" },
	{ "military-transport", "head_of_body", true, "", "", "", "" },
	{ "academy", "head_of_academy", true, "", "", "", "" },
	{ "legal-statistics-central", "head_of_committee", true, "", "", "", "" },
	{ "asset-recovery", "head_of_committee", true, "", "", "", "" },
	{ "legal-statistics-territorial", "chief_of_body", true, "", "", "", "" },
};

static const char *const dossier[] = { "service_list", "certificate", "recommendation", "test",
				       "polygraph",    "rating",      "psycho" };
static const char *const kinds[] = { "subdivision_head", "own_security", "hr" };
static const char *const halls[] = { "pgo", "regional" };
static const char *const deleted[] = { "52", "53" };
static const struct clause_text clauses[] = {
	{ "44", "changed", "қазақша", "по-русски" },
	{ "52", "deleted", "", "" },
};

static const int64_t values[PARAM_COUNT] = {
	[PARAM_PASS_MARK] = 84,           [PARAM_TEST_MINUTES] = 120,
	[PARAM_OPTIONS_LEAST] = 4,        [PARAM_OPTIONS_MOST] = 5,
	[PARAM_FAILURE_MINUTES] = 30,     [PARAM_REPEAT_TEST] = 0,
	[PARAM_FILING_DAYS_OWN] = 7,      [PARAM_FILING_DAYS_OTHER] = 10,
	[PARAM_CHECK_DAYS] = 5,           [PARAM_SECURITY_DAYS] = 5,
	[PARAM_DOSSIER_DAYS] = 3,         [PARAM_COMMISSION_LEAST] = 5,
	[PARAM_QUORUM_NUMERATOR] = 2,     [PARAM_QUORUM_DENOMINATOR] = 3,
	[PARAM_TIE_WITH_CHAIR] = 1,       [PARAM_MINUTES_DAYS] = 3,
	[PARAM_NOTICE_DAYS] = 3,          [PARAM_APPEAL_MONTHS] = 3,
	[PARAM_CHALLENGE_DAYS] = 1,       [PARAM_KEY_REPLACED] = 1,
	[PARAM_VOID_FOR_ALL] = 1,         [PARAM_RECORD_YEARS] = 3,
	[PARAM_POSITIVE_PER_VACANCY] = 1, [PARAM_PASS_MARKS_PER_ACT] = 0,
	[PARAM_BREACH_ANNULS] = 1,        [PARAM_NEW_DATE_FOR_REASON] = 1,
	[PARAM_NTH_DAY_IN_TIME] = 1,      [PARAM_OPEN_VOTE] = 1,
	[PARAM_MAJORITY_OF_PRESENT] = 1,  [PARAM_CONFLICT_NO_QUORUM] = 1,
	[PARAM_REPLACEMENT_BY_ORDER] = 1,
};

struct rule_set demonstration_rules(void)
{
	struct rule_set r = {
		.id = "118/2025-05-17",
		.in_force_from = on("2025-05-17"),
		.in_force_assumed = true,
		.acts = acts,
		.act_count = COUNT(acts),
		.own_documents = own_documents,
		.own_document_count = COUNT(own_documents),
		.other_documents = other_documents,
		.other_document_count = COUNT(other_documents),
		.signatories = signatories,
		.signatory_count = COUNT(signatories),
		.dossier = { dossier, COUNT(dossier) },
		.commission_kinds = { kinds, COUNT(kinds) },
		.hall_kinds = { halls, COUNT(halls) },
		.deleted_clauses = { deleted, COUNT(deleted) },
		.recording_may_be_off = true,
		.clauses = clauses,
		.clause_count = COUNT(clauses),
	};
	for (size_t i = 0; i < PARAM_COUNT; i++)
		r.params[i] = (struct parameter){ values[i], "", true, true, "", "" };
	return r;
}

struct rule_set confirmed_rules(void)
{
	struct rule_set r = demonstration_rules();
	r.in_force_assumed = false;
	r.recording_may_be_off = false;
	for (size_t i = 0; i < PARAM_COUNT; i++) {
		r.params[i].assumed = false;
		r.params[i].clause = "36";
	}
	return r;
}
