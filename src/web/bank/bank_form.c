/* bank_form.c - tests on paper: their pages, and what stands on their papers (F27, F49). */
#include "app/bank/bank_item.h"
#include "app/bank/paper_form.h"
#include "web/bank/bank.h"
#include "web/bank/vault.h"
#include "web/list.h"
#include "web/names.h"
#include "web/print/print.h"
#include "web/row.h"

#include <string.h>

enum { QUESTIONS_MOST = 500, SHEET_GROUPS = 4, KEY_GROUPS = 8 };

static const struct list_column form_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "act_name", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "count", "form.count", LIST_NUMBER, LIST_SORTS, NULL },
	{ "reason", "bank.reason", LIST_TEXT, 0, NULL },
	{ "name", "form.who", LIST_TEXT, LIST_SORTS, NULL },
	{ "made_ms", "form.made", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
const struct list bank_forms_listing = { "forms", "bank.forms.title", form_columns, 25 };

const struct param bank_forms_params[] = { LIST_PARAMS, PARAMS_END };
const struct param bank_form_add_params[] = {
	{ "act", P_TEXT, 0, 60, false, NULL },
	{ "questions", P_INT, 1, QUESTIONS_MOST, false, NULL },
	{ "reason", P_TEXT, 1, BANK_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param bank_form_params[] = {
	{ "form", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- pages ----------------------------------------------------------------------------------- */

static void name_act(const struct req *r, json_t *row)
{
	const char *act = row_text(row, "act");
	(void)json_object_set_new(row, "act_name", json_string(*act ? bank_act_name(r, act) : ""));
	(void)json_object_del(row, "act");
}

bool bank_forms(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT f.id, f.act, f.questions AS count, f.reason, f.made_ms,"
			       " p.family, p.given, p.patronymic FROM paper_form f"
			       "  LEFT JOIN person p ON p.id = f.by_id ORDER BY f.id DESC");
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		name_act(r, row);
	}
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "forms", json_incref(rows));
	(void)json_object_set_new(model, "acts", bank_act_options(r, ""));
	(void)json_object_set_new(model, "approver", json_boolean(req_is(r, ROLE_APPROVER)));
	return vault_work_model(r, model, e);
}

bool bank_form_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct paper_form_ask ask = { .act = in_text(r, "act"),
					    .questions = (int)in_int(r, "questions"),
					    .reason = in_text(r, "reason") };
	int64_t id = 0;
	(void)model;
	if (!paper_form_make(&act, &ask, &id, e))
		return false;
	r->notice = "form.notice.made";
	req_go(r, "/bank/forms/%lld", (long long)id);
	return true;
}

bool bank_form_agree(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "export.notice.agreed";
	req_go(r, "/bank/forms/%lld", (long long)in_int(r, "form"));
	return paper_form_agree(&act, in_int(r, "form"), e);
}

/* Who has agreed, and what this person may do now; app/ decides again. */
static void add_may(const struct req *r, json_t *row)
{
	const bool own = row_number(row, "by_id") == r->actor.person_id;
	const bool agreed = row_has(row, "agreed_ms");
	(void)json_object_set_new(row, "agree", json_boolean(!own && !agreed));
	(void)json_object_set_new(row, "waits", json_boolean(own && !agreed));
	const int64_t until_ms = paper_form_until(row_number(row, "agreed_ms"));
	const bool over = agreed && r->now_ms >= until_ms;
	const bool print = agreed && !over && req_is(r, ROLE_APPROVER);
	(void)json_object_set_new(row, "over", json_boolean(over));
	(void)json_object_set_new(row, "print", json_boolean(print));
	(void)json_object_set_new(row, "until_ms",
				  print ? json_integer((json_int_t)until_ms) : json_null());
	(void)json_object_del(row, "by_id");
}

/* No words: those are on its papers. */
bool bank_form_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *form = NULL;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT f.reason, f.by_id, f.agreed_ms, p.family, p.given,"
			     " p.patronymic FROM paper_form f"
			     "  LEFT JOIN person p ON p.id = f.by_id WHERE f.id = $1",
			     db_int(in_int(r, "form")));
	if (!row || !paper_form_head(&act, in_int(r, "form"), &form, e))
		return false;
	row_name(r, row);
	add_may(r, row);
	(void)json_object_update(form, row);
	name_act(r, form);
	(void)json_object_set(model, "form", form);
	return true;
}

