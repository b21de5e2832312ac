/* competition.c - HR's pages of a competition: list, hub, form, announcement, correction. */
#include "web/competition/competition.h"

#include "app/competition/closing.h"
#include "base/text.h"
#include "web/competition/timeline.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { TEXT_MOST = 20000, CODE_MOST = 64 };

static const char *const states[] = { "draft", "announced", "closed", NULL };

const struct param competition_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param competition_list_params[] = {
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};
static const struct list_column competition_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "post_name", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ_name", "competition.organ", LIST_TEXT, LIST_SORTS, NULL },
	{ "vacancies", "competition.vacancies", LIST_NUMBER, LIST_SORTS, NULL },
	{ "filing_last", "competition.filing_last", LIST_DAY, LIST_SORTS, NULL },
	{ "sent", "competition.sent", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "competition.state" },
	{ 0 },
};
const struct list competition_listing = { "competitions", "competition.list.title",
					  competition_columns, 25 };

/* What HR fills in, of a new competition and of a draft. */
#define FORM_PARAMS                                                                                \
	{ "organ", P_TEXT, 1, CODE_MOST, true, NULL },                                             \
		{ "post", P_TEXT, 1, CODE_MOST, true, NULL },                                      \
		{ "vacancies", P_INT, 1, 100, true, NULL },                                        \
		{ "filing_days", P_INT, 1, 60, true, NULL },                                       \
		{ "demonstration", P_FLAG, 0, 0, false, NULL },                                    \
		{ "text_kk", P_TEXT, 1, TEXT_MOST, true, NULL },                                   \
	{                                                                                          \
		"text_ru", P_TEXT, 1, TEXT_MOST, true, NULL                                        \
	}

const struct param competition_form_params[] = {
	FORM_PARAMS,
	PARAMS_END,
};
const struct param competition_edit_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	FORM_PARAMS,
	PARAMS_END,
};
const struct param competition_correct_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "text_kk", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "text_ru", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "reason_kk", P_TEXT, 1, 500, true, NULL },
	{ "reason_ru", P_TEXT, 1, 500, true, NULL },
	PARAMS_END,
};

/* ---- list ------------------------------------------------------------------- */

static void name_row(const struct req *r, json_t *row)
{
	(void)json_object_set_new(row, "post_name",
				  json_string(post_name(r, row_text(row, "post"))));
	(void)json_object_set_new(row, "organ_name",
				  json_string(organ_name(r, row_text(row, "organ"))));
	row_day(row, "filing_last");
}

/* Those of the officer's organs. */
static bool take_own(const struct req *r, json_t *rows, json_t *own, struct err *e)
{
	json_t *known = json_object();
	bool fine = true;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		bool may = false;
		fine = fine && row_may(r, roles_hr, row_text(row, "organ"), known, &may, e);
		if (!may)
			continue;
		name_row(r, row);
		(void)json_object_del(row, "post");
		(void)json_object_del(row, "organ");
		(void)json_array_append(own, row);
	}
	json_decref(known);
	return fine;
}

bool competition_list(struct req *r, json_t *model, struct err *e)
{
	const char *state = in_text(r, "state");
	json_t *own = json_array();
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT c.id, c.post, c.organ, c.state, c.vacancies, c.demonstration,"
			" c.filing_last, (SELECT COUNT(*) FROM application a"
			"   WHERE a.competition_id = c.id AND a.state = 'sent') AS sent"
			"  FROM competition c WHERE $1 = '' OR c.state = $1"
			" ORDER BY c.id DESC",
			db_text(state));
	const bool fine = rows && take_own(r, rows, own, e);
	(void)json_object_set_new(model, "state", json_string(state));
	list_rows(r, model, own);
	json_decref(own);
	return fine;
}

/* ---- hub -------------------------------------------------------------------- */

static bool load_for_hr(struct req *r, struct competition *c, struct err *e)
{
	const struct act act = req_act(r);
	return competition_load(&act, in_int(r, "competition"), c, e) &&
	       act_require(&act, ROLE_NAME_HR, c->organ, e);
}

