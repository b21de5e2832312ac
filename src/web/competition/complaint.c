/* complaint.c - a complaint is opened, read with its records, and answered by citing them (F90). */
#include "web/competition/complaint.h"

#include "app/candidate/candidate.h"
#include "app/competition/complaint.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 5000, NUMBER_MOST = 60, CITES_MOST = 20 };

static const char *const states[] = { "open", "answered", NULL };
static const char *const outcomes[] = { "granted", "partly", "refused", NULL };

static const struct param complaint_new_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param complaint_send_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_TEXT, 0, NUMBER_MOST, false, NULL },
	{ "text", P_TEXT, 1, TEXT_MOST, true, NULL },
	PARAMS_END,
};
static const struct list_column complaint_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "number", "complaint.number", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "opened_ms", "complaint.opened", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "complaint.state" },
	{ "outcome", "complaint.outcome", LIST_CODE, LIST_HIDDEN, "complaint.outcome" },
	{ 0 },
};
static const struct list complaint_listing = { "complaints", "complaint.list.title",
					       complaint_columns, 50 };
static const struct param complaint_list_params[] = {
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};
static const struct param complaint_show_params[] = {
	{ "complaint", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param complaint_reply_params[] = {
	{ "complaint", P_INT, 1, INT64_MAX, true, NULL },
	{ "outcome", P_CHOICE, 0, 0, true, outcomes },
	{ "answer", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "cites", P_LIST, 1, CITES_MOST, false, NULL },
	PARAMS_END,
};

/* ---- opening ---------------------------------------------------------------------------- */

bool complaint_new(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	bool hr = false;
	if (!candidate_load(&act, in_int(r, "application"), &c, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c.competition.organ, &hr, e))
		return false;
	const bool own = c.person_id == r->actor.person_id;
	if (!own && !hr)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's application");
	model_candidate(r, &c, model);
	(void)json_object_set_new(model, "own", json_boolean(own));
	return true;
}

bool complaint_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	if (!complaint_open(&act, in_int(r, "application"), in_text(r, "number"),
			    in_text(r, "text"), &id, e))
		return false;
	r->notice = "complaint.notice.opened";
	req_go(r, "/complaints/%lld", (long long)id);
	return true;
}

/* ---- list ------------------------------------------------------------------------------- */

/* HR and auditors see those of their organs, everybody else the own. */
bool complaint_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *state = in_text(r, "state");
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.number, x.state, x.opened_ms, x.outcome, p.family,"
			       " p.given, p.patronymic, c.post FROM complaint x"
			       "  JOIN application a ON a.id = x.application_id"
			       "  JOIN person p ON p.id = a.person_id"
			       "  JOIN competition c ON c.id = a.competition_id"
			       " WHERE $1 = '' OR x.state = $1 ORDER BY x.id DESC",
			       db_text(state));
	json_array_foreach (rows, i, row) {
		struct err why = { 0 };
		if (!complaint_may_read(&act, row_number(row, "id"), &why)) {
			if (why.kind == ERR_MISSING)
				continue;
			json_decref(list);
			*e = why;
			return false;
		}
		row_name(r, row);
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_array_append(list, row);
	}
	list_rows(r, model, list);
	json_decref(list);
	(void)json_object_set_new(model, "state", json_string(state));
	(void)json_object_set_new(model, "only_open", json_boolean(strcmp(state, "open") == 0));
	(void)json_object_set_new(model, "only_answered",
				  json_boolean(strcmp(state, "answered") == 0));
	return rows != NULL;
}

/* ---- one -------------------------------------------------------------------------------- */

/* A record's values as a list, so that a page can show any: [{name, value}] for each row. */
static json_t *values_of(json_t *object)
{
	json_t *list = json_array();
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach (object, name, value) {
		const bool instant =
			strlen(name) > 3 && strcmp(name + strlen(name) - 3, "_ms") == 0;
		if (json_is_null(value) || json_is_array(value))
			continue;
		json_t *o = json_pack("{s:s}", "name", name);
		(void)json_object_set(
			o, "value", instant && json_integer_value(value) > 0 ? json_null() : value);
		(void)json_object_set(
			o, "at_ms", instant && json_integer_value(value) > 0 ? value : json_null());
		(void)json_array_append_new(list, o);
	}
	return json_pack("{s:o}", "values", list);
}

static void add_lines(json_t *lines, const json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(lines, values_of(row));
}

/* Rows, or the seat's log with its two lists. */
static json_t *lines_of(const char *content)
{
	json_t *said = json_loads(content, 0, NULL);
	json_t *lines = json_array();
	if (json_is_array(said)) {
		add_lines(lines, said);
	} else {
		add_lines(lines, json_object_get(said, "events"));
		add_lines(lines, json_object_get(said, "refused"));
	}
	json_decref(said);
	return lines;
}

