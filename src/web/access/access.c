/* access.c - restricted papers are opened for a reason, and the auditor sees who has (F76). */
#include "web/access/access.h"

#include "app/access/restricted.h"
#include "app/candidate/candidate.h"
#include "web/http/call.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { BACK_MOST = 2000 };

static const char *const whats[] = { RESTRICTED_SECURITY, RESTRICTED_STUDY, NULL };
static const char *const all_whats[] = { RESTRICTED_SECURITY, RESTRICTED_STUDY, RESTRICTED_FILE,
					 NULL };

static const struct param reason_form_params[] = {
	{ "what", P_CHOICE, 0, 0, true, whats },
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
static const struct param reason_params[] = {
	{ "what", P_CHOICE, 0, 0, true, whats },
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 1, 20, true, NULL },
	{ "words", P_TEXT, 0, RESTRICTED_WORDS_MOST, false, NULL },
	{ "all", P_FLAG, 0, 0, false, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
static const struct param views_params[] = {
	LIST_PARAMS,
	{ "what", P_CHOICE, 0, 0, false, all_whats },
	{ "from", P_DAY, 0, 0, false, NULL },
	{ "to", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};

/* ---- saying for what --------------------------------------------------------- */

static const char *back_of(const struct req *r)
{
	const char *back = in_text(r, "back");
	return path_is_local(back) ? back : "/";
}

/* Whoever may not see the papers learns nothing here: not even whose they are. */
static bool reason_form(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!restricted_may(&act, in_int(r, "application"), in_text(r, "what"), e) ||
	    !candidate_load(&act, in_int(r, "application"), &c, e))
		return false;
	model_candidate(r, &c, model);
	(void)json_object_set_new(model, "what", json_string(in_text(r, "what")));
	(void)json_object_set_new(model, "back", json_string(back_of(r)));
	(void)json_object_set_new(model, "reasons",
				  word_options(r, restricted_reasons, "restricted.reason"));
	return true;
}

static bool reason_say(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->redirect = back_of(r);
	return restricted_open(&act, in_int(r, "application"), in_text(r, "what"),
			       in_text(r, "reason"), in_text(r, "words"), in_flag(r, "all"), e);
}

/* ---- who has seen the papers of whom ------------------------------------------ */

static const struct list_column view_columns[] = {
	{ "at_ms", "restricted.at", LIST_TIME, LIST_SORTS, NULL },
	{ "viewer", "restricted.viewer", LIST_TEXT, LIST_SORTS, NULL },
	{ "candidate", "restricted.candidate", LIST_TEXT, LIST_SORTS, NULL },
	{ "application", "restricted.application", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "what", "restricted.what", LIST_CODE, LIST_SORTS, "restricted.what" },
	{ "reason", "restricted.reason", LIST_CODE, LIST_SORTS, "restricted.reason" },
	{ "words", "restricted.words", LIST_TEXT, 0, NULL },
	{ 0 },
};
static const struct list views_listing = { "views", "access.views.title", view_columns, 50 };

static const char *name_of(const struct req *r, const json_t *row, const char *prefix)
{
	const char *part[] = { "family", "given", "patronymic" };
	struct buf out = buf_on(r->arena);
	for (size_t i = 0; i < COUNT(part); i++) {
		const char *text = row_text(row, arena_print(r->arena, "%s_%s", prefix, part[i]));
		buf_print(&out, "%s%s", out.length && *text ? " " : "", text);
	}
	return out.text;
}

/* One line; taken away is what the names were made of. */
static json_t *view_model(const struct req *r, const json_t *row)
{
	const char *reason = row_text(row, "reason");
	return json_pack("{s:I,s:s,s:s,s:I,s:s,s:s,s:s}", "at_ms",
			 (json_int_t)row_number(row, "at_ms"), "viewer", name_of(r, row, "viewer"),
			 "candidate", name_of(r, row, "candidate"), "application",
			 (json_int_t)row_number(row, "application"), "what", row_text(row, "what"),
			 "reason", *reason ? reason : "duty", "words", row_text(row, "words"));
}

/* The instant at which a day of the request begins, `days` later; `none` if it names none. */
static int64_t begin_of(const struct req *r, const char *name, int days, int64_t none)
{
	int64_t ms = 0;
	return in_has(r, name) && instant_parse(arena_print(r->arena, "%sT00:00", in_text(r, name)),
						&ms)
		       ? ms + (int64_t)days * DAY_MS
		       : none;
}

static bool views(struct req *r, json_t *model, struct err *e)
{
	static const char *const role[] = { ROLE_NAME_AUDITOR, NULL };
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT v.at_ms, v.what, v.application_id AS application, c.organ, o.reason, "
		"o.words,"
		" p.family AS viewer_family, p.given AS viewer_given,"
		" p.patronymic AS viewer_patronymic, q.family AS candidate_family,"
		" q.given AS candidate_given, q.patronymic AS candidate_patronymic"
		"  FROM restricted_view v JOIN person p ON p.id = v.person_id"
		" JOIN application a ON a.id = v.application_id JOIN person q ON q.id = a.person_id"
		" JOIN competition c ON c.id = a.competition_id"
		" LEFT JOIN restricted_opening o ON o.id = v.opening_id"
		" WHERE ($1 = '' OR v.what = $1) AND v.at_ms >= $2 AND v.at_ms < $3"
		" AND NOT " CANDIDATE_COMPETES("$4", "a.id",
					       "a.competition_id") " ORDER BY v.id DESC",
		db_text(in_text(r, "what")), db_int(begin_of(r, "from", 0, 0)),
		db_int(begin_of(r, "to", 1, INT64_MAX)), db_int(r->actor.person_id));
	json_t *shown = json_array();
	json_t *known = json_object();
	bool fine = rows != NULL;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		bool may = false;
		fine = fine && row_may(r, role, row_text(row, "organ"), known, &may, e);
		if (may)
			(void)json_array_append_new(shown, view_model(r, row));
	}
	list_rows(r, model, shown);
	json_decref(shown);
	json_decref(known);
	(void)json_object_set_new(model, "what", json_string(in_text(r, "what")));
	(void)json_object_set_new(model, "from", json_string(in_text(r, "from")));
	(void)json_object_set_new(model, "to", json_string(in_text(r, "to")));
	return fine;
}

