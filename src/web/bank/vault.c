/* vault.c - the pages of the sealed bank, and its routes. */
#include "web/bank/vault.h"

#include "app/bank/vault.h"
#include "app/bank/vault_keeper.h"
#include "web/list.h"
#include "web/row.h"
#include "web/sitting/sitting.h"

#include <string.h>

enum {
	ROLES_HEAD = ROLE_APPROVER | ROLE_ADMIN,
	ROLES_ASK = ROLE_AUTHOR | ROLE_REVIEWER | ROLES_HEAD,
	ROLES_GIVE = ROLE_KEEPER | ROLES_HEAD,
	ROLES_SITTING = ROLE_OPERATOR | ROLE_HR, /* of their own openings alone */
	ROLES_SEE = ROLE_KEEPER | ROLES_ASK | ROLE_AUDITOR,
};

static const char *const purposes[] = { VAULT_WORK, VAULT_RENEWAL, NULL };

const struct param vault_params[] = { LIST_PARAMS, PARAMS_END };
const struct param vault_key_params[] = {
	{ "phrase", P_SECRET, KEEPER_PHRASE_LEAST, KEEPER_PHRASE_MOST, true, NULL },
	{ "again", P_SECRET, 1, KEEPER_PHRASE_MOST, true, NULL },
	PARAMS_END,
};
const struct param vault_phrase_params[] = {
	{ "old", P_SECRET, 1, KEEPER_PHRASE_MOST, true, NULL },
	{ "phrase", P_SECRET, KEEPER_PHRASE_LEAST, KEEPER_PHRASE_MOST, true, NULL },
	{ "again", P_SECRET, 1, KEEPER_PHRASE_MOST, true, NULL },
	PARAMS_END,
};
const struct param vault_ask_params[] = {
	{ "purpose", P_CHOICE, 0, 0, true, purposes },
	{ "hours", P_INT, 1, VAULT_HOURS_MOST, true, NULL },
	{ "reason", P_TEXT, 1, VAULT_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param vault_opening_params[] = {
	{ "opening", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param vault_share_params[] = {
	{ "opening", P_INT, 1, INT64_MAX, true, NULL },
	{ "passphrase", P_SECRET, 1, KEEPER_PHRASE_MOST, true, NULL },
	PARAMS_END,
};
const struct param vault_paper_params[] = {
	{ "opening", P_INT, 1, INT64_MAX, true, NULL },
	{ "paper", P_TEXT, 1, 200, true, NULL },
	PARAMS_END,
};
const struct param vault_sitting_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

static const struct list_column opening_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "purpose", "vault.purpose", LIST_CODE, LIST_SORTS, "vault.purpose" },
	{ "reason", "bank.reason", LIST_TEXT, 0, NULL },
	{ "name", "vault.asked_by", LIST_TEXT, LIST_SORTS, NULL },
	{ "asked_ms", "vault.asked", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "vault.state", LIST_CODE, LIST_SORTS, "vault.state" },
	{ 0 },
};
const struct list vault_listing = { "openings", "vault.openings", opening_columns, 20 };

/* ---- the state of an opening ----------------------------------------------------------------- */

/* "waiting", "open", or how it ended. */
static const char *state_of(const json_t *row, int64_t now_ms)
{
	if (row_has(row, "ended_ms"))
		return row_text(row, "ended");
	if (row_number(row, "until_ms") <= now_ms)
		return "time";
	return row_has(row, "opened_ms") ? "open" : "waiting";
}

static bool bank_model(const struct req *r, const char *purpose, int64_t sitting, json_t *model,
		       struct err *e)
{
	bool sealed = false;
	const json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT o.id, o.asked_by, o.until_ms, o.opened_ms, (SELECT COUNT(*)"
			"  FROM bank_opening_share s WHERE s.opening_id = o.id) AS given"
			"  FROM bank_opening o WHERE o.purpose = $1"
			" AND COALESCE(o.sitting_id, 0) = $2 AND o.ended_ms IS NULL"
			" AND o.until_ms > $3 ORDER BY o.id DESC LIMIT 1",
			db_text(purpose), db_int(sitting), db_int(r->now_ms));
	if (!rows || !db_exists(r->db, e, &sealed, "SELECT 1 FROM bank_key WHERE ended_ms IS NULL"))
		return false;
	const json_t *row = json_array_get(rows, 0);
	/* the page of an opening is for who works with the bank, and for who asked */
	const bool seen = req_is(r, ROLES_SEE) || row_number(row, "asked_by") == r->actor.person_id;
	(void)json_object_set_new(model, "bank",
				  json_pack("{s:s,s:I,s:I,s:I}", "state",
					    !sealed ? "unsealed"
					    : row   ? state_of(row, r->now_ms)
						    : "sealed",
					    "id", seen ? (json_int_t)row_number(row, "id") : 0,
					    "given", (json_int_t)row_number(row, "given"),
					    "until_ms", (json_int_t)row_number(row, "until_ms")));
	return true;
}

bool vault_sitting_model(const struct req *r, int64_t sitting, json_t *model, struct err *e)
{
	return bank_model(r, VAULT_SITTING, sitting, model, e);
}

bool vault_work_model(const struct req *r, json_t *model, struct err *e)
{
	return bank_model(r, VAULT_WORK, 0, model, e);
}

bool vault_waiting(const struct req *r, int64_t *ret, int64_t *ret_first, struct err *e)
{
	const json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT COUNT(*) AS count, COALESCE(MIN(o.id), 0) AS first FROM bank_opening o"
		"  JOIN bank_share s ON s.bank_key_id = o.bank_key_id AND s.keeper_id = $1"
		" WHERE o.opened_ms IS NULL AND o.ended_ms IS NULL AND o.until_ms > $2"
		" AND s.box IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bank_opening_share x"
		"  WHERE x.opening_id = o.id AND x.person_id = $1)",
		db_int(r->actor.person_id), db_int(r->now_ms));
	if (!row)
		return false;
	*ret = row_number(row, "count");
	*ret_first = row_number(row, "first");
	return true;
}

/* ---- the page of the bank's key -------------------------------------------------------------- */

static bool add_key(const struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT k.fingerprint, k.made_ms, p.family, p.given, p.patronymic"
			       "  FROM bank_key k LEFT JOIN person p ON p.id = k.made_by"
			       " WHERE k.ended_ms IS NULL");
	json_t *row = json_array_get(rows, 0);
	if (row)
		row_name(r, row);
	(void)json_object_set(model, "seal", row ? row : json_null());
	return rows != NULL;
}

