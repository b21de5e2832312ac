/* account.c - the person's account on one page: password, second factors, sessions (F17,
 * ASVS 7.5.2). */
#include "web/access/account.h"

#include "app/access/factor.h"
#include "app/access/password.h"
#include "app/access/session.h"
#include "web/access/proof.h"
#include "web/access/sign_in.h"
#include "web/http/call.h"
#include "web/row.h"

#include <string.h>

static const struct param password_params[] = {
	{ "old", P_SECRET, 1, PASSWORD_MOST, true, NULL },
	{ "new", P_SECRET, 1, PASSWORD_MOST, true, NULL },
	{ "again", P_SECRET, 1, PASSWORD_MOST, true, NULL },
	PARAMS_END,
};
static const struct param session_params[] = {
	{ "session", P_TEXT, SESSION_ID_SIZE - 1, SESSION_ID_SIZE - 1, true, NULL },
	PARAMS_END,
};

/* ---- the account ------------------------------------------------------------ */

static bool add_sessions(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT substr(token_hash, 1, 16) AS id, device, place, factor,"
			       " created_ms, seen_ms, token_hash FROM session WHERE person_id = $1"
			       " AND expires_ms > $2 AND seen_ms > $3 ORDER BY seen_ms DESC",
			       db_int(r->actor.person_id), db_int(r->now_ms),
			       db_int(r->now_ms - SESSION_IDLE_MS));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const bool here = strcmp(row_text(row, "token_hash"), r->session_hash) == 0;
		(void)json_object_set_new(row, "here", json_boolean(here));
		(void)json_object_del(row, "token_hash");
	}
	(void)json_object_set_new(model, "others", json_boolean(json_array_size(rows) > 1));
	(void)json_object_set(model, "sessions", rows ? rows : json_null());
	return rows != NULL;
}

static bool account_show(struct req *r, json_t *model, struct err *e)
{
	struct passkey_place place = { NULL, NULL };
	struct factors f = { 0 };
	json_t *keys = db_rows(r->db, r->arena, e,
			       "SELECT id, name, made_ms, used_ms FROM passkey"
			       " WHERE person_id = $1 AND removed_ms IS NULL ORDER BY id",
			       db_int(r->actor.person_id));
	if (!keys || !factors_of(r->db, r->actor.person_id, &f, e) || !add_sessions(r, model, e))
		return false;
	(void)json_object_set(model, "passkeys", keys);
	(void)json_object_set_new(model, "passkeys_here", json_boolean(proof_place(r, &place)));
	(void)json_object_set_new(model, "totp", json_boolean(f.totp));
	(void)json_object_set_new(model, "factor", json_boolean(factors_any(&f)));
	(void)json_object_set_new(model, "recovery", json_integer((json_int_t)f.recovery));
	(void)json_object_set_new(model, "must", json_boolean(r->must_enrol));
	return true;
}

static bool session_do_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "account.notice.ended";
	req_go(r, "/account");
	return session_end_one(&act, in_text(r, "session"), e);
}

static bool sessions_do_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "account.notice.ended";
	req_go(r, "/account");
	return session_end_all(&act, act.person_id, r->session_hash, e);
}

/* ---- the password ----------------------------------------------------------- */

static bool password_form(struct req *r, json_t *model, struct err *e)
{
	bool temporary = false;
	if (!db_exists(r->db, e, &temporary,
		       "SELECT 1 FROM account WHERE person_id = $1 AND temporary = 1",
		       db_int(r->actor.person_id)))
		return false;
	(void)json_object_set_new(model, "temporary", json_boolean(temporary));
	return true;
}

/* Argon2id twice, on a worker: whether the old one is right, and what to store of the new one. */
static bool password_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	int64_t person = 0;
	bool right = false;
	json_t *row = db_row(r->db, r->arena, e, "SELECT iin FROM person WHERE id = $1",
			     db_int(r->actor.person_id));
	if (!row || !password_accept(&act, act.person_id, in_text(r, "new"), "new", e) ||
	    !password_check(r->db, r->arena, row_text(row, "iin"), in_text(r, "old"), &person,
			    &right, e))
		return false;
	const char *hash = password_hash(r->arena, in_text(r, "new"), e);
	if (!hash)
		return false;
	r->found = json_pack("{s:b,s:s}", "right", right, "password", hash);
	json_in_arena(r->arena, r->found);
	return true;
}

