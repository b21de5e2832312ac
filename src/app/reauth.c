#include "app/reauth.h"

#include "app/session.h"

#include <string.h>

bool reauth_need(const struct act *act, struct err *e)
{
	bool fresh = false;
	if (!act->session || act->person_id == 0)
		return true;
	if (!db_exists(act->db, e, &fresh,
		       "SELECT 1 FROM session WHERE token_hash = $1 AND person_id = $2"
		       " AND authenticated_ms > $3",
		       db_text(act->session), db_int(act->person_id),
		       db_int(act->now_ms - REAUTH_FRESH_MS)))
		return false;
	return fresh || err_set(e, ERR_DENIED, "access.error.reauth",
				"the person has not proved itself for some minutes");
}

bool reauth_done(const struct act *act, const char *factor, char *ret_token, const char **ret_csrf,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	char token[SESSION_TOKEN_SIZE];
	const bool ok =
		db_begin(act->db, &tx, e) &&
		session_renew(act, act->session ? act->session : "", factor, token, ret_csrf, e) &&
		act_journal(act, "session.proved", 0, act_subject(act, "person", act->person_id),
			    json_pack("{s:s}", "factor", factor), e) &&
		db_commit(&tx, e);
	if (ok)
		memcpy(ret_token, token, sizeof(token));
	return ok;
}
