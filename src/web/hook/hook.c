#include "web/hook/hook.h"

#include "app/access/asking.h"
#include "app/hook/hook.h"
#include "hook/address.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

enum { SEEN_MOST_MS = 60 * 1000 }; /* `konkurs hooks` looks every second */

static const char *const states[] = { "queued", "sent", "given_up", NULL };
static const char *const answers[] = { "yes", "no", NULL };

/* ---- what is there --------------------------------------------------------------------------- */

/* {seen_ms, runs} or null: never seen. */
static bool add_service(const struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e, "SELECT seen_ms FROM hook_service");
	json_t *row = json_array_get(rows, 0);
	if (row)
		(void)json_object_set_new(
			row, "runs",
			json_boolean(row_number(row, "seen_ms") > r->now_ms - SEEN_MOST_MS));
	(void)json_object_del(row, "seen_ms");
	(void)json_object_set(model, "service", row ? row : json_null());
	return rows != NULL;
}

static bool add_events(const struct req *r, json_t *hook, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT kind AS event FROM hook_event WHERE hook_id = $1 ORDER BY kind",
			db_int(row_number(hook, "id")));
	return rows && json_object_set(hook, "events", rows) == 0;
}

static void shape_hook(const struct req *r, json_t *row)
{
	const struct act act = req_act(r);
	const char *state = row_text(row, "state");
	const bool waits = asking_waits(&act, row);
	const bool on = strcmp(state, "on") == 0;
	const bool mine = row_number(row, "asked_by") == r->actor.person_id;
	if (strcmp(state, "asked") == 0 && !waits)
		(void)json_object_set_new(row, "state", json_string("late"));
	(void)json_object_set_new(row, "inside", json_boolean(row_number(row, "inside")));
	(void)json_object_set_new(row, "answer", json_boolean(waits && !mine));
	(void)json_object_set_new(row, "on", json_boolean(on));
	(void)json_object_set_new(row, "again", json_boolean(!on && !waits));
	(void)json_object_del(row, "asked_by");
}

static bool add_hooks(const struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT h.id, h.url, h.inside, h.reason, h.state, h.why, h.asked_by, h.asked_ms,"
		" p.family || ' ' || p.given AS asker,"
		" (SELECT MAX(d.ended_ms) FROM hook_delivery d"
		"   WHERE d.hook_id = h.id AND d.state = 'sent') AS last_ms,"
		" (SELECT COUNT(*) FROM hook_delivery d"
		"   WHERE d.hook_id = h.id AND d.state = 'queued') AS waiting,"
		" (SELECT COUNT(*) FROM hook_delivery d"
		"   WHERE d.hook_id = h.id AND d.state = 'given_up') AS failed"
		"  FROM hook h JOIN person p ON p.id = h.asked_by"
		" ORDER BY CASE h.state WHEN 'asked' THEN 0 WHEN 'on' THEN 1 ELSE 2 END, h.id "
		"DESC");
	json_array_foreach (rows, i, row) {
		if (!add_events(r, row, e))
			return false;
		shape_hook(r, row);
	}
	(void)json_object_set(model, "hooks", rows);
	return rows != NULL;
}

static const struct list_column delivery_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "url", "hook.url", LIST_TEXT, LIST_SORTS, NULL },
	{ "kind", "hook.event", LIST_CODE, LIST_SORTS, "hook.kind" },
	{ "created_ms", "hook.created", LIST_TIME, LIST_SORTS, NULL },
	{ "attempts", "hook.attempts", LIST_NUMBER, LIST_SORTS, NULL },
	{ "next_ms", "hook.next", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "hook.delivery" },
	{ "problem", "hook.problem", LIST_CODE, LIST_SORTS, "hook.problem" },
	{ "status", "hook.status", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "message", "hook.message", LIST_TEXT, LIST_HIDDEN, NULL },
	{ 0 },
};
static const struct list delivery_listing = { "deliveries", "hook.admin.title", delivery_columns,
					      50 };

/* The newest thousand: older ones are settled, or nobody waits for them. */
static bool add_deliveries(struct req *r, json_t *model, struct err *e)
{
	enum { NEWEST = 1000 };
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT d.id, h.url, d.kind, d.created_ms, d.attempts, d.next_ms,"
			       " d.state, d.problem, d.status, d.message"
			       "  FROM hook_delivery d JOIN hook h ON h.id = d.hook_id"
			       " WHERE $1 = '' OR d.state = $1 ORDER BY d.id DESC LIMIT $2",
			       db_text(in_text(r, "state")), db_int(NEWEST));
	json_array_foreach (rows, i, row) {
		const bool queued = strcmp(row_text(row, "state"), "queued") == 0;
		(void)json_object_set_new(row, "queued", json_boolean(queued));
		if (!queued)
			(void)json_object_set_new(row, "next_ms", json_null());
	}
	(void)json_object_set_new(model, "state", json_string(in_text(r, "state")));
	if (rows)
		list_rows(r, model, rows);
	return rows != NULL;
}

static bool hooks_show(struct req *r, json_t *model, struct err *e)
{
	return add_service(r, model, e) && add_hooks(r, model, e) && add_deliveries(r, model, e);
}

/* ---- a new one ------------------------------------------------------------------------------- */

