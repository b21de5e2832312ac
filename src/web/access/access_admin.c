/* access_admin.c - the administrators' part: accounts, and what two of them do together. */
#include "app/access/access_request.h"
#include "app/access/asking.h"
#include "app/access/factor.h"
#include "app/access/session.h"
#include "web/access/access.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

static const char *const kinds[] = { REQUEST_FACTORS, REQUEST_GRANT,  REQUEST_REVOKE,
				     REQUEST_DISABLE, REQUEST_ENABLE, NULL };
/* What an account can be asked for about; a disabled one keeps everything but cannot come in. */
static const char *const kinds_of_open[] = { REQUEST_FACTORS, REQUEST_GRANT, REQUEST_REVOKE,
					     REQUEST_DISABLE, NULL };
static const char *const kinds_of_disabled[] = { REQUEST_ENABLE, REQUEST_REVOKE, NULL };
static const char *const states[] = { "open", "disabled", NULL };
static const char *const answers[] = { "yes", "no", NULL };

const struct param access_list_params[] = { LIST_PARAMS, PARAMS_END };
const struct param access_accounts_params[] = {
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};
const struct param access_account_params[] = {
	{ "person", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param access_ask_params[] = {
	{ "person", P_INT, 1, INT64_MAX, true, NULL },
	{ "kind", P_CHOICE, 0, 0, true, kinds },
	{ "role", P_TEXT, 0, 20, false, NULL },
	{ "organ", P_TEXT, 0, 64, false, NULL },
	{ "reason", P_TEXT, 1, REQUEST_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param access_answer_params[] = {
	{ "request", P_INT, 1, INT64_MAX, true, NULL },
	{ "answer", P_CHOICE, 0, 0, true, answers },
	LIST_PARAMS, /* a refusal shows the list again */
	PARAMS_END,
};

/* ---- accounts ---------------------------------------------------------------- */

static const struct list_column account_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "name", "access.person", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "access.organ", LIST_TEXT, LIST_SORTS, NULL },
	{ "roles", "access.roles", LIST_TEXT, LIST_SORTS, NULL },
	{ "factor", "access.factor", LIST_CODE, LIST_SORTS, "access.factor" },
	{ "sessions", "access.sessions", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "access.account.state", LIST_CODE, LIST_SORTS, "access.account" },
	{ 0 },
};
const struct list access_accounts_listing = { "accounts", "access.accounts.title", account_columns,
					      50 };

/* "Auditor, Prosecutor's Office of Almaty", in the user's language. */
static const char *role_name(const struct req *r, const json_t *row)
{
	const char *key = arena_print(r->arena, "access.role.%s", row_text(row, "role"));
	return arena_print(r->arena, "%s, %s",
			   catalog_text(view_catalog(r->site->view), r->language, key),
			   organ_name(r, row_text(row, "organ")));
}

/* The roles of everybody, by the person's number as text. */
static bool read_roles(struct req *r, json_t *ret, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT person_id, role, organ FROM role_grant"
			       " WHERE revoked_ms IS NULL ORDER BY person_id, role, organ");
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const char *key =
			arena_print(r->arena, "%lld", (long long)row_number(row, "person_id"));
		const char *before = row_text(ret, key);
		(void)json_object_set_new(
			ret, key,
			json_string(arena_print(r->arena, "%s%s%s", before, *before ? "; " : "",
						role_name(r, row))));
	}
	return rows != NULL;
}

static const char *factor_name(const json_t *row)
{
	const bool totp = row_number(row, "totp") > 0;
	const bool key = row_number(row, "passkeys") > 0;
	return totp && key ? "both" : totp ? "totp" : key ? "passkey" : "none";
}