/* How many candidates stand where, for the steps of the hub. */
static bool add_counts(struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *counts = db_row(
		r->db, r->arena, e,
		"SELECT (SELECT COUNT(*) FROM application WHERE competition_id = $1"
		"         AND state = 'sent') AS sent,"
		" (SELECT COUNT(DISTINCT q.application_id) FROM qualification_decision q"
		"   JOIN application a ON a.id = q.application_id"
		"  WHERE a.competition_id = $1 AND q.outcome = 'met') AS qualified,"
		" (SELECT COUNT(*) FROM security_list WHERE competition_id = $1) AS lists,"
		" (SELECT COUNT(*) FROM sitting WHERE competition_id = $1"
		"   AND state <> 'cancelled') AS sittings,"
		" (SELECT COUNT(*) FROM interview WHERE competition_id = $1) AS interviews,"
		" (SELECT COUNT(*) FROM commission WHERE competition_id = $1"
		"   AND state = 'appointed') AS commissions,"
		" (SELECT COUNT(*) FROM decision d JOIN application a ON a.id = d.application_id"
		"  WHERE a.competition_id = $1) AS decided,"
		" (SELECT COUNT(*) FROM decision d JOIN application a ON a.id = d.application_id"
		"  WHERE a.competition_id = $1 AND d.outcome = 'positive') AS positive",
		db_int(id));
	if (!counts)
		return false;
	(void)json_object_set(model, "counts", counts);
	return true;
}

/* Parameters that are answered by yes or no. */
static bool is_flag(enum param_id id)
{
	return id >= PARAM_RULES || id == PARAM_TIE_WITH_CHAIR || id == PARAM_REPEAT_TEST;
}

/* Parameters of the rule set that are assumed or unset, so that HR sees what keeps a
 * real competition from opening (F2). */
static json_t *assumed(const struct req *r, const struct rule_set *rules)
{
	json_t *list = json_array();
	for (size_t i = 0; i < PARAM_COUNT; i++) {
		const struct parameter *p = &rules->params[i];
		if (p->set && !p->assumed)
			continue;
		const char *says = !p->set                      ? "unset"
				   : !is_flag((enum param_id)i) ? "number"
				   : p->value                   ? "yes"
								: "no";
		json_t *entry = json_pack(
			"{s:s,s:s}", "key",
			arena_print(r->arena, "rule_set.param.%s", param_name((enum param_id)i)),
			"says", says);
		(void)json_object_set_new(entry, "value",
					  strcmp(says, "number") == 0
						  ? json_integer((json_int_t)p->value)
						  : json_null());
		(void)json_array_append_new(list, entry);
	}
	return list;
}

static void add_law(const struct req *r, const struct competition *c, json_t *model)
{
	char from[DAY_TEXT_SIZE];
	json_t *list = assumed(r, c->rules);
	day_print(c->rules->in_force_from, from);
	(void)json_object_set_new(
		model, "law",
		json_pack("{s:s,s:s,s:s,s:I,s:o}", "title",
			  in_kazakh(r) ? c->rules->title_kk : c->rules->title_ru, "from", from,
			  "qualification",
			  in_kazakh(r) ? c->qualification->title_kk : c->qualification->title_ru,
			  "assumed_count", (json_int_t)json_array_size(list), "assumed", list));
}

/* What keeps it from being closed, all at once; before there is an interview nobody asks. */
static bool add_missing(struct req *r, const struct competition *c, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *missing = NULL;
	json_t *interview =
		db_rows(r->db, r->arena, e, "SELECT id FROM interview WHERE competition_id = $1",
			db_int(c->id));
	if (!interview)
		return false;
	json_t *held = json_array_get(interview, 0);
	(void)json_object_set(model, "interview", held ? held : json_null());
	const bool closable = held && strcmp(c->state, "announced") == 0;
	(void)json_object_set_new(model, "closable", json_boolean(closable));
	if (!closable) {
		(void)json_object_set_new(model, "missing", json_array());
		return true;
	}
	if (!closing_missing(&act, c, &missing, e))
		return false;
	(void)json_object_set(model, "missing", missing);
	return true;
}

/* F62: how many results were corrected, and of how many who crossed the mark nothing is decided. */
static bool add_corrections(struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT COUNT(*) AS results, COUNT(CASE WHEN v.stage <> ''"
			     " AND v.noted_ms IS NULL THEN 1 END) AS waiting"
			     " FROM result_version v JOIN attempt t ON t.id = v.attempt_id"
			     " JOIN sitting s ON s.id = t.sitting_id"
			     " WHERE s.competition_id = $1 AND v.correction_id IS NOT NULL",
			     db_int(id));
	(void)json_object_set(model, "corrections", row);
	return row != NULL;
}

