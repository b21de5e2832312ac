#include "app/hook/outbox.h"

#include "app/hook/part.h"
#include "app/notice/notice.h"
#include "sign/box.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ID_BYTES = 16, HOUR_S = 60 * 60 };

/* ---- what is told ---------------------------------------------------------------------------- */

static const char *new_message(struct arena *a)
{
	unsigned char id[ID_BYTES];
	randombytes_buf(id, sizeof(id));
	return arena_print(a, "msg_%s", act_hex(a, id, sizeof(id)));
}

static const char *body_of(const struct act *act, const char *kind, int64_t competition_id,
			   const char *subject)
{
	char when[INSTANT_TEXT_SIZE];
	instant_print(act->now_ms, when);
	json_t *body = json_pack(
		"{s:s,s:s,s:{s:o,s:s}}", "type", kind, "timestamp", when, "data", "competition",
		competition_id ? json_integer(competition_id) : json_null(), "subject", subject);
	char *text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (text)
		arena_defer(act->arena, free, text);
	return text;
}

bool hook_queue(const struct act *act, const struct journal_entry *entry, struct err *e)
{
	if (!hook_kind_is_told(entry->kind))
		return true;
	const char *body = body_of(act, entry->kind, entry->competition_id, entry->subject);
	if (!body)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO hook_delivery (hook_id, message, kind, body, state, attempts,"
		       " next_ms, created_ms, problem, status)"
		       " SELECT h.id, $1, $2, $3, 'queued', 0, $4, $4, '', 0"
		       "  FROM hook h JOIN hook_event v ON v.hook_id = h.id"
		       " WHERE h.state = 'on' AND v.kind = $2 ORDER BY h.id",
		       db_text(new_message(act->arena)), db_text(entry->kind), db_text(body),
		       db_int(act->now_ms));
}

bool hook_queue_one(const struct act *act, int64_t hook_id, const char *kind, struct err *e)
{
	const char *body = body_of(act, kind, 0, act_subject(act, "hook", hook_id));
	if (!body)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO hook_delivery (hook_id, message, kind, body, state, attempts,"
		       " next_ms, created_ms, problem, status)"
		       " VALUES ($1, $2, $3, $4, 'queued', 0, $5, $5, '', 0)",
		       db_int(hook_id), db_text(new_message(act->arena)), db_text(kind),
		       db_text(body), db_int(act->now_ms));
}

/* ---- the sender ------------------------------------------------------------------------------ */

int64_t hook_pause_ms(int attempts)
{
	static const int pause_s[] = { 5,      30,         2 * 60,     10 * 60,   30 * 60,
				       HOUR_S, 2 * HOUR_S, 4 * HOUR_S, 6 * HOUR_S };
	const int last = (int)COUNT(pause_s) - 1;
	const int at = attempts < 1 ? 0 : attempts - 1;
	return INT64_C(1000) * pause_s[at < last ? at : last];
}

static bool open_secret(const struct act *act, struct hook_delivery *d, struct err *e)
{
	const void *box = NULL;
	size_t size = 0;
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "error.system", "no service key to open a secret");
	return db_bytes(act->db, act->arena, e, &box, &size,
			"SELECT secret FROM hook WHERE id = $1", db_int(d->hook_id)) &&
	       ((size == HOOK_SECRET_SIZE + BOX_MORE &&
		 box_open(act->key->bytes, hook_box_name(act->arena, d->hook_id), box, size,
			  d->secret)) ||
		err_set(e, ERR_SYSTEM, "error.system", "the secret of hook %lld does not open",
			(long long)d->hook_id));
}

static bool put_off(const struct act *act, const struct hook_delivery *d, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE hook_delivery SET attempts = $2, next_ms = $3, first_ms = $4"
		       " WHERE id = $1",
		       db_int(d->id), db_int(d->attempts),
		       db_int(act->now_ms + hook_pause_ms(d->attempts)), db_int(d->first_ms));
}

bool hook_claim(const struct act *act, struct hook_delivery *ret, bool *ret_found, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT d.id, d.hook_id, d.message, d.body, d.attempts, d.first_ms,"
			" h.url, h.inside FROM hook_delivery d JOIN hook h ON h.id = d.hook_id"
			" WHERE d.state = 'queued' AND h.state = 'on' AND d.next_ms <= $1"
			" AND NOT EXISTS (SELECT 1 FROM hook_delivery o"
			"  WHERE o.state = 'queued' AND o.hook_id = d.hook_id AND o.id < d.id)"
			" ORDER BY d.next_ms, d.id LIMIT 1",
			db_int(act->now_ms));
	const json_t *row = json_array_get(rows, 0);
	*ret_found = row != NULL;
	if (!row)
		return rows != NULL;
	*ret = (struct hook_delivery){
		.id = row_number(row, "id"),
		.hook_id = row_number(row, "hook_id"),
		.message = row_text(row, "message"),
		.body = row_text(row, "body"),
		.url = row_text(row, "url"),
		.inside = row_number(row, "inside"),
		.attempts = (int)row_number(row, "attempts") + 1,
		.first_ms = row_has(row, "first_ms") ? row_number(row, "first_ms") : act->now_ms,
	};
	return open_secret(act, ret, e) && put_off(act, ret, e) && db_commit(&tx, e);
}

static bool end(const struct act *act, int64_t id, const char *state, int status,
		const char *problem, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE hook_delivery SET state = $2, status = $3, problem = $4,"
		       " ended_ms = $5 WHERE id = $1",
		       db_int(id), db_text(state), db_int(status), db_text(problem),
		       *state == 'q' ? db_null() : db_int(act->now_ms));
}

/* Nobody is there: all administrators hear of it, and what waits stays. */
static bool stop(const struct act *act, int64_t hook_id, const char *why, struct err *e)
{
	const struct notice n = { .kind = "hook.stopped", .href = "/admin/hooks" };
	struct err off = { 0 };
	if (!hook_end_address(act, hook_id, why, &off)) {
		if (off.kind != ERR_CONFLICT) /* an administrator was first */
			*e = off;
		return off.kind == ERR_CONFLICT;
	}
	return notice_send_role(act, ROLE_NAME_ADMIN, act->book->organs[0].code, &n, e);
}

bool hook_settle(const struct act *act, const struct hook_delivery *d, enum hook_end how,
		 int status, const char *problem, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const bool late = act->now_ms - d->first_ms >= HOOK_GIVE_UP_MS;
	const bool over = how == HOOK_END_GONE || (how == HOOK_END_LATER && late);
	bool ours = false;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &ours,
		       "SELECT 1 FROM hook_delivery WHERE id = $1 AND attempts = $2"
		       " AND state = 'queued'",
		       db_int(d->id), db_int(d->attempts)))
		return false;
	if (!ours)
		return true;
	return end(act, d->id,
		   over                   ? "given_up"
		   : how == HOOK_END_SENT ? "sent"
					  : "queued",
		   status, problem, e) &&
	       (!over || stop(act, d->hook_id, how == HOOK_END_GONE ? "gone" : "given_up", e)) &&
	       db_commit(&tx, e);
}

bool hook_seen(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO hook_service (id, seen_ms) VALUES (1, $1)"
		       " ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms",
		       db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}
