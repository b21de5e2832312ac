#include "app/access/second.h"

#include "app/access/access.h"
#include "app/access/account.h"
#include "app/access/session.h"

#include <string.h>

/* ---- what was typed ------------------------------------------------------------------------ */

bool second_prove(struct db *db, struct arena *a, int64_t person_id, const char *password,
		  const char *code, struct second *ret, struct err *e)
{
	struct second s = { .person_id = person_id, .code = code };
	int64_t person = 0;
	const json_t *rows =
		db_rows(db, a, e, "SELECT iin FROM person WHERE id = $1", db_int(person_id));
	if (!rows || !password_check(db, a, row_text(json_array_get(rows, 0), "iin"), password,
				     &person, &s.right, e))
		return false;
	s.right = s.right && person == person_id;
	if (s.right && code_is_from_paper(code) &&
	    !recovery_hash(db, a, person_id, code, s.paper, &s.on_paper, e))
		return false;
	*ret = s;
	return true;
}

/* ---- agreeing ------------------------------------------------------------------------------ */

/* The same as the act, but as the second official: for what is his own. */
static struct act own_act(const struct act *act, const struct second *second)
{
	struct act own = *act;
	own.person_id = second->person_id;
	own.session = NULL;
	own.as_candidate = false;
	return own;
}

static bool require_account(const struct act *act, const struct second *second, struct err *e)
{
	bool disabled = false;
	if (second->person_id <= 0 || second->person_id == act->person_id)
		return err_input(e, "second", "second.error.self", "the same person");
	if (!account_is_disabled(act->db, second->person_id, &disabled, e))
		return false;
	return !disabled || err_input(e, "second", "second.error.disabled", "a disabled account");
}

/* Who has to wait is told what a wrong password is told (ASVS 6.3.8). */
static bool require_password(const struct act *act, const struct second *second, struct err *e)
{
	bool waits = false;
	bool temporary = false;
	if (!device_waits(act, &second->device, second->person_id, &waits, e))
		return false;
	if (waits || !second->right)
		return err_input(e, "second_password", "second.error.password", "wrong, or waits");
	if (!db_exists(act->db, e, &temporary,
		       "SELECT 1 FROM account WHERE person_id = $1 AND temporary = 1",
		       db_int(second->person_id)))
		return false;
	return !temporary || err_input(e, "second", "second.error.temporary",
				       "a password that somebody else has made");
}

static bool take_paper(const struct act *own, const struct second *second, const char **ret_by,
		       struct err *e)
{
	bool right = false;
	if (second->on_paper && !recovery_take(own, second->paper, &right, e))
		return false;
	*ret_by = "password+recovery";
	return right || err_input(e, "second_code", "second.error.code", "a wrong code");
}

static bool take_code(const struct act *own, const struct second *second, const struct factors *f,
		      const char **ret_by, struct err *e)
{
	bool right = false;
	if (!f->totp && f->recovery == 0)
		return err_input(e, "second_code", "second.error.passkey", "passkeys alone");
	if (!*second->code)
		return err_input(e, "second_code", "second.error.code_missing", "no code");
	if (code_is_from_paper(second->code))
		return take_paper(own, second, ret_by, e);
	if (!totp_take(own, second->code, &right, e))
		return false;
	*ret_by = "password+totp";
	return right || err_input(e, "second_code", "second.error.code", "a wrong code");
}

/* No weaker than the way in (ASVS 7.5.1): whoever has a factor shows it, and whose office demands
 * one has it. */
static bool take_factor(const struct act *own, const struct second *second, const char **ret_by,
			struct err *e)
{
	struct factors f = { 0 };
	bool on = false;
	if (!factors_of(own->db, second->person_id, &f, e) || !access_factors_on(own->db, &on, e))
		return false;
	if (factors_any(&f))
		return take_code(own, second, &f, ret_by, e);
	*ret_by = "password";
	return !on || err_input(e, "second", "second.error.enrol", "no second factor yet");
}

bool second_agree(const struct act *act, const struct second *second, struct agreed *ret,
		  struct err *e)
{
	const struct act own = own_act(act, second);
	struct agreed agreed = { second->person_id, "" };
	if (act->relayed) { /* it was looked at there, and the entry tells by what */
		*ret = (struct agreed){ second->person_id, second->code };
		return true;
	}
	if (!require_account(act, second, e) || !require_password(act, second, e) ||
	    !take_factor(&own, second, &agreed.by, e) || !device_shown(&own, &second->device, e))
		return false;
	*ret = agreed;
	return true;
}

/* ---- wrong tries --------------------------------------------------------------------------- */

bool second_is_guess(const struct err *why)
{
	return why->kind == ERR_INPUT && (strcmp(why->key, "second.error.password") == 0 ||
					  strcmp(why->key, "second.error.code") == 0);
}

bool second_count(const struct act *act, const struct second *second, const struct err *why,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const char *what = strcmp(why->key, "second.error.code") == 0 ? "code" : "password";
	bool account = false; /* else there is nothing that could be guessed */
	return db_begin(act->db, &tx, e) &&
	       db_exists(act->db, e, &account, "SELECT 1 FROM account WHERE person_id = $1",
			 db_int(second->person_id)) &&
	       (!account ||
		device_failed(act, &second->device, second->person_id, second->free, e)) &&
	       act_journal(act, "second.refused", 0, act_subject(act, "person", second->person_id),
			   json_pack("{s:s}", "what", what), e) &&
	       db_commit(&tx, e);
}

json_t *second_told(json_t *content, const struct agreed *agreed)
{
	if (agreed->person_id == 0)
		return content;
	(void)json_object_set_new(content, "second", json_integer((json_int_t)agreed->person_id));
	(void)json_object_set_new(content, "second_by", json_string(agreed->by));
	return content;
}
