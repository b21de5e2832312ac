/* report.c - what the reports have in common; the funnel, and the test by act of law. */
#include "web/competition/report.h"

#include "base/spread.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

const char *const report_route_names[] = { "own", "other", NULL };

/* ---- the scope -------------------------------------------------------------------------- */

/* Those the reader may see, as a text and as options; one that is asked for alone remains. */
static bool read_organs(struct req *r, const char **ret, json_t *options, struct err *e)
{
	const char *asked = in_text(r, "organ");
	const char *text = ",";
	json_t *known = json_object();
	bool fine = true;
	for (size_t i = 0; fine && i < r->book->organ_count; i++) {
		const struct organ *o = &r->book->organs[i];
		bool may = false;
		fine = row_may(r, roles_hr_auditor, o->code, known, &may, e);
		if (!may)
			continue;
		(void)json_array_append_new(options, json_pack("{s:s,s:s}", "id", o->code, "name",
							       organ_name(r, o->code)));
		if (!*asked || strcmp(asked, o->code) == 0)
			text = arena_print(r->arena, "%s%s,", text, o->code);
	}
	json_decref(known);
	*ret = text;
	return fine;
}

/* The filter as it goes from one report to the next: values that need no escape in an address. */
static const char *carried(const struct req *r)
{
	static const char *const names[] = { "from", "to", "organ", "route" };
	const char *text = "?";
	if (in_has(r, "competition"))
		text = arena_print(r->arena, "?competition=%lld&",
				   (long long)in_int(r, "competition"));
	for (size_t i = 0; i < COUNT(names); i++) {
		if (*in_text(r, names[i]))
			text = arena_print(r->arena, "%s%s=%s&", text, names[i],
					   in_text(r, names[i]));
	}
	return text[1] ? arena_print(r->arena, "%.*s", (int)strlen(text) - 1, text) : "";
}

static void add_tabs(const struct req *r, json_t *model)
{
	static const struct {
		const char *path, *key;
	} tabs[] = {
		{ "/reports", "report.funnel.title" },
		{ "/reports/time", "report.time.title" },
		{ "/reports/results", "report.results.title" },
		{ "/reports/acts", "report.acts.title" },
		{ "/reports/terms", "report.terms.title" },
		{ "/reports/late", "report.late.title" },
	};
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(tabs); i++)
		(void)json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:b}", "tab",
				  arena_print(r->arena, "%s%s", tabs[i].path, carried(r)), "key",
				  tabs[i].key, "here", strcmp(tabs[i].path, r->route->path) == 0));
	(void)json_object_set_new(model, "tabs", list);
}

/* How many competitions it is about, and of one alone its post. */
static bool add_extent(struct req *r, const struct report_scope *s, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     REPORT_SCOPE
			     " SELECT COUNT(*) AS competitions, SUM(c.vacancies) AS vacancies,"
			     " MAX(c.post) AS post FROM scope x JOIN competition c ON c.id = x.id",
			     REPORT_VALUES(s));
	if (!row)
		return false;
	const bool one = s->competition && row_number(row, "competitions") == 1;
	(void)json_object_set_new(
		model, "extent",
		json_pack("{s:I,s:I,s:o}", "competitions",
			  (json_int_t)row_number(row, "competitions"), "vacancies",
			  (json_int_t)row_number(row, "vacancies"), "only",
			  one ? json_pack("{s:I,s:s}", "number", (json_int_t)s->competition, "post",
					  post_name(r, row_text(row, "post")))
			      : json_null()));
	return true;
}

