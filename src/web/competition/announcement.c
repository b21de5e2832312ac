/* announcement.c - the public pages: what is announced, and every version of it (F3). */
#include "app/competition/competition.h"
#include "base/text.h"
#include "web/competition/competition.h"
#include "web/competition/public.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { ORGAN_MOST = 64 };

/* "open" takes applications still, "announced" runs, "closed" has a result. */
static const char *const states[] = { "open", "announced", "closed", "all", NULL };

const struct param announcement_list_params[] = {
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "organ", P_TEXT, 0, ORGAN_MOST, false, NULL },
	PARAMS_END,
};
static const struct list_column announcement_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_SORTS, NULL },
	{ "vacancies", "competition.vacancies", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "announced_ms", "competition.announced", LIST_TIME, LIST_SORTS, NULL },
	{ "filing_last", "competition.filing_last", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_HIDDEN, "competition.state" },
	{ "demonstration", "competition.demonstration", LIST_FLAG, LIST_HIDDEN, NULL },
	{ 0 },
};
const struct list announcement_listing = { "competitions", "announcement.list.title",
					   announcement_columns, 20 };

/* Names for codes, and days as text, in each row. */
static void name_rows(const struct req *r, json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		char last[DAY_TEXT_SIZE];
		day d = { (int32_t)json_integer_value(json_object_get(row, "filing_last")) };
		day_print(d, last);
		bool open = d.n >= day_of_instant(r->now_ms).n &&
			    strcmp(row_text(row, "state"), "announced") == 0;
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_object_set_new(row, "filing_last", json_string(last));
		(void)json_object_set_new(row, "accepts", json_boolean(open));
		(void)json_object_set_new(row, "demonstration",
					  json_boolean(row_number(row, "demonstration")));
	}
}

bool announcement_list(struct req *r, json_t *model, struct err *e)
{
	const char *state = in_has(r, "state") ? in_text(r, "state") : states[0];
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT id, post, organ, vacancies, demonstration, state, announced_ms, filing_last"
		"  FROM competition"
		" WHERE state <> 'draft' AND ($3 = '' OR organ = $3) AND CASE $1"
		"  WHEN 'open' THEN state = 'announced' AND filing_last >= $2"
		"  WHEN 'all' THEN 1 = 1 ELSE state = $1 END"
		" ORDER BY announced_ms DESC, id DESC",
		db_text(state), db_int(day_of_instant(r->now_ms).n), db_text(in_text(r, "organ")));
	if (!rows)
		return false;
	name_rows(r, rows);
	list_rows(r, model, rows);
	(void)json_object_set_new(model, "state", json_string(state));
	(void)json_object_set_new(model, "organ", json_string(in_text(r, "organ")));
	(void)json_object_set_new(model, "organs", organ_options(r));
	return true;
}

/* Whether this person has an application here already: its id, or null. */
static bool own_application(const struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT id FROM application WHERE competition_id = $1 AND person_id = $2",
			db_int(id), db_int(r->actor.person_id));
	if (!rows)
		return false;
	json_t *own = json_object_get(json_array_get(rows, 0), "id");
	(void)json_object_set(model, "application", own ? own : json_null());
	return true;
}

static json_t *versions(const struct req *r, int64_t id, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT version, text_kk, text_ru, reason_kk, reason_ru, hash,"
			       " published_ms FROM announcement WHERE competition_id = $1"
			       " ORDER BY version DESC",
			       db_int(id));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		bool kk = in_kazakh(r);
		json_t *text = json_object_get(row, kk ? "text_kk" : "text_ru");
		json_t *reason = json_object_get(row, kk ? "reason_kk" : "reason_ru");
		(void)json_object_set(row, "text", text);
		(void)json_object_set(row, "reason", reason);
		(void)json_object_set_new(row, "latest", json_boolean(i == 0));
		static const char *const both[] = { "text_kk", "text_ru", "reason_kk",
						    "reason_ru" };
		for (size_t k = 0; k < COUNT(both); k++)
			(void)json_object_del(row, both[k]);
	}
	return rows;
}

bool announcement_show(struct req *r, json_t *model, struct err *e)
{
	int64_t id = in_int(r, "competition");
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT id, post, organ, vacancies, demonstration, state, announced_ms,"
			" filing_last, route, previous_id FROM competition"
			" WHERE id = $1 AND state <> 'draft'",
			db_int(id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_MISSING, "error.missing", "no announced competition");
	name_rows(r, rows);
	json_t *list = versions(r, id, e);
	json_t *result = list ? result_of(r, id, e) : NULL;
	if (!result)
		return false;
	(void)json_object_set_new(model, "result", result);
	if (!own_application(r, id, model, e))
		return false;
	(void)json_object_set(model, "competition", json_array_get(rows, 0));
	(void)json_object_set(model, "versions", list);
	return true;
}