bool access_accounts(struct req *r, json_t *model, struct err *e)
{
	json_t *roles = json_object();
	json_in_arena(r->arena, roles);
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT p.id, p.family, p.given, p.patronymic, p.organ,"
		" CASE WHEN a.disabled_ms IS NULL THEN 'open' ELSE 'disabled' END AS state,"
		" (SELECT COUNT(*) FROM totp t WHERE t.person_id = p.id"
		"   AND t.confirmed_ms IS NOT NULL) AS totp,"
		" (SELECT COUNT(*) FROM passkey k WHERE k.person_id = p.id"
		"   AND k.removed_ms IS NULL) AS passkeys,"
		" (SELECT COUNT(*) FROM session s WHERE s.person_id = p.id AND s.expires_ms > $1"
		"   AND s.seen_ms > $2) AS sessions"
		"  FROM account a JOIN person p ON p.id = a.person_id"
		" WHERE $3 = '' OR (a.disabled_ms IS NULL) = ($3 = 'open') ORDER BY p.sort_key",
		db_int(r->now_ms), db_int(r->now_ms - SESSION_IDLE_MS),
		db_text(in_text(r, "state")));
	size_t i = 0;
	json_t *row = NULL;
	if (!rows || !read_roles(r, roles, e))
		return false;
	json_array_foreach (rows, i, row) {
		const char *key = arena_print(r->arena, "%lld", (long long)row_number(row, "id"));
		row_name(r, row);
		(void)json_object_set_new(row, "roles", json_string(row_text(roles, key)));
		(void)json_object_set_new(row, "factor", json_string(factor_name(row)));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_object_del(row, "totp");
		(void)json_object_del(row, "passkeys");
	}
	list_rows(r, model, rows);
	(void)json_object_set_new(model, "state", json_string(in_text(r, "state")));
	return true;
}

/* ---- one account --------------------------------------------------------------- */

static void add_choices(const struct req *r, bool disabled, json_t *model)
{
	json_t *organs = json_array();
	for (size_t i = 0; i < r->book->organ_count; i++) {
		const char *code = r->book->organs[i].code;
		(void)json_array_append_new(
			organs, json_pack("{s:s,s:s}", "id", code, "name", organ_name(r, code)));
	}
	(void)json_object_set_new(model, "organs", organs);
	(void)json_object_set_new(
		model, "kinds",
		word_options(r, disabled ? kinds_of_disabled : kinds_of_open, "access.kind"));
	(void)json_object_set_new(model, "all_roles",
				  word_options(r, request_roles, "access.role"));
}

/* {at_ms, reason} of a disabled account, null of one that opens the door; true in the former case.
 */
static bool say_disabled(json_t *person)
{
	const int64_t at_ms = row_number(person, "disabled_ms");
	(void)json_object_set_new(person, "disabled",
				  at_ms > 0
					  ? json_pack("{s:I,s:s}", "at_ms", (json_int_t)at_ms,
						      "reason", row_text(person, "disabled_reason"))
					  : json_null());
	(void)json_object_del(person, "disabled_ms");
	(void)json_object_del(person, "disabled_reason");
	return at_ms > 0;
}

bool access_account(struct req *r, json_t *model, struct err *e)
{
	const int64_t id = in_int(r, "person");
	struct factors f = { 0 };
	int64_t sessions = 0;
	json_t *person =
		db_row(r->db, r->arena, e,
		       "SELECT p.id, p.family, p.given, p.patronymic, p.organ, a.disabled_ms,"
		       " a.disabled_reason FROM person p"
		       " JOIN account a ON a.person_id = p.id WHERE p.id = $1",
		       db_int(id));
	json_t *roles = db_rows(r->db, r->arena, e,
				"SELECT role, organ, granted_ms FROM role_grant"
				" WHERE person_id = $1 AND revoked_ms IS NULL ORDER BY role, organ",
				db_int(id));
	size_t i = 0;
	json_t *row = NULL;
	if (!person || !roles || !factors_of(r->db, id, &f, e) ||
	    !db_number(r->db, e, &sessions,
		       "SELECT COUNT(*) FROM session WHERE person_id = $1 AND expires_ms > $2"
		       " AND seen_ms > $3",
		       db_int(id), db_int(r->now_ms), db_int(r->now_ms - SESSION_IDLE_MS)))
		return false;
	json_array_foreach (roles, i, row)
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	row_name(r, person);
	(void)json_object_set_new(person, "organ",
				  json_string(organ_name(r, row_text(person, "organ"))));
	(void)json_object_set(model, "person", person);
	(void)json_object_set(model, "roles", roles);
	(void)json_object_set_new(model, "sessions", json_integer((json_int_t)sessions));
	(void)json_object_set_new(model, "totp", json_boolean(f.totp));
	(void)json_object_set_new(model, "passkeys", json_integer((json_int_t)f.passkeys));
	(void)json_object_set_new(model, "self", json_boolean(id == r->actor.person_id));
	add_choices(r, say_disabled(person), model);
	return true;
}