/* Everybody who may give a share: with an own key or without one yet. */
static bool add_keepers(const struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	int64_t ready = 0;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT DISTINCT p.id, p.sort_key, p.family, p.given, p.patronymic, k.made_ms,"
		" CASE WHEN EXISTS (SELECT 1 FROM bank_share s JOIN bank_key b"
		"   ON b.id = s.bank_key_id AND b.ended_ms IS NULL WHERE s.keeper_id = p.id"
		"   AND s.box IS NOT NULL) THEN 1 ELSE 0 END AS share"
		"  FROM person p JOIN role_grant g ON g.person_id = p.id AND g.role = 'keeper'"
		"   AND g.revoked_ms IS NULL LEFT JOIN keeper_key k ON k.person_id = p.id"
		" ORDER BY p.sort_key");
	json_array_foreach (rows, i, row) {
		const bool has_key = row_has(row, "made_ms");
		ready += has_key;
		row_name(r, row);
		(void)json_object_set_new(row, "state",
					  json_string(!has_key ? "no_key"
						      : row_number(row, "share") == 1
							      ? "share"
							      : "no_share"));
		(void)json_object_del(row, "share");
		(void)json_object_del(row, "sort_key");
		(void)json_object_del(row, "id");
	}
	(void)json_object_set(model, "keepers", rows);
	(void)json_object_set_new(model, "ready", json_integer((json_int_t)ready));
	(void)json_object_set_new(model, "least", json_integer(VAULT_KEEPERS_LEAST));
	(void)json_object_set_new(model, "enough", json_boolean(ready >= VAULT_KEEPERS_LEAST));
	return rows != NULL;
}

