/* bank.c - the bank as a whole: blueprint, list of questions, changes of acts, routes. */
#include "web/bank/bank.h"

#include "app/bank/bank_act.h"
#include "app/bank/bank_item.h"
#include "app/bank/exposure.h"
#include "web/bank/vault.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { ARTICLES_TEXT = 500, DOCUMENT_TEXT = 300 };

static const char *const exposures[] = { "often", "rests", NULL };
static const char *const states[] = { "draft", "review", "approved", "hold", "retired", NULL };

static const struct list_column item_columns[] = {
	{ "code", "bank.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "act_name", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "article", "bank.article", LIST_TEXT, LIST_SORTS, NULL },
	{ "state", "bank.state", LIST_CODE, LIST_SORTS, "bank.state" },
	{ "revision", "bank.revision", LIST_NUMBER, LIST_SORTS, NULL },
	{ "forms", "bank.shown", LIST_NUMBER, LIST_SORTS, NULL },
	{ "exposure", "bank.exposure", LIST_CODE, LIST_HIDDEN, "bank.exposure" },
	{ "changed_ms", "bank.changed", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list item_listing = { "questions", "bank.list.title", item_columns, 50 };
static const struct list_column change_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "act_name", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "articles", "bank.articles", LIST_TEXT, 0, NULL },
	{ "text_day", "bank.text_date", LIST_DAY, LIST_SORTS, NULL },
	{ "document", "bank.document", LIST_TEXT, LIST_SORTS, NULL },
	{ "held", "bank.held", LIST_NUMBER, LIST_SORTS, NULL },
	{ "at_ms", "bank.entered", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list change_listing = { "changes", "bank.acts.title", change_columns, 50 };

static const struct param list_params[] = {
	LIST_PARAMS,
	{ "act", P_TEXT, 0, 60, false, NULL },
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "exposure", P_CHOICE, 0, 0, false, exposures },
	{ "mine", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};
static const struct param change_list_params[] = { LIST_PARAMS, PARAMS_END };
static const struct param change_params[] = {
	{ "act", P_TEXT, 1, 60, true, NULL },
	{ "articles", P_TEXT, 0, ARTICLES_TEXT, false, NULL },
	{ "text_date", P_DAY, 0, 0, true, NULL },
	{ "document", P_TEXT, 1, DOCUMENT_TEXT, true, NULL },
	PARAMS_END,
};

/* ---- acts of the programme ---------------------------------------------------------------- */

static const struct rule_set *rules_today(const struct req *r)
{
	const struct law_file *law = law_book_rule_set_on(r->book, day_of_instant(r->now_ms));
	return law ? law->rule_set : NULL;
}

json_t *bank_act_options(const struct req *r, const char *chosen)
{
	const struct rule_set *rules = rules_today(r);
	json_t *list = json_array();
	for (size_t i = 0; rules && i < rules->act_count; i++) {
		const struct act_of_programme *act = &rules->acts[i];
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s,s:b}", "id", act->code, "name",
						      in_kazakh(r) ? act->name_kk : act->name_ru,
						      "chosen", strcmp(act->code, chosen) == 0));
	}
	return list;
}

const char *bank_act_name(const struct req *r, const char *code)
{
	const struct rule_set *rules = rules_today(r);
	for (size_t i = 0; rules && i < rules->act_count; i++) {
		if (strcmp(rules->acts[i].code, code) == 0)
			return in_kazakh(r) ? rules->acts[i].name_kk : rules->acts[i].name_ru;
	}
	return code;
}

static void name_acts(const struct req *r, json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		(void)json_object_set_new(row, "act_name",
					  json_string(bank_act_name(r, row_text(row, "act"))));
		(void)json_object_del(row, "act");
	}
}

/* ---- the blueprint --------------------------------------------------------------------------- */

