/* public.c - what came of the competitions, robots.txt, and the table of the public pages (O-2). */
#include "web/public.h"

#include "app/competition.h"
#include "base/text.h"
#include "web/names.h"
#include "web/paging.h"
#include "web/row.h"

#include <string.h>

enum { PAGE_SIZE = 25, PLACE_MOST = 64 };

/* ---- results ----------------------------------------------------------------------------------
 */

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

static bool is_wanted(const struct req *r, const json_t *row)
{
	const char *words = text_fold(r->arena, in_text(r, "q"));
	const char *organ = in_text(r, "organ");
	if (*organ && strcmp(organ, row_text(row, "organ")) != 0)
		return false;
	return !*words ||
	       strstr(text_fold(r->arena, arena_print(r->arena, "%s %s %lld",
						      post_name(r, row_text(row, "post")),
						      organ_name(r, row_text(row, "organ")),
						      (long long)row_number(row, "id"))),
		      words);
}

static bool add_result(const struct req *r, const json_t *row, json_t *list, struct err *e)
{
	json_t *result = result_of(r, row_number(row, "id"), e);
	if (!result)
		return false;
	(void)json_object_set_new(result, "id", json_integer(row_number(row, "id")));
	(void)json_object_set_new(result, "post", json_string(post_name(r, row_text(row, "post"))));
	(void)json_object_set_new(result, "organ",
				  json_string(organ_name(r, row_text(row, "organ"))));
	(void)json_object_set_new(result, "vacancies", json_integer(row_number(row, "vacancies")));
	(void)json_object_set_new(result, "demonstration",
				  json_boolean(row_number(row, "demonstration")));
	(void)json_array_append_new(list, result);
	return true;
}

static bool result_list(struct req *r, json_t *model, struct err *e)
{
	const int64_t from = (page_number(r) - 1) * PAGE_SIZE;
	json_t *list = json_array();
	int64_t total = 0;
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "results", list);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, post, organ, vacancies, demonstration FROM competition"
			       " WHERE state = 'closed' AND announced_ms IS NOT NULL"
			       " ORDER BY closed_ms DESC, id DESC");
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		if (!is_wanted(r, row))
			continue;
		if (total >= from && total < from + PAGE_SIZE && !add_result(r, row, list, e))
			return false;
		total++;
	}
	(void)json_object_set_new(model, "q", json_string(in_text(r, "q")));
	(void)json_object_set_new(model, "organ", json_string(in_text(r, "organ")));
	(void)json_object_set_new(model, "organs", organ_options(r));
	page_links(r, model, "/results", PAGE_SIZE, total);
	return true;
}

/* ---- robots -----------------------------------------------------------------------------------
 */

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

/* ---- the table --------------------------------------------------------------------------------
 */

static const char *const changes[] = { "changed", "added", "deleted", NULL };
static const struct param rules_params[] = {
	{ "rules", P_TEXT, 1, PLACE_MOST, true, NULL },
	{ "q", P_TEXT, 0, 100, false, NULL },
	{ "only", P_CHOICE, 0, 0, false, changes },
	PARAMS_END,
};
static const struct param result_params[] = {
	{ "q", P_TEXT, 0, 100, false, NULL },
	{ "organ", P_TEXT, 0, PLACE_MOST, false, NULL },
	{ "page", P_INT, 1, 100000, false, NULL },
	PARAMS_END,
};

#include "web/route_table.h"

const struct route public_routes[] = {
	{ GET, "/rules", ROLE_PUBLIC, rules_list, "public/rules", no_params,
	  "The versions of the Rules and when they are in force.", .cached = true },
	{ GET, "/rules/:rules", ROLE_PUBLIC, rules_show, "public/rule-set", rules_params,
	  "One version clause by clause, with what the amendment did.", .cached = true },
	{ GET, "/results", ROLE_PUBLIC, result_list, "public/results", result_params,
	  "What is published of the competitions that are closed.", .cached = true },
	{ GET, "/robots.txt", ROLE_PUBLIC, robots_show, NULL, no_params,
	  "What search engines may read: the public pages alone." },
	{ 0 },
};
