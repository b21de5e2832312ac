/* public.c - what came of the competitions, robots.txt, and the table of the public pages (O-2). */
#include "web/competition/public.h"

#include "app/competition/competition.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { PLACE_MOST = 64 };

/* ---- results --------------------------------------------------------------------------------- */

/* The recommended ones, if the rule set publishes names. */
static bool add_names(const struct req *r, int64_t competition, json_t *result, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	size_t i = 0;
	json_t *row = NULL;
	if (!competition_load(&act, competition, &c, e))
		return false;
	if (!c.rules->results_name_people) {
		(void)json_object_set_new(result, "names", json_null());
		return true;
	}
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT p.family, p.given, p.patronymic FROM decision d"
			       " JOIN application a ON a.id = d.application_id"
			       " JOIN person p ON p.id = a.person_id"
			       " WHERE a.competition_id = $1 AND d.outcome = 'positive'"
			       " ORDER BY p.sort_key",
			       db_int(competition));
	json_array_foreach (rows, i, row)
		row_name(r, row);
	(void)json_object_set(result, "names", rows);
	return rows != NULL;
}

json_t *result_of(const struct req *r, int64_t competition, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT closed_ms, (SELECT COUNT(*) FROM application a WHERE a.competition_id = "
		"c.id"
		"  AND a.state = 'sent') AS candidates, (SELECT COUNT(*) FROM interview_candidate x"
		"  JOIN interview i ON i.id = x.interview_id WHERE i.competition_id = c.id)"
		"  AS admitted, (SELECT COUNT(*) FROM decision d JOIN application a"
		"   ON a.id = d.application_id WHERE a.competition_id = c.id"
		"   AND d.outcome = 'positive') AS positive"
		" FROM competition c WHERE c.id = $1 AND c.state = 'closed'",
		db_int(competition));
	if (!rows)
		return NULL;
	if (json_array_size(rows) == 0)
		return json_null();
	json_t *result = json_incref(json_array_get(rows, 0));
	if (add_names(r, competition, result, e))
		return result;
	json_decref(result);
	return NULL;
}

/* What came of it, into the row. */
static bool add_result(const struct req *r, json_t *row, struct err *e)
{
	json_t *result = result_of(r, row_number(row, "id"), e);
	if (!result)
		return false;
	(void)json_object_update(row, result);
	json_decref(result);
	return true;
}

static json_t *in_words(const struct req *r, const json_t *row)
{
	json_t *o = json_pack("{s:I,s:s,s:s,s:I,s:b}", "id", (json_int_t)row_number(row, "id"),
			      "post", post_name(r, row_text(row, "post")), "organ",
			      organ_name(r, row_text(row, "organ")), "vacancies",
			      (json_int_t)row_number(row, "vacancies"), "demonstration",
			      row_number(row, "demonstration") != 0);
	(void)json_object_set(o, "closed_ms", json_object_get(row, "closed_ms"));
	return o;
}

/* Looked through and cut first: what came of them is asked for those that are shown. */
static bool result_list(struct req *r, json_t *model, struct err *e)
{
	json_t *all = json_array();
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT id, post, organ, vacancies, demonstration, closed_ms FROM competition"
		" WHERE state = 'closed' AND announced_ms IS NOT NULL AND ($1 = '' OR organ = $1)"
		" ORDER BY closed_ms DESC, id DESC",
		db_text(in_text(r, "organ")));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(all, in_words(r, row));
	list_rows(r, model, all);
	json_decref(all);
	(void)json_object_set_new(model, "organ", json_string(in_text(r, "organ")));
	(void)json_object_set_new(model, "organs", organ_options(r));
	json_array_foreach (json_object_get(model, "results"), i, row) {
		if (!add_result(r, row, e))
			return false;
	}
	return rows != NULL;
}

/* ---- robots ---------------------------------------------------------------------------------- */

static const char robots[] = "User-agent: *\nAllow: /announcements\nAllow: /results\n"
			     "Allow: /rules\nDisallow: /\n";

static bool robots_show(struct req *r, json_t *model, struct err *e)
{
	static const struct upload file = { .name = "",
					    .file_name = "robots.txt",
					    .media = "text/plain; charset=utf-8",
					    .bytes = robots,
					    .size = sizeof(robots) - 1 };
	(void)model;
	(void)e;
	r->download = &file;
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const char *const changes[] = { "changed", "added", "deleted", NULL };
static const struct param rules_params[] = {
	{ "rules", P_TEXT, 1, PLACE_MOST, true, NULL },
	{ "q", P_TEXT, 0, 100, false, NULL },
	{ "only", P_CHOICE, 0, 0, false, changes },
	PARAMS_END,
};
static const struct param result_params[] = {
	LIST_PARAMS,
	{ "organ", P_TEXT, 0, PLACE_MOST, false, NULL },
	PARAMS_END,
};
static const struct list_column result_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_SORTS, NULL },
	{ "vacancies", "competition.vacancies", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "closed_ms", "public.result.closed", LIST_TIME, LIST_SORTS, NULL },
	{ "candidates", "public.result.candidates", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "admitted", "public.result.admitted", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "positive", "public.result.name", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "demonstration", "competition.demonstration", LIST_FLAG, LIST_HIDDEN, NULL },
	{ 0 },
};
static const struct list result_listing = { "results", "public.results.title", result_columns, 25 };

#include "web/route_table.h"

const struct route public_routes[] = {
	{ GET, "/rules", ROLE_PUBLIC, rules_list, "public/rules", no_params,
	  "The versions of the Rules and when they are in force.", .cached = true },
	{ GET, "/rules/:rules", ROLE_PUBLIC, rules_show, "public/rule-set", rules_params,
	  "One version clause by clause, with what the amendment did.", .cached = true },
	{ GET, "/results", ROLE_PUBLIC, result_list, "public/results", result_params,
	  "What is published of the competitions that are closed.", .cached = true,
	  .list = &result_listing },
	{ GET, "/robots.txt", ROLE_PUBLIC, robots_show, NULL, no_params,
	  "What search engines may read: the public pages alone.", .gives = "text/plain" },
	{ 0 },
};