bool report_begin(struct req *r, struct report_scope *ret, json_t *model, struct err *e)
{
	json_t *options = json_array();
	const bool until = in_has(r, "to");
	*ret = (struct report_scope){
		.from_ms = in_has(r, "from") ? day_begins_ms(in_day(r, "from")) : 0,
		.before_ms = until ? day_begins_ms((day){ in_day(r, "to").n + 1 }) : INT64_MAX,
		.competition = in_int(r, "competition"),
		.route = in_text(r, "route"),
	};
	(void)json_object_set_new(model, "organs", options);
	(void)json_object_set_new(model, "asked",
				  json_pack("{s:s,s:s,s:s,s:s,s:b,s:o}", "from", in_text(r, "from"),
					    "to", in_text(r, "to"), "organ", in_text(r, "organ"),
					    "route", in_text(r, "route"), "reversed",
					    ret->before_ms <= ret->from_ms, "competition",
					    ret->competition
						    ? json_integer((json_int_t)ret->competition)
						    : json_null()));
	(void)json_object_set_new(model, "routes",
				  word_options(r, report_route_names, "report.route"));
	add_tabs(r, model);
	return read_organs(r, &ret->organs, options, e) && add_extent(r, ret, model, e);
}

json_t *report_width(int64_t part, int64_t whole)
{
	return json_integer((json_int_t)(whole > 0 ? part * REPORT_WIDTH / whole : 0));
}

json_t *report_share(int64_t part, int64_t whole)
{
	enum { PERCENT = 100 };
	return whole > 0 ? json_integer((json_int_t)((part * PERCENT + whole / 2) / whole))
			 : json_null();
}

/* ---- the funnel ------------------------------------------------------------------------- */

static const struct param report_funnel_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };
static const struct list_column funnel_columns[] = {
	{ "step", "report.step", LIST_CODE, 0, "report.funnel" },
	{ "count", "report.people", LIST_NUMBER, 0, NULL },
	{ "share", "report.share", LIST_NUMBER, 0, NULL },
	{ "lost", "report.lost", LIST_NUMBER, 0, NULL },
	{ 0 },
};
static const struct list funnel_listing = { "steps", "report.funnel.title", funnel_columns, 50 };

/* Each step holds who is in the one before and came this far, so that no bar is wider than the one
 * above it; a test counts when its names are open (F9). */
static json_t *read_funnel(struct req *r, const struct report_scope *s, struct err *e)
{
	return db_row(
		r->db, r->arena, e,
		REPORT_SCOPE
		", sent (id) AS (SELECT a.id FROM application a JOIN scope x"
		"   ON x.id = a.competition_id WHERE a.state = 'sent'),"
		" met (id) AS (SELECT t.id FROM sent t WHERE EXISTS (SELECT 1 FROM"
		"   qualification_decision q WHERE q.application_id = t.id AND q.outcome = 'met')),"
		" begun (id, passed) AS (SELECT m.id, r.positive FROM met m JOIN attempt t"
		"   ON t.application_id = m.id AND t.void = 0 AND t.started_ms IS NOT NULL"
		"   JOIN sitting s ON s.id = t.sitting_id"
		"   LEFT JOIN result r ON r.attempt_id = t.id AND s.names_ms IS NOT NULL),"
		" studied (id) AS (SELECT b.id FROM begun b WHERE b.passed = 1"
		"   AND EXISTS (SELECT 1 FROM study y WHERE y.application_id = b.id"
		"    AND y.kind = 'polygraph' AND y.outcome = 'undergone')"
		"   AND EXISTS (SELECT 1 FROM study y WHERE y.application_id = b.id"
		"    AND y.kind = 'psycho' AND y.outcome = 'undergone')),"
		" released (id) AS (SELECT y.id FROM studied y JOIN dossier_release d"
		"   ON d.application_id = y.id),"
		" heard (id) AS (SELECT d.id FROM released d JOIN interview_candidate i"
		"   ON i.application_id = d.id AND i.ended_ms IS NOT NULL)"
		" SELECT (SELECT COUNT(*) FROM application a JOIN scope x"
		"   ON x.id = a.competition_id) AS opened,"
		" (SELECT COUNT(*) FROM sent) AS sent, (SELECT COUNT(*) FROM met) AS met,"
		" (SELECT COUNT(*) FROM begun) AS begun,"
		" (SELECT COUNT(*) FROM begun WHERE passed = 1) AS passed,"
		" (SELECT COUNT(*) FROM studied) AS studied,"
		" (SELECT COUNT(*) FROM released) AS released,"
		" (SELECT COUNT(*) FROM heard) AS heard,"
		" (SELECT COUNT(*) FROM heard h JOIN decision d ON d.application_id = h.id"
		"   WHERE d.outcome = 'positive') AS positive",
		REPORT_VALUES(s));
}

