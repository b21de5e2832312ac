#include "app/hook/hook.h"

#include "app/access/asking.h"
#include "app/access/reauth.h"
#include "app/hook/outbox.h"
#include "app/hook/part.h"
#include "app/notice/notice.h"
#include "hook/address.h"
#include "sign/box.h"

#include <sodium.h>
#include <string.h>

const char *const hook_kinds[] = {
	"announcement.published", "calendar.changed",   "commission.appointed",
	"competition.announced",  "competition.closed", "competition.second",
	"decision.recorded",      "interview.planned",  "minutes.numbered",
	"records.destroyed",      "result.corrected",   "sitting.closed",
	"sitting.named",          "sitting.opened",     NULL,
};

bool hook_kind_is_told(const char *kind)
{
	for (const char *const *k = hook_kinds; *k; k++) {
		if (strcmp(*k, kind) == 0)
			return true;
	}
	return false;
}

const char *hook_box_name(struct arena *a, int64_t id)
{
	return arena_print(a, "hook %lld", (long long)id);
}

static bool require_admin(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e);
}

/* What lets the system speak to somewhere else. */
static bool require_proved(const struct act *act, struct err *e)
{
	return require_admin(act, e) && reauth_need(act, e);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool check_events(const json_t *events, struct err *e)
{
	size_t i = 0;
	json_t *kind = NULL;
	if (json_array_size(events) == 0)
		return err_input(e, "events", "error.required", "nothing to be told");
	json_array_foreach (events, i, kind) {
		if (!json_is_string(kind) || !hook_kind_is_told(json_string_value(kind)))
			return err_input(e, "events", "error.choice", "no kind that is told");
	}
	return true;
}

static bool check_form(const struct act *act, const struct hook_form *f, struct err *e)
{
	const char *fault = hook_url_fault(f->url);
	if (fault) {
		err_input_(e, "url", fault, "no address for a webhook");
		return false;
	}
	if (!*f->reason)
		return err_input(e, "reason", "error.required", "without a reason");
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "error.system", "no service key to seal a secret");
	return check_events(f->events, e);
}

static bool check_known(const struct act *act, const char *url, struct err *e)
{
	bool known = false;
	int64_t count = 0;
	if (!db_exists(act->db, e, &known,
		       "SELECT 1 FROM hook WHERE url = $1 AND (state = 'on'"
		       " OR (state = 'asked' AND asked_ms > $2))",
		       db_text(url), db_int(act->now_ms - ASKING_LIFE_MS)) ||
	    !db_number(act->db, e, &count, "SELECT COUNT(*) FROM hook WHERE state = 'on'"))
		return false;
	if (known)
		return err_set(e, ERR_CONFLICT, "hook.error.known", "asked for, or on");
	return count < HOOKS_MOST || err_set(e, ERR_CONFLICT, "hook.error.many", "too many");
}

/* The other administrators hear that somebody waits for them. */
static bool tell_others(const struct act *act, struct err *e)
{
	const struct notice n = { .kind = "hook.asked", .href = "/admin/hooks", .others = true };
	return notice_send_role(act, ROLE_NAME_ADMIN, act->book->organs[0].code, &n, e);
}

static bool seal(const struct act *act, int64_t id, const char **ret_secret, struct err *e)
{
	unsigned char secret[HOOK_SECRET_SIZE];
	unsigned char box[HOOK_SECRET_SIZE + BOX_MORE];
	randombytes_buf(secret, sizeof(secret));
	box_close(act->key->bytes, hook_box_name(act->arena, id), secret, sizeof(secret), box);
	*ret_secret = hook_secret_text(act->arena, secret);
	sodium_memzero(secret, sizeof(secret));
	return db_exec(act->db, e, NULL, "UPDATE hook SET secret = $2 WHERE id = $1", db_int(id),
		       db_blob(box, sizeof(box)));
}

static bool add_events(const struct act *act, int64_t id, const json_t *events, struct err *e)
{
	size_t i = 0;
	json_t *kind = NULL;
	json_array_foreach (events, i, kind) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO hook_event (hook_id, kind) VALUES ($1, $2)"
			     " ON CONFLICT (hook_id, kind) DO NOTHING",
			     db_int(id), db_text(json_string_value(kind))))
			return false;
	}
	return true;
}

static bool insert(const struct act *act, const struct hook_form *f, int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO hook (url, inside, reason, secret, state, why, asked_by,"
			 " asked_ms) VALUES ($1, $2, $3, $4, 'asked', '', $5, $6) RETURNING id",
			 db_text(f->url), db_int(f->inside), db_text(f->reason), db_blob("", 0),
			 db_int(act->person_id), db_int(act->now_ms));
}