/* A5-1, F29 */
static bool overview(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *acts = NULL;
	size_t i = 0;
	json_t *row = NULL;
	int64_t waiting = 0;
	bool lacks = false;
	if (!bank_blueprint(&act, EXPOSURE_SHARE, &acts, e) || !bank_waiting(r, &waiting, e) ||
	    !vault_work_model(r, model, e)) {
		json_decref(acts);
		return false;
	}
	json_array_foreach (acts, i, row) {
		const int64_t spare = row_number(row, "spare");
		lacks = lacks || row_number(row, "missing") > 0;
		(void)json_object_set_new(
			row, "name",
			json_string(row_text(row, in_kazakh(r) ? "name_kk" : "name_ru")));
		(void)json_object_set_new(row, "wanted",
					  json_integer(spare < 0 ? (json_int_t)-spare : 0));
		(void)json_object_set_new(row, "fit",
					  json_string(row_number(row, "missing") > 0 ? "missing"
						      : spare < 0                    ? "waiting"
										     : "ok"));
		(void)json_object_del(row, "name_kk");
		(void)json_object_del(row, "name_ru");
		(void)json_object_del(row, "spare");
	}
	(void)json_object_set_new(model, "acts", acts);
	(void)json_object_set_new(model, "lacks", json_boolean(lacks));
	(void)json_object_set_new(model, "share", json_integer(EXPOSURE_SHARE));
	(void)json_object_set_new(model, "waiting", json_integer((json_int_t)waiting));
	(void)json_object_set_new(model, "author", json_boolean(req_is(r, ROLE_AUTHOR)));
	(void)json_object_set_new(model, "approver", json_boolean(req_is(r, ROLE_APPROVER)));
	return true;
}

/* ---- questions ------------------------------------------------------------------------------- */

#define WAITS_FOR_ME                                                                               \
	"(($4 = 1 AND b.state = 'draft' AND b.revision > 0 AND EXISTS (SELECT 1 FROM"              \
	"  bank_revision v WHERE v.bank_item_id = b.id AND v.number = b.revision"                  \
	"  AND v.author_id = $7))"                                                                 \
	" OR ($5 = 1 AND b.state = 'review' AND NOT EXISTS (SELECT 1 FROM bank_sign s WHERE"       \
	"  s.bank_item_id = b.id AND s.revision = b.revision AND s.person_id = $7)"                \
	"  AND (SELECT COUNT(*) FROM bank_sign s WHERE s.bank_item_id = b.id"                      \
	"   AND s.revision = b.revision) < 2)"                                                     \
	" OR ($6 = 1 AND b.state = 'review' AND (SELECT COUNT(*) FROM bank_sign s WHERE"           \
	"  s.bank_item_id = b.id AND s.revision = b.revision) = 2))"

bool bank_waiting(const struct req *r, int64_t *ret, struct err *e)
{
	return db_number(r->db, e, ret,
			 "SELECT COUNT(*) FROM bank_item b WHERE $1 = '' AND $2 = '' AND $3 = 1"
			 " AND " WAITS_FOR_ME,
			 db_text(""), db_text(""), db_int(1), db_int(req_is(r, ROLE_AUTHOR)),
			 db_int(req_is(r, ROLE_REVIEWER)), db_int(req_is(r, ROLE_APPROVER)),
			 db_int(r->actor.person_id));
}

/* Of those found, the ones that were shown so. */
static json_t *exposed_rows(const struct req *r, const json_t *rows, const struct exposure *x)
{
	const char *asked = in_text(r, "exposure");
	json_t *list = json_array();
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		int64_t forms = 0;
		const char *exposure = exposure_of(x, row_number(row, "used_id"), &forms);
		(void)json_object_set_new(row, "forms", json_integer((json_int_t)forms));
		(void)json_object_set_new(row, "exposure", json_string(exposure));
		(void)json_object_del(row, "used_id");
		if (!*asked || strcmp(asked, exposure) == 0)
			(void)json_array_append(list, row);
	}
	return list;
}

static void drop_json(void *json)
{
	json_decref(json);
}

static json_t *read_list(const struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct exposure x = { .all = 0 };
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT b.id, b.code, b.act, i.article, b.state, b.revision, b.changed_ms,"
			" COALESCE(b.used_id, 0) AS used_id,"
			" CASE WHEN b.used_id IS NOT NULL AND b.state IN ('draft', 'review') THEN 1"
			"  ELSE 0 END AS also_used"
			"  FROM bank_item b JOIN item i ON i.id = b.newest_id"
			" WHERE ($1 = '' OR b.act = $1) AND ($2 = '' OR b.state = $2)"
			" AND ($3 = 0 OR " WAITS_FOR_ME ") ORDER BY b.code",
			db_text(in_text(r, "act")), db_text(in_text(r, "state")),
			db_int(in_flag(r, "mine")), db_int(req_is(r, ROLE_AUTHOR)),
			db_int(req_is(r, ROLE_REVIEWER)), db_int(req_is(r, ROLE_APPROVER)),
			db_int(r->actor.person_id));
	if (!rows || !exposure_read(&act, &x, e))
		return NULL;
	name_acts(r, rows);
	json_t *all = json_pack("{s:o,s:I}", "questions", exposed_rows(r, rows, &x), "most",
				(json_int_t)x.most);
	arena_defer(r->arena, drop_json, all);
	return all;
}