static bool report_funnel(struct req *r, json_t *model, struct err *e)
{
	static const char *const steps[] = { "opened",  "sent",     "met",   "begun",   "passed",
					     "studied", "released", "heard", "positive" };
	struct report_scope s = { 0 };
	if (!report_begin(r, &s, model, e))
		return false;
	const json_t *row = read_funnel(r, &s, e);
	if (!row)
		return false;
	const int64_t all = row_number(row, steps[0]);
	int64_t before = all;
	json_t *list = json_array();
	for (size_t i = 0; all > 0 && i < COUNT(steps); i++) {
		const int64_t n = row_number(row, steps[i]);
		json_t *step = json_pack("{s:s,s:I,s:I}", "step", steps[i], "count", (json_int_t)n,
					 "lost", (json_int_t)(before - n));
		(void)json_object_set_new(step, "share", report_share(n, all));
		(void)json_object_set_new(step, "width", report_width(n, all));
		(void)json_object_set_new(step, "left", report_width(all - n, 2 * all));
		(void)json_array_append_new(list, step);
		before = n;
	}
	list_rows(r, model, list);
	json_decref(list);
	return true;
}

/* ---- the test by act of law ------------------------------------------------------------- */

static const struct param report_acts_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };
static const struct list_column acts_columns[] = {
	{ "act", "report.act", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "name", "report.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "asked", "report.asked", LIST_NUMBER, LIST_SORTS, NULL },
	{ "correct", "report.correct", LIST_NUMBER, LIST_SORTS, NULL },
	{ "share", "report.share", LIST_NUMBER, LIST_SORTS, NULL },
	{ "kk_share", "report.share.kk", LIST_NUMBER, LIST_SORTS, NULL },
	{ "ru_share", "report.share.ru", LIST_NUMBER, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list acts_listing = { "acts", "report.acts.title", acts_columns, 50 };

/* What an act of the programme is called in a rule set of the book; one that no set has any more
 * keeps its code. */
static const char *act_name(const struct req *r, const char *code)
{
	for (size_t i = r->book->rule_set_count; i > 0; i--) {
		const struct rule_set *set = r->book->rule_sets[i - 1].rule_set;
		for (size_t j = 0; j < set->act_count; j++) {
			if (strcmp(set->acts[j].code, code) == 0)
				return in_kazakh(r) ? set->acts[j].name_kk : set->acts[j].name_ru;
		}
	}
	return code;
}

static bool add_tests(struct req *r, const struct report_scope *s, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       REPORT_SCOPE " SELECT r.correct, COUNT(*) AS people,"
					    " SUM(r.positive) AS positive" REPORT_TESTS
					    " WHERE t.void = 0 GROUP BY r.correct",
			       REPORT_VALUES(s));
	if (!rows)
		return false;
	const size_t count = json_array_size(rows);
	struct spread_part *part = arena_array(r->arena, count ? count : 1, sizeof(*part));
	int64_t positive = 0;
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		part[i] = (struct spread_part){ row_number(row, "correct"),
						row_number(row, "people") };
		positive += row_number(row, "positive");
	}
	const struct spread spread = spread_of(part, count);
	(void)json_object_set_new(
		model, "tests",
		spread.count ? json_pack("{s:I,s:I,s:I,s:I}", "people", (json_int_t)spread.count,
					 "positive", (json_int_t)positive, "median",
					 (json_int_t)spread.median, "most", (json_int_t)spread.most)
			     : json_null());
	return true;
}

/* Of the tests in each language: an act that one of them makes harder stands out. */
static void set_language_shares(json_t *row, int64_t asked, int64_t correct)
{
	const int64_t kk_asked = row_number(row, "kk_asked");
	const int64_t kk_correct = row_number(row, "kk_correct");
	(void)json_object_del(row, "kk_asked");
	(void)json_object_del(row, "kk_correct");
	(void)json_object_set_new(row, "kk_share", report_share(kk_correct, kk_asked));
	(void)json_object_set_new(row, "ru_share",
				  report_share(correct - kk_correct, asked - kk_asked));
}

static bool report_acts(struct req *r, json_t *model, struct err *e)
{
	struct report_scope s = { 0 };
	if (!report_begin(r, &s, model, e) || !add_tests(r, &s, model, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       REPORT_SCOPE " SELECT b.act, SUM(b.asked) AS asked,"
					    " SUM(b.correct) AS correct,"
					    " SUM(CASE WHEN t.language = 'kk' THEN b.asked ELSE 0"
					    "  END) AS kk_asked,"
					    " SUM(CASE WHEN t.language = 'kk' THEN b.correct ELSE 0"
					    "  END) AS kk_correct" REPORT_TESTS
					    " JOIN result_act b ON b.attempt_id = t.id"
					    " WHERE t.void = 0 GROUP BY b.act"
					    " HAVING SUM(b.asked) > 0 ORDER BY b.act",
			       REPORT_VALUES(&s));
	size_t i = 0;
	json_t *row = NULL;
	int64_t all = 0;
	int64_t right = 0;
	json_array_foreach (rows, i, row) {
		const int64_t asked = row_number(row, "asked");
		const int64_t correct = row_number(row, "correct");
		all += asked;
		right += correct;
		(void)json_object_set_new(row, "name",
					  json_string(act_name(r, row_text(row, "act"))));
		(void)json_object_set_new(row, "share", report_share(correct, asked));
		(void)json_object_set_new(row, "width", report_width(correct, asked));
		set_language_shares(row, asked, correct);
	}
	if (rows)
		list_rows(r, model, rows);
	(void)json_object_set_new(model, "whole",
				  all ? json_pack("{s:o}", "share", report_share(right, all))
				      : json_null());
	return rows != NULL;
}

/* ---- the table -------------------------------------------------------------------------- */

static const struct param report_time_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };
static const struct param report_results_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };
static const struct param report_terms_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };
static const struct param report_late_params[] = { REPORT_PARAMS, LIST_PARAMS, PARAMS_END };

