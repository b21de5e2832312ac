/* bank_export.c - questions for other systems, with a second person's consent (F27). */
#include "app/bank/bank_export.h"
#include "app/bank/bank_item.h"
#include "web/bank/bank.h"
#include "web/bank/vault.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

static const char *const formats[] = { "qti3", "qti2", "moodle", "csv", "xlsx", NULL };
static const char *const states[] = { "draft", "review", "approved", "hold", NULL };

static const struct list_column export_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "format", "import.format", LIST_CODE, LIST_SORTS, "export.format" },
	{ "act_name", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "state", "bank.state", LIST_CODE, LIST_SORTS, "bank.state" },
	{ "reason", "bank.reason", LIST_TEXT, 0, NULL },
	{ "name", "export.asked", LIST_TEXT, LIST_SORTS, NULL },
	{ "asked_ms", "export.asked_at", LIST_TIME, LIST_SORTS, NULL },
	{ "second", "export.agreed", LIST_TEXT, LIST_SORTS, NULL },
	{ "times", "export.times", LIST_NUMBER, LIST_SORTS, NULL },
	{ "do", "export.do", LIST_TEXT, LIST_MUTE, NULL },
	{ 0 },
};
const struct list bank_export_listing = { "exports", "bank.export.title", export_columns, 25 };

const struct param bank_export_params[] = { LIST_PARAMS, PARAMS_END };
const struct param bank_export_add_params[] = {
	{ "format", P_CHOICE, 0, 0, true, formats },
	{ "act", P_TEXT, 0, 60, false, NULL },
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "reason", P_TEXT, 1, BANK_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param bank_export_do_params[] = {
	{ "export", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- the page -------------------------------------------------------------------------------- */

/* What the person may do about one; app/ decides again. */
static void add_may(const struct req *r, json_t *row)
{
	const bool own = row_number(row, "by_id") == r->actor.person_id;
	const bool agreed = row_has(row, "agreed_ms");
	const int64_t until =
		row_number(row, "agreed_ms") + INT64_C(3600000) * (int64_t)EXPORT_HOURS;
	const bool over = agreed && r->now_ms >= until;
	(void)json_object_set_new(row, "fetch", json_boolean(own && agreed && !over));
	(void)json_object_set_new(row, "agree", json_boolean(!own && !agreed));
	(void)json_object_set_new(row, "waits", json_boolean(own && !agreed));
	(void)json_object_set_new(row, "over", json_boolean(over));
	(void)json_object_del(row, "by_id");
	(void)json_object_del(row, "agreed_ms");
}

/* The name of who agreed, beside that of who asked. */
static void name_both(const struct req *r, json_t *row)
{
	json_t *second = json_pack("{s:O,s:O,s:O}", "family", json_object_get(row, "family2"),
				   "given", json_object_get(row, "given2"), "patronymic",
				   json_object_get(row, "patronymic2"));
	row_name(r, second);
	row_name(r, row);
	(void)json_object_set(row, "second", json_object_get(second, "name"));
	(void)json_object_del(row, "family2");
	(void)json_object_del(row, "given2");
	(void)json_object_del(row, "patronymic2");
	json_decref(second);
}

static json_t *read_exports(struct req *r, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.by_id, x.format, x.act, x.state, x.reason,"
			       " x.asked_ms, x.agreed_ms, x.times, p.family, p.given, p.patronymic,"
			       " s.family AS family2, s.given AS given2,"
			       " s.patronymic AS patronymic2 FROM bank_export x"
			       "  JOIN person p ON p.id = x.by_id"
			       "  LEFT JOIN person s ON s.id = x.agreed_id ORDER BY x.id DESC");
	json_array_foreach (rows, i, row) {
		const char *act = row_text(row, "act");
		(void)json_object_set_new(row, "act_name",
					  json_string(*act ? bank_act_name(r, act) : ""));
		(void)json_object_del(row, "act");
		name_both(r, row);
		add_may(r, row);
	}
	return rows;
}

bool bank_export(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = read_exports(r, e);
	if (!rows)
		return false;
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "exports", json_incref(rows));
	(void)json_object_set_new(model, "acts", bank_act_options(r, ""));
	(void)json_object_set_new(model, "formats", word_options(r, formats, "export.format"));
	(void)json_object_set_new(model, "states", word_options(r, states, "bank.state"));
	(void)json_object_set_new(model, "approver", json_boolean(req_is(r, ROLE_APPROVER)));
	(void)json_object_set_new(model, "hours", json_integer(EXPORT_HOURS));
	return vault_work_model(r, model, e);
}

/* ---- what is done ---------------------------------------------------------------------------- */

bool bank_export_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct export_form form = { .format = in_text(r, "format"),
					  .act = in_text(r, "act"),
					  .state = in_text(r, "state"),
					  .reason = in_text(r, "reason") };
	int64_t id = 0;
	(void)model;
	r->notice = "export.notice.asked";
	req_go(r, "/bank/export");
	return export_ask(&act, &form, &id, e);
}

bool bank_export_agree(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "export.notice.agreed";
	req_go(r, "/bank/export");
	return export_agree(&act, in_int(r, "export"), e);
}

/* Thousands of questions take seconds: on a worker. */
bool bank_export_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const struct export_format *format = NULL;
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	char today[DAY_TEXT_SIZE];
	int64_t questions = 0;
	if (!export_file(&act, in_int(r, "export"), &format, &questions, &file->bytes, &file->size,
			 e))
		return false;
	day_print(act_today(&act), today);
	file->name = "";
	file->media = format->media;
	file->file_name =
		arena_print(r->arena, "bank-%s-%s.%s", format->name, today, format->ending);
	r->found = json_pack("{s:I}", "questions", (json_int_t)questions);
	json_in_arena(r->arena, r->found);
	r->download = file;
	return true;
}

bool bank_export_file(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return export_taken(&act, in_int(r, "export"), row_number(r->found, "questions"), e);
}
