/* acquaintance.c - each employee reads the Rules and says so; HR sees who has not (O-3). */
#include "app/competition/acquaintance.h"
#include "base/buf.h"
#include "web/list.h"
#include "web/names.h"
#include "web/notice/notice.h"
#include "web/row.h"

#include <string.h>

static const char *const states[] = { "done", "missing", NULL };
const struct param acquaintance_params[] = {
	{ "rules", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
const struct param acquaintance_register_params[] = {
	{ "rules", P_DAY, 0, 0, false, NULL },
	{ "organ", P_TEXT, 0, 64, false, NULL },
	{ "state", P_CHOICE, 0, 0, false, states },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct list_column register_columns[] = {
	{ "name", "acquaintance.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "application.organ", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "read_ms", "acquaintance.opened", LIST_TIME, LIST_SORTS, NULL },
	{ "acknowledged_ms", "acquaintance.done", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
const struct list register_listing = { "people", "acquaintance.register.title", register_columns,
				       50 };
const struct param acquaintance_remind_params[] = {
	{ "rules", P_DAY, 0, 0, true, NULL },
	{ "organ", P_TEXT, 1, 64, true, NULL },
	{ "state", P_CHOICE, 0, 0, false, states },
	LIST_PARAMS,
	PARAMS_END,
};

/* The rule set that is in force from the day in the parameter "rules". */
static const struct law_file *version_asked(const struct req *r, struct err *e)
{
	const day from = in_day(r, "rules");
	for (size_t i = 0; i < r->book->rule_set_count; i++) {
		if (r->book->rule_sets[i].rule_set->in_force_from.n == from.n)
			return &r->book->rule_sets[i];
	}
	(void)err_set(e, ERR_MISSING, "error.missing", "no rule set from that day");
	return NULL;
}

/* ---- the person ------------------------------------------------------------------------- */

static bool read_mark(struct req *r, const struct law_file *file, json_t *o, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT read_ms, acknowledged_ms FROM acquaintance"
			       " WHERE person_id = $1 AND rule_set = $2",
			       db_int(r->actor.person_id), db_text(file->hash));
	const json_t *row = json_array_get(rows, 0);
	(void)json_object_set(o, "read_ms", row ? json_object_get(row, "read_ms") : json_null());
	(void)json_object_set(o, "acknowledged_ms",
			      row ? json_object_get(row, "acknowledged_ms") : json_null());
	return rows != NULL;
}

static json_t *head_model(const struct req *r, const struct law_file *file)
{
	json_t *o = json_pack("{s:s}", "title",
			      in_kazakh(r) ? file->rule_set->title_kk : file->rule_set->title_ru);
	(void)json_object_set_new(o, "from", day_json(file->rule_set->in_force_from));
	return o;
}

bool acquaintance_list(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	(void)json_object_set_new(model, "rule_sets", list);
	for (size_t i = r->book->rule_set_count; i > 0; i--) {
		const struct law_file *file = &r->book->rule_sets[i - 1];
		json_t *o = head_model(r, file);
		(void)json_array_append_new(list, o);
		if (!read_mark(r, file, o, e))
			return false;
	}
	return true;
}

bool acquaintance_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct law_file *file = version_asked(r, e);
	if (!file || !acquaintance_read(&act, file, e))
		return false;
	json_t *o = head_model(r, file);
	(void)json_object_set_new(model, "rules", o);
	json_t *clauses = json_array();
	for (size_t i = 0; i < file->rule_set->clause_count; i++) {
		const struct clause_text *c = &file->rule_set->clauses[i];
		(void)json_array_append_new(clauses,
					    json_pack("{s:s,s:s,s:s}", "number", c->number,
						      "change", c->change, "text",
						      in_kazakh(r) ? c->text_kk : c->text_ru));
	}
	(void)json_object_set_new(model, "clauses", clauses);
	return read_mark(r, file, o, e);
}

bool acquaintance_done(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct law_file *file = version_asked(r, e);
	(void)model;
	r->notice = "acquaintance.notice.done";
	req_go(r, "/acquaintance");
	return file && acquaintance_confirm(&act, file, e);
}

/* ---- the register ----------------------------------------------------------------------- */

/* The organ and those under it, as ",code,code,". */
static const char *organs_under(const struct req *r, const char *organ)
{
	struct buf out = buf_on(r->arena);
	buf_add(&out, ",");
	for (size_t i = 0; i < r->book->organ_count; i++) {
		if (law_book_under(r->book, r->book->organs[i].code, organ))
			buf_print(&out, "%s,", r->book->organs[i].code);
	}
	return out.text;
}

#define PEOPLE                                                                                     \
	" FROM person p LEFT JOIN acquaintance q ON q.person_id = p.id AND q.rule_set = $1"        \
	" WHERE $2 LIKE '%,' || p.organ || ',%'"
#define PEOPLE_ASKED                                                                               \
	PEOPLE " AND p.search LIKE $3 ESCAPE '\\' AND CASE $4 WHEN 'done'"                         \
	       "  THEN q.acknowledged_ms IS NOT NULL WHEN 'missing' THEN q.acknowledged_ms IS "    \
	       "NULL"                                                                              \
	       "  ELSE 1 = 1 END"

static bool count_people(const struct req *r, const char *rules, const char *organs, json_t *model,
			 struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT COUNT(q.acknowledged_ms) AS done,"
			     " COUNT(*) - COUNT(q.acknowledged_ms) AS missing" PEOPLE,
			     db_text(rules), db_text(organs));
	(void)json_object_set(model, "count", row);
	return row != NULL;
}

/* Employees of the organ and of those under it, by name. */
static bool add_people(struct req *r, const struct law_file *file, const char *organ, json_t *model,
		       struct err *e)
{
	const struct list_ask ask = list_ask(r);
	const char *organs = organs_under(r, organ);
	int64_t total = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT p.family, p.given, p.patronymic, p.organ, q.read_ms,"
			" q.acknowledged_ms" PEOPLE_ASKED
			" ORDER BY CASE WHEN $5 = 'name' THEN p.sort_key END,"
			" CASE WHEN $6 = 'name' THEN p.sort_key END DESC,"
			" CASE $5 WHEN 'read_ms' THEN q.read_ms WHEN 'acknowledged_ms'"
			"  THEN q.acknowledged_ms END,"
			" CASE $6 WHEN 'read_ms' THEN q.read_ms WHEN 'acknowledged_ms'"
			"  THEN q.acknowledged_ms END DESC, p.sort_key, p.id LIMIT $7 OFFSET $8",
			db_text(file->hash), db_text(organs), db_text(ask.pattern),
			db_text(in_text(r, "state")), db_text(ask.up), db_text(ask.down),
			db_int(ask.limit), db_int(ask.offset));
	if (!rows || !count_people(r, file->hash, organs, model, e) ||
	    !db_number(r->db, e, &total, "SELECT COUNT(*)" PEOPLE_ASKED, db_text(file->hash),
		       db_text(organs), db_text(ask.pattern), db_text(in_text(r, "state"))))
		return false;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	list_page(r, model, json_incref(rows), total);
	return true;
}

static json_t *rule_set_options(const struct req *r)
{
	json_t *list = json_array();
	for (size_t i = r->book->rule_set_count; i > 0; i--) {
		char from[DAY_TEXT_SIZE];
		day_print(r->book->rule_sets[i - 1].rule_set->in_force_from, from);
		(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", from, "name", from));
	}
	return list;
}

/* The rule set in force unless another is asked for; the whole service unless an organ is. */
bool acquaintance_register(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *organ = in_has(r, "organ") ? in_text(r, "organ") : r->book->organs[0].code;
	const struct law_file *file =
		in_has(r, "rules") ? version_asked(r, e)
				   : law_book_rule_set_on(r->book, day_of_instant(r->now_ms));
	bool may = false;
	if (!file || !act_holds(&act, ROLE_NAME_HR, organ, &may, e) ||
	    (!may && !act_holds(&act, ROLE_NAME_AUDITOR, organ, &may, e)))
		return false;
	if (!may)
		return err_set(e, ERR_DENIED, "error.denied", "not this person's organ");
	char from[DAY_TEXT_SIZE];
	day_print(file->rule_set->in_force_from, from);
	(void)json_object_set_new(model, "asked",
				  json_pack("{s:s,s:s,s:s}", "rules", from, "organ", organ, "state",
					    in_text(r, "state")));
	(void)json_object_set_new(model, "rule_sets", rule_set_options(r));
	(void)json_object_set_new(model, "organs", organ_options(r));
	(void)json_object_set_new(model, "may_remind", json_boolean(req_is(r, ROLE_HR)));
	return add_people(r, file, organ, model, e);
}

bool acquaintance_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct law_file *file = version_asked(r, e);
	int64_t told = 0;
	(void)model;
	if (!file || !acquaintance_remind(&act, file, in_text(r, "organ"), &told, e))
		return false;
	r->notice = told > 0 ? "acquaintance.notice.reminded" : "acquaintance.notice.nobody";
	req_go(r, "/acquaintance/register");
	return true;
}