/* How often each was shown is counted over all forms there are: on a worker. */
static bool list_items_slow(struct req *r, struct err *e)
{
	r->found = read_list(r, e);
	return r->found != NULL;
}

static bool list_items(struct req *r, json_t *model, struct err *e)
{
	json_t *all = r->found ? r->found : read_list(r, e);
	if (!all)
		return false;
	list_rows(r, model, json_object_get(all, "questions"));
	(void)json_object_set(model, "most", json_object_get(all, "most"));
	(void)json_object_set_new(model, "share", json_integer(EXPOSURE_SHARE));
	(void)json_object_set_new(model, "acts", bank_act_options(r, in_text(r, "act")));
	(void)json_object_set_new(model, "state", json_string(in_text(r, "state")));
	(void)json_object_set_new(model, "exposure", json_string(in_text(r, "exposure")));
	(void)json_object_set_new(model, "mine", json_boolean(in_flag(r, "mine")));
	(void)json_object_set_new(model, "author", json_boolean(req_is(r, ROLE_AUTHOR)));
	return true;
}

/* ---- changes of acts ------------------------------------------------------------------------- */

static bool list_changes(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, act, articles, text_day, document, held, at_ms"
			       " FROM act_change ORDER BY id DESC");
	if (!rows)
		return false;
	name_acts(r, rows);
	json_array_foreach (rows, i, row)
		row_day(row, "text_day");
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "changes", json_incref(rows));
	(void)json_object_set_new(model, "acts", bank_act_options(r, ""));
	(void)json_object_set_new(model, "approver", json_boolean(req_is(r, ROLE_APPROVER)));
	return true;
}

