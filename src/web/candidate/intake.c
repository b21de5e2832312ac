/* intake.c - what is entered on somebody's behalf, and the accounts for it (L33, R20-1, F17). */
#include "web/candidate/intake.h"

#include "app/access/access_request.h"
#include "app/access/asking.h"
#include "app/candidate/intake.h"
#include "app/candidate/study.h"
#include "web/candidate/application.h"
#include "web/competition/competition.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { NAME_MOST = 100, PASSWORD_GROUPS = 4, GROUP_SIZE = 4 };

static const struct param intake_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param intake_second_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
/* Who it is about, of a referral and of an officer of a body. */
#define PERSON_PARAMS                                                                              \
	{ "iin", P_TEXT, 12, 12, true, NULL }, { "family", P_TEXT, 1, NAME_MOST, true, NULL },     \
		{ "given", P_TEXT, 1, NAME_MOST, true, NULL },                                     \
		{ "patronymic", P_TEXT, 0, NAME_MOST, false, NULL },                               \
	{                                                                                          \
		"position", P_TEXT, 1, 300, true, NULL                                             \
	}

static const struct param intake_add_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PERSON_PARAMS,
	{ "body", P_TEXT, 0, 64, false, NULL },
	{ "organ", P_TEXT, 0, 64, false, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
static const struct list_column entered_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "body", "intake.body", LIST_TEXT, LIST_SORTS, NULL },
	{ "number", "intake.number", LIST_TEXT, LIST_SORTS, NULL },
	{ "day", "intake.day", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "application.state" },
	{ 0 },
};
static const struct list entered_listing = { "entered", "intake.list.title", entered_columns, 50 };
static const struct param intake_account_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param intake_invite_params[] = {
	{ "body", P_TEXT, 1, 64, true, NULL },
	PERSON_PARAMS,
	PARAMS_END,
};
static const struct param intake_bodies_params[] = {
	{ "on", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};
static const struct param intake_revoke_params[] = {
	{ "grant", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param intake_rating_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "value", P_TEXT, 1, 12, true, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "issuer", P_TEXT, 1, 200, true, NULL },
	{ "rating_file", P_FILE, 1, PAPER_MOST, true, paper_media },
	PARAMS_END,
};

/* ---- the second competition ------------------------------------------------------------- */

static bool intake_second(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	if (!second_open(&act, in_int(r, "competition"), &id, e))
		return false;
	r->notice = "second.notice.opened";
	req_go(r, "/competitions/%lld", (long long)id);
	return true;
}

/* ---- list and form ---------------------------------------------------------------------- */

/* The body of this person's account, "" for none. */
static bool own_body(const struct req *r, const char **ret, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT organ FROM role_grant WHERE person_id = $1"
			       " AND role = 'body' AND revoked_ms IS NULL ORDER BY id LIMIT 1",
			       db_int(r->actor.person_id));
	*ret = row_text(json_array_get(rows, 0), "organ");
	return rows != NULL;
}

/* Bodies that are on the list today. */
static json_t *body_options(const struct req *r, const struct rule_set *rules, const char *only)
{
	json_t *list = json_array();
	const day today = day_of_instant(r->now_ms);
	for (size_t i = 0; i < rules->body_count; i++) {
		const struct other_body *b = &rules->bodies[i];
		if (b->from.n > today.n || b->until.n < today.n ||
		    (*only && strcmp(only, b->code) != 0))
			continue;
		(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", b->code, "name",
							    organ_name(r, b->code)));
	}
	return list;
}

