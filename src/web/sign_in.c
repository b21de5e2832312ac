#include "web/sign_in.h"

#include "app/session.h"
#include "web/call.h"
#include "web/throttle.h"

enum { BACK_MOST = 2000, IIN_SIZE = 12 };

static const char *const languages[] = { "kk", "ru", "en", NULL };

const struct param sign_in_form_params[] = {
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
const struct param sign_in_params[] = {
	{ "iin", P_TEXT, IIN_SIZE, IIN_SIZE, true, NULL },
	{ "password", P_TEXT, 1, PASSWORD_MOST, true, NULL },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};
const struct param language_params[] = {
	{ "to", P_CHOICE, 0, 0, true, languages },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};

static const char *back_or_home(const struct req *r)
{
	const char *back = in_text(r, "back");
	return path_is_local(back) ? back : "/";
}

static void go_back(struct req *r)
{
	r->redirect = back_or_home(r);
}

bool sign_in_form(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set_new(model, "back", json_string(back_or_home(r)));
	return true;
}

bool sign_in_slow(struct req *r, struct err *e)
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

/* One answer to a wrong IIN, a wrong password and an account that has to wait: nobody learns
 * from it which IINs have accounts. */
static bool refuse(struct req *r, const struct act *act, int64_t person, struct err *e)
{
	throttle_failed(&r->site->throttle, r->address, r->now_ms);
	(void)err_input(&r->refused, "password", "error.sign_in", "sign-in refused");
	return session_refuse(act, person, e);
}

bool sign_in(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	struct act act = req_act(r);
	char token[SESSION_TOKEN_SIZE];
	int64_t person = json_integer_value(json_object_get(r->found, "person"));
	bool right = json_is_true(json_object_get(r->found, "right"));
	bool waits = false;
	if (!account_waits(&act, person, &waits, e))
		return false;
	act.person_id = 0;
	if (!right || waits || throttle_waits(&r->site->throttle, r->address, r->now_ms))
		return refuse(r, &act, person, e);
	act.person_id = person;
	if (!session_open(&act, token, e))
		return false;
	r->new_session = arena_copy(r->arena, token);
	go_back(r);
	return true;
}

bool sign_out(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	struct act act = req_act(r);
	if (!session_close(&act, r->session_token, e))
		return false;
	r->new_session = "";
	req_go(r, "/");
	return true;
}

bool language_choose(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	struct act act = req_act(r);
	if (r->actor.person_id && !account_language(&act, in_text(r, "to"), e))
		return false;
	r->new_language = in_text(r, "to");
	go_back(r);
	return true;
}
