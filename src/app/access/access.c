#include "app/access/access.h"

#include "app/access/session.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

/* Whoever has keys, secrets or the papers of others is gone after a quarter of an hour without a
 * click; who sits in a hall or an interview all day, after an hour. */
const struct access_role access_roles[] = {
	{ ROLE_NAME_ADMIN, true, 15, 8 },
	{ ROLE_NAME_KEEPER, true, 15, 8 },
	{ ROLE_NAME_SECURITY, true, 15, 8 },
	{ ROLE_NAME_POLYGRAPH, true, 15, 8 },
	{ ROLE_NAME_PSYCHO, true, 15, 8 },
	{ ROLE_NAME_AUDITOR, true, 30, 10 },
	{ ROLE_NAME_APPROVER, true, 30, 10 },
	{ ROLE_NAME_AUTHOR, true, 30, 10 },
	{ ROLE_NAME_REVIEWER, true, 30, 10 },
	{ ROLE_NAME_HR, true, 30, 10 },
	{ ROLE_NAME_BODY, true, 30, 10 },
	{ ROLE_NAME_OPERATOR, true, 60, 12 },
	{ "chair", true, 60, 12 },
	{ "member", true, 60, 12 },
	{ "secretary", true, 60, 12 },
	{ "invited", true, 60, 12 },
	{ NULL, false, 0, 0 },
};

struct access_limits access_of_everybody(void)
{
	return (struct access_limits){ false, SESSION_IDLE_MS, SESSION_LONGEST_MS };
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void access_add_role(struct access_limits *limits, const char *role, size_t size)
{
	for (const struct access_role *r = access_roles; r->role; r++) {
		if (strlen(r->role) != size || memcmp(r->role, role, size) != 0)
			continue;
		limits->second_factor = limits->second_factor || r->second_factor;
		limits->idle_ms = least(limits->idle_ms, (int64_t)r->idle_minutes * MINUTE_MS);
		limits->longest_ms = least(limits->longest_ms, (int64_t)r->longest_hours * HOUR_MS);
	}
}

bool access_factors_on(struct db *db, bool *ret, struct err *e)
{
	bool off = false;
	if (!db_exists(
		    db, e, &off,
		    "SELECT 1 FROM access_setting WHERE name = 'second_factor' AND value = 'off'"))
		return false;
	*ret = !off;
	return true;
}

bool access_factors_set(const struct act *act, bool on, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool demonstration = false;
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "not from a page");
	if (!database_is_demonstration(act->db, &demonstration, e))
		return false;
	if (!on && !demonstration)
		return err_set(e, ERR_CONFLICT, "access.error.production",
			       "only a demonstration may do without second factors");
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO access_setting (name, value) VALUES ('second_factor', $1)"
		       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		       db_text(on ? "on" : "off")) &&
	       act_journal(act, "access.second_factor", 0, "", json_pack("{s:b}", "on", on), e) &&
	       db_commit(&tx, e);
}

bool access_challenge_take(const struct act *act, const char *challenge, int64_t until_ms,
			   bool *ret_first, struct err *e)
{
	int64_t added = 0;
	if (!db_exec(act->db, e, NULL, "DELETE FROM challenge_used WHERE until_ms < $1",
		     db_int(act->now_ms)) ||
	    !db_exec(act->db, e, &added,
		     "INSERT INTO challenge_used (challenge, until_ms) VALUES ($1, $2)"
		     " ON CONFLICT (challenge) DO NOTHING",
		     db_text(challenge), db_int(until_ms)))
		return false;
	*ret_first = added == 1;
	return true;
}
