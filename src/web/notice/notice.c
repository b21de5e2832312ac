/* notice.c - the inbox: what the system has told the person, served when it is opened (F84). */
#include "web/notice/notice.h"

#include "app/notice/notice.h"
#include "view/catalog.h"
#include "web/list.h"
#include "web/names.h"
#include "web/notice/told.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

static const char *const only_choices[] = { "unread", NULL };
static const struct param notice_list_params[] = {
	LIST_PARAMS,
	{ "only", P_CHOICE, 0, 0, false, only_choices },
	PARAMS_END,
};
static const struct list_column notice_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "title", "list.title", LIST_TEXT, LIST_SORTS, NULL },
	{ "created_ms", "notice.created", LIST_TIME, LIST_SORTS, NULL },
	{ "unread", "notice.unread", LIST_FLAG, LIST_HIDDEN, NULL },
	{ "acknowledged", "notice.acknowledged", LIST_FLAG, LIST_HIDDEN, NULL },
	{ 0 },
};
static const struct list notice_listing = { "notices", "notice.list.title", notice_columns, 30 };
static const struct param notice_params[] = {
	{ "notice", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

int64_t notice_unread(const struct req *r)
{
	int64_t count = 0;
	struct err e = { 0 };
	if (r->actor.person_id == 0 || !r->db ||
	    !db_number(r->db, &e, &count,
		       "SELECT COUNT(*) FROM notice WHERE person_id = $1 AND served_ms IS NULL",
		       db_int(r->actor.person_id)))
		return 0;
	return count;
}

/* Names that the writer of a notice leaves to its reader's language: the post, and of a pair such
 * as hall_kk and hall_ru the `hall`. */
static json_t *values_of(const struct req *r, const json_t *row)
{
	const char *ending = in_kazakh(r) ? "_kk" : "_ru";
	const char *key = NULL;
	const json_t *value = NULL;
	json_t *written = json_loads(row_text(row, "content"), 0, NULL);
	json_t *ret = json_copy(written);
	json_object_foreach (written, key, value) {
		const size_t size = strlen(key);
		if (size > strlen(ending) && strcmp(key + size - strlen(ending), ending) == 0)
			(void)json_object_set(ret,
					      arena_print(r->arena, "%.*s", (int)(size - 3), key),
					      json_object_get(written, key));
	}
	if (*row_text(row, "post"))
		(void)json_object_set_new(ret, "post",
					  json_string(post_name(r, row_text(row, "post"))));
	json_decref(written);
	return ret;
}

/* The text of a notice in the reader's language; what an older program has written and this one has
 * no words for is told by its kind. */
static const char *said(const struct req *r, const json_t *row, const char *part)
{
	struct buf out = buf_on(r->arena);
	json_t *values = values_of(r, row);
	const char *kind = row_text(row, "kind");
	const char *key = arena_print(r->arena, "notice.%s.%s", kind, part);
	const bool ok =
		catalog_format(view_catalog(r->site->view), r->language, key, values, &out, NULL);
	json_decref(values);
	return ok ? out.text : kind;
}

/* ---- list ------------------------------------------------------------------------------- */

static bool notice_list(struct req *r, json_t *model, struct err *e)
{
	const bool unread = *in_text(r, "only") != '\0';
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, kind, content, created_ms, served_ms, acknowledged_ms"
			       " FROM notice WHERE person_id = $1"
			       " AND ($2 = 0 OR served_ms IS NULL) ORDER BY id DESC",
			       db_int(r->actor.person_id), db_int(unread));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s,s:I,s:b,s:b}", "id", (json_int_t)row_number(row, "id"),
				  "title", said(r, row, "title"), "created_ms",
				  (json_int_t)row_number(row, "created_ms"), "unread",
				  !row_has(row, "served_ms"), "acknowledged",
				  row_has(row, "acknowledged_ms")));
	list_rows(r, model, list);
	json_decref(list);
	(void)json_object_set_new(model, "only_unread", json_boolean(unread));
	return rows != NULL;
}

/* ---- one -------------------------------------------------------------------------------- */

static bool notice_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "notice");
	if (!notice_open(&act, id, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT n.id, n.kind, n.href, n.content, n.created_ms,"
			     " n.served_ms, n.acknowledged_ms, n.competition_id, c.post"
			     "  FROM notice n LEFT JOIN competition c ON c.id = n.competition_id"
			     " WHERE n.id = $1 AND n.person_id = $2",
			     db_int(id), db_int(r->actor.person_id));
	if (!row)
		return false;
	(void)json_object_set_new(row, "title", json_string(said(r, row, "title")));
	(void)json_object_set_new(row, "text", json_string(said(r, row, "text")));
	(void)json_object_del(row, "kind");
	(void)json_object_del(row, "content");
	(void)json_object_del(row, "post");
	(void)json_object_del(row, "competition_id");
	(void)json_object_set(model, "notice", row);
	return model_told_notice(r, id, model, e);
}

static bool notice_confirm(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "notice.notice.acknowledged";
	req_go(r, "/notices/%lld", (long long)in_int(r, "notice"));
	return notice_acknowledge(&act, in_int(r, "notice"), e);
}

/* ---- the table -------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route notice_routes[] = {
	{ GET, "/notices", ROLE_PERSON, notice_list, "notice/list", notice_list_params,
	  "The person's inbox, newest first.", .list = &notice_listing },
	{ GET, "/notices/:notice", ROLE_PERSON, notice_show, "notice/show", notice_params,
	  "One notice; it is served when it is opened.", .journalled = true },
	{ POST, "/notices/:notice/acknowledge", ROLE_PERSON, notice_confirm, "notice/show",
	  notice_params, "The person has taken note of it.", .again = notice_show },
	{ GET, "/acquaintance", ROLE_PERSON, acquaintance_list, "acquaintance/list", no_params,
	  "Which rule sets the person has read and taken note of." },
	{ GET, "/acquaintance/register", ROLE_HR | ROLE_AUDITOR, acquaintance_register,
	  "acquaintance/register", acquaintance_register_params,
	  "Who has taken note of a rule set, and who has not.", .list = &register_listing },
	{ POST, "/acquaintance/register", ROLE_HR, acquaintance_send, "acquaintance/register",
	  acquaintance_remind_params, "Reminds everybody of an organ who has not.",
	  .again = acquaintance_register, .list = &register_listing },
	{ GET, "/acquaintance/:rules", ROLE_PERSON, acquaintance_show, "acquaintance/show",
	  acquaintance_params, "The text to be read; that it was open is noted.",
	  .journalled = true },
	{ POST, "/acquaintance/:rules", ROLE_PERSON, acquaintance_done, "acquaintance/show",
	  acquaintance_params, "The person has taken note of a rule set.",
	  .again = acquaintance_show },
	{ 0 },
};
