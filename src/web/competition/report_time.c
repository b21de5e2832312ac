/* report_time.c - how many working days each step of a procedure took. */
#include "web/competition/report.h"

#include "app/competition/calendar_change.h"
#include "base/spread.h"
#include "law/calendar.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

static const struct list_column time_columns[] = {
	{ "step", "report.step", LIST_CODE, 0, "report.time" },
	{ "count", "report.cases", LIST_NUMBER, 0, NULL },
	{ "median", "report.median", LIST_NUMBER, 0, NULL },
	{ "p90", "report.p90", LIST_NUMBER, 0, NULL },
	{ "most", "report.most", LIST_NUMBER, 0, NULL },
	{ "slowest", "report.slowest", LIST_NUMBER, 0, NULL },
	{ 0 },
};
const struct list report_time_listing = { "steps", "report.time.title", time_columns, 50 };

/* From the step before to this one, by the day; as many as there are.  A step counts for a
 * candidate; the minutes and the whole procedure for a competition. */
#define STEP(name, from, to, rest)                                                                 \
	" SELECT '" name "' AS step, a.competition_id AS competition, " from " AS from_ms, " to    \
	" AS to_ms FROM application a JOIN scope x ON x.id = a.competition_id " rest
#define RESULT_OF                                                                                  \
	" JOIN attempt t ON t.application_id = a.id AND t.void = 0"                                \
	" JOIN result r ON r.attempt_id = t.id"
#define RELEASE_OF " JOIN dossier_release d ON d.application_id = a.id"
#define HEARING_OF                                                                                 \
	" JOIN interview_candidate i ON i.application_id = a.id AND i.ended_ms IS NOT NULL"

/* The steps in the order of the procedure; `steps` names them. */
#define STEPS                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
	STEP("check", "a.sent_ms",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          \
	     "MIN(CASE WHEN q.outcome = 'met' THEN q.at_ms"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 \
	     " ELSE q.answered_ms END)",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    \
	     " JOIN qualification_decision q ON q.application_id = a.id"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    \
	     " AND (q.outcome = 'met' OR q.answer = 'confirmed')"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           \
	     " WHERE a.sent_ms IS NOT NULL GROUP BY a.id, a.competition_id, a.sent_ms")                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     \
	" UNION ALL" STEP(                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  \
		"security", "MIN(l.sent_ms)", "MIN(s.at_ms)",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
		" JOIN security_list_entry z ON z.application_id = a.id"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    \
		" JOIN security_list l ON l.id = z.list_id"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 \
		" JOIN security_information s ON s.application_id = a.id"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   \
		" GROUP BY a.id, a.competition_id") " UNION ALL" STEP("body", "b.sent_ms",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  \
								      "n.answered_ms",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      \
								      " JOIN "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              \
								      "body_request_"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       \
								      "entry n ON "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         \
								      "n.application_"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      \
								      "id = a.id"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           \
								      " AND "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
								      "n.answered_ms "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      \
								      "IS NOT NULL "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        \
								      "JOIN "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
								      "body_request b"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      \
								      " ON b.id = "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         \
								      "n.request_id") " UNION "                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             \
										      "ALL" STEP("test",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    \
												 "MIN(q.at_ms)",                                                                                                                                                                                                                                                                                                                                                                                                                                                                            \
												 "MIN(r.fixed_ms)",                                                                                                                                                                                                                                                                                                                                                                                                                                                                         \
												 " JOIN qualification_decision q ON q.application_id = a.id"                                                                                                                                                                                                                                                                                                                                                                                                                                \
												 " AND q.outcome = 'met'" RESULT_OF " GROUP BY a.id, a.competition_id") " UNION ALL" STEP("dossier", "r.fixed_ms", "d.at_ms", RESULT_OF RELEASE_OF) " UNION ALL" STEP("interview",                                                                                                                                                                                                                                                                                                          \
																																      "d.at_ms", "i.ended_ms", RELEASE_OF HEARING_OF) " UNION ALL" STEP("decision", "i.ended_ms", "v.at_ms", HEARING_OF " JOIN decision v ON v.application_id = a.id") " UNION ALL" STEP("told",                                                                                                                            \
																																																							 "v.at_ms",                                                                                                                         \
																																																							 "MIN(CASE WHEN p.day * $7 - $6 < n.served_ms"                                                                                      \
																																																							 " OR n.served_ms IS NULL THEN p.day * $7 - $6 ELSE n.served_ms END)",                                                              \
																																																							 " JOIN decision v ON v.application_id = a.id"                                                                                      \
																																																							 " JOIN notice n ON n.person_id = a.person_id"                                                                                      \
																																																							 " AND n.competition_id = a.competition_id"                                                                                         \
																																																							 " AND n.kind IN ('decision.positive', 'decision.negative')"                                                                        \
																																																							 " LEFT JOIN notice_paper p ON p.notice_id = n.id"                                                                                  \
																																																							 " WHERE n.served_ms IS NOT NULL OR p.day IS NOT NULL"                                                                              \
																																																							 " GROUP BY a.id, a.competition_id, v.at_ms") " UNION ALL SELECT 'minutes', i.competition_id, i.closed_ms, MAX(g.signed_ms)"        \
																																																												      "  FROM interview i JOIN scope x ON x.id = i.competition_id"                          \
																																																												      "  JOIN minutes_signature g ON g.interview_id = i.id WHERE i.closed_ms IS NOT NULL"   \
																																																												      "  GROUP BY i.id, i.competition_id, i.closed_ms HAVING COUNT(*) = COUNT(g.signed_ms)" \
																																																												      " UNION ALL SELECT 'whole', c.id, c.announced_ms, c.closed_ms FROM competition c"     \
																																																												      "  JOIN scope x ON x.id = c.id WHERE c.closed_ms IS NOT NULL"
