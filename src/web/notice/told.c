/* told.c - what candidates were told: served, by letter, not yet; and the appeal term (F84). */
#include "web/notice/told.h"

#include "view/catalog.h"
#include "web/interview/interview.h"
#include "web/list.h"
#include "web/names.h"
#include "web/notice/notice.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

static const struct list_column told_columns[] = {
	{ "name", "acquaintance.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "title", "told.column.notice", LIST_TEXT, 0, NULL },
	{ "created_ms", "told.column.sent", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "told.column.service", LIST_CODE, 0, "told.state" },
	{ "served_ms", "told.column.opened", LIST_TIME, LIST_HIDDEN, NULL },
	{ "number", "told.number", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "day", "told.day", LIST_DAY, LIST_HIDDEN, NULL },
	{ "account", "told.column.account", LIST_FLAG, LIST_HIDDEN, NULL },
	{ 0 },
};
static const struct list told_listing = { "rows", "notice.told.title", told_columns, 50 };

static const char *const states[] = { "open", "late", "served", NULL };
static const char *const kinds[] = { "all", NULL };

static const struct param told_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "kind", P_CHOICE, 0, 0, false, kinds },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param told_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "notice", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param told_paper_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "notice", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
static const struct param told_application_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- the appeal term -------------------------------------------------------------------- */

static bool add_told(struct req *r, const struct told *t, int64_t application_id, json_t *model,
		     struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT competition_id, person_id FROM application WHERE id = $1",
			     db_int(application_id));
	if (!row || !competition_load(&act, row_number(row, "competition_id"), &c, e))
		return false;
	const struct parameter *p = &c.rules->params[PARAM_APPEAL_MONTHS];
	(void)json_object_set_new(
		model, "told",
		json_pack("{s:o,s:o,s:s,s:b,s:b,s:o,s:s,s:b,s:s,s:o}", "served",
			  t->served ? day_json(t->served_day) : json_null(), "last",
			  t->has_last ? day_json(t->last) : json_null(), "number", t->number,
			  "over", t->over, "on_paper", t->on_paper, "months",
			  p->set ? json_integer((json_int_t)p->value) : json_null(), "clause",
			  p->clause, "assumed", p->set && p->assumed, "appeal",
			  in_kazakh(r) ? c.rules->appeal_kk : c.rules->appeal_ru, "complain",
			  row_number(row, "person_id") == r->actor.person_id
				  ? json_integer((json_int_t)application_id)
				  : json_null()));
	return true;
}

bool model_told(struct req *r, int64_t application_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct told t = { 0 };
	(void)json_object_set_new(model, "told", json_null());
	if (!told_of_application(&act, application_id, &t, e))
		return false;
	return t.notice_id == 0 || add_told(r, &t, application_id, model, e);
}

bool model_told_notice(struct req *r, int64_t notice_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct told t = { 0 };
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT n.kind, a.id FROM notice n JOIN application a"
			       "   ON a.person_id = n.person_id"
			       "   AND a.competition_id = n.competition_id"
			       " WHERE n.id = $1 AND n.person_id = $2",
			       db_int(notice_id), db_int(r->actor.person_id));
	const json_t *row = json_array_get(rows, 0);
	(void)json_object_set_new(model, "told", json_null());
	if (!row || !told_appealable(row_text(row, "kind")))
		return rows != NULL;
	return told_of_notice(&act, notice_id, &t, e) &&
	       add_told(r, &t, row_number(row, "id"), model, e);
}

/* The candidate reads the decision itself: that is the service of it. */
static bool decision_notice(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "application");
	if (!interview_notice(r, model, e) || !told_read(&act, id, e) ||
	    !model_told(r, id, model, e))
		return false;
	/* both stand in the part about the appeal already */
	json_t *notice = json_object_get(model, "notice");
	if (json_is_object(json_object_get(model, "told"))) {
		(void)json_object_set_new(notice, "appeal", json_null());
		(void)json_object_set_new(notice, "months", json_null());
	}
	return true;
}

/* ---- the list --------------------------------------------------------------------------- */

/* HR of the organ, and auditors. */
static bool load(struct req *r, struct competition *c, bool *ret_hr, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!competition_load(&act, in_int(r, "competition"), c, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c->organ, ret_hr, e) ||
	    (!*ret_hr && !act_holds(&act, ROLE_NAME_AUDITOR, c->organ, &may, e)))
		return false;
	return *ret_hr || may || err_set(e, ERR_DENIED, "error.denied", "not this person's organ");
}

/* Notices to the candidates of the competition as the filters want them: $1 the competition, $2
 * what is asked of its state, $3 all kinds, $4 the name, $5 what was sent before this is late. */
#define CHOSEN                                                                                     \
	"  FROM notice n JOIN application a ON a.person_id = n.person_id"                          \
	"   AND a.competition_id = n.competition_id"                                               \
	"  JOIN person p ON p.id = n.person_id"                                                    \
	"  LEFT JOIN notice_paper l ON l.notice_id = n.id"                                         \
	"  LEFT JOIN account u ON u.person_id = n.person_id"                                       \
	" WHERE n.competition_id = $1"                                                             \
	" AND ($3 = 'all' OR n.kind IN ('check.refused', 'test.failed', 'test.annulled',"          \
	"  'decision.positive', 'decision.negative'))"                                             \
	" AND ($2 = '' OR ($2 = 'served') = (n.served_ms IS NOT NULL OR l.day IS NOT NULL))"       \
	" AND ($2 <> 'late' OR n.created_ms < $5) AND p.search LIKE $4 ESCAPE '\\'"

