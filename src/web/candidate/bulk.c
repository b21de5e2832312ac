#include "web/candidate/bulk.h"

#include "app/bulk.h"
#include "app/competition/competition.h"
#include "base/buf.h"
#include "web/candidate/check.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening -------------------------------------------------------------------------------- */

/* Those that were ticked. */
static json_t *ticked(const struct req *r)
{
	const json_t *list = in_list(r, "application");
	json_t *ids = json_array();
	size_t i = 0;
	const json_t *value = NULL;
	json_array_foreach (list, i, value)
		(void)json_array_append_new(
			ids, json_integer(strtoll(json_string_value(value), NULL, 10)));
	return ids;
}

/* The page has shown how many "all that are found" are: not others than those. */
static bool bulk_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	json_t *ids = NULL;
	(void)model;
	if (!in_flag(r, "everybody"))
		ids = ticked(r);
	else if (!candidates_found(r, &ids, e))
		return false;
	const bool opened =
		bulk_open(&act, in_text(r, "kind"), in_int(r, "competition"), ids, &id, e);
	json_decref(ids);
	if (!opened)
		return false;
	r->site->work_waits = true;
	req_go(r, "/bulks/%lld", (long long)id);
	return true;
}

static bool bulk_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "bulk.notice.stopped";
	req_go(r, "/bulks/%lld", (long long)in_int(r, "bulk"));
	return bulk_stop(&act, in_int(r, "bulk"), e);
}

/* ---- watching -------------------------------------------------------------------------------- */

/* Why one was refused, in the reader's language. */
static const char *reason_of(const struct req *r, const json_t *row)
{
	struct buf out = buf_on(r->arena);
	json_t *values = json_pack("{s:s,s:s}", "value", row_text(row, "value"), "clause",
				   row_text(row, "clause"));
	const bool said = catalog_format(view_catalog(r->site->view), r->language,
					 row_text(row, "error"), values, &out, NULL);
	json_decref(values);
	return said ? out.text : row_text(row, "error");
}

static bool add_refused(const struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, p.family, p.given, p.patronymic, x.error, x.value,"
			       " x.clause FROM bulk_item x"
			       "  JOIN application a ON a.id = x.application_id"
			       "  JOIN person p ON p.id = a.person_id"
			       " WHERE x.bulk_id = $1 AND x.state = 'refused'"
			       " ORDER BY p.sort_key, a.id",
			       db_int(in_int(r, "bulk")));
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		(void)json_object_set_new(row, "reason", json_string(reason_of(r, row)));
		(void)json_object_del(row, "error");
		(void)json_object_del(row, "value");
	}
	list_rows(r, model, rows);
	return rows != NULL;
}

static bool bulk_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT b.id, b.kind, b.competition_id AS competition, b.started_ms,"
			     " b.ended_ms, b.stopped, c.post, c.organ, COUNT(*) AS total,"
			     " COUNT(CASE WHEN x.state = 'done' THEN 1 END) AS done,"
			     " COUNT(CASE WHEN x.state = 'refused' THEN 1 END) AS refused"
			     "  FROM bulk b JOIN competition c ON c.id = b.competition_id"
			     "  JOIN bulk_item x ON x.bulk_id = b.id WHERE b.id = $1"
			     " GROUP BY b.id, b.kind, b.competition_id, b.started_ms, b.ended_ms,"
			     "  b.stopped, c.post, c.organ",
			     db_int(in_int(r, "bulk")));
	if (!row || !act_require(&act, ROLE_NAME_HR, row_text(row, "organ"), e))
		return false;
	(void)json_object_set_new(row, "post", json_string(post_name(r, row_text(row, "post"))));
	(void)json_object_set_new(row, "settled",
				  json_integer((json_int_t)row_number(row, "done") +
					       (json_int_t)row_number(row, "refused")));
	(void)json_object_set_new(row, "running", json_boolean(!row_has(row, "ended_ms")));
	(void)json_object_set_new(row, "stopped", json_boolean(row_number(row, "stopped")));
	(void)json_object_del(row, "organ");
	(void)json_object_set(model, "bulk", row);
	return add_refused(r, model, e);
}

/* ---- all of a competition -------------------------------------------------------------------- */

static bool bulk_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	size_t i = 0;
	json_t *row = NULL;
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e))
		return false;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT b.id, b.kind, b.started_ms, b.ended_ms, b.stopped, p.family, p.given,"
		" p.patronymic, (SELECT COUNT(*) FROM bulk_item x WHERE x.bulk_id = b.id) AS total"
		"  FROM bulk b JOIN person p ON p.id = b.by_id WHERE b.competition_id = $1"
		" ORDER BY b.id DESC",
		db_int(c.id));
	json_array_foreach (rows, i, row) {
		const char *state = !row_has(row, "ended_ms")    ? "running"
				    : row_number(row, "stopped") ? "stopped"
								 : "ended";
		row_name(r, row);
		(void)json_object_set_new(row, "state", json_string(state));
		(void)json_object_del(row, "stopped");
		(void)json_object_del(row, "ended_ms");
	}
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	list_rows(r, model, rows);
	return rows != NULL;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct list_column refused_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "reason", "bulk.reason", LIST_TEXT, LIST_SORTS, NULL },
	{ "clause", "public.from_clause", LIST_TEXT, LIST_HIDDEN, NULL },
	{ 0 },
};
static const struct list refused_listing = { "refused", "bulk.refused", refused_columns, 50 };
static const struct list_column bulk_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "kind", "bulk.kind", LIST_CODE, LIST_SORTS, "bulk.kind" },
	{ "name", "bulk.officer", LIST_TEXT, LIST_SORTS, NULL },
	{ "started_ms", "bulk.started", LIST_TIME, LIST_SORTS, NULL },
	{ "total", "bulk.candidates", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "bulk.state" },
	{ 0 },
};
static const struct list bulk_listing = { "bulks", "bulk.list.title", bulk_columns, 25 };

enum { TICKED_MOST = 20 };
static const char *const states[] = { "sent", "draft", "withdrawn", NULL };
static const struct param bulk_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param bulk_show_params[] = {
	{ "bulk", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param bulk_end_params[] = {
	{ "bulk", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param bulk_send_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "step", P_CHOICE, 0, 0, false, candidate_steps },
	{ "kind", P_CHOICE, 0, 0, true, bulk_kinds },
	{ "application", P_LIST, 1, TICKED_MOST, false, NULL },
	{ "everybody", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};

#include "web/route_table.h"

const struct route bulk_routes[] = {
	{ GET, "/competitions/:competition/bulks", ROLE_HR, bulk_list, "bulk/list",
	  bulk_list_params, "What was done for many candidates of a competition at once.",
	  .list = &bulk_listing },
	{ POST, "/competitions/:competition/bulks", ROLE_HR, bulk_send, "check/list",
	  bulk_send_params, "Does the same for many candidates, one by one.",
	  .again = candidates_list, .list = &candidates_listing },
	{ GET, "/bulks/:bulk", ROLE_HR, bulk_show, "bulk/show", bulk_show_params,
	  "How far it is, and who was refused.", .list = &refused_listing },
	{ POST, "/bulks/:bulk/stop", ROLE_HR, bulk_end, "bulk/show", bulk_end_params,
	  "Ends it with what is done.", .again = bulk_show, .list = &refused_listing },
	{ 0 },
};