static const char *const steps[] = { "check",     "security", "body", "test",    "dossier",
				     "interview", "decision", "told", "minutes", "whole" };

/* As many cases of a step as there are took the same days of the same competition. */
static json_t *read_cases(struct req *r, const struct report_scope *s, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       REPORT_SCOPE ", took AS (" STEPS ")"
				    " SELECT step, competition, (from_ms + $6) / $7 AS from_day,"
				    " (to_ms + $6) / $7 AS to_day, COUNT(*) AS cases FROM took"
				    " GROUP BY step, competition, (from_ms + $6) / $7,"
				    " (to_ms + $6) / $7",
		       REPORT_VALUES(s), db_int(ZONE_OFFSET_MS), db_int(DAY_MS));
}

/* One step: its cases among all, and the competition of the slowest. */
struct step_time {
	struct spread spread;
	int64_t slowest; /* competition; 0: no case */
};

static struct step_time time_of(const struct req *r, const struct calendar *c, const json_t *rows,
				const char *step)
{
	const size_t count = json_array_size(rows);
	struct spread_part *part = arena_array(r->arena, count ? count : 1, sizeof(*part));
	struct step_time t = { 0 };
	size_t used = 0;
	int64_t most = -1;
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		const int days = calendar_between(c, (day){ (int32_t)row_number(row, "from_day") },
						  (day){ (int32_t)row_number(row, "to_day") });
		/* outside the calendar nobody knows how many of the days were worked */
		if (days < 0 || strcmp(row_text(row, "step"), step) != 0)
			continue;
		part[used++] = (struct spread_part){ days, row_number(row, "cases") };
		t.slowest = days > most ? row_number(row, "competition") : t.slowest;
		most = days > most ? days : most;
	}
	t.spread = spread_of(part, used);
	return t;
}

/* The bar reaches to the median, the paler one to the ninth of ten, the line to the slowest. */
static json_t *step_model(const char *step, const struct step_time *t, int64_t widest)
{
	json_t *o = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "step", step, "count",
			      (json_int_t)t->spread.count, "median", (json_int_t)t->spread.median,
			      "p90", (json_int_t)t->spread.p90, "most", (json_int_t)t->spread.most,
			      "slowest", (json_int_t)t->slowest);
	(void)json_object_set_new(o, "to_median", report_width(t->spread.median, widest));
	(void)json_object_set_new(o, "to_p90", report_width(t->spread.p90, widest));
	(void)json_object_set_new(o, "to_most", report_width(t->spread.most, widest));
	return o;
}

bool report_time(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct calendar *calendar = NULL;
	struct report_scope s = { 0 };
	struct step_time times[COUNT(steps)];
	int64_t widest = 1;
	if (!report_begin(r, &s, model, e) || !calendar_in_force(&act, &calendar, e))
		return false;
	const json_t *rows = read_cases(r, &s, e);
	if (!rows)
		return false;
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(steps); i++) {
		times[i] = time_of(r, calendar, rows, steps[i]);
		widest = times[i].spread.most > widest ? times[i].spread.most : widest;
	}
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (times[i].spread.count > 0)
			(void)json_array_append_new(list, step_model(steps[i], &times[i], widest));
	}
	list_rows(r, model, list);
	json_decref(list);
	return true;
}