/* What the notice was about, in the reader's language. */
static void add_title(const struct req *r, json_t *row)
{
	const char *key = arena_print(r->arena, "notice.%s.title", row_text(row, "kind"));
	const char *text = catalog_text(view_catalog(r->site->view), r->language, key);
	(void)json_object_set_new(row, "title", json_string(text ? text : row_text(row, "kind")));
	(void)json_object_del(row, "kind");
}

static json_t *told_model(struct req *r, json_t *row, int64_t late_before)
{
	const bool letter = row_has(row, "day");
	const bool served = letter || row_has(row, "served_ms");
	const bool late = !served && row_number(row, "created_ms") < late_before;
	row_name(r, row);
	row_day(row, "day");
	(void)json_object_set_new(row, "state",
				  json_string(served ? "served" : (late ? "late" : "waiting")));
	(void)json_object_set_new(row, "account", json_boolean(row_number(row, "account") != 0));
	add_title(r, row);
	return row;
}

static bool add_rows(struct req *r, const struct competition *c, json_t *model, struct err *e)
{
	const struct list_ask ask = list_ask(r);
	const struct db_value id = db_int(c->id);
	const struct db_value state = db_text(in_text(r, "state"));
	const struct db_value kind = db_text(in_text(r, "kind"));
	const struct db_value name = db_text(ask.pattern);
	day late = { 0 };
	const bool known = told_late_day(c, day_of_instant(r->now_ms), &late);
	const int64_t before = known ? day_begins_ms((day){ late.n + 1 }) : 0;
	int64_t total = 0;
	if (!db_number(r->db, e, &total, "SELECT COUNT(*)" CHOSEN, id, state, kind, name,
		       db_int(before)))
		return false;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT n.id AS told_id, n.kind, n.created_ms, n.served_ms, n.acknowledged_ms,"
		" l.day, l.number, p.family, p.given, p.patronymic, a.id AS application,"
		" CASE WHEN u.person_id IS NULL THEN 0 ELSE 1 END AS account" CHOSEN
		" ORDER BY CASE WHEN $6 = 'name' THEN p.sort_key END,"
		" CASE WHEN $7 = 'name' THEN p.sort_key END DESC,"
		" CASE WHEN $6 = 'created_ms' THEN n.created_ms END, n.id DESC LIMIT $8 OFFSET $9",
		id, state, kind, name, db_int(before), db_text(ask.up), db_text(ask.down),
		db_int(ask.limit), db_int(ask.offset));
	if (!rows)
		return false;
	for (size_t i = 0; i < json_array_size(rows); i++)
		(void)told_model(r, json_array_get(rows, i), before);
	list_page(r, model, json_incref(rows), total);
	return true;
}

static bool told_list(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	bool hr = false;
	if (!load(r, &c, &hr, e))
		return false;
	const struct parameter *p = &c.rules->params[PARAM_NOTICE_DAYS];
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:I}", "id", (json_int_t)c.id, "post",
					    post_name(r, c.post), "days",
					    (json_int_t)(p->set ? p->value : 0)));
	(void)json_object_set_new(
		model, "asked",
		json_pack("{s:s,s:s}", "state", in_text(r, "state"), "kind", in_text(r, "kind")));
	(void)json_object_set_new(model, "hr", json_boolean(hr));
	return add_rows(r, &c, model, e);
}

/* ---- a letter --------------------------------------------------------------------------- */

static bool told_letter(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	bool hr = false;
	json_t *row = NULL;
	if (!load(r, &c, &hr, e))
		return false;
	row = db_row(r->db, r->arena, e,
		     "SELECT n.id, n.kind, n.created_ms, n.served_ms, l.day, l.number,"
		     " p.family, p.given, p.patronymic FROM notice n JOIN application a"
		     "   ON a.person_id = n.person_id AND a.competition_id = n.competition_id"
		     "  JOIN person p ON p.id = n.person_id"
		     "  LEFT JOIN notice_paper l ON l.notice_id = n.id"
		     " WHERE n.id = $1 AND n.competition_id = $2",
		     db_int(in_int(r, "notice")), db_int(c.id));
	if (!row)
		return false;
	row_name(r, row);
	row_day(row, "day");
	add_title(r, row);
	(void)json_object_set_new(
		row, "may_record",
		json_boolean(hr && !row_has(row, "served_ms") && !row_has(row, "day")));
	(void)json_object_set(model, "letter", row);
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	return true;
}

static bool told_record(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	if (!told_on_paper(&act, in_int(r, "competition"), in_int(r, "notice"),
			   in_text(r, "number"), in_day(r, "day"), e))
		return false;
	r->notice = "told.notice.recorded";
	req_go(r, "/competitions/%lld/told", (long long)in_int(r, "competition"));
	return true;
}

/* ---- the table -------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route told_routes[] = {
	{ GET, "/competitions/:competition/told", ROLE_HR | ROLE_AUDITOR, told_list, "notice/told",
	  told_list_params, "What the candidates were told, and who has been served when.",
	  .list = &told_listing },
	{ GET, "/competitions/:competition/told/:notice", ROLE_HR | ROLE_AUDITOR, told_letter,
	  "notice/letter", told_params, "One notice to a candidate; how it was served." },
	{ POST, "/competitions/:competition/told/:notice", ROLE_HR, told_record, "notice/letter",
	  told_paper_params, "Records that it was handed over as a letter.", .again = told_letter },
	{ GET, "/applications/:application/notice", ROLE_PERSON, decision_notice,
	  "interview/notice", told_application_params,
	  "The decision for its candidate; reading it serves it.", .journalled = true },
	{ 0 },
};