static const struct param intake_requests_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct list_column request_columns[] = {
	{ "number", "request.number", LIST_TEXT, LIST_SORTS, NULL },
	{ "kind", "request.kind", LIST_CODE, LIST_SORTS, "request.kind" },
	{ "body", "intake.body", LIST_TEXT, LIST_SORTS, NULL },
	{ "sent_ms", "request.sent", LIST_TIME, LIST_SORTS, NULL },
	{ "due", "request.due", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "request.state", LIST_CODE, LIST_SORTS, "request.state" },
	{ "waiting", "request.unanswered", LIST_NUMBER, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list request_listing = { "requests", "request.list", request_columns, 50 };

/* HR sees all, a body its own. */
static bool add_entered(struct req *r, int64_t competition, const char *body, json_t *model,
			struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT a.id, a.state, i.body, i.number, i.day, p.family, p.given,"
		" p.patronymic, a.person_id, (SELECT COUNT(*) FROM account x"
		"  WHERE x.person_id = a.person_id AND x.temporary = 0) AS account FROM intake i"
		"  JOIN application a ON a.id = i.application_id"
		"  JOIN person p ON p.id = a.person_id"
		" WHERE a.competition_id = $1 AND ($2 = '' OR i.body = $2)"
		" ORDER BY p.sort_key, a.id",
		db_int(competition), db_text(body));
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		row_day(row, "day");
		(void)json_object_set_new(row, "body",
					  json_string(organ_name(r, row_text(row, "body"))));
		(void)json_object_set_new(row, "no_account",
					  json_boolean(!*body && row_number(row, "account") == 0));
		(void)json_object_del(row, "account");
		(void)json_object_del(row, "person_id");
	}
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "entered", json_incref(rows));
	return rows != NULL;
}

static bool add_requests(struct req *r, int64_t competition, const char *body, json_t *model,
			 struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	const int32_t today = day_of_instant(r->now_ms).n;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT q.id, q.body, q.kind, q.number, q.due, q.sent_ms,"
			" (SELECT COUNT(*) FROM body_request_entry x WHERE x.request_id = q.id"
			"   AND x.answered_ms IS NULL) AS waiting FROM body_request q"
			" WHERE q.competition_id = $1 AND ($2 = '' OR q.body = $2)"
			" ORDER BY q.id DESC",
			db_int(competition), db_text(body));
	json_array_foreach (rows, i, row) {
		const char *state = row_number(row, "waiting") == 0  ? "answered"
				    : row_number(row, "due") < today ? "late"
								     : "waiting";
		const char *tone = strcmp(state, "answered") == 0 ? "ok"
				   : strcmp(state, "late") == 0   ? "bad"
								  : "warn";
		(void)json_object_set_new(row, "state", json_string(state));
		(void)json_object_set_new(row, "tone", json_string(tone));
		(void)json_object_set_new(row, "body",
					  json_string(organ_name(r, row_text(row, "body"))));
		row_day(row, "due");
	}
	if (rows && r->route->list == &request_listing)
		list_rows(r, model, rows);
	else
		(void)json_object_set(model, "requests", rows);
	return rows != NULL;
}

/* HR of the organ, or an account of a body; `ret_body` is "" for HR. */
static bool may_list(struct req *r, const struct competition *c, const char **ret_body,
		     struct err *e)
{
	const struct act act = req_act(r);
	bool hr = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->organ, &hr, e) || !own_body(r, ret_body, e))
		return false;
	if (hr)
		*ret_body = "";
	return hr || (**ret_body && strcmp(c->route, "other") == 0 && c->announced) ||
	       err_set(e, ERR_MISSING, "error.missing", "not this person's competition");
}

/* Ten working days from today, for the officer to change: ours, and no term of the Rules. */
static json_t *proposed_due(const struct req *r, const struct competition *c)
{
	enum { PROPOSED_DAYS = 10 };
	day due = { 0 };
	return calendar_add(c->calendar, day_of_instant(r->now_ms), PROPOSED_DAYS, &due)
		       ? day_json(due)
		       : json_string("");
}

/* R23-1, R14-1: every request of a competition, as a list of its own. */
static bool intake_requests(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	const char *body = "";
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !may_list(r, &c, &body, e) || !add_requests(r, c.id, body, model, e))
		return false;
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	return true;
}

static bool intake_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	const char *body = "";
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !may_list(r, &c, &body, e) || !add_entered(r, c.id, body, model, e) ||
	    !add_requests(r, c.id, body, model, e))
		return false;
	const bool other = strcmp(c.route, "other") == 0;
	json_t *kinds = json_array();
	(void)json_array_append_new(kinds, json_pack("{s:s,s:s}", "id", "conclusions", "key",
						     "request.kind.conclusions"));
	(void)json_array_append_new(kinds, json_pack("{s:s,s:s}", "id", "information", "key",
						     "request.kind.information"));
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:b,s:b,s:b}", "id", (json_int_t)c.id, "post",
					    post_name(r, c.post), "other", other, "open",
					    strcmp(c.state, "announced") == 0 &&
						    c.filing_last.n >= day_of_instant(r->now_ms).n,
					    "hr", *body == '\0'));
	(void)json_object_set_new(model, "bodies", body_options(r, c.rules, body));
	(void)json_object_set_new(model, "organs", other ? json_array() : organ_options(r));
	(void)json_object_set_new(model, "request_kinds", kinds);
	(void)json_object_set_new(model, "due_proposed", proposed_due(r, &c));
	return true;
}

