/* bank_import.c - questions of a file: the upload, the table of what would come of it, the taking
 * over (F26). */
#include "app/bank/bank_item.h"
#include "app/bank/bank_text.h"
#include "app/bank/import.h"
#include "base/buf.h"
#include "web/bank/bank.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum { FILE_MOST = 24 * 1024 * 1024, ARTICLE_TEXT = 60 };

static const char *const languages[] = { "kk", "ru", NULL };
static const char *const whats[] = { "added", "changed", "unchanged", "bad", "note", NULL };
/* what the file is is told from its content by exchange_read_confined() */
static const char *const medias[] = { "application/zip", "application/octet-stream", NULL };

static const struct list_column import_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "file", "import.file", LIST_TEXT, LIST_SORTS, NULL },
	{ "format", "import.format", LIST_CODE, LIST_SORTS, "import.format" },
	{ "name", "import.who", LIST_TEXT, LIST_SORTS, NULL },
	{ "started_ms", "import.started", LIST_TIME, LIST_SORTS, NULL },
	{ "added", "import.count.added", LIST_NUMBER, LIST_SORTS, NULL },
	{ "changed", "import.count.changed", LIST_NUMBER, LIST_SORTS, NULL },
	{ "unchanged", "import.count.unchanged", LIST_NUMBER, LIST_SORTS, NULL },
	{ "bad", "import.count.bad", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "import.state", LIST_CODE, LIST_SORTS, "import.state" },
	{ 0 },
};
const struct list bank_imports_listing = { "imports", "bank.imports.title", import_columns, 25 };
static const struct list_column row_columns[] = {
	{ "place", "import.place", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "line", "import.line", LIST_NUMBER, LIST_SORTS, NULL },
	{ "code", "bank.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "what", "import.what", LIST_CODE, LIST_SORTS, "import.what" },
	{ "reason", "import.reason", LIST_TEXT, 0, NULL },
	{ 0 },
};
const struct list bank_import_listing = { "rows", "bank.import.title", row_columns, 50 };

const struct param bank_imports_params[] = { LIST_PARAMS, PARAMS_END };
const struct param bank_import_add_params[] = {
	{ "file", P_FILE, 1, FILE_MOST, true, medias },
	{ "language", P_CHOICE, 0, 0, false, languages }, /* the reader asks for it */
	{ "act", P_TEXT, 0, 60, false, NULL },
	{ "article", P_TEXT, 0, ARTICLE_TEXT, false, NULL },
	{ "text_date", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param bank_import_params[] = {
	{ "import", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	{ "what", P_CHOICE, 0, 0, false, whats },
	PARAMS_END,
};
const struct param bank_import_take_params[] = {
	{ "import", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	{ "what", P_CHOICE, 0, 0, false, whats },
	{ "leave_bad", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};

/* ---- the list, and the upload ---------------------------------------------------------------- */

static json_t *language_options(void)
{
	return json_pack("[{s:s,s:s},{s:s,s:s}]", "id", "kk", "key", "application.language.kk",
			 "id", "ru", "key", "application.language.ru");
}

bool bank_imports(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT i.id, i.name AS file, i.format, i.state, i.started_ms,"
			       " i.added, i.changed, i.unchanged, i.bad, p.family, p.given,"
			       " p.patronymic FROM bank_import i"
			       "  LEFT JOIN person p ON p.id = i.by_id ORDER BY i.id DESC");
	if (!rows)
		return false;
	json_array_foreach (rows, i, row)
		row_name(r, row);
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "imports", json_incref(rows));
	(void)json_object_set_new(model, "acts", bank_act_options(r, ""));
	(void)json_object_set_new(model, "languages", language_options());
	(void)json_object_set_new(model, "days", json_integer(IMPORT_DAYS));
	return true;
}

static struct import_form form_of(const struct req *r, const struct upload *file)
{
	return (struct import_form){
		.name = file ? file->file_name : "",
		.language = in_text(r, "language"),
		.act = in_text(r, "act"),
		.article = in_text(r, "article"),
		.text_date =
			in_has(r, "text_date") ? in_day(r, "text_date") : day_of_instant(r->now_ms),
	};
}

/* Reading a large file takes seconds: on a worker. */
bool bank_import_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "file");
	const struct import_form form = form_of(r, file);
	if (!bank_require(&act, ROLE_NAME_AUTHOR, e))
		return false;
	return import_read(&act, file->bytes, file->size, &form, &r->found, e);
}

bool bank_import_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct import_form form = form_of(r, in_file(r, "file"));
	int64_t id = 0;
	(void)model;
	if (!import_open(&act, &form, r->found, &id, e))
		return false;
	r->site->work_waits = true;
	req_go(r, "/bank/import/%lld", (long long)id);
	return true;
}

/* ---- one import ------------------------------------------------------------------------------ */

static void say_row(const struct req *r, json_t *row)
{
	const char *key = row_text(row, "key");
	const char *reason = *key ? row_message(r, key, row_text(row, "value"))
				  : row_fields(r, "import.field.", row_text(row, "fields"));
	(void)json_object_set_new(row, "reason", json_string(reason));
	(void)json_object_del(row, "key");
	(void)json_object_del(row, "value");
	(void)json_object_del(row, "fields");
}

#define FOUND_ROWS                                                                                 \
	" FROM bank_import_row r WHERE r.import_id = $1 AND ($2 = '' OR r.what = $2)"              \
	" AND r.search LIKE $3 ESCAPE '\\'"

/* No words: what a question says is seen on its own page, where views are rationed (F25). */
static bool add_rows(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct list_ask ask = list_ask(r);
	const int64_t id = in_int(r, "import");
	const char *what = in_text(r, "what");
	int64_t total = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT r.place, r.line, r.code, r.what, r.key, r.value, r.fields,"
			" (SELECT b.id FROM bank_item b WHERE b.code = r.code) AS question,"
			" (SELECT o.id FROM bank_item o WHERE o.code = r.other) AS other" FOUND_ROWS
			" ORDER BY CASE WHEN $4 = 'line' THEN r.line END,"
			" CASE WHEN $5 = 'line' THEN r.line END DESC,"
			" CASE WHEN $4 = 'code' THEN r.code WHEN $4 = 'what' THEN r.what END,"
			" CASE WHEN $5 = 'code' THEN r.code WHEN $5 = 'what' THEN r.what END DESC,"
			" r.place, r.line, r.id LIMIT $6 OFFSET $7",
			db_int(id), db_text(what), db_text(ask.pattern), db_text(ask.up),
			db_text(ask.down), db_int(ask.limit), db_int(ask.offset));
	if (!rows || !bank_notes_open(&act, rows, "value", e) ||
	    !db_number(r->db, e, &total, "SELECT COUNT(*)" FOUND_ROWS, db_int(id), db_text(what),
		       db_text(ask.pattern)))
		return false;
	json_array_foreach (rows, i, row)
		say_row(r, row);
	list_page(r, model, json_incref(rows), total);
	(void)json_object_set_new(model, "what", json_string(what));
	return true;
}

