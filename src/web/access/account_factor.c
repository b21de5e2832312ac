/* account_factor.c - the person's second factors: a generator of codes, codes on paper, passkeys.
 */
#include "app/access/factor.h"
#include "app/access/passkey.h"
#include "app/access/session.h"
#include "print/qr.h"
#include "web/access/account.h"
#include "web/access/proof.h"
#include "web/row.h"
#include "web/site.h"

#include <sodium.h>
#include <string.h>

const struct param account_code_params[] = {
	{ "code", P_TEXT, 1, 12, true, NULL },
	PARAMS_END,
};
const struct param account_passkey_params[] = {
	PROOF_PARAMS,
	{ "name", P_TEXT, 1, PASSKEY_NAME_MOST, true, NULL },
	PARAMS_END,
};
const struct param account_passkey_remove_params[] = {
	{ "passkey", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

static bool go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/account");
	return true;
}

/* ---- a generator of codes --------------------------------------------------- */

bool account_totp_form(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	char secret[TOTP_BASE32_SIZE];
	const char *uri = NULL;
	int side = 0;
	if (!totp_waiting(&act, secret, &uri, e))
		return false;
	const char *path = qr_path(r->arena, uri, &side);
	(void)json_object_set_new(model, "totp",
				  json_pack("{s:s,s:s,s:i}", "secret", secret, "path",
					    path ? path : "", "side", side));
	sodium_memzero(secret, sizeof(secret));
	return true;
}

bool account_totp_begin(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	req_go(r, "/account/codes");
	return totp_begin(&act, e);
}

/* ASVS 7.2.4: from now on the session is one of two factors. */
bool account_totp_confirm(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool right = false;
	(void)model;
	if (!totp_confirm(&act, in_text(r, "code"), &right, e))
		return false;
	if (!right) {
		(void)err_input(&r->refused, "code", "factor.error.code", "another code");
		return true;
	}
	return session_has_factor(&act, r->session_hash, "totp", e) &&
	       go_back(r, "account.notice.totp");
}

bool account_totp_remove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return totp_remove(&act, e) && go_back(r, "account.notice.removed");
}

/* ---- codes on paper ---------------------------------------------------------- */

/* Ten times Argon2id, on a worker. */
bool account_codes_work(struct req *r, struct err *e)
{
	struct recovery_set *set = arena_alloc(r->arena, sizeof(*set));
	char hex[sizeof(*set) * 2 + 1];
	if (!recovery_make(set, e))
		return false;
	(void)sodium_bin2hex(hex, sizeof(hex), (const unsigned char *)set, sizeof(*set));
	r->found = json_pack("{s:s}", "set", hex);
	json_in_arena(r->arena, r->found);
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(set, sizeof(*set));
	return true;
}

/* What a refused request shows: no codes. */
bool account_codes_form(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)e;
	(void)json_object_set_new(model, "codes", json_array());
	return true;
}

bool account_codes(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct recovery_set set;
	const char *hex = row_text(r->found, "set");
	json_t *list = json_array();
	(void)json_object_set_new(model, "codes", list);
	if (sodium_hex2bin((unsigned char *)&set, sizeof(set), hex, strlen(hex), NULL, NULL,
			   NULL) != 0 ||
	    !recovery_keep(&act, &set, e))
		return false;
	for (int i = 0; i < RECOVERY_CODES; i++)
		(void)json_array_append_new(list, json_string(set.code[i]));
	sodium_memzero(&set, sizeof(set));
	return true;
}

/* ---- passkeys ---------------------------------------------------------------- */

bool account_passkey_form(struct req *r, json_t *model, struct err *e)
{
	unsigned char hash[32];
	char user[sizeof(hash) * 2 + 1];
	/* what the authenticator knows the account by: neither name nor number (level 2, 14.6.1) */
	const char *person = arena_print(r->arena, "person %lld", (long long)r->actor.person_id);
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)person, strlen(person),
				 r->site->key, sizeof(r->site->key));
	(void)sodium_bin2hex(user, sizeof(user), hash, sizeof(hash));
	(void)json_object_set_new(model, "user", json_string(user));
	return proof_model(r, PROOF_REGISTER, r->actor.person_id, model, e);
}

bool account_passkey_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct passkey_place place = { NULL, NULL };
	struct passkey_sent sent = { "", "", "", "" };
	const char *challenge = NULL;
	(void)model;
	if (!proof_place(r, &place))
		return err_set(e, ERR_CONFLICT, "passkey.error.place", "no passkeys here");
	if (!proof_take(r, PROOF_REGISTER, &sent, &challenge, e))
		return false;
	return passkey_add(&act, &place, &sent, challenge ? challenge : "", in_text(r, "name"),
			   e) &&
	       session_has_factor(&act, r->session_hash, "passkey", e) &&
	       go_back(r, "account.notice.passkey");
}

bool account_passkey_remove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return passkey_remove(&act, in_int(r, "passkey"), e) &&
	       go_back(r, "account.notice.removed");
}
