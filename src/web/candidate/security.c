#include "web/candidate/security.h"

#include "app/candidate/candidate.h"
#include "app/candidate/scan.h"
#include "app/candidate/security.h"
#include "app/signature/signature.h"
#include "law/terms.h"
#include "web/evidence/signature.h"
#include "web/list.h"
#include "web/names.h"
#include "web/print/print.h"
#include "web/row.h"

const struct param application_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param security_send_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	PARAMS_END,
};
const struct param security_list_params[] = {
	{ "list", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param security_inform_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "content", P_TEXT, 1, 8000, true, NULL },
	{ "file", P_FILE, 0, PAPER_MOST, false, paper_media },
	PARAMS_END,
};
const struct param security_file_params[] = {
	{ "information", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- HR: the lists of a competition ------------------------------------------------ */

static json_t *waiting(struct req *r, int64_t competition, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, p.family, p.given, p.patronymic, a.organ, a.position"
			       "  FROM application a JOIN person p ON p.id = a.person_id"
			       " WHERE a.competition_id = $1 AND a.state = 'sent'"
			       " AND EXISTS (SELECT 1 FROM qualification_decision q"
			       "  WHERE q.application_id = a.id AND q.outcome = 'met')"
			       " AND NOT EXISTS (SELECT 1 FROM security_list_entry x WHERE "
			       "x.application_id = a.id)"
			       " ORDER BY p.sort_key",
			       db_int(competition));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	return rows;
}

/* R15-1: the last day is known once the interview is planned. */
static bool add_due(struct req *r, const struct competition *c, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e, "SELECT day FROM interview WHERE competition_id = $1",
			db_int(c->id));
	day last = { 0 };
	if (!rows)
		return false;
	day interview = { (int32_t)row_number(json_array_get(rows, 0), "day") };
	bool known = json_array_size(rows) > 0 &&
		     terms_security_last(c->calendar, c->rules, interview, &last);
	(void)json_object_set_new(model, "due", known ? day_json(last) : json_null());
	return true;
}

bool security_competition(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e))
		return false;
	json_t *lists = db_rows(r->db, r->arena, e,
				"SELECT l.id, l.number, l.sent_ms, (SELECT COUNT(*) FROM"
				" security_list_entry x WHERE x.list_id = l.id) AS candidates"
				"  FROM security_list l WHERE l.competition_id = $1 ORDER BY l.id",
				db_int(c.id));
	json_t *rows = waiting(r, c.id, e);
	if (!lists || !rows || !add_due(r, &c, model, e))
		return false;
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	(void)json_object_set(model, "lists", lists);
	(void)json_object_set(model, "waiting", rows);
	(void)json_object_set_new(model, "waits", json_boolean(json_array_size(rows) > 0));
	return true;
}

bool security_send(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	int64_t id = 0;
	if (!security_send_list(&act, in_int(r, "competition"), in_text(r, "number"), &id, e))
		return false;
	r->notice = "security.notice.sent";
	req_go(r, "/security-lists/%lld", (long long)id);
	return true;
}

/* The printable list (R14-1). */
bool security_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *list = db_row(r->db, r->arena, e,
			      "SELECT l.id, l.number, l.sent_ms, c.post, c.organ,"
			      " l.competition_id AS competition FROM security_list l"
			      " JOIN competition c ON c.id = l.competition_id WHERE l.id = $1",
			      db_int(in_int(r, "list")));
	bool may = false;
	if (!list || !act_holds(&act, ROLE_NAME_HR, row_text(list, "organ"), &may, e) ||
	    (!may && !act_require(&act, ROLE_NAME_SECURITY, row_text(list, "organ"), e)))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT p.family, p.given, p.patronymic, a.position, a.organ"
			       "  FROM security_list_entry x"
			       " JOIN application a ON a.id = x.application_id"
			       " JOIN person p ON p.id = a.person_id WHERE x.list_id = $1"
			       " ORDER BY p.sort_key",
			       db_int(in_int(r, "list")));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		(void)json_object_set_new(row, "number", json_integer((json_int_t)i + 1));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	if (!rows)
		return false;
	(void)json_object_set_new(list, "post", json_string(post_name(r, row_text(list, "post"))));
	(void)json_object_set_new(list, "organ",
				  json_string(organ_name(r, row_text(list, "organ"))));
	(void)json_object_set_new(model, "hr", json_boolean(may));
	(void)json_object_set(model, "list", list);
	(void)json_object_set(model, "candidates", rows);
	return true;
}

/* ---- own security's inbox ------------------------------------------------------------ */