/* A wrong old password counts as one at the door. */
static bool password_choose(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool waits = false;
	(void)model;
	if (!sign_in_waits(r, act.person_id, &waits, e))
		return false;
	if (waits || !json_is_true(json_object_get(r->found, "right")))
		return sign_in_refuse(r, act.person_id, "old", "account.error.old", e);
	if (strcmp(in_text(r, "new"), in_text(r, "again")) != 0)
		return err_input(e, "again", "account.error.again", "not the same twice");
	if (strcmp(in_text(r, "new"), in_text(r, "old")) == 0)
		return err_input(e, "new", "account.error.same", "the old one again");
	r->notice = "account.notice.password";
	req_go(r, "/");
	return account_choose_password(&act, row_text(r->found, "password"), r->session_hash, e);
}

#include "web/route_table.h" /* last */

const struct route account_routes[] = {
	{ GET, "/account", ROLE_PERSON, account_show, "account/show", no_params,
	  "Password, second factors and sessions of the person.", .enrolling = true },
	{ POST, "/account/sessions/end", ROLE_PERSON, session_do_end, "account/show",
	  session_params, "Ends one of the person's sessions.", .again = account_show,
	  .enrolling = true },
	{ POST, "/account/sessions/end-others", ROLE_PERSON, sessions_do_end, "account/show",
	  no_params, "Ends all sessions of the person but this one.", .again = account_show,
	  .enrolling = true },
	{ GET, "/account/codes", ROLE_PERSON, account_totp_form, "account/totp", no_params,
	  "A generator of codes that waits for its first code.", .enrolling = true },
	{ POST, "/account/codes", ROLE_PERSON, account_totp_begin, "account/show", no_params,
	  "Makes a secret for a generator of codes.", .again = account_show, .enrolling = true },
	{ POST, "/account/codes/confirm", ROLE_PERSON, account_totp_confirm, "account/totp",
	  account_code_params, "Confirms it by a code.", .again = account_totp_form,
	  .enrolling = true },
	{ POST, "/account/codes/remove", ROLE_PERSON, account_totp_remove, "account/show",
	  no_params, "Removes the generator of codes.", .again = account_show, .enrolling = true },
	{ POST, "/account/recovery", ROLE_PERSON, account_codes, "account/recovery", no_params,
	  "Makes ten new codes for paper, shown once.", .slow = account_codes_work,
	  .again = account_codes_form, .enrolling = true },
	{ GET, "/account/passkeys/new", ROLE_PERSON, account_passkey_form, "account/passkey",
	  no_params, "The form to register a passkey.", .enrolling = true },
	{ POST, "/account/passkeys", ROLE_PERSON, account_passkey_add, "account/passkey",
	  account_passkey_params, "Registers a passkey.", .again = account_passkey_form,
	  .enrolling = true },
	{ POST, "/account/passkeys/remove", ROLE_PERSON, account_passkey_remove, "account/show",
	  account_passkey_remove_params, "Removes a passkey.", .again = account_show,
	  .enrolling = true },
	{ GET, "/password", ROLE_PERSON, password_form, "account/password", no_params,
	  "The form for an own password.", .temporary = true },
	{ POST, "/password", ROLE_PERSON, password_choose, "account/password", password_params,
	  "Chooses a password; the person's other sessions end.", .slow = password_slow,
	  .again = password_form, .temporary = true },
	{ GET, "/reauth", ROLE_PERSON, reauth_form, "account/reauth", reauth_form_params,
	  "Asks once more who it is.", .enrolling = true },
	{ POST, "/reauth", ROLE_PERSON, reauth_prove, "account/reauth", reauth_params,
	  "Proves it by password and second factor, and offers what was sent before.",
	  .slow = reauth_slow, .again = reauth_form, .enrolling = true },
	{ POST, "/reauth/passkey", ROLE_PERSON, reauth_passkey, "account/reauth",
	  reauth_passkey_params, "Proves it by a passkey.", .again = reauth_form,
	  .enrolling = true },
	{ 0 },
};
