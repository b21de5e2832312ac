/* commission_order.c - HR's part of the commission's page that changes an appointed one by a new
 * order, and the orders that there were. */
#include "app/competition/commission_order.h"
#include "web/competition/commission.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

const struct param commission_draft_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "order_number", P_TEXT, 1, 60, true, NULL },
	{ "order_day", P_DAY, 0, 0, true, NULL },
	{ "scan", P_FILE, 0, PAPER_MOST, false, paper_media },
	PARAMS_END,
};
const struct param commission_line_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "line", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param commission_scan_params[] = {
	{ "order", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- what the page shows --------------------------------------------------------------------- */

static bool add_history(struct req *r, int64_t competition_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *orders = NULL;
	size_t n = 0;
	json_t *row = NULL;
	if (!commission_orders(&act, competition_id, &orders, e))
		return false;
	json_array_foreach (orders, n, row) {
		row_day(row, "day");
		(void)json_object_set_new(row, "scanned",
					  json_boolean(*row_text(row, "file_name")));
		(void)json_object_del(row, "file_name");
	}
	(void)json_object_set(model, "orders", orders);
	return true;
}

static json_t *lines_of(struct req *r, int64_t order_id, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT c.id, c.what, c.role, c.kind, c.person_id,"
		" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
		"  FROM commission_change c JOIN person p ON p.id = c.person_id"
		" WHERE c.order_id = $1 ORDER BY CASE c.what WHEN 'leaves' THEN 1 ELSE 2 END,"
		" c.id",
		db_int(order_id));
}

/* Seats that the draft takes away are marked, so that they are not offered again. */
static void mark_leaving(json_t *members, const json_t *lines)
{
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (members, n, row) {
		bool leaves = false;
		for (size_t i = 0; i < json_array_size(lines); i++) {
			const json_t *line = json_array_get(lines, i);
			leaves = leaves ||
				 (strcmp(row_text(line, "what"), "leaves") == 0 &&
				  row_number(line, "person_id") == row_number(row, "person_id"));
		}
		(void)json_object_set_new(row, "leaves", json_boolean(leaves));
		(void)json_object_del(row, "person_id");
	}
}

bool commission_add_orders(struct req *r, const struct competition *c, bool appointed,
			   json_t *model, bool *ret_draft, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT o.id, o.number, o.day, o.file_name FROM commission_order o"
			       "  JOIN commission k ON k.id = o.commission_id"
			       " WHERE k.competition_id = $1 AND o.state = 'draft'",
			       db_int(c->id));
	json_t *draft = json_array_get(rows, 0);
	if (!rows || !add_history(r, c->id, model, e))
		return false;
	const bool open = appointed && strcmp(c->state, "announced") == 0;
	*ret_draft = open && draft;
	json_t *lines = draft ? lines_of(r, row_number(draft, "id"), e) : NULL;
	if (draft && !lines)
		return false;
	mark_leaving(json_object_get(model, "members"), lines);
	(void)json_object_set_new(model, "replaceable", json_boolean(open));
	(void)json_object_set_new(model, "draft", *ret_draft ? json_object() : json_null());
	if (draft)
		row_day(draft, "day");
	(void)json_object_set_new(model, "next",
				  json_pack("{s:s,s:s}", "number", row_text(draft, "number"), "day",
					    row_text(draft, "day")));
	if (!*ret_draft)
		return true;
	for (size_t n = 0; n < json_array_size(lines); n++)
		(void)json_object_del(json_array_get(lines, n), "person_id");
	(void)json_object_del(draft, "id");
	(void)json_object_set(draft, "lines", lines);
	(void)json_object_set(model, "draft", draft);
	return true;
}

/* ---- what it does ---------------------------------------------------------------------------- */

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/competitions/%lld/commission", (long long)in_int(r, "competition"));
	return true;
}

bool commission_do_draft(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct order_form form = { in_text(r, "order_number"), in_day(r, "order_day"),
					 row_upload(r, "scan", &file) ? &file : NULL };
	return commission_order_draft(&act, in_int(r, "competition"), &form, e) &&
	       back(r, "commission.notice.order");
}

bool commission_do_leave(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_order_leave(&act, in_int(r, "competition"), in_int(r, "member"), e) &&
	       back(r, "commission.notice.line");
}

bool commission_do_come(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct seat_form form = { in_int(r, "person"), in_text(r, "role"), in_text(r, "kind"),
					in_flag(r, "employee") };
	return commission_order_come(&act, in_int(r, "competition"), &form, e) &&
	       back(r, "commission.notice.line");
}

bool commission_do_undo(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_order_undo(&act, in_int(r, "competition"), in_int(r, "line"), e) &&
	       back(r, "commission.notice.undone");
}

bool commission_do_enact(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_order_enact(&act, in_int(r, "competition"), e) &&
	       back(r, "commission.notice.enacted");
}

/* ---- the scan -------------------------------------------------------------------------------- */

bool commission_scan(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct competition c = { 0 };
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT k.competition_id, o.blob_hash, o.file_name"
			     "  FROM commission_order o JOIN commission k"
			     "    ON k.id = o.commission_id"
			     " WHERE o.id = $1 AND o.blob_hash IS NOT NULL",
			     db_int(in_int(r, "order")));
	return row && competition_load(&act, row_number(row, "competition_id"), &c, e) &&
	       act_require(&act, ROLE_NAME_HR, c.organ, e) &&
	       send_blob(r, row_text(row, "blob_hash"), row_text(row, "file_name"), e);
}