static bool hook_form(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set_new(model, "events", word_options(r, hook_kinds, "hook.kind"));
	(void)json_object_set_new(model, "chosen", json_array());
	(void)json_object_set_new(model, "secret", json_null());
	return true;
}

/* The secret is shown this once: no redirect, which would lose it. */
static bool hook_do_ask(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct hook_form form = { in_text(r, "url"), in_text(r, "reason"),
					in_flag(r, "inside"), in_list(r, "events") };
	const char *secret = NULL;
	int64_t id = 0;
	return hook_ask(&act, &form, &id, &secret, e) && hook_form(r, model, e) &&
	       json_object_set_new(model, "secret", json_string(secret)) == 0;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static bool go_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/admin/hooks");
	return true;
}

static bool hook_do_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool yes = strcmp(in_text(r, "answer"), "yes") == 0;
	(void)model;
	return hook_answer(&act, in_int(r, "hook"), yes, e) &&
	       go_back(r, yes ? "hook.notice.on" : "hook.notice.refused");
}

static bool hook_do_again(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hook_ask_again(&act, in_int(r, "hook"), in_text(r, "reason"), e) &&
	       go_back(r, "hook.notice.asked");
}

static bool hook_do_off(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hook_off(&act, in_int(r, "hook"), e) && go_back(r, "hook.notice.off");
}

static bool hook_do_test(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hook_test(&act, in_int(r, "hook"), e) && go_back(r, "hook.notice.queued");
}

static bool hook_do_resend(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hook_resend(&act, in_int(r, "delivery"), e) && go_back(r, "hook.notice.queued");
}

static bool hook_do_drop(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hook_drop(&act, in_int(r, "delivery"), e) && go_back(r, "hook.notice.dropped");
}

/* ---- the table ------------------------------------------------------------------------------- */

#define ONE_HOOK                                                                                   \
	{                                                                                          \
		"hook", P_INT, 1, INT64_MAX, true, NULL                                            \
	}
#define LISTED                                                                                     \
	LIST_PARAMS,                                                                               \
	{                                                                                          \
		"state", P_CHOICE, 0, 0, false, states                                             \
	}

static const struct param show_params[] = { LISTED, PARAMS_END };
static const struct param ask_params[] = {
	{ "url", P_TEXT, 1, HOOK_URL_MOST, true, NULL },
	{ "inside", P_FLAG, 0, 0, false, NULL },
	{ "events", P_LIST, 1, 64, true, NULL },
	{ "reason", P_TEXT, 1, HOOK_REASON_MOST, true, NULL },
	PARAMS_END,
};
static const struct param answer_params[] = {
	ONE_HOOK,
	{ "answer", P_CHOICE, 0, 0, true, answers },
	LISTED,
	PARAMS_END,
};
static const struct param again_params[] = {
	ONE_HOOK,
	{ "reason", P_TEXT, 1, HOOK_REASON_MOST, true, NULL },
	LISTED,
	PARAMS_END,
};
static const struct param hook_params[] = { ONE_HOOK, LISTED, PARAMS_END };
static const struct param delivery_params[] = {
	{ "delivery", P_INT, 1, INT64_MAX, true, NULL },
	LISTED,
	PARAMS_END,
};

#include "web/route_table.h" /* last */

const struct route hook_routes[] = {
	{ GET, "/admin/hooks", ROLE_ADMIN, hooks_show, "hook/admin", show_params,
	  "Addresses of other systems that are told what happens, and what was told.",
	  .list = &delivery_listing },
	{ GET, "/admin/hooks/new", ROLE_ADMIN, hook_form, "hook/new", no_params,
	  "The form of a new address for webhooks." },
	{ POST, "/admin/hooks", ROLE_ADMIN, hook_do_ask, "hook/new", ask_params,
	  "Asks for an address; shows its secret this once.", .again = hook_form },
	{ POST, "/admin/hooks/:hook/answer", ROLE_ADMIN, hook_do_answer, "hook/admin",
	  answer_params, "Another administrator lets an address in, or refuses it.",
	  .again = hooks_show, .list = &delivery_listing },
	{ POST, "/admin/hooks/:hook/again", ROLE_ADMIN, hook_do_again, "hook/admin", again_params,
	  "Asks for an address that is off.", .again = hooks_show, .list = &delivery_listing },
	{ POST, "/admin/hooks/:hook/off", ROLE_ADMIN, hook_do_off, "hook/admin", hook_params,
	  "Turns an address off; what waits stays.", .again = hooks_show,
	  .list = &delivery_listing },
	{ POST, "/admin/hooks/:hook/test", ROLE_ADMIN, hook_do_test, "hook/admin", hook_params,
	  "Sends a test to an address.", .again = hooks_show, .list = &delivery_listing },
	{ POST, "/admin/hook-deliveries/:delivery/resend", ROLE_ADMIN, hook_do_resend, "hook/admin",
	  delivery_params, "Sends a webhook at once, or once more.", .again = hooks_show,
	  .list = &delivery_listing },
	{ POST, "/admin/hook-deliveries/:delivery/drop", ROLE_ADMIN, hook_do_drop, "hook/admin",
	  delivery_params, "A webhook that is not to be sent any more.", .again = hooks_show,
	  .list = &delivery_listing },
	{ 0 },
};
