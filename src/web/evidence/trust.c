/* trust.c - the page of authorities and lists of revoked certificates (F12, F20). */
#include "app/signature/trust.h"

#include "web/evidence/trust.h"
#include "web/row.h"

#include <string.h>

enum { REASON_MOST = TRUST_REASON_MOST };

static const char *const medias[] = { "application/octet-stream", NULL };
static const char *const kinds[] = { "anchor", "authority", NULL };
static const char *const answers[] = { "yes", "no", NULL };

static const struct param add_params[] = {
	{ "kind", P_CHOICE, 0, 0, true, kinds },
	{ "reason", P_TEXT, 1, REASON_MOST, true, NULL },
	{ "file", P_FILE, 1, (int64_t)2 * CERTIFICATE_MOST, true, medias },
	PARAMS_END,
};
static const struct param remove_params[] = {
	{ "certificate", P_INT, 1, INT64_MAX, true, NULL },
	{ "why", P_TEXT, 1, REASON_MOST, true, NULL },
	PARAMS_END,
};
static const struct param answer_params[] = {
	{ "certificate", P_INT, 1, INT64_MAX, true, NULL },
	{ "answer", P_CHOICE, 0, 0, true, answers },
	PARAMS_END,
};
static const struct param list_params[] = {
	{ "list", P_FILE, 1, CRL_MOST, true, medias },
	PARAMS_END,
};
static const struct param setting_params[] = {
	{ "days", P_INT, TRUST_LIST_DAYS_LEAST, TRUST_LIST_DAYS_MOST, true, NULL },
	PARAMS_END,
};

/* ---- the page -------------------------------------------------------------------------------- */

static void add_may(const struct req *r, json_t *row)
{
	const char *state = row_text(row, "state");
	const bool admin = req_is(r, ROLE_ADMIN);
	const bool asked = strcmp(state, "asked") == 0 || strcmp(state, "leaving") == 0;
	const bool other = row_number(row, "asked_by") != r->actor.person_id;
	(void)json_object_set_new(row, "may_answer", json_boolean(admin && asked && other));
	(void)json_object_set_new(row, "waits", json_boolean(admin && asked && !other));
	(void)json_object_set_new(row, "may_remove",
				  json_boolean(admin && strcmp(state, "trusted") == 0));
	(void)json_object_set_new(row, "over",
				  json_boolean(row_number(row, "not_after_ms") < r->now_ms));
	(void)json_object_del(row, "asked_by");
}

static bool add_certificates(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.id, c.kind, c.state, c.subject, c.issuer, c.serial,"
			       " c.fingerprint, c.not_before_ms, c.not_after_ms, c.reason,"
			       " c.asked_by, c.asked_ms, c.answered_ms,"
			       " COALESCE(p.family || ' ' || p.given, '') AS asked_name,"
			       " COALESCE(q.family || ' ' || q.given, '') AS answered_name"
			       "  FROM trust_certificate c LEFT JOIN person p ON p.id = c.asked_by"
			       "  LEFT JOIN person q ON q.id = c.answered_by"
			       " ORDER BY CASE c.state WHEN 'asked' THEN 1 WHEN 'leaving' THEN 1"
			       "  WHEN 'trusted' THEN 2 ELSE 3 END, c.id DESC");
	json_array_foreach (rows, i, row)
		add_may(r, row);
	(void)json_object_set(model, "certificates", rows);
	return rows != NULL;
}

static bool add_lists(struct req *r, int64_t days, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT l.issuer, l.number, l.made_ms, l.next_ms, l.certificates,"
			       " l.at_ms, COALESCE(p.family || ' ' || p.given, '') AS by_name"
			       "  FROM trust_list l LEFT JOIN person p ON p.id = l.by_id"
			       " WHERE l.current = 1 ORDER BY l.id");
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(
			row, "old",
			json_boolean(r->now_ms - row_number(row, "made_ms") > days * DAY_MS));
	(void)json_object_set(model, "lists", rows);
	return rows != NULL;
}

static bool trust_show(struct req *r, json_t *model, struct err *e)
{
	int64_t days = 0;
	if (!db_number(r->db, e, &days,
		       "SELECT value FROM trust_setting WHERE name = 'list_most_days'") ||
	    !add_certificates(r, model, e) || !add_lists(r, days, model, e))
		return false;
	(void)json_object_set_new(model, "admin", json_boolean(req_is(r, ROLE_ADMIN)));
	(void)json_object_set_new(model, "most", json_integer((json_int_t)days));
	(void)json_object_set_new(model, "kinds", word_options(r, kinds, "trust.kind"));
	return true;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/trust");
	return true;
}

static bool trust_do_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "file");
	const bool anchor = strcmp(in_text(r, "kind"), "anchor") == 0;
	const struct trust_form form = { file->bytes, file->size, anchor, in_text(r, "reason") };
	int64_t id = 0;
	(void)model;
	return trust_add(&act, &form, &id, e) &&
	       back(r, anchor ? "trust.notice.asked" : "trust.notice.added");
}

static bool trust_do_remove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return trust_remove(&act, in_int(r, "certificate"), in_text(r, "why"), e) &&
	       back(r, "trust.notice.removal");
}

static bool trust_do_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool agrees = strcmp(in_text(r, "answer"), "yes") == 0;
	(void)model;
	return trust_answer(&act, in_int(r, "certificate"), agrees, e) &&
	       back(r, "trust.notice.answered");
}

/* The page has two fields for files. */
static bool trust_list_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "list");
	if (trust_read_list(&act, file->bytes, file->size, &r->found, e))
		return true;
	if (strcmp(e->field, "file") == 0)
		(void)snprintf(e->field, sizeof(e->field), "list");
	return false;
}

static bool trust_do_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "list");
	(void)model;
	return trust_keep_list(&act, file->bytes, file->size, r->found, e) &&
	       back(r, "trust.notice.list");
}

static bool trust_do_set(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return trust_list_days(&act, in_int(r, "days"), e) && back(r, "trust.notice.set");
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route trust_routes[] = {
	{ GET, "/trust", ROLE_ADMIN | ROLE_AUDITOR, trust_show, "trust/show", no_params,
	  "Authorities whose signatures count, and their lists of revoked certificates." },
	{ POST, "/trust", ROLE_ADMIN, trust_do_add, "trust/show", add_params,
	  "Adds an authority; an anchor waits for a second person.", .again = trust_show },
	{ POST, "/trust/lists", ROLE_ADMIN, trust_do_list, "trust/show", list_params,
	  "Imports a list of revoked certificates.", .slow = trust_list_slow, .again = trust_show },
	{ POST, "/trust/settings", ROLE_ADMIN, trust_do_set, "trust/show", setting_params,
	  "How old a list of revoked certificates may be.", .again = trust_show },
	{ POST, "/trust/:certificate/remove", ROLE_ADMIN, trust_do_remove, "trust/show",
	  remove_params, "Removes an authority; an anchor goes when a second person agrees.",
	  .again = trust_show },
	{ POST, "/trust/:certificate/answer", ROLE_ADMIN, trust_do_answer, "trust/show",
	  answer_params, "A second person agrees, or not.", .again = trust_show },
	{ 0 },
};