static struct intake_form form_of(const struct req *r)
{
	return (struct intake_form){ .iin = in_text(r, "iin"),
				     .family = in_text(r, "family"),
				     .given = in_text(r, "given"),
				     .patronymic = in_text(r, "patronymic"),
				     .body = in_text(r, "body"),
				     .position = in_text(r, "position") };
}

static bool intake_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct intake_form form = form_of(r);
	int64_t id = 0;
	(void)model;
	form.organ = in_text(r, "organ");
	form.number = in_text(r, "number");
	form.day = in_day(r, "day");
	if (!intake_begin(&act, in_int(r, "competition"), &form, &id, e))
		return false;
	r->notice = "intake.notice.entered";
	req_go(r, "/applications/%lld", (long long)id);
	return true;
}

static bool intake_rating(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct rating_form form = {
		.value = in_text(r, "value"),
		.number = in_text(r, "number"),
		.day = in_day(r, "day"),
		.issuer = in_text(r, "issuer"),
		.file = row_upload(r, "rating_file", &file) ? &file : NULL,
	};
	(void)model;
	r->notice = "dossier.notice.rating";
	req_go(r, "/applications/%lld", (long long)in_int(r, "application"));
	return rating_record(&act, in_int(r, "application"), &form, e);
}

/* What an account of a body begins with: the competitions that take referrals. */
static bool intake_open_to(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	const char *body = "";
	if (!own_body(r, &body, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.id, c.post, c.organ, c.filing_last,"
			       " (SELECT COUNT(*) FROM intake i JOIN application a"
			       "   ON a.id = i.application_id WHERE a.competition_id = c.id"
			       "   AND i.body = $1) AS referred, (SELECT COUNT(*)"
			       "   FROM body_request_entry x JOIN body_request q"
			       "   ON q.id = x.request_id WHERE q.competition_id = c.id"
			       "   AND q.body = $1 AND x.answered_ms IS NULL) AS waiting"
			       "  FROM competition c WHERE c.route = 'other'"
			       "  AND c.state = 'announced' ORDER BY c.id DESC",
			       db_text(body));
	json_array_foreach (rows, i, row) {
		row_day(row, "filing_last");
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	(void)json_object_set(model, "competitions", rows);
	(void)json_object_set_new(model, "body", json_string(organ_name(r, body)));
	return rows != NULL;
}

/* ---- accounts --------------------------------------------------------------------------- */

/* A password that is read aloud and typed once: "k7xm-p3qd-...", 79 bits, no letters that look
 * alike. */
static const char *new_password(const struct req *r)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	char text[PASSWORD_GROUPS * (GROUP_SIZE + 1)];
	size_t size = 0;
	for (int i = 0; i < PASSWORD_GROUPS * GROUP_SIZE; i++) {
		if (i > 0 && i % GROUP_SIZE == 0)
			text[size++] = '-';
		text[size++] = letters[randombytes_uniform(sizeof(letters) - 1)];
	}
	text[size] = '\0';
	const char *copy = arena_copy(r->arena, text);
	sodium_memzero(text, sizeof(text));
	return copy;
}

/* Argon2id, on a worker: the handler stores what comes of it, and shows the password once. */
static bool intake_slow(struct req *r, struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];
	const char *password = new_password(r);
	if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
	r->found = json_pack("{s:s,s:s}", "hash", hash, "password", password);
	json_in_arena(r->arena, r->found);
	return true;
}

/* What is shown this once; null on every other page. */
static void set_issued(const struct req *r, bool issued, json_t *model)
{
	(void)json_object_set_new(model, "issued",
				  issued ? json_string(row_text(r->found, "password"))
					 : json_null());
}

