/* record_do.c - one incident of a record and the choices it leaves, and seats where nobody sits
 * (R28-3, F68). */
#include "app/sitting/record.h"
#include "app/sitting/stop.h"
#include "app/video/incident.h"
#include "exam/attempt.h"
#include "view/view.h"
#include "web/access/second.h"
#include "web/row.h"
#include "web/site.h"
#include "web/sitting/board.h"
#include "web/sitting/record.h"

#include <string.h>

static const char *const stop_kinds[] = { "failure", "other", NULL };

#define SITTING                                                                                    \
	{                                                                                          \
		"sitting", P_INT, 1, INT64_MAX, true, NULL                                         \
	}
#define INCIDENT                                                                                   \
	{                                                                                          \
		"incident", P_INT, 1, INT64_MAX, true, NULL                                        \
	}

const struct param record_incident_params[] = { SITTING, INCIDENT, PARAMS_END };
const struct param record_stop_params[] = {
	SITTING,
	INCIDENT,
	{ "kind", P_CHOICE, 0, 0, true, stop_kinds },
	{ "reason", P_TEXT, 3, VIDEO_REASON_MOST, true, NULL },
	SECOND_PARAMS("second"),
	PARAMS_END,
};
/* Forms on one page have fields of their own names. */
const struct param record_act_params[] = {
	SITTING,
	INCIDENT,
	{ "act", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param record_go_on_params[] = {
	SITTING,
	INCIDENT,
	{ "why", P_TEXT, 3, VIDEO_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param record_absent_params[] = {
	SITTING,
	{ "absent", P_INT, 1, INT64_MAX, true, NULL },
	{ "absent_reason", P_TEXT, 3, ABSENT_REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param record_present_params[] = {
	SITTING,
	{ "present", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- one incident ---------------------------------------------------------------------------- */

/* The incident of the address, which belongs to the sitting of the address. */
static json_t *load_incident(struct req *r, struct sitting *s, struct err *e)
{
	const struct act act = req_act(r);
	if (!sitting_load_operator(&act, in_int(r, "sitting"), s, e))
		return NULL;
	return db_row(r->db, r->arena, e,
		      "SELECT i.id, i.kind, i.from_ms, i.until_ms, i.choice, i.reason, i.chosen_ms,"
		      " COALESCE(s.kind, '') AS source_kind, s.number, s.attempt_id, t.seat,"
		      " COALESCE(t.code, '') AS code, t.started_ms, t.finished_ms, t.ends_ms,"
		      " t.extra_ms, t.stopped_ms, t.finish, t.void"
		      "  FROM video_incident i JOIN video_room r ON r.id = i.room_id"
		      "  LEFT JOIN video_source s ON s.id = i.source_id"
		      "  LEFT JOIN attempt t ON t.id = s.attempt_id"
		      " WHERE i.id = $1 AND r.sitting_id = $2",
		      db_int(in_int(r, "incident")), db_int(s->id));
}

/* Acts that may be the answer to it: of the seat, or of any if it is of no seat. */
static bool add_acts(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		     struct err *e)
{
	json_t *list = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT id, number FROM sitting_act WHERE sitting_id = $1"
				     " AND ($2 = 0 OR attempt_id = $2) ORDER BY id DESC",
				     db_int(s->id), db_int(attempt));
	(void)json_object_set_new(model, "drawn_up", list);
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s}", "id", (json_int_t)row_number(row, "id"), "name",
				  arena_print(r->arena, "№ %s", row_text(row, "number"))));
	return rows != NULL;
}

/* The form of the clock, as if somebody had begun to fill it in. */
static void add_prefill(const struct req *r, json_t *model)
{
	const char *reason = catalog_text(view_catalog(r->site->view), r->language,
					  "sitting.record.stop.reason");
	(void)json_object_set_new(model, "kinds", word_options(r, stop_kinds, "sitting.stop"));
	(void)json_object_set_new(model, "prefill",
				  json_pack("{s:s,s:s?}", "kind", "failure", "reason", reason));
}

/* Whether there is a clock to stop: of the seat, or of the hall. */
static bool can_stop(const struct req *r, const struct sitting *s, const json_t *row)
{
	const struct attempt_times times = board_times(row);
	return strcmp(s->state, "running") == 0 &&
	       (!row_has(row, "attempt_id") || attempt_state(&times, r->now_ms) == ATTEMPT_RUNNING);
}

bool record_incident(struct req *r, json_t *model, struct err *e)
{
	struct sitting s = { 0 };
	json_t *row = load_incident(r, &s, e);
	if (!row)
		return false;
	const int64_t attempt = row_number(row, "attempt_id");
	const char *seat = row_text(row, "seat");
	(void)json_object_set_new(row, "stops", json_boolean(can_stop(r, &s, row)));
	(void)json_object_set_new(
		row, "place",
		json_string(*seat ? seat
				  : arena_print(r->arena, "%lld",
						(long long)row_number(row, "number"))));
	(void)json_object_del(row, "seat");
	(void)json_object_del(row, "number");
	board_drop_times(row);
	(void)json_object_set_new(model, "sitting", json_pack("{s:I}", "id", (json_int_t)s.id));
	(void)json_object_set(model, "incident", row);
	add_prefill(r, model);
	return add_acts(r, &s, attempt, model, e) && board_officials(r, &s, model, e);
}

/* ---- what is done ---------------------------------------------------------------------------- */

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld", (long long)in_int(r, "sitting"));
	return true;
}

bool record_stop(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	struct sitting s = { 0 };
	(void)model;
	const json_t *row = load_incident(r, &s, e);
	if (!row || !second_read(r, &second, e))
		return false;
	if (!stop_clock(&act, s.id, row_number(row, "attempt_id"), in_text(r, "kind"),
			in_text(r, "reason"), &second, e))
		return second_refused(r, &second, e);
	return video_incident_choose(&act, row_number(row, "id"), "stop", in_text(r, "reason"),
				     e) &&
	       back(r, "sitting.notice.stopped");
}

bool record_act(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	(void)model;
	const json_t *row = load_incident(r, &s, e);
	if (!row)
		return false;
	const json_t *acts = db_rows(r->db, r->arena, e,
				     "SELECT number FROM sitting_act WHERE id = $1"
				     " AND sitting_id = $2 AND ($3 = 0 OR attempt_id = $3)",
				     db_int(in_int(r, "act")), db_int(s.id),
				     db_int(row_number(row, "attempt_id")));
	if (!acts)
		return false;
	if (json_array_size(acts) == 0)
		return err_input(e, "act", "sitting.error.no_act", "no act of this seat");
	const char *reason =
		arena_print(r->arena, "№ %s", row_text(json_array_get(acts, 0), "number"));
	return video_incident_choose(&act, row_number(row, "id"), "act", reason, e) &&
	       back(r, "sitting.notice.record_chosen");
}

bool record_go_on(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	(void)model;
	const json_t *row = load_incident(r, &s, e);
	return row &&
	       video_incident_choose(&act, row_number(row, "id"), "go_on", in_text(r, "why"), e) &&
	       back(r, "sitting.notice.record_chosen");
}

bool record_absent(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return sitting_absent(&act, in_int(r, "sitting"), in_int(r, "absent"),
			      in_text(r, "absent_reason"), e) &&
	       back(r, "sitting.notice.absent");
}

bool record_present(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return sitting_present(&act, in_int(r, "sitting"), in_int(r, "present"), e) &&
	       back(r, "sitting.notice.present");
}
