/* reauth.c - the person proves once more who it is (app/access/reauth.h), and goes on where it was.
 *
 * dispatch.c shows the page of /reauth when a POST was refused for that; its fields travel along in
 * one field, and when the proof is given they are offered as the form they were: nothing is sent
 * without one more click.  Files wait under the session meanwhile (kept.h); secrets do not travel.
 */
#include "app/access/reauth.h"

#include "app/access/factor.h"
#include "app/access/password.h"
#include "app/access/session.h"
#include "web/access/account.h"
#include "web/access/proof.h"
#include "web/access/sign_in.h"
#include "web/http/call.h"
#include "web/row.h"

#include <string.h>

enum { THEN_MOST = 2000, CODE_MOST = 20 };

#define THEN                                                                                       \
	{ "then", P_TEXT, 0, THEN_MOST, false, NULL },                                             \
	{                                                                                          \
		"fields", P_TEXT, 0, REAUTH_FIELDS_MOST, false, NULL                               \
	}

const struct param reauth_form_params[] = {
	{ "then", P_TEXT, 0, THEN_MOST, false, NULL },
	PARAMS_END,
};
const struct param reauth_params[] = {
	{ "password", P_SECRET, 1, PASSWORD_MOST, true, NULL },
	{ "code", P_TEXT, 0, CODE_MOST, false, NULL },
	THEN,
	PARAMS_END,
};
const struct param reauth_passkey_params[] = {
	PROOF_SIGNED_PARAMS,
	THEN,
	PARAMS_END,
};

bool reauth_model(struct req *r, const char *then, const char *fields, json_t *model, struct err *e)
{
	struct factors f = { 0 };
	if (!factors_of(r->db, r->actor.person_id, &f, e) ||
	    !proof_model(r, PROOF_AGAIN, r->actor.person_id, model, e))
		return false;
	if (f.passkeys == 0)
		(void)json_object_set_new(model, "passkey", json_null());
	/* whoever has passkeys alone proves it by one, or by a code on paper */
	(void)json_object_set_new(model, "by_password",
				  json_boolean(f.totp || f.passkeys == 0 || f.recovery > 0));
	(void)json_object_set_new(model, "codes", json_boolean(factors_any(&f)));
	(void)json_object_set_new(model, "then", json_string(then));
	(void)json_object_set_new(model, "fields", json_string(fields));
	(void)json_object_set_new(model, "offer", json_null());
	return true;
}

bool reauth_form(struct req *r, json_t *model, struct err *e)
{
	const char *fields = r->route->method == POST ? in_text(r, "fields") : "";
	return reauth_model(r, path_is_local(in_text(r, "then")) ? in_text(r, "then") : "/account",
			    fields, model, e);
}

bool reauth_slow(struct req *r, struct err *e)
{
	int64_t person = 0;
	bool right = false;
	json_t *row = db_row(r->db, r->arena, e, "SELECT iin FROM person WHERE id = $1",
			     db_int(r->actor.person_id));
	if (!row || !password_check(r->db, r->arena, row_text(row, "iin"), in_text(r, "password"),
				    &person, &right, e))
		return false;
	r->found = json_pack("{s:b}", "right", right);
	json_in_arena(r->arena, r->found);
	return sign_in_code_slow(r, right ? person : 0, e);
}

/* Names of the files that wait for the form; before the session has another token. */
static bool read_files(struct req *r, json_t *ret, struct err *e)
{
	const struct act act = req_act(r);
	const struct reauth_file *list = NULL;
	size_t count = 0;
	if (!reauth_kept(&act, in_text(r, "then"), &list, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(ret, json_string(list[i].file_name));
	return true;
}

/* {action, fields: [{name, value}], files: [name]}: what was sent before, to be sent again. */
static bool add_offer(struct req *r, json_t *files, json_t *model, struct err *e)
{
	struct fields fields = fields_on(r->arena);
	const char *text = in_text(r, "fields");
	json_t *list = json_array();
	(void)json_object_set_new(model, "offer",
				  json_pack("{s:s,s:o,s:O}", "action", in_text(r, "then"), "fields",
					    list, "files", files));
	if (!form_urlencoded(&fields, text, strlen(text), e))
		return false;
	for (size_t i = 0; i < fields.count; i++) {
		if (strcmp(fields.list[i].name, "csrf") != 0)
			(void)json_array_append_new(list, json_pack("{s:s,s:s}", "name",
								    fields.list[i].name, "value",
								    fields.list[i].bytes));
	}
	return true;
}

/* The proof was right: a renewed session, and on to what was wanted. */
static bool go_on(struct req *r, const char *factor, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	char token[SESSION_TOKEN_SIZE];
	json_t *files = json_array();
	json_in_arena(r->arena, files);
	if (!read_files(r, files, e) || !reauth_done(&act, factor, token, &r->new_csrf, e))
		return false;
	r->new_session = arena_copy(r->arena, token);
	if (!*in_text(r, "fields") || !path_is_local(in_text(r, "then"))) {
		r->notice = "account.notice.proved";
		r->redirect = path_is_local(in_text(r, "then")) ? in_text(r, "then") : "/account";
		return true;
	}
	return reauth_model(r, in_text(r, "then"), in_text(r, "fields"), model, e) &&
	       add_offer(r, files, model, e);
}

bool reauth_prove(struct req *r, json_t *model, struct err *e)
{
	const int64_t person = r->actor.person_id;
	struct factors f = { 0 };
	const char *factor = "";
	bool waits = false;
	if (!sign_in_waits(r, person, &waits, e) || !factors_of(r->db, person, &f, e))
		return false;
	if (waits || !json_is_true(json_object_get(r->found, "right")))
		return sign_in_refuse(r, person, "password", "account.error.old", e);
	/* ASVS 7.5.1: no weaker proof than the way in */
	if (factors_any(&f) && !sign_in_code_take(r, person, &factor, e))
		return false;
	return factor ? go_on(r, factor, model, e)
		      : sign_in_refuse(r, person, "code", "factor.error.code", e);
}

bool reauth_passkey(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct passkey_place place = { NULL, NULL };
	struct passkey_sent sent = { "", "", "", "" };
	const char *challenge = NULL;
	int64_t person = 0;
	if (!proof_place(r, &place))
		return err_set(e, ERR_CONFLICT, "passkey.error.place", "no passkeys here");
	if (!proof_take(r, PROOF_AGAIN, &sent, &challenge, e))
		return false;
	sent.signature = in_text(r, "signature");
	if (challenge && !passkey_take(&act, &place, &sent, challenge, act.person_id, &person, e))
		return false;
	return person ? go_on(r, "passkey", model, e)
		      : sign_in_refuse(r, 0, "", "passkey.error.answer", e);
}
