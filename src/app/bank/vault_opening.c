#include "app/bank/vault_opening.h"

#include "app/bank/bank_item.h"
#include "app/bank/vault.h"
#include "app/bank/vault_keeper.h"
#include "app/candidate/candidate.h"
#include "app/notice/notice.h"
#include "app/sitting/sitting.h"

#include <sodium.h>
#include <string.h>

enum { HOUR_MS = 60 * 60 * 1000 };

const char *vault_seal_name(struct arena *a, int64_t sitting)
{
	return arena_print(a, "sitting %lld seal", (long long)sitting);
}

const char *vault_form_name(struct arena *a, int64_t sitting, int64_t version)
{
	return arena_print(a, "sitting %lld item %lld", (long long)sitting, (long long)version);
}

static const char *share_name(struct arena *a, int64_t opening, int64_t number)
{
	return arena_print(a, "opening %lld share %lld", (long long)opening, (long long)number);
}

/* ---- one opening ----------------------------------------------------------------------------- */

struct opening {
	int64_t id, bank_key, sitting, asked_by, hours, until_ms;
	bool opened, ended;
	const char *purpose;
};

static bool load(const struct act *act, int64_t id, struct opening *ret, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT bank_key_id, purpose, sitting_id, asked_by, hours,"
				   " until_ms, opened_ms, ended_ms FROM bank_opening WHERE id = $1",
				   db_int(id));
	if (!row)
		return false;
	*ret = (struct opening){
		.id = id,
		.bank_key = row_number(row, "bank_key_id"),
		.sitting = row_number(row, "sitting_id"),
		.asked_by = row_number(row, "asked_by"),
		.hours = row_number(row, "hours"),
		.until_ms = row_number(row, "until_ms"),
		.opened = row_has(row, "opened_ms"),
		.ended = row_has(row, "ended_ms") || row_number(row, "until_ms") <= act->now_ms,
		.purpose = row_text(row, "purpose"),
	};
	return true;
}

static bool note(const struct act *act, const char *kind, int64_t id, json_t *content,
		 struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "opening", id), content, e);
}

static bool live(const struct act *act, const char *purpose, int64_t sitting, bool opened,
		 int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "SELECT COALESCE(MAX(id), 0) FROM bank_opening WHERE purpose = $1"
			 " AND COALESCE(sitting_id, 0) = $2 AND ended_ms IS NULL AND until_ms > $3"
			 " AND ($4 = 0 OR opened_ms IS NOT NULL)",
			 db_text(purpose), db_int(sitting), db_int(act->now_ms), db_int(opened));
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool holds_any(const struct act *act, const char *const *roles, struct err *e)
{
	for (; *roles; roles++) {
		bool holds = false;
		if (!act_holds(act, *roles, act->book->organs[0].code, &holds, e))
			return false;
		if (holds)
			return true;
	}
	return err_set(e, ERR_DENIED, "error.denied", "not for this person");
}

/* F34: those who run the sitting, while its forms are not drawn yet or may be drawn again. */
static bool may_ask_for_sitting(const struct act *act, int64_t sitting, struct err *e)
{
	struct sitting s = { 0 };
	bool operates = false;
	if (!sitting_load(act, sitting, &s, e) ||
	    !act_holds(act, ROLE_NAME_OPERATOR, s.hall_organ, &operates, e) ||
	    (!operates && !act_require(act, ROLE_NAME_HR, s.competition.organ, e)) ||
	    !candidate_require_other(act, THING_SITTING, sitting, e))
		return false;
	return strcmp(s.state, "open") == 0 || strcmp(s.state, "sealed") == 0 ||
	       err_set(e, ERR_CONFLICT, "sitting.error.started", "it has started");
}

static bool may_ask(const struct act *act, const struct vault_request *r, struct err *e)
{
	static const char *const workers[] = { ROLE_NAME_AUTHOR, ROLE_NAME_REVIEWER,
					       ROLE_NAME_APPROVER, NULL };
	static const char *const heads[] = { ROLE_NAME_APPROVER, ROLE_NAME_ADMIN, NULL };
	if (strcmp(r->purpose, VAULT_SITTING) == 0)
		return may_ask_for_sitting(act, r->sitting, e);
	const bool work = strcmp(r->purpose, VAULT_WORK) == 0;
	if (!holds_any(act, work ? workers : heads, e))
		return false;
	return *r->reason || err_input(e, "reason", "bank.error.reason", "no reason");
}