/* ---- papers ---------------------------------------------------------------------------------- */

/* Of a test there are two languages; whoever reads the site in English gets the Russian one. */
static const char *paper_language(const struct req *r)
{
	return in_kazakh(r) ? "kk" : "ru";
}

static json_t *question_at(const json_t *questions, size_t i)
{
	return json_array_get(questions, i);
}

/* The table of answers: groups side by side, each numbered downwards; `cells` of a question are
 * boxes, or its key. */
static json_t *grid(const json_t *questions, size_t groups,
		    json_t *(*cells)(const json_t *question, size_t width), size_t width)
{
	const size_t count = json_array_size(questions);
	const size_t lines = (count + groups - 1) / groups;
	json_t *list = json_array();
	for (size_t line = 0; line < lines; line++) {
		json_t *row = json_array();
		for (size_t g = 0; g < groups; g++) {
			const json_t *q = question_at(questions, g * lines + line);
			(void)json_array_append_new(
				row,
				json_pack("{s:o,s:o}", "number",
					  q ? json_integer(row_number(q, "number")) : json_null(),
					  "cells", cells(q, width)));
		}
		(void)json_array_append_new(list, json_pack("{s:o}", "groups", row));
	}
	return list;
}

/* A box for each option; a dash where the question has no such option. */
static json_t *boxes(const json_t *question, size_t width)
{
	const size_t options = json_array_size(json_object_get(question, "options"));
	json_t *list = json_array();
	for (size_t i = 0; i < width; i++)
		(void)json_array_append_new(list,
					    json_string(i < options || !question ? "\u00a0" : "–"));
	return list;
}

static json_t *key_cell(const json_t *question, size_t width)
{
	(void)width;
	return json_pack("[s]", row_text(question, "key"));
}

static size_t widest(const json_t *questions)
{
	size_t most = 0;
	size_t i = 0;
	const json_t *question = NULL;
	json_array_foreach (questions, i, question) {
		const size_t options = json_array_size(json_object_get(question, "options"));
		most = options > most ? options : most;
	}
	return most;
}

/* "№ A B C D" for each group. */
static json_t *letters_head(const struct req *r, size_t groups, size_t width)
{
	json_t *list = json_array();
	for (size_t g = 0; g < groups; g++) {
		(void)json_array_append_new(list, json_string("№"));
		for (size_t i = 0; i < width; i++)
			(void)json_array_append_new(
				list, json_string(arena_print(r->arena, "%c", (int)('A' + i))));
	}
	return list;
}

static bool read_form(struct req *r, bool with_key, json_t **ret, struct err *e)
{
	const struct act act = req_act(r);
	json_t *form = NULL;
	if (!paper_form_read(&act, in_int(r, "form"), paper_language(r), with_key, &form, e))
		return false;
	const struct law_file *law =
		law_book_rule_set_on(r->book, day_of_instant(row_number(form, "made_ms")));
	const struct rule_set *rules = law ? law->rule_set : NULL;
	const bool programme = !*row_text(form, "act") && rules;
	(void)json_object_set_new(form, "minutes",
				  programme ? json_integer(rules->params[PARAM_TEST_MINUTES].value)
					    : json_null());
	(void)json_object_set_new(form, "pass_mark",
				  programme ? json_integer(rules->params[PARAM_PASS_MARK].value)
					    : json_null());
	name_act(r, form);
	*ret = form;
	return true;
}

bool bank_form_paper(struct req *r, json_t *model, struct err *e)
{
	json_t *form = NULL;
	if (!read_form(r, false, &form, e))
		return false;
	const json_t *questions = json_object_get(form, "questions");
	const size_t width = widest(questions);
	(void)json_object_set_new(form, "head", letters_head(r, SHEET_GROUPS, width));
	(void)json_object_set_new(form, "sheet", grid(questions, SHEET_GROUPS, boxes, width));
	(void)json_object_set(model, "form", form);
	return true;
}

bool bank_form_key(struct req *r, json_t *model, struct err *e)
{
	json_t *form = NULL;
	if (!read_form(r, true, &form, e))
		return false;
	const json_t *questions = json_object_get(form, "questions");
	(void)json_object_set_new(form, "sheet", grid(questions, KEY_GROUPS, key_cell, 1));
	(void)json_object_del(form, "questions");
	(void)json_object_set(model, "form", form);
	return true;
}
