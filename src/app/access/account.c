#include "app/access/account.h"

#include "app/access/session.h"
#include "app/notice/notice.h"

bool account_is_disabled(struct db *db, int64_t person_id, bool *ret, struct err *e)
{
	return db_exists(db, e, ret,
			 "SELECT 1 FROM account WHERE person_id = $1 AND disabled_ms IS NOT NULL",
			 db_int(person_id));
}

/* ---- what has to be so ------------------------------------------------------ */

/* Nobody's own: who has disabled it cannot take it back, who enables it is not the one that is out.
 */
static bool check(const struct act *act, int64_t person_id, const char *reason, bool disabled,
		  struct err *e)
{
	bool fits = false;
	if (!*reason)
		return err_input(e, "reason", "error.required", "no reason");
	if (person_id == act->person_id)
		return err_input(e, "reason", "access.error.self", "about oneself");
	return db_exists(act->db, e, &fits,
			 "SELECT 1 FROM account WHERE person_id = $1"
			 " AND (disabled_ms IS NOT NULL) = ($2 = 1)",
			 db_int(person_id), db_int(disabled)) &&
	       (fits || err_set(e, ERR_CONFLICT, "access.error.nothing",
				"no account, or it is so already"));
}

/* An installation that nobody administers can be mended from the command line alone. */
static bool check_others(const struct act *act, int64_t person_id, struct err *e)
{
	bool is = false;
	bool other = false;
	return db_exists(act->db, e, &is,
			 "SELECT 1 FROM role_grant WHERE person_id = $1 AND role = 'admin'"
			 " AND organ = $2 AND revoked_ms IS NULL",
			 db_int(person_id), db_text(act->book->organs[0].code)) &&
	       db_exists(act->db, e, &other,
			 "SELECT 1 FROM role_grant g JOIN account a ON a.person_id = g.person_id"
			 " WHERE g.person_id <> $1 AND g.role = 'admin' AND g.organ = $2"
			 " AND g.revoked_ms IS NULL AND a.disabled_ms IS NULL",
			 db_int(person_id), db_text(act->book->organs[0].code)) &&
	       (!is || other ||
		err_set(e, ERR_CONFLICT, "access.error.last", "the last administrator"));
}

bool account_may_disable(const struct act *act, int64_t person_id, const char *reason,
			 struct err *e)
{
	return check(act, person_id, reason, false, e) && check_others(act, person_id, e);
}

bool account_may_enable(const struct act *act, int64_t person_id, const char *reason, struct err *e)
{
	return check(act, person_id, reason, true, e);
}

/* ---- doing it ---------------------------------------------------------------- */

static bool note(const struct act *act, const char *kind, int64_t person_id, const char *reason,
		 struct err *e)
{
	const struct notice n = { .person_id = person_id, .kind = kind, .href = "/account" };
	return act_journal(act, kind, 0, act_subject(act, "person", person_id),
			   json_pack("{s:s}", "reason", reason), e) &&
	       notice_send(act, &n, e);
}

static bool require_admin(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e);
}

bool account_disable(const struct act *act, int64_t person_id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_admin(act, e) && db_begin(act->db, &tx, e) &&
	       account_may_disable(act, person_id, reason, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE account SET disabled_ms = $1, disabled_reason = $2"
		       " WHERE person_id = $3",
		       db_int(act->now_ms), db_text(reason), db_int(person_id)) &&
	       session_end_all(act, person_id, "", e) &&
	       note(act, "account.disabled", person_id, reason, e) && db_commit(&tx, e);
}

bool account_enable(const struct act *act, int64_t person_id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_admin(act, e) && db_begin(act->db, &tx, e) &&
	       account_may_enable(act, person_id, reason, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE account SET disabled_ms = NULL, disabled_reason = '', failures = 0,"
		       " blocked_until_ms = 0 WHERE person_id = $1",
		       db_int(person_id)) &&
	       note(act, "account.enabled", person_id, reason, e) && db_commit(&tx, e);
}