#include "web/route_table.h"

const struct route report_routes[] = {
	{ GET, "/reports", ROLE_HR | ROLE_AUDITOR, report_funnel, "report/funnel",
	  report_funnel_params, "How many candidates came how far.", .list = &funnel_listing,
	  .extra = "q,paging,listing.sort" },
	{ GET, "/reports/time", ROLE_HR | ROLE_AUDITOR, report_time, "report/time",
	  report_time_params, "How many working days each step took.", .list = &report_time_listing,
	  .extra = "q,paging,listing.sort" },
	{ GET, "/reports/acts", ROLE_HR | ROLE_AUDITOR, report_acts, "report/acts",
	  report_acts_params, "The test by act of law.", .list = &acts_listing,
	  .extra = "q,paging,listing.sort,acts.act" },
	{ GET, "/reports/results", ROLE_HR | ROLE_AUDITOR, report_results, "report/results",
	  report_results_params, "How the results of the test are distributed.",
	  .list = &report_results_listing, .extra = "q,paging,listing.sort,listing.columns" },
	{ GET, "/reports/terms", ROLE_HR | ROLE_AUDITOR, report_terms, "report/terms",
	  report_terms_params, "Which terms were kept and which were missed.",
	  .list = &report_terms_listing, .extra = "q,paging,listing.sort" },
	{ GET, "/reports/late", ROLE_HR | ROLE_AUDITOR, report_late, "report/late",
	  report_late_params, "Each term that was missed, with its competition.",
	  .list = &report_late_listing },
	{ 0 },
};