const struct param security_inbox_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column security_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "position", "candidate.position", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "number", "security.number", LIST_TEXT, LIST_SORTS, NULL },
	{ "sent_ms", "security.sent", LIST_TIME, LIST_HIDDEN, NULL },
	{ "interview", "plan.interview", LIST_DAY, LIST_SORTS, NULL },
	{ "informed_ms", "security.information", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
const struct list security_inbox_listing = { "candidates", "security.inbox.title", security_columns,
					     50 };

bool security_inbox(struct req *r, json_t *model, struct err *e)
{
	static const char *const role[] = { ROLE_NAME_SECURITY, NULL };
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT a.id, p.family, p.given, p.patronymic, a.position, c.post, c.organ,"
		" l.number, l.sent_ms, i.day AS interview,"
		" (SELECT MAX(s.at_ms) FROM security_information s WHERE s.application_id = a.id)"
		"  AS informed_ms"
		"  FROM security_list_entry x JOIN security_list l ON l.id = x.list_id"
		" JOIN application a ON a.id = x.application_id"
		" JOIN person p ON p.id = a.person_id"
		" JOIN competition c ON c.id = a.competition_id AND c.state = 'announced'"
		" LEFT JOIN interview i ON i.competition_id = c.id"
		" WHERE NOT " CANDIDATE_COMPETES("$1", "a.id",
						 "c.id") " ORDER BY l.id DESC, p.sort_key",
		db_int(r->actor.person_id));
	return row_inbox(r, role, rows, "interview", model, e);
}

/* ---- the information --------------------------------------------------------------- */

/* The form, without what was recorded before: opening that is a journalled view. */
bool security_form(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!candidate_load(&act, in_int(r, "application"), &c, e) ||
	    !act_require(&act, ROLE_NAME_SECURITY, c.competition.organ, e))
		return false;
	model_candidate(r, &c, model);
	return true;
}

bool security_record(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct security_form form = {
		.number = in_text(r, "number"),
		.day = in_day(r, "day"),
		.content = in_text(r, "content"),
		.file = row_upload(r, "file", &file) ? &file : NULL,
	};
	if (!security_inform(&act, in_int(r, "application"), &form, e))
		return false;
	r->notice = "security.notice.recorded";
	req_go(r, "/security");
	return true;
}

/* F76: the view is journalled before it is shown. */
bool security_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!security_view(&act, in_int(r, "application"), e) ||
	    !candidate_load(&act, in_int(r, "application"), &c, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, number, day, content, file_name, by_id, at_ms,"
			       " " SCAN_HELD " AS held FROM security_information d "
			       "WHERE application_id = $1"
			       " ORDER BY id DESC",
			       db_int(c.application_id));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const bool own = row_number(row, "by_id") == r->actor.person_id;
		row_day(row, "day");
		(void)json_object_del(row, "by_id");
		if (!signature_fill(r, SIGNATURE_SECURITY, row_number(row, "id"), own, row, e))
			return false;
	}
	if (!rows)
		return false;
	model_candidate(r, &c, model);
	(void)json_object_set(model, "information", rows);
	return true;
}

/* F12: the letter on paper.  Runs on a worker, which cannot write: the view is journalled before
 * the paper is sent (F76), and HR needs a reason for it there, as for the page. */
bool security_letter(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT s.id, s.application_id, s.number, s.day, s.content,"
			     " s.file_name, s.at_ms, a.position, p.family, p.given, p.patronymic"
			     "  FROM security_information s JOIN person p ON p.id = s.by_id"
			     "  JOIN application a ON a.id = s.application_id"
			     " WHERE s.id = $1",
			     db_int(in_int(r, "information")));
	if (!row)
		return false;
	const int64_t application = row_number(row, "application_id");
	if (!security_may_read(&act, application, e) || !candidate_load(&act, application, &c, e) ||
	    !signature_fill(r, SIGNATURE_SECURITY, row_number(row, "id"), false, row, e))
		return false;
	row_name(r, row);
	row_day(row, "day");
	(void)json_object_set(row, "by", json_object_get(row, "name"));
	(void)json_object_set_new(row, "name", json_string(c.name));
	(void)json_object_set_new(row, "post", json_string(post_name(r, c.competition.post)));
	(void)json_object_set_new(row, "organ", json_string(organ_name(r, c.competition.organ)));
	(void)json_object_set(model, "letter", row);
	print_note_security(r, application);
	return true;
}

bool security_file(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT application_id, blob_hash, file_name FROM security_information"
			     " WHERE id = $1 AND blob_hash IS NOT NULL",
			     db_int(in_int(r, "information")));
	return row && security_view(&act, row_number(row, "application_id"), e) &&
	       send_blob(r, row_text(row, "blob_hash"), row_text(row, "file_name"), e);
}
