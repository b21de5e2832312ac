#include "web/access/sign_in.h"

#include "app/access/account.h"
#include "app/access/factor.h"
#include "app/access/password.h"
#include "app/access/session.h"
#include "web/access/proof.h"
#include "web/http/call.h"

#include <sodium.h>
#include <string.h>

enum { BACK_MOST = 2000, IIN_SIZE = 12, DEVICE_BYTES = 32 };

static const struct param sign_in_form_params[] = {
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
static const struct param sign_in_params[] = {
	{ "iin", P_TEXT, IIN_SIZE, IIN_SIZE, true, NULL },
	{ "password", P_SECRET, 1, PASSWORD_MOST, true, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
static const struct param language_params[] = {
	{ "to", P_TEXT, 1, 15, true, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};

const char *sign_in_back(const struct req *r)
{
	const char *back = in_text(r, "back");
	return path_is_local(back) ? back : "/";
}

static bool sign_in_form(struct req *r, json_t *model, struct err *e)
{
	const char *back = sign_in_back(r);
	(void)json_object_set_new(model, "back", json_string(back));
	/* the other way in leads back to the same page */
	(void)json_object_set_new(model, "certificate",
				  json_string(arena_print(r->arena, "/sign-in/certificate?back=%s",
							  http_encode(r->arena, back))));
	return proof_model(r, PROOF_SIGN_IN, 0, model, e);
}

/* ---- entering -------------------------------------------------------------- */

/* Where the browser stands, in one word: an address is personal, this is not. */
static const char *place_of(const char *address)
{
	static const char *const inside[] = { "10.",     "192.168.", "172.16.", "172.17.",
					      "172.18.", "172.19.",  "172.2",   "172.30.",
					      "172.31.", "fc",       "fd",      "fe80:" };
	if (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0)
		return "loopback";
	for (size_t i = 0; i < COUNT(inside); i++) {
		if (strncmp(address, inside[i], strlen(inside[i])) == 0)
			return "inside";
	}
	return *address ? "outside" : "loopback";
}

/* The token that this browser has, or a new one. */
static const char *device_token(struct req *r)
{
	unsigned char random[DEVICE_BYTES];
	char text[DEVICE_BYTES * 2 + 1];
	if (r->device_token && strlen(r->device_token) == sizeof(text) - 1)
		return r->device_token;
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(text, sizeof(text), random, sizeof(random));
	return arena_copy(r->arena, text);
}

/* Only who has just proved everything gets here, so it learns why; others hear what they always do:
 * a wrong password is a wrong password.  No wrong try, so nothing is counted. */
static bool refuse_disabled(struct req *r, int64_t person, struct err *e)
{
	struct act door = req_act(r);
	door.person_id = 0;
	(void)err_set(&r->refused, ERR_CONFLICT, "access.error.disabled", "a disabled account");
	return session_refuse(&door, person, e);
}

bool sign_in_enter(struct req *r, int64_t person, const char *factor, struct err *e)
{
	struct act act = req_act(r);
	char token[SESSION_TOKEN_SIZE];
	struct device device = { .hash = "" };
	const char *known = device_token(r);
	const struct session_start start = { factor, r->device, place_of(r->address) };
	bool disabled = false;
	act.person_id = person;
	if (!account_is_disabled(r->db, person, &disabled, e))
		return false;
	if (disabled)
		return refuse_disabled(r, person, e);
	if (!device_find(r->db, known, person, &device, e) || !device_prove(&act, &device, e) ||
	    !session_open(&act, &start, token, e))
		return false;
	r->new_session = arena_copy(r->arena, token);
	r->new_device = known;
	r->redirect = sign_in_back(r);
	return true;
}

bool sign_in_waits(struct req *r, int64_t person, bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	struct device device = { .hash = "" };
	return device_find(r->db, r->device_token, person, &device, e) &&
	       device_waits(&act, &device, person, ret, e);
}

int64_t sign_in_free(const struct req *r)
{
	const struct brake *brake = &r->site->brake;
	return brake_level(brake, r->address, &brake_guesses, r->now_ms) >= BRAKE_CROWDED
		       ? FAILURES_FREE_CROWDED
		       : FAILURES_FREE;
}

void sign_in_guessed(struct req *r)
{
	(void)brake_take(&r->site->brake, r->address, &brake_guesses, r->now_ms);
}

bool sign_in_refuse(struct req *r, int64_t person, const char *field, const char *key,
		    struct err *e)
{
	struct act door = req_act(r);
	struct device device = { .hash = "" };
	const int64_t free = sign_in_free(r);
	door.person_id = 0;
	sign_in_guessed(r);
	(void)err_input(&r->refused, field, key, "sign-in refused");
	return device_find(r->db, r->device_token, person, &device, e) &&
	       (person == 0 || device_failed(&door, &device, person, free, e)) &&
	       session_refuse(&door, person, e);
}

/* ---- the password ---------------------------------------------------------- */

static bool sign_in_slow(struct req *r, struct err *e)
{
	int64_t person = 0;
	bool right = false;
	if (!password_check(r->db, r->arena, in_text(r, "iin"), in_text(r, "password"), &person,
			    &right, e))
		return false;
	r->found = json_pack("{s:I,s:b}", "person", (json_int_t)person, "right", right);
	json_in_arena(r->arena, r->found);
	return true;
}

/* On to the second factor: the person is not signed in yet. */
static bool go_on(struct req *r, int64_t person, struct err *e)
{
	struct act act = req_act(r);
	char token[SESSION_TOKEN_SIZE];
	act.person_id = person;
	if (!step_open(&act, token, e))
		return false;
	r->new_step = arena_copy(r->arena, token);
	r->redirect = arena_print(r->arena, "/sign-in/code?back=%s",
				  http_encode(r->arena, sign_in_back(r)));
	return true;
}

/* One answer to a wrong IIN, a wrong password and an account that has to wait: nobody learns from
 * it which IINs have accounts (ASVS 6.3.8). */
static bool sign_in(struct req *r, json_t *model, struct err *e)
{
	const int64_t person = json_integer_value(json_object_get(r->found, "person"));
	const bool right = json_is_true(json_object_get(r->found, "right"));
	struct factors factors = { 0 };
	bool waits = false;
	(void)model;
	if (!sign_in_waits(r, person, &waits, e))
		return false;
	if (!right || waits)
		return sign_in_refuse(r, person, "password", "error.sign_in", e);
	if (!factors_of(r->db, person, &factors, e))
		return false;
	return factors_any(&factors) ? go_on(r, person, e) : sign_in_enter(r, person, "", e);
}

/* ---- out, language ---------------------------------------------------------- */

static bool sign_out(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	struct act act = req_act(r);
	if (!session_close(&act, r->session_token, e))
		return false;
	r->new_session = "";
	req_go(r, "/");
	return true;
}

static bool language_choose(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	struct act act = req_act(r);
	const struct catalog *catalog = view_catalog(r->site->view);
	const char *to = catalog_language(catalog, in_text(r, "to"));
	if (!to)
		return err_input(e, "to", "error.choice", "no language of ours");
	if (r->actor.person_id && !account_language(&act, catalog_base(catalog, to), e))
		return false;
	r->new_language = to;
	r->redirect = sign_in_back(r);
	return true;
}

#include "web/route_table.h" /* last */

const struct route sign_in_routes[] = {
	{ GET, "/sign-in", ROLE_PUBLIC, sign_in_form, "sign-in/form", sign_in_form_params,
	  "The form for IIN and password." },
	{ POST, "/sign-in", ROLE_PUBLIC, sign_in, "sign-in/form", sign_in_params,
	  "Signs in by IIN and password, or asks for the second factor.", .slow = sign_in_slow,
	  .again = sign_in_form },
	{ GET, "/sign-in/code", ROLE_PUBLIC, sign_in_code_form, "sign-in/code", sign_in_form_params,
	  "The form for the second factor." },
	{ POST, "/sign-in/code", ROLE_PUBLIC, sign_in_code, "sign-in/code", sign_in_code_params,
	  "Signs in by a code of a telephone or from paper.", .slow = sign_in_code_work,
	  .again = sign_in_code_form },
	{ POST, "/sign-in/passkey", ROLE_PUBLIC, sign_in_passkey, "sign-in/form",
	  sign_in_passkey_params, "Signs in by a passkey, alone or behind the password.",
	  .again = sign_in_form },
	{ GET, "/sign-in/certificate", ROLE_PUBLIC, sign_in_certificate_form, "sign-in/certificate",
	  sign_in_form_params, "The challenge to be signed by the key of a certificate.",
	  .ncalayer = true },
	{ GET, "/sign-in/certificate/challenge", ROLE_PUBLIC, sign_in_challenge_file, NULL,
	  sign_in_challenge_params, "The same as a file.", .gives = "text/plain" },
	{ POST, "/sign-in/certificate", ROLE_PUBLIC, sign_in_certificate, "sign-in/certificate",
	  sign_in_certificate_params, "Signs in by a signature over the challenge.",
	  .slow = sign_in_certificate_slow, .again = sign_in_certificate_form, .ncalayer = true },
	{ POST, "/sign-out", ROLE_PERSON, sign_out, NULL, no_params, "Ends the session.",
	  .temporary = true },
	{ POST, "/language", ROLE_PUBLIC, language_choose, NULL, language_params,
	  "Chooses Kazakh, Russian or English, and goes back to where one was." },
	{ 0 },
};