static bool intake_account_form(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT a.id, a.competition_id, c.organ, p.iin, p.family, p.given,"
			     " p.patronymic FROM intake i JOIN application a"
			     "  ON a.id = i.application_id JOIN person p ON p.id = a.person_id"
			     "  JOIN competition c ON c.id = a.competition_id"
			     " WHERE i.application_id = $1",
			     db_int(in_int(r, "application")));
	if (!row || !act_require(&act, ROLE_NAME_HR, row_text(row, "organ"), e))
		return false;
	row_name(r, row);
	(void)json_object_del(row, "organ");
	(void)json_object_set(model, "person", row);
	set_issued(r, false, model);
	return true;
}

static bool intake_account(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	if (!intake_open_account(&act, in_int(r, "application"), row_text(r->found, "hash"), e) ||
	    !intake_account_form(r, model, e))
		return false;
	set_issued(r, true, model);
	return true;
}

/* The bodies of the rule set in force on a day (L33), each with its dates; an end that is a century
 * away is none. */
static bool add_bodies(struct req *r, day on, json_t *model, struct err *e)
{
	enum { CENTURY = 36525 };
	const struct law_file *law = law_book_rule_set_on(r->book, on);
	json_t *list = json_array();
	(void)json_object_set_new(model, "bodies", list);
	if (!law)
		return err_input(e, "on", "error.law.none", "no rule set is in force on that day");
	for (size_t i = 0; i < law->rule_set->body_count; i++) {
		const struct other_body *b = &law->rule_set->bodies[i];
		json_t *o = json_pack("{s:s,s:b,s:b}", "name", organ_name(r, b->code), "listed",
				      b->from.n <= on.n && on.n <= b->until.n, "ends",
				      b->until.n - on.n < CENTURY);
		(void)json_object_set_new(o, "from", day_json(b->from));
		(void)json_object_set_new(o, "until", day_json(b->until));
		(void)json_array_append_new(list, o);
	}
	return true;
}

/* Who may refer for which body: HR's and the auditors'. */
static bool add_officers(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT g.id, 0 AS waits, p.family, p.given, p.patronymic,"
			       " g.organ AS organ, p.sort_key AS sort_key"
			       "  FROM role_grant g JOIN person p ON p.id = g.person_id"
			       " WHERE g.role = 'body' AND g.revoked_ms IS NULL"
			       " UNION ALL SELECT x.id, 1, p.family, p.given, p.patronymic,"
			       " x.organ, p.sort_key"
			       "  FROM access_request x JOIN person p ON p.id = x.person_id"
			       " WHERE x.kind = 'grant' AND x.role = 'body' AND x.state = 'asked'"
			       "  AND x.asked_ms > $1 ORDER BY organ, sort_key",
			       db_int(r->now_ms - ASKING_LIFE_MS));
	json_array_foreach (rows, i, row) {
		(void)json_object_set_new(row, "waits",
					  json_boolean(row_number(row, "waits") != 0));
		(void)json_object_del(row, "sort_key");
		row_name(r, row);
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	(void)json_object_set(model, "officers", rows);
	return rows != NULL;
}

static bool intake_bodies(struct req *r, json_t *model, struct err *e)
{
	const day today = day_of_instant(r->now_ms);
	const day on = r->route->method == GET && in_has(r, "on") ? in_day(r, "on") : today;
	const struct law_file *law = law_book_rule_set_on(r->book, today);
	const bool officers = req_is(r, ROLE_HR | ROLE_AUDITOR);
	const struct act act = req_act(r);
	bool invites = false;
	if (!add_bodies(r, on, model, e) ||
	    (req_is(r, ROLE_HR) &&
	     !act_holds(&act, ROLE_NAME_HR, r->book->organs[0].code, &invites, e)))
		return false;
	(void)json_object_set_new(model, "on", day_json(on));
	(void)json_object_set_new(model, "may_invite", json_boolean(invites));
	(void)json_object_set_new(model, "may_see", json_boolean(officers));
	(void)json_object_set_new(model, "choices",
				  law && invites ? body_options(r, law->rule_set, "")
						 : json_array());
	(void)json_object_set_new(model, "officers", json_array());
	(void)json_object_set_new(model, "invited", json_null());
	set_issued(r, false, model);
	return !officers || add_officers(r, model, e);
}