static bool add_records(struct req *r, int64_t id, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, kind, subject, content, hash, cited"
			       " FROM complaint_record WHERE complaint_id = $1 ORDER BY id",
			       db_int(id));
	json_array_foreach (rows, i, row) {
		(void)json_object_set_new(row, "lines", lines_of(row_text(row, "content")));
		(void)json_object_set_new(row, "cited",
					  json_boolean(row_number(row, "cited") != 0));
		(void)json_object_del(row, "content");
	}
	(void)json_object_set(model, "records", rows);
	return rows != NULL;
}

bool complaint_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "complaint");
	struct candidate c = { 0 };
	bool hr = false;
	if (!complaint_may_read(&act, id, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, application_id, number, text, state, opened_ms, outcome,"
			     " answer, answered_ms FROM complaint WHERE id = $1",
			     db_int(id));
	if (!row || !candidate_load(&act, row_number(row, "application_id"), &c, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c.competition.organ, &hr, e) ||
	    !add_records(r, id, model, e))
		return false;
	model_candidate(r, &c, model);
	json_t *options = json_array();
	for (size_t i = 0; outcomes[i]; i++)
		(void)json_array_append_new(
			options,
			json_pack("{s:s,s:s}", "id", outcomes[i], "key",
				  arena_print(r->arena, "complaint.outcome.%s", outcomes[i])));
	(void)json_object_del(row, "application_id");
	(void)json_object_set(model, "complaint", row);
	(void)json_object_set_new(model, "outcomes", options);
	(void)json_object_set_new(model, "may_answer",
				  json_boolean(hr && strcmp(row_text(row, "state"), "open") == 0));
	return true;
}

bool complaint_reply(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const json_t *list = in_list(r, "cites");
	const size_t count = json_array_size(list);
	int64_t *cited = arena_array(r->arena, count ? count : 1, sizeof(*cited));
	(void)model;
	for (size_t i = 0; i < count; i++)
		cited[i] = strtoll(json_string_value(json_array_get(list, i)), NULL, 10);
	const struct complaint_answer answer = { in_text(r, "outcome"), in_text(r, "answer"), cited,
						 count };
	r->notice = "complaint.notice.answered";
	req_go(r, "/complaints/%lld", (long long)in_int(r, "complaint"));
	return complaint_answer(&act, in_int(r, "complaint"), &answer, e);
}

/* ---- the table -------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route complaint_routes[] = {
	{ GET, "/complaints", ROLE_PERSON, complaint_list, "complaint/list", complaint_list_params,
	  "Complaints of the officer's organs, or the person's own.", .list = &complaint_listing },
	{ GET, "/applications/:application/complaint", ROLE_PERSON, complaint_new, "complaint/new",
	  complaint_new_params, "The form of a complaint." },
	{ POST, "/applications/:application/complaint", ROLE_PERSON, complaint_send,
	  "complaint/new", complaint_send_params,
	  "Opens a complaint; the system's records are attached.", .again = complaint_new },
	{ GET, "/complaints/:complaint", ROLE_PERSON, complaint_show, "complaint/show",
	  complaint_show_params, "A complaint with its records and its answer." },
	{ POST, "/complaints/:complaint/answer", ROLE_HR, complaint_reply, "complaint/show",
	  complaint_reply_params, "Answers a complaint by citing records.",
	  .again = complaint_show },
	{ GET, "/retention", ROLE_HR | ROLE_AUDITOR, retention_list, "retention/list",
	  retention_list_params, "How long the records of each competition are kept.",
	  .list = &retention_listing },
	{ GET, "/retention/person", ROLE_HR, retention_person, "retention/person", no_params,
	  "The form for the end of a person's own data." },
	{ POST, "/retention/person", ROLE_HR, retention_propose_person, "retention/person",
	  retention_person_params, "Proposes to destroy a person's own data.",
	  .again = retention_person },
	{ GET, "/competitions/:competition/retention", ROLE_HR, retention_show, "retention/show",
	  retention_show_params, "The records of a competition and their end." },
	{ POST, "/competitions/:competition/retention", ROLE_HR, retention_propose,
	  "retention/show", retention_propose_params,
	  "Proposes to destroy the records of a competition.", .again = retention_show },
	{ GET, "/destruction-proposals/:proposal", ROLE_HR | ROLE_AUDITOR, destruction_show,
	  "retention/proposal", retention_proposal_params,
	  "What would be destroyed, and who has proposed it." },
	{ POST, "/destruction-proposals/:proposal/answer", ROLE_HR, destruction_do_answer,
	  "retention/proposal", retention_answer_params,
	  "Destroys what another officer has proposed, or refuses.", .again = destruction_show },
	{ POST, "/destruction-proposals/:proposal/withdraw", ROLE_HR, destruction_do_withdraw,
	  "retention/proposal", retention_proposal_params, "Takes the own proposal back.",
	  .again = destruction_show },
	{ GET, "/destruction-acts/:act", ROLE_HR | ROLE_AUDITOR, retention_act, "retention/act",
	  retention_act_params, "An act of destruction, for printing." },
	{ 0 },
};