static json_t *hour_options(void)
{
	json_t *list = json_array();
	for (int i = 1; i <= VAULT_HOURS_MOST; i++)
		(void)json_array_append_new(
			list, json_pack("{s:i,s:o}", "id", i, "name", json_sprintf("%d", i)));
	return list;
}

/* What this person may do; app/ decides again. */
static bool add_may(const struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool sealed = json_is_object(json_object_get(model, "seal"));
	const bool head = req_is(r, ROLE_APPROVER | ROLE_ADMIN);
	const bool works = req_is(r, ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER);
	bool has_key = false;
	bool renewal = false;
	if (!db_exists(r->db, e, &has_key, "SELECT 1 FROM keeper_key WHERE person_id = $1",
		       db_int(r->actor.person_id)) ||
	    !vault_is_open(&act, VAULT_RENEWAL, 0, &renewal, e))
		return false;
	const bool keeper = req_is(r, ROLE_KEEPER);
	json_t *list = json_array();
	if (works)
		(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", VAULT_WORK, "key",
							    "vault.purpose.work"));
	if (head)
		(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", VAULT_RENEWAL, "key",
							    "vault.purpose.renewal"));
	(void)json_object_set_new(model, "may",
				  json_pack("{s:b,s:b,s:b,s:b,s:b}", "make", head && !sealed,
					    "renew", head && renewal, "ask",
					    sealed && (works || head), "key", keeper && !has_key,
					    "phrase", keeper && has_key));
	(void)json_object_set_new(model, "purposes", list);
	(void)json_object_set_new(model, "hours", hour_options());
	return true;
}

static json_t *read_openings(const struct req *r, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT o.id, o.purpose, o.sitting_id, o.reason, o.asked_ms,"
			       " o.until_ms, o.opened_ms, o.ended_ms, o.ended, p.family, p.given,"
			       " p.patronymic FROM bank_opening o JOIN person p"
			       "  ON p.id = o.asked_by ORDER BY o.id DESC");
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		(void)json_object_set_new(row, "state", json_string(state_of(row, r->now_ms)));
		(void)json_object_del(row, "ended");
		(void)json_object_del(row, "ended_ms");
		(void)json_object_del(row, "opened_ms");
		(void)json_object_del(row, "until_ms");
	}
	return rows;
}

bool vault_show(struct req *r, json_t *model, struct err *e)
{
	if (!add_key(r, model, e) || !add_keepers(r, model, e) || !add_may(r, model, e))
		return false;
	json_t *rows = read_openings(r, e);
	if (!rows)
		return false;
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "openings", json_incref(rows));
	(void)json_object_set_new(model, "papers", json_null());
	return true;
}

/* ---- one opening ----------------------------------------------------------------------------- */

static bool add_shares(const struct req *r, int64_t id, json_t *model, bool *ret_mine,
		       struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT s.person_id, s.paper, s.at_ms, p.family, p.given,"
			       " p.patronymic FROM bank_opening_share s JOIN person p"
			       "  ON p.id = s.person_id WHERE s.opening_id = $1 ORDER BY s.at_ms",
			       db_int(id));
	json_array_foreach (rows, i, row) {
		*ret_mine = *ret_mine || row_number(row, "person_id") == r->actor.person_id;
		row_name(r, row);
		(void)json_object_set_new(row, "paper",
					  json_boolean(row_number(row, "paper") == 1));
		(void)json_object_del(row, "person_id");
	}
	(void)json_object_set(model, "shares", rows);
	return rows != NULL;
}