static bool note(const struct act *act, const char *kind, int64_t id, json_t *content,
		 struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "hook", id), content, e);
}

bool hook_ask(const struct act *act, const struct hook_form *form, int64_t *ret_id,
	      const char **ret_secret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_proved(act, e) && check_form(act, form, e) && db_begin(act->db, &tx, e) &&
	       check_known(act, form->url, e) && insert(act, form, ret_id, e) &&
	       seal(act, *ret_id, ret_secret, e) && add_events(act, *ret_id, form->events, e) &&
	       note(act, "hook.asked", *ret_id,
		    json_pack("{s:s,s:b,s:s,s:O}", "url", form->url, "inside", form->inside,
			      "reason", form->reason, "events", form->events),
		    e) &&
	       tell_others(act, e) && db_commit(&tx, e);
}

static json_t *load(const struct act *act, int64_t id, struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT url, state, asked_by, asked_ms FROM hook WHERE id = $1", db_int(id));
}

bool hook_ask_again(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!*reason)
		return err_input(e, "reason", "error.required", "without a reason");
	if (!require_proved(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row = load(act, id, e);
	return row && check_known(act, row_text(row, "url"), e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE hook SET state = 'asked', reason = $2, asked_by = $3, asked_ms = $4,"
		       " answered_by = NULL, answered_ms = NULL WHERE id = $1",
		       db_int(id), db_text(reason), db_int(act->person_id), db_int(act->now_ms)) &&
	       note(act, "hook.asked", id,
		    json_pack("{s:s,s:s}", "url", row_text(row, "url"), "reason", reason), e) &&
	       tell_others(act, e) && db_commit(&tx, e);
}

/* ---- answering ------------------------------------------------------------------------------- */

bool hook_answer(const struct act *act, int64_t id, bool yes, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_proved(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row = load(act, id, e);
	return row && asking_require(act, row, "hook.error.same", "hook.error.answered", e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE hook SET state = $2, why = '', answered_by = $3, answered_ms = $4"
		       " WHERE id = $1",
		       db_int(id), db_text(yes ? "on" : "refused"), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       note(act, yes ? "hook.on" : "hook.refused", id, json_object(), e) &&
	       db_commit(&tx, e);
}

bool hook_end_address(const struct act *act, int64_t id, const char *why, struct err *e)
{
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "UPDATE hook SET state = 'off', why = $2 WHERE id = $1 AND state = 'on'",
		     db_int(id), db_text(why)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "hook.error.off", "it is not on");
	return note(act, "hook.off", id, json_pack("{s:s}", "why", why), e);
}

bool hook_off(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_admin(act, e) && db_begin(act->db, &tx, e) &&
	       hook_end_address(act, id, "", e) && db_commit(&tx, e);
}

/* ---- deliveries ------------------------------------------------------------------------------ */

bool hook_test(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_admin(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row = load(act, id, e);
	if (!row)
		return false;
	if (strcmp(row_text(row, "state"), "on") != 0)
		return err_set(e, ERR_CONFLICT, "hook.error.off", "it is not on");
	return hook_queue_one(act, id, "test", e) &&
	       note(act, "hook.tested", id, json_object(), e) && db_commit(&tx, e);
}

static bool note_delivery(const struct act *act, const char *kind, const json_t *row, int64_t id,
			  struct err *e)
{
	return note(act, kind, row_number(row, "hook_id"),
		    json_pack("{s:I}", "delivery", (json_int_t)id), e);
}

bool hook_resend(const struct act *act, int64_t delivery_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_admin(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row =
		db_row(act->db, act->arena, e, "SELECT hook_id FROM hook_delivery WHERE id = $1",
		       db_int(delivery_id));
	return row &&
	       db_exec(act->db, e, NULL,
		       "UPDATE hook_delivery SET state = 'queued', attempts = 0, next_ms = $2,"
		       " first_ms = NULL, ended_ms = NULL WHERE id = $1",
		       db_int(delivery_id), db_int(act->now_ms)) &&
	       note_delivery(act, "hook.resent", row, delivery_id, e) && db_commit(&tx, e);
}

bool hook_drop(const struct act *act, int64_t delivery_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_admin(act, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT hook_id, state FROM hook_delivery WHERE id = $1",
				   db_int(delivery_id));
	if (!row)
		return false;
	if (strcmp(row_text(row, "state"), "queued") != 0)
		return err_set(e, ERR_CONFLICT, "hook.error.ended", "sent, or given up");
	return db_exec(act->db, e, NULL,
		       "UPDATE hook_delivery SET state = 'given_up', ended_ms = $2 WHERE id = $1",
		       db_int(delivery_id), db_int(act->now_ms)) &&
	       note_delivery(act, "hook.dropped", row, delivery_id, e) && db_commit(&tx, e);
}