bool competition_show(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	if (!load_for_hr(r, &c, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, post, organ, category, vacancies, demonstration,"
			     " filing_days, filing_last, state, announced_ms, closed_ms, draft_kk,"
			     " draft_ru, route, previous_id, (SELECT s.id FROM competition s"
			     "  WHERE s.previous_id = c.id) AS second_id FROM competition c"
			     " WHERE id = $1",
			     db_int(c.id));
	if (!row)
		return false;
	name_row(r, row);
	(void)json_object_set_new(
		row, "may_second",
		json_boolean(strcmp(c.state, "closed") == 0 && strcmp(c.route, "own") == 0 &&
			     !json_is_integer(json_object_get(row, "second_id"))));
	(void)json_object_set_new(row, "draft", json_boolean(strcmp(c.state, "draft") == 0));
	(void)json_object_set_new(row, "announced",
				  json_boolean(strcmp(c.state, "announced") == 0));
	(void)json_object_set_new(
		row, "filing_over",
		json_boolean(c.announced && c.filing_last.n < day_of_instant(r->now_ms).n));
	(void)json_object_del(row, "post");
	(void)json_object_del(row, "organ");
	(void)json_object_set(model, "competition", row);
	add_law(r, &c, model);
	return add_counts(r, c.id, model, e) && add_corrections(r, c.id, model, e) &&
	       add_missing(r, &c, model, e) && timeline_add(r, &c, 0, model, e);
}

/* ---- forms -------------------------------------------------------------------- */

static void add_choices(const struct req *r, json_t *model)
{
	(void)json_object_set_new(model, "organs", organ_options(r));
	(void)json_object_set_new(model, "posts", post_options(r));
}

bool competition_new(struct req *r, json_t *model, struct err *e)
{
	const struct law_file *rules = law_book_rule_set_on(r->book, day_of_instant(r->now_ms));
	if (!rules)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	add_choices(r, model);
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:i,s:s,s:s,s:s,s:s,s:i}", "filing_days",
			  (json_int_t)rules->rule_set->params[PARAM_FILING_DAYS_OWN].value,
			  "vacancies", 1, "organ", "", "post", "", "draft_kk", "", "draft_ru", "",
			  "demonstration", 0));
	return true;
}

static struct competition_form form_of(const struct req *r)
{
	return (struct competition_form){
		.organ = in_text(r, "organ"),
		.post = in_text(r, "post"),
		.vacancies = in_int(r, "vacancies"),
		.filing_days = in_int(r, "filing_days"),
		.demonstration = in_flag(r, "demonstration"),
		.text_kk = in_text(r, "text_kk"),
		.text_ru = in_text(r, "text_ru"),
	};
}

bool competition_create(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct competition_form form = form_of(r);
	int64_t id = 0;
	if (!competition_open(&act, &form, &id, e))
		return false;
	r->notice = "competition.notice.opened";
	req_go(r, "/competitions/%lld", (long long)id);
	return true;
}

bool competition_edit_form(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	if (!load_for_hr(r, &c, e))
		return false;
	if (strcmp(c.state, "draft") != 0)
		return err_set(e, ERR_CONFLICT, "competition.error.frozen", "no draft");
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, organ, post, vacancies, filing_days, demonstration,"
			     " draft_kk, draft_ru FROM competition WHERE id = $1",
			     db_int(c.id));
	if (!row)
		return false;
	add_choices(r, model);
	(void)json_object_set(model, "competition", row);
	return true;
}

bool competition_change(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct competition_form form = form_of(r);
	if (!competition_edit(&act, in_int(r, "competition"), &form, e))
		return false;
	r->notice = "competition.notice.saved";
	req_go(r, "/competitions/%lld", (long long)in_int(r, "competition"));
	return true;
}

bool competition_publish(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!competition_announce(&act, in_int(r, "competition"), e))
		return false;
	r->notice = "competition.notice.announced";
	req_go(r, "/competitions/%lld", (long long)in_int(r, "competition"));
	return true;
}

bool competition_correct_form(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	if (!load_for_hr(r, &c, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT competition_id AS id, text_kk, text_ru FROM announcement"
			     " WHERE competition_id = $1 ORDER BY version DESC LIMIT 1",
			     db_int(c.id));
	if (!row)
		return false;
	(void)json_object_set_new(row, "post_name", json_string(post_name(r, c.post)));
	(void)json_object_set(model, "announcement", row);
	return true;
}

bool competition_correction(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!competition_correct(&act, in_int(r, "competition"), in_text(r, "text_kk"),
				 in_text(r, "text_ru"), in_text(r, "reason_kk"),
				 in_text(r, "reason_ru"), e))
		return false;
	r->notice = "competition.notice.corrected";
	req_go(r, "/announcements/%lld", (long long)in_int(r, "competition"));
	return true;
}

bool competition_end(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!competition_close(&act, in_int(r, "competition"), e))
		return false;
	r->notice = "competition.notice.closed";
	req_go(r, "/competitions/%lld", (long long)in_int(r, "competition"));
	return true;
}