bool vault_opening(struct req *r, json_t *model, struct err *e)
{
	const int64_t id = in_int(r, "opening");
	bool mine = false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT o.id, o.purpose, o.sitting_id, o.reason, o.asked_by,"
			     " o.asked_ms, o.hours, o.until_ms, o.opened_ms, o.ended_ms, o.ended,"
			     " p.family, p.given, p.patronymic FROM bank_opening o JOIN person p"
			     "  ON p.id = o.asked_by WHERE o.id = $1",
			     db_int(id));
	if (!row || !add_shares(r, id, model, &mine, e))
		return false;
	/* F34: who has no part in the bank sees what was asked for the own sitting */
	if (!req_is(r, ROLES_SEE) && row_number(row, "asked_by") != r->actor.person_id)
		return err_set(e, ERR_DENIED, "error.denied", "another one's opening");
	const char *state = state_of(row, r->now_ms);
	const bool waits = strcmp(state, "waiting") == 0;
	const bool open = strcmp(state, "open") == 0;
	const bool holds = req_is(r, ROLE_KEEPER | ROLE_APPROVER | ROLE_ADMIN);
	row_name(r, row);
	(void)json_object_set_new(row, "state", json_string(state));
	(void)json_object_set_new(
		model, "may",
		json_pack("{s:b,s:b,s:b,s:b,s:b,s:b}", "list", req_is(r, ROLES_SEE), "share",
			  waits && !mine && req_is(r, ROLE_KEEPER), "paper",
			  waits && !mine && holds, "close",
			  (waits || open) &&
				  (holds || row_number(row, "asked_by") == r->actor.person_id),
			  "renew",
			  open && strcmp(row_text(row, "purpose"), VAULT_RENEWAL) == 0 &&
				  req_is(r, ROLE_APPROVER | ROLE_ADMIN),
			  "given", mine));
	(void)json_object_del(row, "asked_by");
	(void)json_object_del(row, "ended");
	(void)json_object_set(model, "opening", row);
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route vault_routes[] = {
	{ GET, "/bank/vault", ROLES_SEE, vault_show, "vault/show", vault_params,
	  "The key of the sealed bank, its keepers and its openings.", .list = &vault_listing,
	  .extra = "openings.sitting_id" },
	{ POST, "/bank/vault/key", ROLE_KEEPER, vault_do_key, "vault/show", vault_key_params,
	  "A keeper makes an own pair of keys.", .slow = vault_key_slow, .again = vault_show },
	{ POST, "/bank/vault/phrase", ROLE_KEEPER, vault_do_phrase, "vault/show",
	  vault_phrase_params, "A keeper changes the passphrase.", .slow = vault_phrase_slow,
	  .again = vault_show },
	{ POST, "/bank/vault/make", ROLES_HEAD, vault_do_make, "vault/show", no_params,
	  "Makes the bank's key, seals what is in use, shows the two papers this once.",
	  .again = vault_show },
	{ POST, "/bank/vault/renew", ROLES_HEAD, vault_do_renew, "vault/show", no_params,
	  "Renews the bank's key, shows the two papers this once.", .again = vault_show },
	{ POST, "/bank/vault/openings", ROLES_ASK, vault_do_ask, "vault/show", vault_ask_params,
	  "Asks the keepers to open the bank for work or for a renewal.", .again = vault_show },
	{ GET, "/bank/vault/openings/:opening", ROLES_SEE | ROLES_SITTING, vault_opening,
	  "vault/opening", vault_opening_params, "One opening: what for, who has given a share." },
	{ POST, "/bank/vault/openings/:opening/share", ROLE_KEEPER, vault_do_share, "vault/opening",
	  vault_share_params, "A keeper gives the own share.", .slow = vault_share_slow,
	  .again = vault_opening },
	{ POST, "/bank/vault/openings/:opening/paper", ROLES_GIVE, vault_do_paper, "vault/opening",
	  vault_paper_params, "Gives the share of a paper.", .again = vault_opening },
	{ POST, "/bank/vault/openings/:opening/close", ROLES_GIVE | ROLES_ASK | ROLES_SITTING,
	  vault_do_close, "vault/opening", vault_opening_params, "Closes an opening.",
	  .again = vault_opening },
	{ POST, "/sittings/:sitting/bank", ROLES_SITTING, vault_do_ask_sitting, "sitting/show",
	  vault_sitting_params, "Asks the keepers to open the bank for a sitting.",
	  .again = sitting_show },
	{ 0 },
};
