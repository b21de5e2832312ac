/* request.c - a numbered request to another body, printed, answered, reminded (R23-1, R14-1, F21).
 */
#include "app/candidate/body_request.h"
#include "app/candidate/intake.h"
#include "web/candidate/intake.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

static const char *const kinds[] = { "conclusions", "information", NULL };
static const char *const outcomes[] = { "undergone", "refused", "postponed", "absent", NULL };

const struct param request_send_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "asked_body", P_TEXT, 1, 64, true, NULL },
	{ "kind", P_CHOICE, 0, 0, true, kinds },
	{ "request_number", P_TEXT, 1, 60, true, NULL },
	{ "reason", P_TEXT, 0, 1000, false, NULL },
	{ "due", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
const struct param request_params[] = {
	{ "request", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param request_conclude_params[] = {
	{ "request", P_INT, 1, INT64_MAX, true, NULL },
	{ "entry", P_INT, 1, INT64_MAX, true, NULL },
	{ "outcome", P_CHOICE, 0, 0, true, outcomes },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "file", P_FILE, 0, PAPER_MOST, false, paper_media },
	PARAMS_END,
};
const struct param request_inform_params[] = {
	{ "request", P_INT, 1, INT64_MAX, true, NULL },
	{ "informed", P_INT, 1, INT64_MAX, true, NULL },
	{ "text", P_TEXT, 1, 5000, true, NULL },
	PARAMS_END,
};

bool request_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct body_request_form form = { in_text(r, "asked_body"), in_text(r, "kind"),
						in_text(r, "request_number"), in_text(r, "reason"),
						in_day(r, "due") };
	int64_t id = 0;
	(void)model;
	if (!body_request_send(&act, in_int(r, "competition"), &form, &id, e))
		return false;
	r->notice = "request.notice.sent";
	req_go(r, "/requests/%lld", (long long)id);
	return true;
}

/* ---- the page --------------------------------------------------------------------------- */

/* What information says is for HR alone. */
static bool add_entries(struct req *r, int64_t id, bool hr, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *conclusions = json_array();
	json_t *informations = json_array();
	(void)json_object_set_new(model, "open_conclusions", conclusions);
	(void)json_object_set_new(model, "open_informations", informations);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.kind, x.text, x.answered_ms, p.family, p.given,"
			       " p.patronymic, a.position, s.outcome FROM body_request_entry x"
			       "  JOIN application a ON a.id = x.application_id"
			       "  JOIN person p ON p.id = a.person_id"
			       "  LEFT JOIN study s ON s.id = x.study_id"
			       " WHERE x.request_id = $1 ORDER BY p.sort_key, x.id",
			       db_int(id));
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		if (!hr)
			(void)json_object_set_new(row, "text", json_null());
		if (!row_has(row, "answered_ms")) {
			const bool told = strcmp(row_text(row, "kind"), "information") == 0;
			(void)json_array_append_new(
				told ? informations : conclusions,
				json_pack("{s:o,s:s,s:s}", "id",
					  json_incref(json_object_get(row, "id")), "name",
					  row_text(row, "name"), "kind", row_text(row, "kind")));
		}
		(void)json_object_del(row, "id");
	}
	(void)json_object_set(model, "entries", rows);
	return rows != NULL;
}

static json_t *outcome_options(const struct req *r)
{
	json_t *list = json_array();
	for (size_t i = 0; outcomes[i]; i++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", outcomes[i], "key",
					arena_print(r->arena, "study.outcome.%s", outcomes[i])));
	return list;
}

bool request_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "request");
	struct competition c = { 0 };
	bool hr = false;
	bool body = false;
	if (!body_request_may_read(&act, id, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, competition_id, body, kind, number, reason, due, sent_ms,"
			     " reminded_ms FROM body_request WHERE id = $1",
			     db_int(id));
	if (!row || !competition_load(&act, row_number(row, "competition_id"), &c, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c.organ, &hr, e) ||
	    !intake_is_body(&act, row_text(row, "body"), &body, e) ||
	    !add_entries(r, id, hr, model, e))
		return false;
	const bool asks = json_array_size(json_object_get(model, "open_conclusions")) > 0;
	const bool open = asks || json_array_size(json_object_get(model, "open_informations")) > 0;
	const bool late = open && row_number(row, "due") < day_of_instant(r->now_ms).n;
	(void)json_object_set_new(row, "open", json_boolean(open));
	(void)json_object_set_new(row, "asks", json_boolean(asks));
	(void)json_object_set_new(row, "late", json_boolean(late));
	row_day(row, "due");
	(void)json_object_set_new(row, "post", json_string(post_name(r, c.post)));
	(void)json_object_set_new(row, "organ", json_string(organ_name(r, c.organ)));
	(void)json_object_set_new(row, "body", json_string(organ_name(r, row_text(row, "body"))));
	(void)json_object_set_new(row, "hr", json_boolean(hr));
	(void)json_object_set_new(row, "may_answer", json_boolean(hr || body));
	(void)json_object_set(model, "request", row);
	(void)json_object_set_new(model, "outcomes", outcome_options(r));
	return true;
}

/* ---- answers ---------------------------------------------------------------------------- */

static void back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/requests/%lld", (long long)in_int(r, "request"));
}

bool request_conclude(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct study_form form = {
		.kind = "",
		.outcome = in_text(r, "outcome"),
		.number = in_text(r, "number"),
		.day = in_day(r, "day"),
		.note = "",
		.file = row_upload(r, "file", &file) ? &file : NULL,
	};
	(void)model;
	back(r, "request.notice.answered");
	return body_request_conclude(&act, in_int(r, "entry"), &form, e);
}

bool request_inform(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	back(r, "request.notice.answered");
	return body_request_inform(&act, in_int(r, "informed"), in_text(r, "text"), e);
}

bool request_remind(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	back(r, "request.notice.reminded");
	return body_request_remind(&act, in_int(r, "request"), e);
}
