/* plan.c - the plan of the interview: the date, its terms in words, who is admitted. */
#include "app/candidate/candidate.h"
#include "app/interview/interview_plan.h"
#include "web/candidate/dossier.h"
#include "web/competition/explanation.h"
#include "web/names.h"
#include "web/row.h"

const struct param plan_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "start", P_TIME, 0, 0, true, NULL },
	{ "place", P_TEXT, 1, 200, true, NULL },
	PARAMS_END,
};

/* ---- a term in words -------------------------------------------------------------------- */

/* The terms of the planned day, or of the day that was just refused. */
static void add_terms(const struct competition *c, bool known, day d, json_t *model)
{
	struct calendar_explanation security;
	struct calendar_explanation dossier;
	json_t *terms = json_null();
	if (known && terms_explain_security(c->calendar, c->rules, d, &security) &&
	    terms_explain_dossier(c->calendar, c->rules, d, &dossier)) {
		terms = json_object();
		(void)json_object_set_new(terms, "interview", day_json(d));
		(void)json_object_set_new(terms, "security", explanation_model(&security));
		(void)json_object_set_new(terms, "dossier", explanation_model(&dossier));
	}
	(void)json_object_set_new(model, "terms", terms);
}

/* ---- who is heard ------------------------------------------------------------------------- */

/* The end of the key of the first condition that is not met, "" if all are (R44-1). */
static const char *refusal(struct arena *arena, const struct admission *a)
{
	struct err why = { 0 };
	if (admission_require_interview(a, &why))
		return "";
	return arena_copy(arena, why.key + sizeof("law.admission.") - 1);
}

static bool add_candidates(struct req *r, int64_t competition, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *list = json_array();
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "candidates", list);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, x.turn, (SELECT d.at_ms FROM dossier_release d"
			       "  WHERE d.application_id = a.id) AS released_ms"
			       "  FROM application a JOIN person p ON p.id = a.person_id"
			       " LEFT JOIN interview_candidate x ON x.application_id = a.id"
			       " WHERE a.competition_id = $1 AND a.state = 'sent'"
			       " ORDER BY x.turn NULLS LAST, p.sort_key",
			       db_int(competition));
	json_array_foreach (rows, i, row) {
		struct candidate c = { 0 };
		if (!candidate_load(&act, row_number(row, "id"), &c, e))
			return false;
		(void)json_object_set_new(row, "name", json_string(c.name));
		(void)json_object_set_new(row, "admitted", json_boolean(c.admission.to_interview));
		(void)json_object_set_new(row, "why", json_string(refusal(r->arena, &c.admission)));
		(void)json_array_append(list, row);
	}
	return rows != NULL;
}

/* ---- the page -------------------------------------------------------------------------- */

/* The first day on which the interview could be, for the form. */
static json_t *nearest_model(const struct interview_check *check)
{
	char text[DAY_TEXT_SIZE + 8];
	char day_text[DAY_TEXT_SIZE];
	if (!check->has_nearest)
		return json_null();
	day_print(check->nearest, day_text);
	(void)snprintf(text, sizeof(text), "%sT10:00", day_text);
	return json_pack("{s:s,s:s}", "day", day_text, "start", text);
}

static json_t *planned_model(json_t *rows)
{
	json_t *row = json_array_get(rows, 0);
	char text[INSTANT_TEXT_SIZE];
	if (!row)
		return json_null();
	instant_print(row_number(row, "start_ms"), text);
	text[sizeof("YYYY-MM-DDTHH:MM") - 1] = '\0';
	(void)json_object_set_new(row, "start", json_string(text));
	(void)json_object_del(row, "day");
	return json_incref(row);
}

bool plan_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct interview_facts facts = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e) ||
	    !interview_plan_facts(&act, &c, &facts, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, day, start_ms, place, state FROM interview"
			       " WHERE competition_id = $1",
			       db_int(c.id));
	if (!rows || !add_candidates(r, c.id, model, e))
		return false;
	bool planned = json_array_size(rows) > 0;
	day d = { (int32_t)row_number(json_array_get(rows, 0), "day") };
	const struct interview_check of_plan = terms_interview(c.calendar, c.rules, &facts, d);
	(void)json_object_set_new(model, "lawful",
				  json_boolean(planned && of_plan.fault == INTERVIEW_LAWFUL));
	/* A refused proposal explains itself, not the plan it was to replace. */
	if (r->shown_again && in_has(r, "start")) {
		d = day_of_instant(in_int(r, "start"));
		planned = true;
	}
	const struct interview_check check = terms_interview(
		c.calendar, c.rules, &facts, planned ? d : day_of_instant(r->now_ms));
	add_terms(&c, planned, d, model);
	json_t *nearest = nearest_model(&check);
	json_t *plan = planned_model(rows);
	/* What the form begins with: the plan, or the nearest day on which one could be made. */
	(void)json_object_set_new(
		model, "proposed",
		json_pack("{s:s,s:s}", "start",
			  row_text(json_is_object(plan) ? plan : nearest, "start"), "place",
			  row_text(plan, "place")));
	(void)json_object_del(plan, "start");
	(void)json_object_set_new(model, "nearest", nearest);
	(void)json_object_set_new(model, "plan", plan);
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	return true;
}

bool plan_set(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!interview_plan(&act, in_int(r, "competition"), in_int(r, "start"), in_text(r, "place"),
			    e))
		return false;
	r->notice = "plan.notice.planned";
	req_go(r, "/competitions/%lld/interview", (long long)in_int(r, "competition"));
	return true;
}