bool access_end_sessions(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "access.notice.ended";
	req_go(r, "/admin/accounts/%lld", (long long)in_int(r, "person"));
	return session_end_all(&act, in_int(r, "person"),
			       in_int(r, "person") == act.person_id ? r->session_hash : "", e);
}

bool access_ask(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool office = request_names_office(in_text(r, "kind"));
	const struct request_form form = { in_text(r, "kind"), in_int(r, "person"),
					   office ? in_text(r, "role") : "",
					   office ? in_text(r, "organ") : "",
					   in_text(r, "reason") };
	int64_t id = 0;
	(void)model;
	r->notice = "access.notice.asked";
	req_go(r, "/admin/requests");
	return request_ask(&act, &form, &id, e);
}

/* ---- requests -------------------------------------------------------------------- */

static const struct list_column request_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "name", "access.person", LIST_TEXT, LIST_SORTS, NULL },
	{ "kind", "access.kind", LIST_CODE, LIST_SORTS, "access.kind" },
	{ "role", "access.roles", LIST_TEXT, LIST_SORTS, NULL },
	{ "reason", "access.reason", LIST_TEXT, 0, NULL },
	{ "asked_by", "access.asked_by", LIST_TEXT, LIST_SORTS, NULL },
	{ "asked_ms", "access.asked_at", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "access.state", LIST_CODE, LIST_SORTS, "access.state" },
	{ "answered_by", "access.answered_by", LIST_TEXT, LIST_HIDDEN, NULL },
	{ 0 },
};
const struct list access_requests_listing = { "requests", "access.requests.title", request_columns,
					      50 };

static json_t *request_model(struct req *r, json_t *row)
{
	const char *state = row_text(row, "state");
	const struct act act = req_act(r);
	const bool open = asking_waits(&act, row);
	const bool old = !open && strcmp(state, "asked") == 0;
	const int64_t me = r->actor.person_id;
	row_name(r, row);
	return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:s,s:b}", "id",
			 (json_int_t)row_number(row, "id"), "name", row_text(row, "name"), "kind",
			 row_text(row, "kind"), "role",
			 *row_text(row, "role") ? role_name(r, row) : "", "reason",
			 row_text(row, "reason"), "asked_by", row_text(row, "asker"), "asked_ms",
			 (json_int_t)row_number(row, "asked_ms"), "state", old ? "late" : state,
			 "answered_by", row_text(row, "answerer"), "mine",
			 open && req_is(r, ROLE_ADMIN) && row_number(row, "asked_by") != me &&
				 row_number(row, "person_id") != me);
}

bool access_requests(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT x.id, x.kind, x.role, x.organ, x.reason, x.asked_by, x.asked_ms, x.state,"
		" x.person_id, p.family, p.given, p.patronymic, a.family || ' ' || a.given AS "
		"asker,"
		" COALESCE(b.family || ' ' || b.given, '') AS answerer"
		"  FROM access_request x JOIN person p ON p.id = x.person_id"
		" JOIN person a ON a.id = x.asked_by LEFT JOIN person b ON b.id = x.answered_by"
		" ORDER BY x.id DESC");
	json_t *shown = json_array();
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(shown, request_model(r, row));
	list_rows(r, model, shown);
	json_decref(shown);
	return rows != NULL;
}

bool access_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool yes = strcmp(in_text(r, "answer"), "yes") == 0;
	(void)model;
	r->notice = yes ? "access.notice.done" : "access.notice.refused";
	req_go(r, "/admin/requests");
	return request_answer(&act, in_int(r, "request"), yes, e);
}