#include "web/route_table.h" /* last */

const struct route access_routes[] = {
	{ GET, "/restricted/:what/:application", ROLE_HR | ROLES_COMMISSION, reason_form,
	  "access/reason", reason_form_params, "Asks for what restricted papers are opened." },
	{ POST, "/restricted/:what/:application", ROLE_HR | ROLES_COMMISSION, reason_say,
	  "access/reason", reason_params, "Notes the reason, and opens them for a working day.",
	  .again = reason_form },
	{ GET, "/audit/views", ROLE_AUDITOR, views, "access/views", views_params,
	  "Who has opened papers of candidates, when and for what.", .list = &views_listing },

	{ GET, "/admin/accounts", ROLE_ADMIN, access_accounts, "access/accounts",
	  access_accounts_params, "Accounts with their roles, second factors and states.",
	  .list = &access_accounts_listing },
	{ GET, "/admin/accounts/:person", ROLE_ADMIN, access_account, "access/account",
	  access_account_params, "One account, and what can be asked for about it." },
	{ POST, "/admin/accounts/:person/sessions/end", ROLE_ADMIN, access_end_sessions,
	  "access/account", access_account_params, "Ends the sessions of a person.",
	  .again = access_account },
	{ POST, "/admin/accounts/:person/requests", ROLE_ADMIN, access_ask, "access/account",
	  access_ask_params,
	  "Asks another administrator for a role, an end of factors, an end of the account.",
	  .again = access_account },
	{ GET, "/admin/requests", ROLE_ADMIN | ROLE_AUDITOR, access_requests, "access/requests",
	  access_list_params, "What administrators have asked for, and who has answered.",
	  .list = &access_requests_listing },
	{ POST, "/admin/requests/:request/answer", ROLE_ADMIN, access_answer, "access/requests",
	  access_answer_params, "Carries a request of another administrator out, or refuses.",
	  .again = access_requests, .list = &access_requests_listing },
	{ 0 },
};