static bool intake_do_invite(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct intake_form form = form_of(r);
	bool opened = false;
	if (!intake_invite(&act, &form, row_text(r->found, "hash"), &opened, e) ||
	    !intake_bodies(r, model, e))
		return false;
	(void)json_object_set_new(
		model, "invited",
		json_pack("{s:s,s:s}", "iin", form.iin, "name",
			  arena_print(r->arena, "%s %s", form.family, form.given)));
	set_issued(r, opened, model);
	return true;
}

static bool intake_do_revoke(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "intake.notice.revoked";
	req_go(r, "/bodies");
	return intake_revoke(&act, in_int(r, "grant"), e);
}

/* ---- the table -------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route intake_routes[] = {
	{ POST, "/competitions/:competition/second", ROLE_HR, intake_second, "competition/show",
	  intake_second_params, "Opens a second competition, for other bodies.",
	  .again = competition_show },
	{ GET, "/competitions/:competition/intake", ROLE_HR | ROLE_BODY, intake_list, "intake/list",
	  intake_list_params, "Referrals or paper applications, and requests.",
	  .list = &entered_listing },
	{ POST, "/competitions/:competition/intake", ROLE_HR | ROLE_BODY, intake_add, "intake/list",
	  intake_add_params, "Enters a referral or a paper application.", .again = intake_list },
	{ POST, "/applications/:application/referral-rating", ROLE_HR | ROLE_BODY, intake_rating,
	  "application/show", intake_rating_params, "Attaches the rating of a referral.",
	  .again = application_show },
	{ GET, "/applications/:application/referral", ROLE_PERSON, referral_show, "intake/referral",
	  intake_account_params,
	  "The sheet of a referral: whom the body sends, with which papers (R20-1).",
	  .extra = "intake.name,intake.rating,intake.by_body,intake.referral" },
	{ GET, "/applications/:application/account", ROLE_HR, intake_account_form, "intake/account",
	  intake_account_params, "The form of a candidate's account." },
	{ POST, "/applications/:application/account", ROLE_HR, intake_account, "intake/account",
	  intake_account_params, "Opens an account; shows its password this once.",
	  .slow = intake_slow, .again = intake_account_form },
	{ GET, "/referrals", ROLE_BODY, intake_open_to, "intake/open", no_params,
	  "Competitions to which the body may refer, with its requests." },
	{ GET, "/bodies", ROLE_PUBLIC, intake_bodies, "intake/bodies", intake_bodies_params,
	  "The bodies of the second route by date; for HR their accounts." },
	{ POST, "/bodies", ROLE_HR, intake_do_invite, "intake/bodies", intake_invite_params,
	  "Invites an officer of another body.", .slow = intake_slow, .again = intake_bodies },
	{ POST, "/bodies/revoke", ROLE_HR, intake_do_revoke, "intake/bodies", intake_revoke_params,
	  "Takes the role of a body away.", .again = intake_bodies },
	{ GET, "/competitions/:competition/requests", ROLE_HR | ROLE_BODY, intake_requests,
	  "intake/requests", intake_requests_params, "What was asked of other bodies.",
	  .list = &request_listing, .extra = "requests.tone" },
	{ POST, "/competitions/:competition/requests", ROLE_HR, request_send, "intake/list",
	  request_send_params, "Asks a body for the two conclusions, or for information.",
	  .again = intake_list },
	{ GET, "/requests/:request", ROLE_HR | ROLE_BODY | ROLE_AUDITOR, request_show,
	  "intake/request", request_params, "One request, for printing and answering." },
	{ POST, "/requests/:request/conclusion", ROLE_HR | ROLE_BODY, request_conclude,
	  "intake/request", request_conclude_params, "Answers one entry by a conclusion.",
	  .again = request_show },
	{ POST, "/requests/:request/information", ROLE_HR | ROLE_BODY, request_inform,
	  "intake/request", request_inform_params, "Answers a request for information.",
	  .again = request_show },
	{ POST, "/requests/:request/remind", ROLE_HR, request_remind, "intake/request",
	  request_params, "Reminds the body.", .again = request_show },
	{ 0 },
};