static bool change_act(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct act_change_form form = {
		.act = in_text(r, "act"),
		.articles = in_text(r, "articles"),
		.text_date = in_day(r, "text_date"),
		.document = in_text(r, "document"),
	};
	int64_t held = 0;
	(void)model;
	r->notice = "bank.notice.act_changed";
	req_go(r, "/bank");
	return bank_act_change(&act, &form, &held, e);
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

enum { ROLES_BANK = ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER };

const struct route bank_routes[] = {
	{ GET, "/bank", ROLES_BANK, overview, "bank/index", no_params,
	  "What the bank has for each act of the programme, and what is short." },
	{ GET, "/bank/questions", ROLES_BANK, list_items, "bank/list", list_params,
	  "Questions by act, state and how often they were shown, without their words.",
	  .slow = list_items_slow, .list = &item_listing, .extra = "questions.act" },
	{ GET, "/bank/questions/new", ROLE_AUTHOR, bank_new, "bank/edit", bank_new_params,
	  "The form of a new question." },
	{ POST, "/bank/questions", ROLE_AUTHOR, bank_add, "bank/edit", bank_add_params,
	  "Adds a question as a draft.", .again = bank_new },
	{ GET, "/bank/questions/:question", ROLES_BANK, bank_show, "bank/show", bank_item_params,
	  "A question in both languages, and what reads like it while it is written or reviewed; "
	  "of "
	  "one in use the view is journalled and rationed.",
	  .slow = bank_alike_slow, .journalled = true },
	{ POST, "/bank/questions/:question", ROLES_BANK, bank_do, "bank/show", bank_do_params,
	  "Sends, signs, returns, approves, holds, releases or retires a question.",
	  .slow = bank_alike_slow, .again = bank_show },
	{ POST, "/bank/questions/:question/comments", ROLES_BANK, bank_do_comment, "bank/show",
	  bank_comment_params, "Adds a comment.", .slow = bank_alike_slow, .again = bank_show },
	{ GET, "/bank/questions/:question/edit", ROLE_AUTHOR, bank_edit, "bank/edit",
	  bank_edit_params, "The form of a new revision.", .journalled = true },
	{ POST, "/bank/questions/:question/edit", ROLE_AUTHOR, bank_revise, "bank/edit",
	  bank_revise_params, "Adds a revision as a draft.", .again = bank_edit },
	{ GET, "/bank/questions/:question/revisions/:revision", ROLES_BANK, bank_show_revision,
	  "bank/revision", bank_revision_params, "A revision, compared with the one before.",
	  .journalled = true },
	{ GET, "/bank/acts", ROLES_BANK, list_changes, "bank/acts", change_list_params,
	  "Changes of acts, and how many questions each has held.", .list = &change_listing,
	  .extra = "changes.id" },
	{ POST, "/bank/acts", ROLE_APPROVER, change_act, "bank/acts", change_params,
	  "An act has another text: its questions go on hold.", .again = list_changes },
	{ GET, "/bank/import", ROLE_AUTHOR, bank_imports, "bank/imports", bank_imports_params,
	  "Files of questions that were read, and the form for another.",
	  .list = &bank_imports_listing },
	{ POST, "/bank/import", ROLE_AUTHOR, bank_import_add, "bank/imports",
	  bank_import_add_params, "Reads a file of questions and compares it with the bank.",
	  .slow = bank_import_slow, .again = bank_imports },
	{ GET, "/bank/import/:import", ROLE_AUTHOR, bank_import_show, "bank/import",
	  bank_import_params, "What would be added, changed, left as it is, and what is bad.",
	  .list = &bank_import_listing },
	{ POST, "/bank/import/:import/take", ROLE_AUTHOR, bank_import_take, "bank/import",
	  bank_import_take_params, "Takes the questions over as drafts, all at once.",
	  .again = bank_import_show, .list = &bank_import_listing },
	{ POST, "/bank/import/:import/drop", ROLE_AUTHOR, bank_import_drop, "bank/import",
	  bank_import_params, "Drops a file; nothing of it is taken over.",
	  .again = bank_import_show, .list = &bank_import_listing },
	{ GET, "/bank/export", ROLE_APPROVER | ROLE_ADMIN, bank_export, "bank/export",
	  bank_export_params, "Who has asked for questions as a file, and who has agreed.",
	  .list = &bank_export_listing },
	{ POST, "/bank/export", ROLE_APPROVER, bank_export_add, "bank/export",
	  bank_export_add_params, "Asks for questions as a file; others are told.",
	  .again = bank_export },
	{ POST, "/bank/export/:export/agree", ROLE_APPROVER | ROLE_ADMIN, bank_export_agree,
	  "bank/export", bank_export_do_params, "Agrees as the second person.",
	  .again = bank_export },
	{ GET, "/bank/export/:export/file", ROLE_APPROVER, bank_export_file, NULL,
	  bank_export_do_params, "The file, once a second person has agreed; journalled.",
	  .slow = bank_export_slow, .journalled = true, .gives = "*/*" },
	{ GET, "/bank/forms", ROLE_APPROVER | ROLE_ADMIN, bank_forms, "bank/forms",
	  bank_forms_params, "Forms on paper.", .list = &bank_forms_listing },
	{ POST, "/bank/forms", ROLE_APPROVER, bank_form_add, "bank/forms", bank_form_add_params,
	  "Draws a form on paper from the questions in use.", .again = bank_forms },
	{ GET, "/bank/forms/:form", ROLE_APPROVER | ROLE_ADMIN, bank_form_show, "bank/form",
	  bank_form_params, "A form on paper, without its words, and its papers." },
	{ POST, "/bank/forms/:form/agree", ROLE_APPROVER | ROLE_ADMIN, bank_form_agree, "bank/form",
	  bank_form_params, "Agrees to its printing as the second person.",
	  .again = bank_form_show },
	{ GET, "/bank/statistics", ROLES_BANK | ROLE_AUDITOR, figures_show, "bank/statistics",
	  figures_params, "Figures of the test and of every question.", .slow = figures_slow,
	  .list = &figures_listing },
	{ POST, "/bank/statistics/hold", ROLE_APPROVER, figures_do_hold, "bank/index",
	  figures_hold_params, "Holds the questions that work differently in the languages (F66).",
	  .slow = figures_hold_slow, .again = overview },
	{ GET, "/bank/statistics/:item", ROLES_BANK | ROLE_AUDITOR, figures_item,
	  "bank/statistics_item", figures_item_params,
	  "Figures of one version of a question, by language and option.",
	  .slow = figures_item_slow },
	{ 0 },
};