/* What the person may do about it now. */
static void add_may(const struct req *r, json_t *import)
{
	const char *state = row_text(import, "state");
	const bool running = strcmp(state, "checking") == 0 || strcmp(state, "taking") == 0;
	const bool checked = strcmp(state, "checked") == 0;
	const bool any = row_number(import, "added") + row_number(import, "changed") > 0;
	const bool own = row_number(import, "by_id") == r->actor.person_id;
	(void)json_object_set_new(import, "running", json_boolean(running));
	(void)json_object_set_new(import, "may",
				  json_pack("{s:b,s:b,s:b,s:b}", "take", checked && any && own,
					    "drop", checked || running, "nothing", checked && !any,
					    "others", checked && any && !own));
	(void)json_object_del(import, "by_id");
}

bool bank_import_show(struct req *r, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT i.id, i.by_id, i.name AS file, i.hash, i.format, i.state,"
			     " i.total, i.done, i.added, i.changed, i.unchanged, i.bad, i.notes,"
			     " i.again, i.started_ms, i.ended_ms, p.family, p.given, p.patronymic"
			     "  FROM bank_import i LEFT JOIN person p ON p.id = i.by_id"
			     " WHERE i.id = $1",
			     db_int(in_int(r, "import")));
	if (!row)
		return false;
	row_name(r, row);
	add_may(r, row);
	(void)json_object_set_new(row, "days", json_integer(IMPORT_DAYS));
	(void)json_object_set(model, "import", row);
	return add_rows(r, model, e);
}

bool bank_import_take(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "import");
	(void)model;
	if (!import_take(&act, id, in_flag(r, "leave_bad"), e))
		return false;
	r->site->work_waits = true;
	req_go(r, "/bank/import/%lld", (long long)id);
	return true;
}

bool bank_import_drop(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	if (!import_drop(&act, in_int(r, "import"), e))
		return false;
	r->site->work_waits = true;
	r->notice = "import.notice.dropped";
	req_go(r, "/bank/import");
	return true;
}
