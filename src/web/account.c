/* account.c - a person chooses an own password; who was given one by HR has to (F17). */
#include "web/account.h"

#include "app/session.h"
#include "web/call.h"
#include "web/throttle.h"

#include <sodium.h>
#include <string.h>

enum { PASSWORD_LEAST = 12 };

static const struct param password_params[] = {
	{ "old", P_TEXT, 1, PASSWORD_MOST, true, NULL },
	{ "new", P_TEXT, PASSWORD_LEAST, PASSWORD_MOST, true, NULL },
	{ "again", P_TEXT, 1, PASSWORD_MOST, true, NULL },
	PARAMS_END,
};

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
	char hash[crypto_pwhash_STRBYTES];
	const char *chosen = in_text(r, "new");
	int64_t person = 0;
	bool right = false;
	json_t *row = db_row(r->db, r->arena, e, "SELECT iin FROM person WHERE id = $1",
			     db_int(r->actor.person_id));
	if (!row || !password_check(r->db, r->arena, row_text(row, "iin"), in_text(r, "old"),
				    &person, &right, e))
		return false;
	if (crypto_pwhash_str(hash, chosen, strlen(chosen), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for Argon2id");
	r->found = json_pack("{s:b,s:s}", "right", right, "password", hash);
	json_in_arena(r->arena, r->found);
	return true;
}

/* A wrong old password counts as one at the door. */
static bool refuse(struct req *r, const struct act *act, struct err *e)
{
	struct act door = *act;
	door.person_id = 0;
	throttle_failed(&r->site->throttle, r->address, r->now_ms);
	(void)err_input(&r->refused, "old", "account.error.old", "the old password is wrong");
	return session_refuse(&door, act->person_id, e);
}

static bool password_choose(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool waits = false;
	(void)model;
	if (!account_waits(&act, act.person_id, &waits, e))
		return false;
	if (waits || !json_is_true(json_object_get(r->found, "right")))
		return refuse(r, &act, e);
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
	{ GET, "/password", ROLE_PERSON, password_form, "account/password", no_params,
	  "The form for an own password.", .temporary = true },
	{ POST, "/password", ROLE_PERSON, password_choose, "account/password", password_params,
	  "Chooses a password; the person's other sessions end.", .slow = password_slow,
	  .again = password_form, .temporary = true },
	{ 0 },
};
