#include "web/notice/mail.h"

#include "app/notice/mail.h"
#include "web/list.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum { SEEN_MOST_MS = 60 * 1000 }; /* `konkurs mail` looks every two seconds */

static const char *const languages[] = { "kk", "ru", NULL };
static const char *const states[] = { "queued", "sent", "given_up", NULL };

/* {server, seen_ms, runs} or null: never seen. */
static bool add_service(const struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e, "SELECT server, seen_ms FROM mail_service");
	json_t *row = json_array_get(rows, 0);
	if (row)
		(void)json_object_set_new(
			row, "runs",
			json_boolean(row_number(row, "seen_ms") > r->now_ms - SEEN_MOST_MS));
	(void)json_object_set(model, "service", row ? row : json_null());
	return rows != NULL;
}

/* ---- the person ------------------------------------------------------------------------------ */

static bool mail_show(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT address, language, wanted, code_hash <> '' AS waits,"
			       " confirmed_ms FROM mail_address WHERE person_id = $1",
			       db_int(r->actor.person_id));
	json_t *row = json_array_get(rows, 0);
	if (!rows || !add_service(r, model, e))
		return false;
	if (row) {
		(void)json_object_set_new(row, "confirmed",
					  json_boolean(row_has(row, "confirmed_ms")));
		(void)json_object_set_new(row, "wanted", json_boolean(row_number(row, "wanted")));
		(void)json_object_set_new(row, "waits", json_boolean(row_number(row, "waits")));
		(void)json_object_del(row, "confirmed_ms");
	}
	(void)json_object_set(model, "mail", row ? row : json_null());
	(void)json_object_set_new(model, "languages",
				  word_options(r, languages, "application.language"));
	(void)json_object_set_new(
		model, "language",
		json_string(strcmp(catalog_base(view_catalog(r->site->view), r->language), "ru") ==
					    0
				    ? "ru"
				    : "kk"));
	return true;
}

static bool go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/mail");
	return true;
}

static bool mail_set(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_set_address(&act, in_text(r, "address"), in_text(r, "language"), e) &&
	       go_back(r, "mail.notice.set");
}

static bool mail_prove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool right = false;
	(void)model;
	if (!mail_confirm(&act, in_text(r, "code"), &right, e))
		return false;
	if (!right)
		(void)err_input(&r->refused, "code", "mail.error.code", "another code");
	return go_back(r, "mail.notice.confirmed");
}

static bool mail_do_choose(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_choose(&act, in_flag(r, "wanted"), in_text(r, "mail_language"), e) &&
	       go_back(r, "mail.notice.saved");
}

static bool mail_do_forget(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_forget(&act, e) && go_back(r, "mail.notice.forgotten");
}

/* ---- the administrator ----------------------------------------------------------------------- */

static const struct list_column mail_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "kind", "mail.kind", LIST_CODE, LIST_SORTS, "mail.kind" },
	{ "created_ms", "mail.created", LIST_TIME, LIST_SORTS, NULL },
	{ "attempts", "mail.attempts", LIST_NUMBER, LIST_SORTS, NULL },
	{ "next_ms", "mail.next", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "mail.state" },
	{ "problem", "mail.problem", LIST_CODE, LIST_SORTS, "mail.problem" },
	{ 0 },
};
static const struct list mail_listing = { "mails", "mail.admin.title", mail_columns, 50 };

/* The newest thousand: older ones are settled, or nobody waits for them. */
static bool mail_admin(struct req *r, json_t *model, struct err *e)
{
	enum { NEWEST = 1000 };
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, kind, created_ms, attempts, next_ms, state, problem"
			       "  FROM mail WHERE $1 = '' OR state = $1 ORDER BY id DESC LIMIT $2",
			       db_text(in_text(r, "state")), db_int(NEWEST));
	if (!rows || !add_service(r, model, e))
		return false;
	json_array_foreach (rows, i, row) {
		const bool queued = strcmp(row_text(row, "state"), "queued") == 0;
		(void)json_object_set_new(row, "queued", json_boolean(queued));
		if (!queued)
			(void)json_object_set_new(row, "next_ms", json_null());
	}
	(void)json_object_set_new(model, "state", json_string(in_text(r, "state")));
	list_rows(r, model, rows);
	return true;
}

static bool go_admin(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/admin/mail");
	return true;
}

static bool mail_do_test(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_queue_test(&act, e) && go_admin(r, "mail.notice.queued");
}

static bool mail_do_retry(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_retry(&act, in_int(r, "mail"), e) && go_admin(r, "mail.notice.queued");
}

static bool mail_do_give_up(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return mail_give_up(&act, in_int(r, "mail"), e) && go_admin(r, "mail.notice.given_up");
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct param mail_set_params[] = {
	{ "address", P_TEXT, 1, MAIL_ADDRESS_MOST, true, NULL },
	{ "language", P_CHOICE, 0, 0, true, languages },
	PARAMS_END,
};
static const struct param mail_prove_params[] = {
	{ "code", P_TEXT, 1, 20, true, NULL },
	PARAMS_END,
};
static const struct param mail_choose_params[] = {
	{ "wanted", P_FLAG, 0, 0, false, NULL },
	{ "mail_language", P_CHOICE, 0, 0, true, languages },
	PARAMS_END,
};
static const struct param mail_admin_params[] = {
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};
static const struct param mail_one_params[] = {
	{ "mail", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	PARAMS_END,
};

#include "web/route_table.h"

const struct route mail_routes[] = {
	{ GET, "/mail", ROLE_PERSON, mail_show, "mail/profile", no_params,
	  "The person's own address for mails." },
	{ POST, "/mail", ROLE_PERSON, mail_set, "mail/profile", mail_set_params,
	  "A new address; a code is sent there.", .again = mail_show },
	{ POST, "/mail/confirm", ROLE_PERSON, mail_prove, "mail/profile", mail_prove_params,
	  "The code that came to the address.", .again = mail_show },
	{ POST, "/mail/choose", ROLE_PERSON, mail_do_choose, "mail/profile", mail_choose_params,
	  "Whether each notice goes out as a mail, and in which language.", .again = mail_show },
	{ POST, "/mail/forget", ROLE_PERSON, mail_do_forget, "mail/profile", no_params,
	  "Forgets the address.", .again = mail_show },
	{ GET, "/admin/mail", ROLE_ADMIN, mail_admin, "mail/admin", mail_admin_params,
	  "The outbox, and whether its sender is at work.", .list = &mail_listing },
	{ POST, "/admin/mail/test", ROLE_ADMIN, mail_do_test, "mail/admin", mail_admin_params,
	  "Sends a test mail to the administrator's own address.", .again = mail_admin,
	  .list = &mail_listing },
	{ POST, "/admin/mail/:mail/retry", ROLE_ADMIN, mail_do_retry, "mail/admin", mail_one_params,
	  "Tries a mail at once.", .again = mail_admin, .list = &mail_listing },
	{ POST, "/admin/mail/:mail/give-up", ROLE_ADMIN, mail_do_give_up, "mail/admin",
	  mail_one_params, "A mail that is not to be sent any more.", .again = mail_admin,
	  .list = &mail_listing },
	{ 0 },
};
