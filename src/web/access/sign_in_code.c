/* sign_in_code.c - the second factor at the door, and a passkey instead of both. */
#include "app/access/factor.h"
#include "app/access/session.h"
#include "web/access/proof.h"
#include "web/access/sign_in.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { BACK_MOST = 2000, CODE_MOST = 20 };

const struct param sign_in_code_params[] = {
	{ "code", P_TEXT, 1, CODE_MOST, true, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
const struct param sign_in_passkey_params[] = {
	PROOF_SIGNED_PARAMS,
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};

/* Whose password was right a moment ago in this browser; 0 for nobody's. */
static bool step_person(struct req *r, int64_t *ret, struct err *e)
{
	*ret = 0;
	return !r->step_token || step_find(r->db, r->step_token, r->now_ms, ret, e);
}

bool sign_in_code_form(struct req *r, json_t *model, struct err *e)
{
	struct factors f = { 0 };
	int64_t person = 0;
	if (!step_person(r, &person, e))
		return false;
	if (person == 0 && r->shown_again)
		return err_set(e, ERR_MISSING, "access.error.step", "no password before");
	if (person == 0) {
		req_go(r, "/sign-in");
		return true;
	}
	if (!factors_of(r->db, person, &f, e) || !proof_model(r, PROOF_SIGN_IN, person, model, e))
		return false;
	if (f.passkeys == 0)
		(void)json_object_set_new(model, "passkey", json_null());
	(void)json_object_set_new(model, "back", json_string(sign_in_back(r)));
	(void)json_object_set_new(model, "totp", json_boolean(f.totp));
	(void)json_object_set_new(model, "codes", json_boolean(f.totp || f.recovery > 0));
	return true;
}

/* ---- codes ----------------------------------------------------------------- */

bool sign_in_code_slow(struct req *r, int64_t person, struct err *e)
{
	unsigned char hash[RECOVERY_HASH_SIZE];
	char hex[RECOVERY_HASH_SIZE * 2 + 1] = "";
	bool has = false;
	if (person && code_is_from_paper(in_text(r, "code"))) {
		if (!recovery_hash(r->db, r->arena, person, in_text(r, "code"), hash, &has, e))
			return false;
		if (has)
			(void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	}
	if (!r->found) {
		r->found = json_object();
		json_in_arena(r->arena, r->found);
	}
	(void)json_object_set_new(r->found, "code", json_string(hex));
	return true;
}

bool sign_in_code_take(struct req *r, int64_t person, const char **ret_factor, struct err *e)
{
	struct act act = req_act(r);
	unsigned char hash[RECOVERY_HASH_SIZE];
	const char *hex = row_text(r->found, "code");
	bool right = false;
	act.person_id = person;
	*ret_factor = NULL;
	if (!code_is_from_paper(in_text(r, "code"))) {
		if (!totp_take(&act, in_text(r, "code"), &right, e))
			return false;
		*ret_factor = right ? "totp" : NULL;
		return true;
	}
	if (sodium_hex2bin(hash, sizeof(hash), hex, strlen(hex), NULL, NULL, NULL) != 0 || !*hex)
		return true;
	if (!recovery_take(&act, hash, &right, e))
		return false;
	*ret_factor = right ? "recovery" : NULL;
	return true;
}

bool sign_in_code_work(struct req *r, struct err *e)
{
	int64_t person = 0;
	return step_person(r, &person, e) && sign_in_code_slow(r, person, e);
}

static bool enter(struct req *r, int64_t person, const char *factor, struct err *e)
{
	const struct act act = req_act(r);
	if (!sign_in_enter(r, person, factor, e))
		return false;
	if (r->refused.kind != ERR_NONE)
		return true; /* the same page says why */
	r->new_step = "";
	return !r->step_token || step_close(&act, r->step_token, e);
}

bool sign_in_code(struct req *r, json_t *model, struct err *e)
{
	int64_t person = 0;
	const char *factor = NULL;
	bool waits = false;
	(void)model;
	if (!step_person(r, &person, e))
		return false;
	if (person == 0)
		return err_set(e, ERR_MISSING, "access.error.step", "no password before");
	if (!sign_in_waits(r, person, &waits, e) ||
	    (!waits && !sign_in_code_take(r, person, &factor, e)))
		return false;
	return factor ? enter(r, person, factor, e)
		      : sign_in_refuse(r, person, "code", "factor.error.code", e);
}

/* ---- passkeys -------------------------------------------------------------- */

bool sign_in_passkey(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct passkey_place place = { NULL, NULL };
	struct passkey_sent sent = { "", "", "", "" };
	const char *challenge = NULL;
	int64_t wanted = 0;
	int64_t person = 0;
	(void)model;
	if (!proof_place(r, &place) || !step_person(r, &wanted, e) ||
	    !proof_take(r, PROOF_SIGN_IN, &sent, &challenge, e))
		return e->kind == ERR_NONE
			       ? err_set(e, ERR_CONFLICT, "passkey.error.place", "no passkeys here")
			       : false;
	sent.signature = in_text(r, "signature");
	if (challenge && !passkey_take(&act, &place, &sent, challenge, wanted, &person, e))
		return false;
	return person ? enter(r, person, "passkey", e)
		      : sign_in_refuse(r, 0, "", "passkey.error.answer", e);
}