static bool tell_keepers(const struct act *act, int64_t id, const char *purpose, struct err *e)
{
	const struct notice n = {
		.kind = strcmp(purpose, VAULT_SITTING) == 0 ? "vault.sitting"
			: strcmp(purpose, VAULT_WORK) == 0  ? "vault.work"
							    : "vault.renewal",
		.href = arena_print(act->arena, "/bank/vault/openings/%lld", (long long)id),
	};
	return notice_send_role(act, ROLE_NAME_KEEPER, act->book->organs[0].code, &n, e);
}

static bool is_free(const struct act *act, const struct vault_request *r, int64_t *ret_key,
		    struct err *e)
{
	unsigned char public_key[crypto_box_PUBLICKEYBYTES];
	int64_t other = 0;
	if (!vault_public_key(act, ret_key, public_key, e) ||
	    !live(act, r->purpose, r->sitting, false, &other, e))
		return false;
	if (*ret_key == 0)
		return err_set(e, ERR_CONFLICT, "vault.error.unsealed", "the bank is not sealed");
	return other == 0 || err_set(e, ERR_CONFLICT, "vault.error.asked", "opening %lld is there",
				     (long long)other);
}

bool vault_ask(const struct act *act, const struct vault_request *request, int64_t *ret_id,
	       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t key = 0;
	int64_t id = 0;
	if (request->hours < 1 || request->hours > VAULT_HOURS_MOST)
		return err_input(e, "hours", "vault.error.hours", "no such time");
	if (!db_begin(act->db, &tx, e) || !vault_expire(act, e) || !may_ask(act, request, e) ||
	    !is_free(act, request, &key, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO bank_opening (bank_key_id, purpose, sitting_id, reason,"
		       " asked_by, asked_ms, hours, until_ms, ended)"
		       " VALUES ($1, $2, NULLIF($3, 0), $4, $5, $6, $7, $8, '') RETURNING id",
		       db_int(key), db_text(request->purpose), db_int(request->sitting),
		       db_text(request->reason), db_int(act->person_id), db_int(act->now_ms),
		       db_int(request->hours),
		       db_int(act->now_ms + (int64_t)VAULT_WAIT_HOURS * HOUR_MS)) ||
	    !note(act, "vault.asked", id,
		  json_pack("{s:s,s:I,s:s,s:I}", "purpose", request->purpose, "sitting",
			    (json_int_t)request->sitting, "reason", request->reason, "hours",
			    (json_int_t)request->hours),
		  e) ||
	    !tell_keepers(act, id, request->purpose, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- shares ---------------------------------------------------------------------------------- */

static bool may_give(const struct act *act, const struct opening *o, struct err *e)
{
	bool given = false;
	if (o->ended)
		return err_set(e, ERR_CONFLICT, "vault.error.ended", "the opening has ended");
	if (!db_exists(act->db, e, &given,
		       "SELECT 1 FROM bank_opening_share WHERE opening_id = $1"
		       " AND person_id = $2",
		       db_int(o->id), db_int(act->person_id)))
		return false;
	if (given)
		return err_set(e, ERR_CONFLICT, "vault.error.given", "this person has given one");
	return !o->opened || err_set(e, ERR_CONFLICT, "vault.error.open", "it is open");
}

/* The second share opens; a third is refused, as there is nothing to do for it. */
static bool open_with_it(const struct act *act, const struct opening *o, struct err *e)
{
	int64_t count = 0;
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM bank_opening_share WHERE opening_id = $1",
		       db_int(o->id)))
		return false;
	if (count < SPLIT_NEEDED)
		return true;
	return db_exec(act->db, e, NULL,
		       "UPDATE bank_opening SET opened_ms = $1, until_ms = $2 WHERE id = $3",
		       db_int(act->now_ms), db_int(act->now_ms + o->hours * HOUR_MS),
		       db_int(o->id)) &&
	       note(act, "vault.opened", o->id,
		    json_pack("{s:s,s:I}", "purpose", o->purpose, "hours", (json_int_t)o->hours),
		    e);
}

static bool add_share(const struct act *act, const struct opening *o,
		      const struct split_share *share, bool paper, struct err *e)
{
	unsigned char box[SPLIT_SIZE + BOX_MORE];
	bool there = false;
	if (!db_exists(act->db, e, &there,
		       "SELECT 1 FROM bank_opening_share WHERE opening_id = $1 AND number = $2",
		       db_int(o->id), db_int(share->number)))
		return false;
	if (there)
		return err_set(e, ERR_CONFLICT, "vault.error.same_share", "this share was given");
	box_close(act->key->bytes, share_name(act->arena, o->id, share->number), share->bytes,
		  SPLIT_SIZE, box);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO bank_opening_share (opening_id, number, person_id, paper, box,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
		       db_int(o->id), db_int(share->number), db_int(act->person_id), db_int(paper),
		       db_blob(box, sizeof(box)), db_int(act->now_ms)) &&
	       note(act, "vault.given", o->id,
		    json_pack("{s:i,s:b}", "share", (int)share->number, "paper", paper), e) &&
	       open_with_it(act, o, e);
}

struct own_share {
	const struct keeper_pair *pair;
	struct split_share share;
	bool found;
};

/* Columns: number, box. */
static bool take_own(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct own_share *o = user;
	(void)count;
	if (column[1].type != DB_BLOB)
		return true; /* of a pair that its keeper has replaced */
	if (column[1].size != SPLIT_SIZE + crypto_box_SEALBYTES ||
	    crypto_box_seal_open(o->share.bytes, column[1].bytes, column[1].size,
				 o->pair->public_key, o->pair->secret_key) != 0)
		return err_set(e, ERR_DB, "error.storage", "a keeper's share is damaged");
	o->share.number = (unsigned char)column[0].number;
	o->found = true;
	return true;
}

static bool give_own(const struct act *act, const struct opening *o, const struct keeper_pair *pair,
		     struct err *e)
{
	struct own_share own = { .pair = pair };
	bool is = false;
	bool ok = db_each(act->db, e, take_own, &own,
			  "SELECT number, box FROM bank_share WHERE bank_key_id = $1"
			  " AND keeper_id = $2",
			  db_int(o->bank_key), db_int(act->person_id));
	if (ok && !own.found)
		ok = err_set(e, ERR_CONFLICT, "vault.error.share_none", "no share of this key");
	ok = ok && vault_share_is(act, o->bank_key, &own.share, &is, e) &&
	     (is || err_set(e, ERR_DB, "error.storage", "a keeper's share is damaged")) &&
	     add_share(act, o, &own.share, false, e);
	sodium_memzero(&own.share, sizeof(own.share));
	return ok;
}

bool vault_give(const struct act *act, int64_t opening, const unsigned char key[32],
		bool *ret_right, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct keeper_pair pair;
	struct opening o = { 0 };
	bool right = false;
	const bool ok = bank_require(act, ROLE_NAME_KEEPER, e) && db_begin(act->db, &tx, e) &&
			load(act, opening, &o, e) && may_give(act, &o, e) &&
			candidate_require_other(act, THING_OPENING, opening, e) &&
			keeper_open(act, key, &pair, &right, e) &&
			(!right || give_own(act, &o, &pair, e)) && db_commit(&tx, e);
	sodium_memzero(&pair, sizeof(pair));
	if (ok)
		*ret_right = right;
	return ok;
}

bool vault_give_paper(const struct act *act, int64_t opening, const char *paper, struct err *e)
{
	static const char *const may[] = { ROLE_NAME_KEEPER, ROLE_NAME_APPROVER, ROLE_NAME_ADMIN,
					   NULL };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct split_share share = { 0 };
	struct opening o = { 0 };
	const bool ok = holds_any(act, may, e) && db_begin(act->db, &tx, e) &&
			load(act, opening, &o, e) && may_give(act, &o, e) &&
			candidate_require_other(act, THING_OPENING, opening, e) &&
			vault_paper_share(act, o.bank_key, paper, &share, e) &&
			add_share(act, &o, &share, true, e) && db_commit(&tx, e);
	sodium_memzero(&share, sizeof(share));
	return ok;
}

/* ---- while it lasts -------------------------------------------------------------------------- */

bool vault_is_open(const struct act *act, const char *purpose, int64_t sitting, bool *ret,
		   struct err *e)
{
	int64_t id = 0;
	if (!live(act, purpose, sitting, true, &id, e))
		return false;
	*ret = id != 0;
	return true;
}

struct gathering {
	const struct act *act;
	int64_t opening;
	struct split_share share[SPLIT_NEEDED];
	size_t count;
};

/* Columns: number, box. */
static bool take_share(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct gathering *g = user;
	(void)count;
	if (g->count == SPLIT_NEEDED)
		return true;
	if (column[1].type != DB_BLOB || column[1].size != SPLIT_SIZE + BOX_MORE ||
	    !box_open(g->act->key->bytes, share_name(g->act->arena, g->opening, column[0].number),
		      column[1].bytes, column[1].size, g->share[g->count].bytes))
		return err_set(e, ERR_DB, "error.storage", "a share that was given is damaged");
	g->share[g->count++].number = (unsigned char)column[0].number;
	return true;
}

static bool gather(struct gathering *g, struct bank_secret *secret, struct err *e)
{
	unsigned char check[crypto_box_PUBLICKEYBYTES];
	int64_t id = 0;
	if (!db_each(g->act->db, e, take_share, g,
		     "SELECT number, box FROM bank_opening_share WHERE opening_id = $1"
		     " ORDER BY number",
		     db_int(g->opening)) ||
	    !vault_public_key(g->act, &id, secret->public_key, e))
		return false;
	if (g->count != SPLIT_NEEDED)
		return err_set(e, ERR_DB, "error.storage", "a share that was given is missing");
	if (!split_join(g->share, secret->secret_key, e))
		return false;
	return (crypto_scalarmult_base(check, secret->secret_key) == 0 &&
		sodium_memcmp(check, secret->public_key, sizeof(check)) == 0) ||
	       err_set(e, ERR_DB, "error.storage", "the shares do not give the bank's key");
}

bool vault_secret(const struct act *act, const char *purpose, int64_t sitting,
		  struct bank_secret *ret, bool *ret_open, struct err *e)
{
	struct gathering g = { .act = act };
	struct bank_secret secret;
	if (!live(act, purpose, sitting, true, &g.opening, e))
		return false;
	if (g.opening == 0) {
		*ret_open = false;
		return true;
	}
	const bool ok = gather(&g, &secret, e);
	sodium_memzero(g.share, sizeof(g.share));
	if (ok) {
		*ret = secret;
		*ret_open = true;
	}
	sodium_memzero(&secret, sizeof(secret));
	return ok;
}

/* ---- the end --------------------------------------------------------------------------------- */

bool vault_end(const struct act *act, int64_t opening, const char *ended, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE bank_opening SET ended_ms = $1, ended = $2 WHERE id = $3"
		       " AND ended_ms IS NULL",
		       db_int(act->now_ms), db_text(ended), db_int(opening)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_opening_share SET box = NULL WHERE opening_id = $1",
		       db_int(opening)) &&
	       note(act, "vault.closed", opening, json_pack("{s:s}", "why", ended), e);
}

bool vault_close(const struct act *act, int64_t opening, struct err *e)
{
	static const char *const may[] = { ROLE_NAME_KEEPER, ROLE_NAME_APPROVER, ROLE_NAME_ADMIN,
					   NULL };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct opening o = { 0 };
	if (!db_begin(act->db, &tx, e) || !load(act, opening, &o, e) ||
	    (o.asked_by != act->person_id && !holds_any(act, may, e)))
		return false;
	if (o.ended)
		return err_set(e, ERR_CONFLICT, "vault.error.ended", "the opening has ended");
	return vault_end(act, opening, "closed", e) && db_commit(&tx, e);
}

bool vault_done(const struct act *act, int64_t sitting, const char *ended, struct err *e)
{
	int64_t id = 0;
	return live(act, VAULT_SITTING, sitting, false, &id, e) &&
	       (id == 0 || vault_end(act, id, ended, e));
}

bool vault_expire(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM bank_opening WHERE ended_ms IS NULL"
				     " AND until_ms <= $1 ORDER BY id",
				     db_int(act->now_ms));
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	struct act system = *act;
	system.person_id = 0;
	system.session = NULL;
	system.as_candidate = false;
	if (!db_begin(act->db, &tx, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!vault_end(&system, row_number(row, "id"), "time", e))
			return false;
	}
	return db_commit(&tx, e);
}
